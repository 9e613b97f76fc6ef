"""The checks across files find what does not fit together, and pass what does."""

import gzip
from functools import partial

import pytest
from input_files import message_of, write_bigwig, write_text

from cisfuse.readers.checks import (
    check_bedgraph,
    check_bigwig,
    check_chromosomes,
    check_labelled_spans,
    check_signal_table,
    check_within,
    signal_kind,
)
from cisfuse.readers.intervals import read_intervals, read_labelled_spans
from cisfuse.tasks.binding import target

SIZES = {"chr22": 1000, "chrM": 200}
GENOME = "genome.fa.gz"


@pytest.fixture
def write(tmp_path):
    return partial(write_text, tmp_path)


@pytest.fixture
def bigwig(tmp_path):
    return partial(write_bigwig, tmp_path)


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
    spans = read_labelled_spans(path, target)
    assert check_labelled_spans(spans, SIZES, path, 101).equals(spans)
    message = message_of(check_labelled_spans, spans, SIZES, path, 100)
    assert "span chr22:0-101 has 101 bp, the config says 100" in message
    path = write("chr22\t0\t101\t0\nchr22\t101\t203\t1\n")
    message = message_of(check_labelled_spans, read_labelled_spans(path, target), SIZES, path, 101)
    assert "span chr22:101-203 has 102 bp" in message


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("track x\nchr22\t0\t9\t1\n", "bedgraph"),
        ("chr22 0 9 1\n", "bedgraph"),
        ("#\n\nchr22:0-9\t1\n", "table"),
    ],
)
@pytest.mark.parametrize("name", ["signal", "signal.gz"])
def test_signal_kind(write, text, kind, name):
    assert signal_kind(write(text, name)) == kind


def test_no_signal_kind(write, tmp_path, bigwig):
    assert "has 3;" in message_of(signal_kind, write("chr22\t0\t9\n"))
    assert "has 0;" in message_of(signal_kind, write(""))
    assert "no such file" in message_of(signal_kind, tmp_path / "none.bw")
    path = tmp_path / "x.bb"
    for order in ("little", "big"):
        path.write_bytes((0x8789F2EB).to_bytes(4, order))
        assert "bigBed" in message_of(signal_kind, path)
        path.write_bytes((0x888FFC26).to_bytes(4, order))
        assert signal_kind(path) == "bigwig"
    path.write_bytes(gzip.compress((0x888FFC26).to_bytes(4, "little")))
    assert "must not be gzipped" in message_of(signal_kind, path)


BUILD = {"chr1": 5000, **SIZES}


def test_bigwig(bigwig):
    path = bigwig(BUILD, [("chr22", 5, 9, 1.0), ("chr22", 9, 20, float("nan"))])
    assert signal_kind(path) == "bigwig"
    assert check_bigwig(path, SIZES, ["chr22"], GENOME) == ["chr22"]
    assert check_bigwig(path, SIZES, [], GENOME) == ["chr22"]
    message = message_of(check_bigwig, path, SIZES, ["chr22", "chrM"], GENOME)
    assert "no value other than 0 on 'chrM'" in message
    message = message_of(check_bigwig, path, {"chr22": 1001}, [], GENOME)
    assert "'chr22' has 1,000 bp, in genome.fa.gz 1,001 bp; it was probably" in message
    assert "another genome build" in message
    message = message_of(check_bigwig, path, {"22": 1000}, [], GENOME)
    assert "signal (bigWig) use 'chr22', genome.fa.gz uses '22'; rename by bigWigToB" in message
    path = bigwig(BUILD, [("chr22", 5, 9, -1.0)])
    assert check_bigwig(path, SIZES, ["chr22"], GENOME) == ["chr22"]


@pytest.mark.parametrize("value", [0.0, float("nan")])
@pytest.mark.parametrize("chromosomes", [["chr22"], []])
def test_bigwig_of_zeros(bigwig, value, chromosomes):
    path = bigwig(BUILD, [("chr1", 0, 9, 3.0), ("chr22", 5, 9, value)])
    message = message_of(check_bigwig, path, SIZES, chromosomes, GENOME)
    assert "no value other than 0" in message


@pytest.mark.parametrize("kept", [4, 63, 64, 70, 87, 88, 300, 0.02, 0.1, 0.5, 0.9, 0.97])
def test_truncated_bigwig(bigwig, tmp_path, kept):
    entries = [("chr1", start, start + 1, float(start % 7)) for start in range(0, 5000, 2)]
    with open(bigwig(BUILD, [*entries, ("chr22", 1, 2, 1.0)]), "rb") as handle:
        content = handle.read()
    path = tmp_path / "cut.bw"
    path.write_bytes(content[: kept if kept >= 1 else int(len(content) * kept)])
    message = message_of(check_bigwig, path, BUILD, ["chr1"], GENOME)
    assert message.startswith(f"{path}: the bigWig is truncated or damaged")


@pytest.mark.parametrize(
    ("check", "line"),
    [(check_bedgraph, "{}\t{}\t{}\t{}\n"), (check_signal_table, "{}:{}-{} {}\n")],
)
def test_text_signals(write, check, line):
    path = write(line.format("chr22", 0, 9, 0) + line.format("chr22", 9, 18, 0.5))
    assert check(path, SIZES, ["chr22"], GENOME) == ["chr22"]
    assert check(path, SIZES, [], GENOME) == ["chr22"]
    assert "other than 0 on 'chrM'" in message_of(check, path, SIZES, ["chrM"], GENOME)
    assert "use 'chr22', genome.fa.gz uses '22'" in message_of(check, path, {"22": 9}, [], GENOME)
    assert "another genome build" in message_of(check, path, {"chr22": 17}, [], GENOME)
    path = write(line.format("chr22", 0, 9, 0))
    assert "every chromosome of the FASTA" in message_of(check, path, SIZES, [], GENOME)
    message_of(check_bigwig, path, SIZES, [], GENOME)
