"""All checks of a sample of spans, and what a table of them says."""

import re

import pytest
from input_files import message_of

from cisfuse.base.errors import ConfigError
from cisfuse.sources.spans.checks import check_sample
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

SIZES = {"chr22": 1000, "chrM": 200}
BUILD = {"chr1": 5000, **SIZES}
GENOME = "genome.fa.gz"


def check(sample, blacklist=None, chromosomes=("chr22",), sizes=SIZES, target=binding, **more):
    return check_sample(
        {"sample": "s", "factor": "JUND", "cell": "HepG2", **sample},
        sizes=sizes,
        chromosomes=list(chromosomes),
        genome_path=GENOME,
        blacklist=blacklist,
        span_length=101,
        target=target,
        **more,
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
    past = write("chr22\t0\t1201\n", "past.bed")
    assert "past the end" in message_of(check, {"peaks": peaks, "ambiguous": past})
    spans = write("chr22\t0\t101\t1\n", "spans.bed")
    with pytest.raises(ConfigError, match=r"'s' has ambiguous intervals but no peaks; .* empty"):
        check({"spans": spans, "ambiguous": relaxed})


def test_sample_with_names_of_its_own(write, bigwig):
    names = {"22": "chr22", "MT": "chrM", "1": "chr1"}
    peaks = write("22\t1\t9\nMT\t1\t2\n", "peaks.bed")
    blacklist = write("22\t1\t9\n", "blacklist.bed")
    signal = bigwig({"1": 5000, "22": 1000, "MT": 200}, [("22", 5, 9, 1.0)])
    sample = {"peaks": peaks, "ambiguous": peaks, "atac": signal}
    found = results(check(sample, blacklist, names=names))
    assert found["genome", "names in other files"] == "3, for 2 chromosomes of the FASTA"
    assert found["peaks", "intervals"] == found["ambiguous", "intervals"]
    assert found["peaks", "intervals"] == "1 intervals, 1 chromosome"
    assert found["bigwig", "signal other than 0"] == "1 chromosome"
    spans = write("22\t0\t101\t1\n22\t101\t202\t0\n", "spans.bed")
    assert results(check({"spans": spans}, names=names))["spans", "spans"].startswith("2 spans")
    assert "list both under references.names" in message_of(check, sample)
    turned = {"chr22": "22"}
    assert message_of(check, sample, names=turned).endswith("swap the two")


def test_sample_with_peaks_that_are_resized(write):
    lines = "chr22\t{}\t99\t.\t0\t.\t1\t1\t1\t{}\n"
    path = write(lines.format(1, 9) + lines.format(5, -1), "peaks.narrowPeak")
    found = results(check({"peaks": path}, peak_width=200))
    assert found["peaks", "resized to"] == "200 bp, about the summit where known (1 summits)"
    assert ("peaks", "resized to") not in results(check({"peaks": path}))


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


def test_sample_of_activities(write):
    lines = "chr22\t0\t101\t1.5\nchr22\t101\t202\t-2e1\nchr22\t202\t303\t.5\n"
    found = results(check({"spans": write(lines, "spans.bed")}, target=activity))
    assert found["spans", "spans"] == "3 spans, 1 chromosome"
    assert found["spans", "activities"] == "-20 to 1.5, mean -6, of 3 spans"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1,5", "line 2: activity '1,5' in column 4 is not a number; write a point .* 1\\.5"),
        ("high", "line 2: activity 'high' in column 4 is not a number; write one such as 1.5"),
        ("NA", r"line 2: the activity in column 4 is missing \('NA'\); give a number, or remove"),
        ("-inf", "line 2: activity '-inf' in column 4 is not finite; give a finite number"),
        ("1", "every activity is 1, so there is nothing to predict; correct the file"),
    ],
)
def test_activities_that_cannot_be_predicted_are_refused(write, cell, words):
    path = write(f"chr22\t0\t101\t1\nchr22\t101\t202\t{cell}\n", "spans.bed")
    message = message_of(check, {"spans": path}, target=activity)
    assert re.match(f"{re.escape(path)}: {words}", message), message
    assert "peaks" not in message, "peaks have no activities"


def test_spans_with_one_label_are_refused_and_labels_for_activities_are_warned_of(write, caplog):
    path = write("chr22\t0\t101\t1\nchr22\t101\t202\t1\nchrM\t0\t101\t0\n", "spans.bed")
    message = message_of(check, {"spans": path})
    assert message.startswith(f"{path}: every label is 1; give examples of both labels, 1 for")
    assert not caplog.records
    check({"spans": path}, chromosomes=[], target=activity)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith(f"{path}: every activity is 0 or 1, as labels are;")


def test_what_lies_on_chromosomes_that_are_not_asked_for_stops_nothing(write, bigwig):
    """Of another build, of another length, without a logarithm: the study does not read it."""
    good, bad = "chr22\t1\t9\n", "chrM\t100\t5000\n"
    peaks, blacklist = write(good + bad, "peaks.bed"), write(good + bad, "blacklist.bed")
    signals = [
        bigwig({"chr22": 1000, "chrM": 5000}, [("chr22", 5, 9, 1.0), ("chrM", 0, 9, -1.0)]),
        write("chr22\t0\t9\t1\nchrM\t100\t5000\t-1\n", "signal.bedgraph"),
        write("chr22:0-101\t1\nchrM:100-5000\t-1\n", "signal.txt"),
    ]
    for atac in signals:
        found = results(check({"peaks": peaks, "ambiguous": peaks, "atac": atac}, blacklist))
        assert found["peaks", "intervals"] == "1 intervals, 1 chromosome"
    lines = "chr22\t0\t101\t1\nchr22\t101\t202\t0\nchrM\t0\t5\t1\nchrM\t5000\t5101\t0\n"
    found = results(check({"spans": write(lines, "spans.bed")}))
    assert found["spans", "spans"] == "2 spans, 1 chromosome"
    assert "past the end" in message_of(check, {"peaks": peaks}, chromosomes=[])


def test_a_negative_signal_is_found_before_any_span_is_made(write, bigwig):
    peaks = write("chr22\t1\t9\n", "peaks.bed")
    signals = [
        bigwig(BUILD, [("chr22", 0, 500, 1.0), ("chr22", 500, 509, -0.5)]),
        write("chr22\t0\t500\t1\nchr22\t500\t501\t-0.5\n", "signal.bedgraph"),
        write("chr22:0-101\t1\nchr22:500-601\t-0.5\n", "signal.txt"),
    ]
    for atac in signals:
        message = message_of(check, {"peaks": peaks, "atac": atac})
        assert message.startswith(f"{atac}: the signal is negative on chr22:500-")
        assert "(-0.5), so it has no logarithm; give coverage" in message
