"""Peaks resized to one width, and peaks that make no span positive."""

import numpy as np
import pandas as pd
import pytest
from input_files import message_of

from cisfuse.readers.intervals import read_peaks
from cisfuse.readers.spans import label_by_peaks, tile_spans
from cisfuse.sources.spans.peaks import (
    check_positives,
    most_covered,
    read_labelling_peaks,
    resize_peaks,
)

NARROWPEAK = "chr1\t1000\t1600\tpeak\t0\t.\t5.1\t9\t4.2\t{}\n"


def frame(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["chrom", "start", "end", "summit"])


def ends(peaks: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(peaks["start"], peaks["end"], strict=True))


def test_a_narrowpeak_is_resized_about_its_summit(write):
    path = write(NARROWPEAK.format(50) + NARROWPEAK.format(-1), "peaks.narrowPeak.gz")
    assert read_peaks(path)["summit"].tolist() == [1050, -1]
    # The summit's base 1050 is in the middle of 101; without one the middle is 1300.
    assert ends(read_labelling_peaks(path, 101)) == [(1000, 1101), (1249, 1350)]
    assert ends(read_labelling_peaks(path, None)) == [(1000, 1600), (1000, 1600)]


def test_summits_of_1_bp_are_resized_about_themselves(write):
    path = write("chr1\t1050\t1051\tsummit\t7.5\nchr1\t0\t1\tsummit\t3\n", "summits.bed")
    assert ends(read_labelling_peaks(path, 101)) == [(1000, 1101), (0, 51)]
    assert ends(read_labelling_peaks(path, 100))[0] == (1000, 1100)
    assert ends(read_labelling_peaks(path, 1)) == [(1050, 1051), (0, 1)]


def test_a_peak_of_the_width_stays_where_it_is():
    for width in (100, 101):
        peaks = frame([("chr1", 500, 500 + width, -1)])
        assert ends(resize_peaks(peaks, width)) == [(500, 500 + width)]


def test_column_10_of_a_bed12_is_no_summit(write):
    path = write("chr1\t100\t200\ta\t0\t+\t100\t200\t0\t2\t5,5\t0,95\n", "blocks.bed")
    assert read_peaks(path)["summit"].tolist() == [-1]


def test_a_summit_outside_its_peak_is_named(write):
    path = write(NARROWPEAK.format(50) + NARROWPEAK.format(600), "peaks.narrowPeak")
    message = message_of(read_peaks, path)
    assert "line 2: the summit in column 10 is 600, the peak has 600 bp" in message
    path = write(NARROWPEAK.format("top"), "words.narrowPeak")
    assert "line 1: summit 'top' is not a whole number" in message_of(read_peaks, path)


def check(peaks: pd.DataFrame, positives: int = 0, whole: bool = True) -> None:
    check_positives(positives, peaks, "p.bed", length=101, min_overlap=0.5, whole=whole)


def test_peaks_too_narrow_for_any_span_name_their_widths_and_the_setting():
    peaks = frame([("chr1", 10, 11, -1), ("chr1", 900, 930, -1), ("chr2", 5, 9, -1)])
    tiles = tile_spans({"chr1": 2000, "chr2": 500}, ["chr1", "chr2"], 101, 101)
    assert label_by_peaks(tiles, peaks, 0.5, "drop")[0]["label"].sum() == 0
    for whole in (True, False):
        message = message_of(check, peaks, whole=whole)
        assert message.startswith("p.bed: no span is positive: peaks must cover 51 of its 101")
        assert "the 3 peaks are 1 to 30 bp wide (median 4)" in message
        assert "spans.peak_width in the config, for example peak_width: 102" in message
    wide = resize_peaks(peaks, 102)
    assert label_by_peaks(tiles, wide, 0.5, "drop")[0]["label"].sum() >= 3
    check(peaks, positives=1)


def test_a_part_of_the_genome_may_have_no_positive():
    wide = frame([("chr1", 10, 400, -1)])
    check(wide, whole=False)
    assert "look at the blacklist" in message_of(check, wide)
    check(wide.iloc[:0])
    # Two narrow peaks of one span do it together, on another chromosome.
    check(frame([("chr1", 10, 40, -1), ("chr1", 50, 80, -1)]), whole=False)


@pytest.mark.parametrize("seed", range(5))
def test_most_covered_is_that_of_every_window(seed):
    generator = np.random.default_rng(seed)
    start = generator.integers(0, 300, 12)
    rows = [("chr1", at, at + generator.integers(1, 60), -1) for at in start]
    mask = np.zeros(500, dtype=int)
    for _, first, last, _ in rows:
        mask[first:last] = 1
    expected = max(mask[at : at + 101].sum() for at in range(400))
    assert most_covered(frame([*rows, ("chr2", 0, 1, -1)]), 101) == expected
