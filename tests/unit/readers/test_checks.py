"""The checks across files find what does not fit together, and pass what does."""

import numpy as np
import pytest
from input_files import message_of

from cisfuse.readers.checks import check_chromosomes, check_labelled_spans, check_within
from cisfuse.readers.intervals import read_intervals, read_labelled_spans
from cisfuse.tasks.binding import target

SIZES = {"chr22": 1000, "chrM": 200}
GENOME = "genome.fa.gz"


def test_chromosomes(write):
    check_chromosomes({"chr22", "chr1"}, SIZES, "peaks.bed", GENOME)
    peaks = write("22\t1\t2\n", "peaks.bed")
    message = message_of(check_chromosomes, {"22", "1"}, SIZES, peaks, GENOME, "peaks")
    assert message == (
        f"{peaks}: peaks use '22', genome.fa.gz uses 'chr22'; "
        f"rename: sed -E '/^(#|track|browser|$)/!s/^/chr/' {peaks} > NEW_FILE, "
        "or list both under references.names"
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


def test_intervals_that_hang_over_an_end_are_clipped_up_to_the_length_of_reads(write, caplog):
    """MACS extends reads, and does not know where a chromosome ends."""
    path = write("chr22\t1\t9\nchr22\t990\t1001\nchr22\t999\t1200\nchrM\t100\t200\n")
    with caplog.at_level("INFO", "cisfuse"):
        inside = check_within(read_intervals(path), SIZES, path)
    assert inside["start"].tolist() == [1, 990, 999, 100]
    assert inside["end"].tolist() == [9, 1000, 1000, 200]
    assert inside["end"].dtype == np.int64
    assert (
        f"{path}: 2 intervals hang over a chromosome's end, by 200 bp at most; they" in caplog.text
    )


@pytest.mark.parametrize(("start", "end"), [(999, 1201), (1000, 1001), (5000, 5100)])
def test_intervals_far_past_an_end_are_of_another_build(write, start, end):
    path = write(f"chr22\t1\t9\nchr22\t{start}\t{end}\n")
    message = message_of(check_within, read_intervals(path), SIZES, path)
    assert f"chr22:{start}-{end} is past the end of 'chr22' (1,000 bp)" in message
    assert f"it hangs over by {end - 1000:,} bp" in message
    assert "another genome build" in message
    assert "bedClip" in message
    # On a chromosome that is not asked for it stops nothing, and stays as it is.
    inside = check_within(read_intervals(path), SIZES, path, ["chrM"])
    assert inside["end"].tolist() == [9, end]


def test_labelled_spans(write):
    path = write("chr22\t0\t101\t0\nchr22\t101\t202\t1\n")
    spans = read_labelled_spans(path, target)
    assert check_labelled_spans(spans, SIZES, path, 101).equals(spans)
    message = message_of(check_labelled_spans, spans, SIZES, path, 100)
    assert "span chr22:0-101 has 101 bp, the config says 100" in message
    path = write("chr22\t0\t101\t0\nchr22\t101\t203\t1\n")
    message = message_of(check_labelled_spans, read_labelled_spans(path, target), SIZES, path, 101)
    assert "span chr22:101-203 has 102 bp" in message
    path = write("chr22\t0\t101\t0\nchrM\t0\t102\t1\nchrM\t9999\t10100\t1\n")
    spans = read_labelled_spans(path, target)
    assert len(check_labelled_spans(spans, SIZES, path, 101, ["chr22"])) == 3
    assert "102 bp" in message_of(check_labelled_spans, spans, SIZES, path, 101, ["chrM"])
