"""bedGraph: a text with a value per interval."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.readers.intervals import read_bedgraph
from cisfuse.readers.signal_kinds.kind import Average, SignalKind, check_values, read_on


def check_bedgraph(
    path: str | Path, sizes: dict[str, int], chromosomes: list[str], genome_path: str | Path
) -> list[str]:
    """See `cisfuse.readers.signal_kinds.kind.check_values`."""
    return check_values(read_bedgraph(path), sizes, chromosomes, path, genome_path)


def mean_from_bedgraph(bedgraph: pd.DataFrame, spans: pd.DataFrame) -> np.ndarray:
    """Mean of a bedGraph over each span, float64 (n_spans,).

    ``bedgraph`` has the columns chrom, start, end, value, without overlaps. The integral of
    a piecewise constant signal is piecewise linear, so it is interpolated between the
    intervals' ends.
    """
    means = np.zeros(len(spans))
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        intervals = bedgraph[bedgraph["chrom"] == chrom].sort_values("start", kind="stable")
        if intervals.empty:
            continue
        edges = intervals[["start", "end"]].to_numpy()
        value = intervals["value"].to_numpy(dtype=np.float64)
        upto_end = np.cumsum(value * (edges[:, 1] - edges[:, 0]))
        integral = np.column_stack([np.concatenate([[0.0], upto_end[:-1]]), upto_end]).ravel()
        start, end = (spans[column].to_numpy()[rows] for column in ("start", "end"))
        total = np.interp(end, edges.ravel(), integral) - np.interp(start, edges.ravel(), integral)
        means[rows] = total / (end - start)
    return means


def make_average(path: str, chromosomes: list[str]) -> Average:
    """A function that has what the file holds on the chromosomes."""
    return partial(mean_from_bedgraph, read_on(chromosomes, path, read_bedgraph))


def find_signal(path: str, chromosomes: list[str]) -> list[str]:
    """Those of the chromosomes on which the file has a value other than 0."""
    table = read_on(chromosomes, path, read_bedgraph)
    found = set(table.loc[table["value"] != 0, "chrom"])
    return [chrom for chrom in chromosomes if chrom in found]


BEDGRAPH = SignalKind(
    "bedgraph", "bedGraph", check_bedgraph, make_average, columns=4, find_signal=find_signal
)
