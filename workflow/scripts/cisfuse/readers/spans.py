"""Spans: intervals that become examples, and their labels.

Coordinates are 0-based and half-open. A table of spans has the columns ``chrom`` (str),
``start`` and ``end`` (int64), and later ``label`` (0 or 1); one row is one span.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pybedtools

from cisfuse.base.files import read_table, write_table
from cisfuse.dna.sequences import BASES

IS_UNKNOWN = ~np.isin(np.arange(256), list(BASES))  # by letter: N and the other IUPAC codes
STRETCH = 1 << 20  # bases in which N is counted at once


def span_names(spans: pd.DataFrame) -> pd.Series:
    """Names such as ``chr22:20208963-20209064``, one per row."""
    columns = (spans[column].tolist() for column in ("chrom", "start", "end"))
    names = [f"{chrom}:{start}-{end}" for chrom, start, end in zip(*columns, strict=True)]
    return pd.Series(names, index=spans.index, dtype=str)


def tile_spans(
    sizes: Mapping[str, int], chromosomes: Sequence[str], length: int, stride: int
) -> pd.DataFrame:
    """Tile chromosomes from base 0 with spans of ``length`` bases every ``stride`` bases.

    Only spans that lie wholly on their chromosome are made, so a short chromosome has none.
    Chromosomes come in the given order, spans by start.
    """
    tables = []
    for chrom in chromosomes:
        starts = np.arange(0, sizes[chrom] - length + 1, stride, dtype=np.int64)
        tables.append(pd.DataFrame({"chrom": chrom, "start": starts, "end": starts + length}))
    return pd.concat(tables, ignore_index=True)


def covered_bases(spans: pd.DataFrame, intervals: pd.DataFrame) -> np.ndarray:
    """Number of bases of each span that lie in any of the intervals, int64 (n_spans,).

    Intervals may be unsorted, overlapping or repeated; each base counts once.
    """
    covered = np.zeros(len(spans), dtype=np.int64)
    # bedtools reads text, which is slow to write; few of the spans touch an interval.
    touching = np.flatnonzero(count_near(spans, intervals, -1))
    if not len(touching):
        return covered
    rows = spans[["chrom", "start", "end"]].iloc[touching].assign(row=touching)
    # It takes lines that begin with "chrom", "track", "browser" or a sign for headers: chromosomes
    # have numbers there.
    names = pd.Index(rows["chrom"].unique())
    shared = intervals.loc[intervals["chrom"].isin(names), ["chrom", "start", "end"]]
    rows, shared = (
        table.assign(chrom=names.get_indexer(table["chrom"])) for table in (rows, shared)
    )
    try:
        covering = pybedtools.BedTool.from_dataframe(shared)
        coverage = pybedtools.BedTool.from_dataframe(rows).coverage(covering)
        columns = ["chrom", "start", "end", "row", "hits", "covered", "length", "fraction"]
        table = pd.read_csv(
            coverage.fn, sep="\t", names=columns, usecols=["row", "covered"], dtype=np.int64
        )
    finally:
        pybedtools.cleanup()
    covered[table["row"]] = table["covered"]
    return covered


def count_near(spans: pd.DataFrame, intervals: pd.DataFrame, distance: int) -> np.ndarray:
    """Number of intervals with at most ``distance`` bases between them and each span.

    -1 counts those that share a base with the span, 0 those that touch it too. Intervals may
    be unsorted and overlap. Returns int64 (n_spans,).

    As many intervals are near a span as start before its end, less those that end before its
    start, each moved by the distance: whatever ends there started there.
    """
    near = np.zeros(len(spans), dtype=np.int64)
    by_chrom = intervals.groupby("chrom", sort=False).indices
    starts, ends = (intervals[column].to_numpy() for column in ("start", "end"))
    start, end = (spans[column].to_numpy() for column in ("start", "end"))
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        if chrom in by_chrom:
            begun = np.sort(starts[by_chrom[chrom]])
            over = np.sort(ends[by_chrom[chrom]])
            near[rows] = np.searchsorted(begun, end[rows] + distance, side="right")
            near[rows] -= np.searchsorted(over, start[rows] - distance, side="left")
    return near


def sum_near(
    spans: pd.DataFrame, intervals: pd.DataFrame, values: np.ndarray, distance: int
) -> np.ndarray:
    """Sum of the values of the intervals that `count_near` counts, float64 (n_spans,).

    values: (n_intervals,). Sums of whole numbers are exact.
    """
    near = np.zeros(len(spans))
    by_chrom = intervals.groupby("chrom", sort=False).indices
    starts, ends = (intervals[column].to_numpy() for column in ("start", "end"))
    start, end = (spans[column].to_numpy() for column in ("start", "end"))
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        if chrom not in by_chrom:
            continue
        here = by_chrom[chrom]
        for sign, edges, place, side in (
            (1, starts[here], end[rows] + distance, "right"),
            (-1, ends[here], start[rows] - distance, "left"),
        ):
            order = np.argsort(edges, kind="stable")
            upto = np.concatenate([[0.0], np.cumsum(values[here][order], dtype=np.float64)])
            near[rows] += sign * upto[np.searchsorted(edges[order], place, side=side)]
    return near


def by_stretch(start: np.ndarray, bases: int) -> list[np.ndarray]:
    """Rows of spans on one chromosome, together where they start in one stretch of ``bases``.

    start: int64 (n_spans,), n_spans > 0. Returns row numbers in order, int64.
    """
    stretch = start // bases
    rows = np.argsort(stretch, kind="stable")
    return np.split(rows, np.flatnonzero(np.diff(stretch[rows])) + 1)


def unknown_fraction(
    spans: pd.DataFrame, read_chromosome: Callable[[str], np.ndarray]
) -> np.ndarray:
    """Share of letters other than A, C, G and T in each span, float64 (n_spans,).

    ``read_chromosome`` gives a chromosome's upper-case bases as uint8 (length,). All spans
    must lie on their chromosomes.
    """
    fraction = np.zeros(len(spans))
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        bases = read_chromosome(chrom)
        start, end = (spans[column].to_numpy()[rows] for column in ("start", "end"))
        # Stretch by stretch: running counts of a whole chromosome take 4 bytes per base more.
        for inside in by_stretch(start, STRETCH):
            first, last = start[inside].min(), end[inside].max()
            unknown = IS_UNKNOWN[bases[first:last]]
            counts = np.concatenate([[0], np.cumsum(unknown, dtype=np.int32)])
            found = counts[end[inside] - first] - counts[start[inside] - first]
            fraction[rows[inside]] = found / (end - start)[inside]
    return fraction


def drop_unusable(
    spans: pd.DataFrame,
    sizes: Mapping[str, int],
    chromosomes: Sequence[str],
    blacklist: pd.DataFrame,
    read_chromosome: Callable[[str], np.ndarray],
    max_n_fraction: float,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Drop spans that cannot be used; say how many for which reason.

    A span is counted for the first reason that holds: it is on a chromosome that was not
    asked for, past its chromosome's end, in the blacklist (by one base or more), or has
    more unknown bases (`unknown_fraction`) than ``max_n_fraction``.
    """
    dropped = {}

    def keep(wanted: np.ndarray, reason: str) -> None:
        nonlocal spans
        dropped[reason] = int((~wanted).sum())
        spans = spans[wanted].reset_index(drop=True)

    keep(spans["chrom"].isin(chromosomes).to_numpy(), "chromosome not asked for")
    ends = spans["chrom"].map(sizes).to_numpy()
    keep((spans["end"].to_numpy() <= ends), "past the chromosome's end")
    keep(covered_bases(spans, blacklist) == 0, "in the blacklist")
    keep(unknown_fraction(spans, read_chromosome) <= max_n_fraction, "too many N")
    return spans, dropped


def write_dropped(dropped: Mapping[str, int], path: str | Path) -> None:
    """Write the numbers of dropped spans: the columns ``reason`` and ``spans``."""
    write_table(pd.DataFrame({"reason": dropped.keys(), "spans": dropped.values()}), path)


def read_dropped(paths: Iterable[str | Path]) -> Counter[str]:
    """Numbers of dropped spans by reason, added up over tables of `write_dropped`."""
    dropped: Counter[str] = Counter()
    for path in paths:
        table = read_table(path)
        dropped.update(dict(zip(table["reason"], table["spans"].tolist(), strict=True)))
    return dropped


def label_by_peaks(
    spans: pd.DataFrame,
    peaks: pd.DataFrame,
    min_overlap: float,
    partial_overlap: str,
    ambiguous: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Label spans 1 when peaks cover at least ``min_overlap`` of their bases, else 0.

    A span that peaks touch with less is dropped (``partial_overlap="drop"``) or kept as a
    negative (``"negative"``). A span that would be a negative and shares a base with an
    ``ambiguous`` interval is dropped too: with relaxed peaks these are the labels of the
    ENCODE-DREAM challenge on in-vivo binding (Synapse syn6131484), whose spans of 200 bp
    every 50 bp are bound, unbound or ambiguous. Returns the labelled spans and the counts of
    dropped ones, by the first reason that holds.
    """
    covered = covered_bases(spans, peaks)
    length = (spans["end"] - spans["start"]).to_numpy()
    positive = covered >= np.ceil(min_overlap * length - 1e-9)  # 0.55 * 100 is above 55
    partial = (covered > 0) & ~positive
    kept = ~partial if partial_overlap == "drop" else np.ones(len(spans), dtype=bool)
    dropped = {"touches a peak with too little": int((~kept).sum())}
    if ambiguous is not None:
        unclear = kept & ~positive & (count_near(spans, ambiguous, -1) > 0)
        dropped["touches an ambiguous interval"] = int(unclear.sum())
        kept &= ~unclear
    labelled = spans.assign(label=positive.astype(np.int64))[kept].reset_index(drop=True)
    return labelled, dropped


def sort_spans(spans: pd.DataFrame, chromosomes: Sequence[str]) -> pd.DataFrame:
    """Sort by chromosome in the given order, then start, then end; rows are renumbered."""
    order = {chrom: position for position, chrom in enumerate(chromosomes)}
    rank = spans["chrom"].map(order)
    return (
        spans.assign(rank=rank)
        .sort_values(["rank", "start", "end"], kind="stable")
        .drop(columns="rank")
        .reset_index(drop=True)
    )


def fetch_sequences(
    spans: pd.DataFrame, read_chromosome: Callable[[str], np.ndarray]
) -> np.ndarray:
    """Upper-case bases of spans of one length, uint8 ASCII (n_spans, length).

    Each chromosome is read once and its spans are cut out together.
    """
    length = int(spans["end"].iloc[0] - spans["start"].iloc[0])
    sequences = np.empty((len(spans), length), dtype=np.uint8)
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        windows = np.lib.stride_tricks.sliding_window_view(read_chromosome(chrom), length)
        sequences[rows] = windows[spans["start"].to_numpy()[rows]]
    return sequences
