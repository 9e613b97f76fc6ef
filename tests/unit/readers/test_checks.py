"""The checks across files find what does not fit together, and pass what does."""

import pytest
from refusals import message_of

from cisfuse.base.errors import ConfigError
from cisfuse.readers.checks import check_chromosomes, check_labelled_spans, check_within
from cisfuse.readers.intervals import read_intervals, read_labelled_spans
from cisfuse.sources.spans.checks import check_sample

SIZES = {"chr22": 1000, "chrM": 200}
GENOME = "genome.fa.gz"


def test_chromosomes(write):
    check_chromosomes({"chr22", "chr1"}, SIZES, "peaks.bed", GENOME)
    peaks = write("22\t1\t2\n", "peaks.bed")
    message = message_of(check_chromosomes, {"22", "1"}, SIZES, peaks, GENOME, "peaks")
    assert message == (
        f"{peaks}: peaks use '22', genome.fa.gz uses 'chr22'; "
        f"rename: sed -E '/^(#|track|browser|$)/!s/^/chr/' {peaks} > NEW_FILE"
    )
    packed = write("chr22\t1\t2\n", "peaks.bed.gz")
    message = message_of(check_chromosomes, {"chr22"}, {"22": 1000}, packed, GENOME, "peaks")
    assert "peaks use 'chr22', genome.fa.gz uses '22'" in message
    assert f"gzip -dc {packed} | sed -E 's/^chr//' | gzip > NEW_FILE" in message
    message = message_of(check_chromosomes, {"NC_000022.11"}, SIZES, peaks, GENOME)
    assert "use 'NC_000022.11', genome.fa.gz has 'chr22', 'chrM'" in message


def test_within(write, caplog):
    path = write("chr22\t990\t1000\nchr9\t5\t99999\nchrM\t0\t1\n")
    with caplog.at_level("INFO", "cisfuse"):
        inside = check_within(read_intervals(path), SIZES, path)
    assert inside["chrom"].tolist() == ["chr22", "chrM"]
    assert "1 intervals on chromosomes not in the FASTA" in caplog.text
    path = write("chr22\t1\t9\nchr22\t990\t1001\n")
    message = message_of(check_within, read_intervals(path), SIZES, path)
    assert "chr22:990-1001 is past the end of 'chr22' (1,000 bp)" in message
    assert "another genome build" in message


def test_labelled_spans(write):
    path = write("chr22\t0\t101\t0\nchr22\t101\t202\t1\n")
    spans = read_labelled_spans(path)
    assert check_labelled_spans(spans, SIZES, path, 101).equals(spans)
    message = message_of(check_labelled_spans, spans, SIZES, path, 100)
    assert "span chr22:0-101 has 101 bp, the config says 100" in message
    path = write("chr22\t0\t101\t0\nchr22\t101\t203\t1\n")
    message = message_of(check_labelled_spans, read_labelled_spans(path), SIZES, path, 101)
    assert "span chr22:101-203 has 102 bp" in message


BUILD = {"chr1": 5000, **SIZES}


def check(sample, blacklist=None, chromosomes=("chr22",), sizes=SIZES):
    return check_sample(
        {"sample": "s", "factor": "JUND", "cell": "HepG2", **sample},
        sizes=sizes,
        chromosomes=list(chromosomes),
        genome_path=GENOME,
        blacklist=blacklist,
        span_length=101,
    )


def results(table):
    assert list(table.columns) == ["file", "kind", "check", "result"]
    return {(row.kind, row.check): row.result for row in table.itertuples()}


def test_sample_of_peaks(write, bigwig):
    peaks = write("chr22\t1\t9\nchr22\t5\t20\nchr1\t0\t99999\nchrM\t1\t2\n", "peaks.bed")
    blacklist = write("#none\n", "blacklist.bed")
    signal = bigwig(BUILD, [("chr22", 5, 9, 1.0)])
    found = results(check({"peaks": peaks, "spans": "", "atac": signal}, blacklist))
    assert found == {
        ("genome", "chromosomes"): "1 chromosome, 1,000 bp",
        ("peaks", "intervals"): "2 intervals, 1 chromosome",
        ("peaks", "elsewhere"): "2 intervals on other chromosomes ignored",
        ("blacklist", "intervals"): "0 intervals",
        ("bigwig", "signal other than 0"): "1 chromosome",
    }
    found = results(check({"peaks": peaks, "spans": None, "atac": None}, chromosomes=[]))
    assert found["peaks", "intervals"] == "3 intervals, 2 chromosomes"


def test_sample_with_ambiguous_intervals(write):
    peaks = write("chr22\t1\t9\n", "peaks.bed")
    relaxed = write("chr22\t0\t20\nchr22\t50\t60\nchr1\t0\t9\n", "relaxed.bed.gz")
    found = results(check({"peaks": peaks, "ambiguous": relaxed}))
    assert found["ambiguous", "intervals"] == "2 intervals, 1 chromosome"
    assert found["ambiguous", "elsewhere"] == "1 intervals on other chromosomes ignored"
    other = write("22\t0\t20\n", "other.bed")
    message = message_of(check, {"peaks": peaks, "ambiguous": other})
    assert "ambiguous use '22', genome.fa.gz uses 'chr22'" in message
    past = write("chr22\t0\t1001\n", "past.bed")
    assert "past the end" in message_of(check, {"peaks": peaks, "ambiguous": past})
    spans = write("chr22\t0\t101\t1\n", "spans.bed")
    with pytest.raises(ConfigError, match=r"'s' has ambiguous intervals but no peaks; .* empty"):
        check({"spans": spans, "ambiguous": relaxed})


def test_sample_of_spans(write):
    spans = write("chr22\t0\t101\t1\ttrain\nchr22\t101\t202\t0\ttest\n", "spans.bed.gz")
    signal = write("chr22:0-101 0.5\n", "signal.txt")
    found = results(check({"peaks": "", "spans": spans, "atac": signal}))
    assert found["spans", "spans"] == "2 spans, 1 chromosome"
    assert found["spans", "labels"] == "1 of 2 spans bound"
    assert found["spans", "splits"] == "1 train, 1 test"
    assert found["table", "signal other than 0"] == "1 chromosome"


def test_bad_sample(write, tmp_path):
    peaks = write("chrM\t1\t9\n", "peaks.bed")
    for sample in ({"peaks": peaks, "spans": peaks}, {"peaks": "", "spans": ""}, {}):
        with pytest.raises(ConfigError, match="sample 's' needs either peaks or spans"):
            check(sample)
    assert "no peaks on 'chr22'" in message_of(check, {"peaks": peaks})
    assert "asks for chromosome 'chr1'" in message_of(check, {"peaks": peaks}, chromosomes=["chr1"])
    missing = {"peaks": peaks, "atac": str(tmp_path / "none.bw")}
    assert "no such file" in message_of(check, missing, chromosomes=[])
    blacklist = write("22\t1\t9\n", "blacklist.bed")
    message = message_of(check, {"peaks": peaks}, blacklist, chromosomes=[])
    assert "blacklist use '22', genome.fa.gz uses 'chr22'" in message
    spans = write("chrM\t0\t101\t1\n", "spans.bed")
    assert "no spans on 'chr22'" in message_of(check, {"spans": spans})
