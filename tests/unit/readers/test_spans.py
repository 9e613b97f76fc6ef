"""Spans and their labels agree with loops over bases."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.readers import spans as spans_module
from cisfuse.readers.spans import (
    by_stretch,
    count_near,
    covered_bases,
    drop_unusable,
    fetch_sequences,
    label_by_peaks,
    read_dropped,
    sort_spans,
    span_names,
    sum_near,
    tile_spans,
    unknown_fraction,
    write_dropped,
)

SIZES = {"chr1": 400, "chr2": 251, "chr10": 90}
GENERATOR = np.random.default_rng(0)
GENOME = {
    chrom: GENERATOR.choice(np.frombuffer(b"ACGTNN", np.uint8), size)
    for chrom, size in SIZES.items()
}
NO_INTERVALS = pd.DataFrame({"chrom": [], "start": [], "end": []})


def table(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["chrom", "start", "end"])


def random_intervals(count: int, longest: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        chrom = str(generator.choice(list(SIZES)))
        start = int(generator.integers(0, SIZES[chrom] - 1))
        end = min(SIZES[chrom], start + int(generator.integers(1, longest)))
        rows.append((chrom, start, end))
    return table(rows)


def rows_of(spans: pd.DataFrame) -> list[tuple]:
    return list(spans[["chrom", "start", "end"]].itertuples(index=False, name=None))


def covered_by_loop(spans: pd.DataFrame, intervals: pd.DataFrame) -> list[int]:
    covered = []
    for chrom, start, end in rows_of(spans):
        bases = 0
        for base in range(start, end):
            bases += any(c == chrom and s <= base < e for c, s, e in rows_of(intervals))
        covered.append(bases)
    return covered


def test_names_are_chromosome_start_and_end():
    spans = table([("chr22", 20208963, 20209064), ("X", 0, 1)])
    assert span_names(spans).tolist() == ["chr22:20208963-20209064", "X:0-1"]


@pytest.mark.parametrize(("length", "stride"), [(50, 50), (101, 10), (30, 77), (400, 400)])
def test_tiles_equal_a_loop(length, stride):
    expected = []
    for chrom in ("chr2", "chr1", "chr10"):
        start = 0
        while start + length <= SIZES[chrom]:
            expected.append((chrom, start, start + length))
            start += stride
    found = tile_spans(SIZES, ["chr2", "chr1", "chr10"], length, stride)
    assert rows_of(found) == expected
    assert found["start"].dtype == found["end"].dtype == np.int64


def test_a_chromosome_too_short_for_a_span_has_none():
    assert tile_spans(SIZES, ["chr10"], 91, 1).empty
    assert set(tile_spans(SIZES, ["chr1", "chr10"], 91, 1)["chrom"]) == {"chr1"}


def test_covered_bases_equal_a_loop():
    spans = random_intervals(60, 40, seed=1)
    intervals = random_intervals(15, 60, seed=2)
    intervals = pd.concat([intervals, intervals.iloc[:4]]).sample(frac=1, random_state=3)
    found = covered_bases(spans, intervals)
    assert found.tolist() == covered_by_loop(spans, intervals)
    assert 0 < (found > 0).sum() < len(spans)
    assert found.dtype == np.int64


def test_covered_bases_count_neither_neighbours_nor_other_chromosomes():
    spans = table([("chr1", 10, 20)])
    intervals = table([("chr1", 0, 10), ("chr1", 20, 30), ("chr2", 0, 251)])
    assert covered_bases(spans, intervals).tolist() == [0]
    assert covered_bases(spans, NO_INTERVALS).tolist() == [0]
    assert covered_bases(spans.iloc[:0], intervals).tolist() == []


@pytest.mark.parametrize("distance", [-1, 0, 1, 30])
def test_intervals_near_a_span_equal_a_loop(distance):
    spans, intervals = random_intervals(60, 40, seed=3), random_intervals(40, 20, seed=4)
    expected = []
    for chrom, start, end in rows_of(spans):
        apart = [max(s - end, start - e) for c, s, e in rows_of(intervals) if c == chrom]
        expected.append(sum(bases < 0 if distance < 0 else bases <= distance for bases in apart))
    found = count_near(spans, intervals, distance)
    assert found.tolist() == expected
    assert 1 < found.max() < len(intervals)
    assert count_near(spans, NO_INTERVALS, distance).tolist() == [0] * len(spans)


@pytest.mark.parametrize("seed", range(5))
def test_spans_that_abut_or_touch_by_one_base_are_told_apart(seed):
    """Only spans that touch an interval are handed to bedtools."""
    generator = np.random.default_rng(seed)
    ends = generator.integers(1, 8, 60).cumsum()
    spans = table([("chr1", start, start + 5) for start in range(0, 300, 2)])
    intervals = table([("chr1", ends[row - 1], ends[row]) for row in range(1, 60, 2)])
    assert covered_bases(spans, intervals).tolist() == covered_by_loop(spans, intervals)


@pytest.mark.parametrize("bases", [1, 7, 100])
def test_stretches_hold_every_row_once_and_in_order(bases):
    start = np.random.default_rng(9).integers(0, 300, 80)
    groups = by_stretch(start, bases)
    assert sorted(np.concatenate(groups)) == list(range(80))
    for rows in groups:
        assert len(set(start[rows] // bases)) == 1
        assert rows.tolist() == sorted(rows)
    assert len(groups) == len(set(start // bases))


@pytest.mark.parametrize("stretch", [1, 13, 1 << 20])
def test_unknown_fraction_equals_a_loop(monkeypatch, stretch):
    monkeypatch.setattr(spans_module, "STRETCH", stretch)
    spans = random_intervals(50, 30, seed=4)
    expected = []
    for chrom, start, end in rows_of(spans):
        bases = GENOME[chrom][start:end].tobytes()
        expected.append(bases.count(b"N") / len(bases))
    assert unknown_fraction(spans, GENOME.get).tolist() == expected


def test_unusable_spans_are_counted_for_the_first_reason():
    genome = {"chr1": np.frombuffer(b"A" * 50 + b"N" * 50 + b"C" * 40, np.uint8)}
    blacklist = table([("chr1", 9, 10), ("chr1", 90, 200), ("chrY", 0, 1000)])
    spans = table(
        [
            ("chrY", 0, 10),  # not asked for, though in the blacklist too
            ("chr1", 135, 145),  # past the end, though in the blacklist too
            ("chr1", 0, 10),  # one base in the blacklist
            ("chr1", 85, 95),  # in the blacklist, though all N too
            ("chr1", 46, 56),  # 6 of 10 are N
            ("chr1", 45, 55),  # 5 of 10 are N, which is allowed
            ("chr1", 10, 20),
        ]
    )
    sizes = {"chr1": 140, "chrY": 1000}
    kept, dropped = drop_unusable(spans, sizes, ["chr1"], blacklist, genome.get, 0.5)
    assert rows_of(kept) == [("chr1", 45, 55), ("chr1", 10, 20)]
    assert kept.index.tolist() == [0, 1]
    assert dropped == {
        "chromosome not asked for": 1,
        "past the chromosome's end": 1,
        "in the blacklist": 2,
        "too many N": 1,
    }
    assert len(kept) + sum(dropped.values()) == len(spans)


def test_every_span_may_be_unusable():
    spans = random_intervals(5, 10, seed=5)
    kept, dropped = drop_unusable(spans, SIZES, ["chrM"], NO_INTERVALS, GENOME.get, 1)
    assert kept.empty
    assert dropped["chromosome not asked for"] == 5


def test_no_spans_stay_no_spans():
    """A chromosome may be too short for a span."""
    none = tile_spans(SIZES, ["chr10"], 91, 1)
    kept, dropped = drop_unusable(none, SIZES, ["chr10"], random_intervals(5, 9, 1), GENOME.get, 1)
    labelled, counts = label_by_peaks(kept, random_intervals(5, 9, 2), 0.5, "drop")
    assert labelled.columns.tolist() == ["chrom", "start", "end", "label"]
    assert labelled.empty
    assert set((dropped | counts).values()) == {0}


def test_numbers_of_dropped_spans_are_added_up_by_reason(tmp_path):
    parts = [{"too many N": 3, "in the gap": 0}, {"too many N": 4, "in the gap": 1}]
    paths = [tmp_path / f"{number}.tsv" for number in range(2)]
    for part, path in zip(parts, paths, strict=True):
        write_dropped(part, path)
    assert list(read_dropped(paths).items()) == [("too many N", 7), ("in the gap", 1)]


@pytest.mark.parametrize("partial_overlap", ["drop", "negative"])
def test_labels_equal_a_loop(partial_overlap):
    spans = tile_spans(SIZES, list(SIZES), 20, 7)
    peaks = random_intervals(10, 40, seed=6)
    expected, dropped = [], 0
    for row, covered in zip(rows_of(spans), covered_by_loop(spans, peaks), strict=True):
        if covered >= 10:
            expected.append((*row, 1))
        elif covered == 0 or partial_overlap == "negative":
            expected.append((*row, 0))
        else:
            dropped += 1
    found, counts = label_by_peaks(spans, peaks, 0.5, partial_overlap)
    assert list(found.itertuples(index=False, name=None)) == expected
    assert list(counts.values()) == [dropped]
    assert {label for *_, label in expected} == {0, 1}
    assert (dropped > 0) == (partial_overlap == "drop")


@pytest.mark.parametrize(
    ("length", "covered", "min_overlap"),
    [(100, 50, 0.5), (100, 55, 0.55), (25, 7, 0.28), (101, 101, 1.0)],
)
def test_a_span_covered_by_exactly_the_share_is_positive(length, covered, min_overlap):
    spans = table([("chr1", 0, length)])
    exact, _ = label_by_peaks(spans, table([("chr1", 0, covered)]), min_overlap, "negative")
    less, _ = label_by_peaks(spans, table([("chr1", 1, covered)]), min_overlap, "negative")
    assert exact["label"].tolist() == [1]
    assert less["label"].tolist() == [0]


def test_bins_are_labelled_as_in_the_challenge_on_binding_in_vivo():
    """Bins of 200 bp every 50 bp; worked out by hand from the overlaps with [400, 600)."""
    bins = tile_spans({"chr1": 1000}, ["chr1"], 200, 50)
    conservative = table([("chr1", 400, 600)])
    relaxed = table([("chr1", 350, 700), ("chr2", 0, 1000)])
    bound, unclear = [300, 350, 400, 450, 500], [200, 250, 550, 600, 650]
    unbound = [0, 50, 100, 150, 700, 750, 800]  # 150 ends where the relaxed peak starts
    found, dropped = label_by_peaks(bins, conservative, 0.5, "negative", relaxed)
    assert found.loc[found["label"] == 1, "start"].tolist() == bound
    assert found.loc[found["label"] == 0, "start"].tolist() == unbound
    assert dropped == {
        "touches a peak with too little": 0,
        "touches an ambiguous interval": len(unclear),
    }
    same, dropped = label_by_peaks(bins, conservative, 0.5, "drop", relaxed)
    assert same.equals(found)
    assert list(dropped.values()) == [2, 3]  # 250 and 550 reach 50 bases into the peak


@pytest.mark.parametrize("partial_overlap", ["drop", "negative"])
def test_ambiguous_spans_equal_a_loop(partial_overlap):
    spans = tile_spans(SIZES, list(SIZES), 20, 7)
    peaks, ambiguous = random_intervals(6, 40, seed=6), random_intervals(6, 30, seed=7)
    labelled, _ = label_by_peaks(spans, peaks, 0.5, partial_overlap)
    expected = [
        (*row, label)
        for row, label, touched in zip(
            rows_of(labelled),
            labelled["label"],
            covered_by_loop(labelled, ambiguous),
            strict=True,
        )
        if label == 1 or touched == 0
    ]
    found, dropped = label_by_peaks(spans, peaks, 0.5, partial_overlap, ambiguous)
    assert list(found.itertuples(index=False, name=None)) == expected
    assert dropped["touches an ambiguous interval"] == len(labelled) - len(expected) > 0


def test_spans_are_sorted_by_the_given_order_of_chromosomes():
    order = ["chr2", "chr10", "chr1"]
    spans = random_intervals(40, 9, seed=7).assign(label=np.arange(40))
    expected = sorted(
        spans.itertuples(index=False, name=None),
        key=lambda row: (order.index(row[0]), row[1], row[2]),
    )
    found = sort_spans(spans, order)
    assert list(found.itertuples(index=False, name=None)) == expected
    assert found.index.tolist() == list(range(40))
    assert found.columns.tolist() == ["chrom", "start", "end", "label"]


def test_sequences_equal_slices():
    spans = tile_spans(SIZES, list(SIZES), 10, 3).sample(frac=1, random_state=8)
    expected = [GENOME[chrom][start:end].tobytes() for chrom, start, end in rows_of(spans)]
    found = fetch_sequences(spans, GENOME.get)
    assert [row.tobytes() for row in found] == expected
    assert found.dtype == np.uint8


@pytest.mark.parametrize("distance", [-1, 0, 1, 30])
@pytest.mark.parametrize("kind", ["labels", "whole", "real"])
def test_sums_of_values_near_a_span_equal_a_double_loop(distance, kind):
    """Whole numbers add up exactly; running sums of reals are a little off."""
    spans, intervals = random_intervals(60, 40, seed=3), random_intervals(40, 20, seed=4)
    generator = np.random.default_rng(5)
    values = {
        "labels": generator.integers(0, 2, 40),
        "whole": generator.integers(-(10**9), 10**9, 40),
        "real": generator.normal(0, 100, 40),
    }[kind]
    expected = []
    for chrom, start, end in rows_of(spans):
        total = 0.0
        for (c, s, e), value in zip(rows_of(intervals), values.tolist(), strict=True):
            apart = max(s - end, start - e)
            near = apart < 0 if distance < 0 else apart <= distance
            total += value if c == chrom and near else 0
        expected.append(total)
    found = sum_near(spans, intervals, values, distance)
    assert found.dtype == np.float64
    if kind == "real":
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
    else:
        assert found.tolist() == expected
    assert len(set(expected)) > 3
    nothing = sum_near(spans, NO_INTERVALS, np.zeros(0), distance)
    assert nothing.tolist() == [0] * len(spans)


def test_the_values_of_ones_add_up_to_the_number_of_neighbours():
    spans, intervals = random_intervals(50, 30, seed=8), random_intervals(70, 25, seed=9)
    found = sum_near(spans, intervals, np.ones(70), 3)
    assert found.tolist() == count_near(spans, intervals, 3).tolist()


NAMES = ["chrom", "Chrom1", "chromosome", "track", "Track1", "browser1", "!x", "#x", "1e5", "NA"]


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_the_same_whatever_a_chromosome_is_called(name):
    """bedtools takes lines that begin with some of these for headers, and skips them."""
    spans = tile_spans(SIZES, list(SIZES), 20, 7)
    peaks, ambiguous = random_intervals(9, 40, seed=6), random_intervals(6, 30, seed=7)
    expected, counts = label_by_peaks(spans, peaks, 0.5, "drop", ambiguous)
    assert expected["label"].sum() > 5
    named = {"chr1": name, "chr2": "chrY", "chr10": f"{name}_alt"}
    renamed = [table.assign(chrom=table["chrom"].map(named)) for table in (spans, peaks, ambiguous)]
    found, found_counts = label_by_peaks(renamed[0], renamed[1], 0.5, "drop", renamed[2])
    assert found.equals(expected.assign(chrom=expected["chrom"].map(named)))
    assert found_counts == counts
    sizes = {named[chrom]: size for chrom, size in SIZES.items()}
    read = {named[chrom]: GENOME[chrom] for chrom in SIZES}.get
    kept, dropped = drop_unusable(renamed[0], sizes, list(sizes), renamed[1], read, 1)
    assert dropped["in the blacklist"] == (covered_bases(spans, peaks) > 0).sum() > 5
    assert len(kept) + sum(dropped.values()) == len(spans)


def test_every_letter_but_the_four_bases_is_unknown():
    genome = {"chr1": np.frombuffer(b"ACGTRYSWKMBDHVNACGTA", np.uint8)}
    spans = table([("chr1", 0, 4), ("chr1", 2, 6), ("chr1", 4, 15), ("chr1", 0, 20)])
    assert unknown_fraction(spans, genome.get).tolist() == [0, 0.5, 1, 11 / 20]
    kept, dropped = drop_unusable(spans, {"chr1": 20}, ["chr1"], NO_INTERVALS, genome.get, 0.1)
    assert rows_of(kept) == [("chr1", 0, 4)]
    assert dropped["too many N"] == 3
