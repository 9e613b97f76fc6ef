"""Signals: means over spans, and the transforms under which a model sees them.

A mean is over all bases of a span; bases that the signal does not cover count as 0.
"""

import codecs
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
import pyBigWig

from cisfuse.base.errors import InputError
from cisfuse.base.files import open_input
from cisfuse.readers.spans import STRETCH, by_stretch, span_names


def mean_from_bigwig(path: str, spans: pd.DataFrame) -> np.ndarray:
    """Mean of a bigWig over each span, float64 (n_spans,).

    pyBigWig's own ``mean`` averages covered bases only, so the values are summed here. A
    span on a chromosome that the bigWig lacks has mean 0. Sums start anew in each stretch,
    so stretches of another length give means that differ by some 1e-12.
    """
    means = np.zeros(len(spans))
    with pyBigWig.open(str(path)) as bigwig:
        sizes = bigwig.chroms()
        for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
            if chrom not in sizes:
                continue
            start, end = (spans[column].to_numpy()[rows] for column in ("start", "end"))
            for inside in by_stretch(start, STRETCH):
                first, last = int(start[inside].min()), int(end[inside].max())
                values = bigwig.values(chrom, first, min(last, sizes[chrom]), numpy=True)
                values[np.isnan(values)] = 0
                sums = np.zeros(len(values) + 1)
                np.cumsum(values, dtype=np.float64, out=sums[1:])
                total = sums[end[inside] - first] - sums[start[inside] - first]
                means[rows[inside]] = total / (end - start)[inside]
    return means


def copy_lines_on(chromosomes: Iterable[str], path: str | Path, target: IO[bytes]) -> None:
    """Copy the lines of a bedGraph, or of a table of spans, that lie on the chromosomes."""
    wanted = {chrom.encode() for chrom in chromosomes}
    with open_input(path) as handle:
        for line in handle:
            place = line.removeprefix(codecs.BOM_UTF8).split(None, 1)[:1]
            if place and (place[0] in wanted or place[0].rpartition(b":")[0] in wanted):
                target.write(line)
    target.flush()


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


def values_from_table(table: pd.Series, spans: pd.DataFrame, path: str) -> np.ndarray:
    """Look up each span's value by its name, float64 (n_spans,).

    ``table`` holds values and has the names as its index, each once. Raises `InputError` that
    names the first span which the table lacks.
    """
    names = span_names(spans)
    values = table.reindex(names).to_numpy(np.float64)
    missing = np.isnan(values)
    if missing.any():
        first = names.iloc[int(np.argmax(missing))]
        raise InputError(
            f"{path}: lacks the span {first} ({int(missing.sum()):,} of {len(spans):,} spans are "
            "missing); add a line per span, with the very coordinates of the spans"
        )
    return values


def check_not_negative(values: np.ndarray, spans: pd.DataFrame, path: str) -> None:
    """Raise `InputError` that names the first span with a negative mean: it has no logarithm."""
    negative = values < 0
    if negative.any():
        row = int(np.argmax(negative))
        name = span_names(spans.iloc[[row]]).iloc[0]
        raise InputError(
            f"{path}: the signal is negative on {name} ({values[row]:g}), so it has no logarithm; "
            "give coverage rather than a log ratio"
        )


def fit_transforms(values: np.ndarray) -> dict[str, dict[str, float]]:
    """Fit the constants of every transform on the training split's raw values.

    ``none`` is the value itself; ``log`` is ln(x + pseudocount); ``log_standardise``
    subtracts from that its mean and divides by its standard deviation. The pseudocount is
    the 1 % quantile of the positive values: near the smallest that means anything, yet not
    at the mercy of a single one. Values are not negative, as `check_not_negative` sees to.
    """
    positive = values[values > 0]
    if positive.size == 0:
        raise InputError(
            "the signal is 0 on every training span; is it the right file for these chromosomes?"
        )
    pseudocount = float(np.quantile(positive, 0.01))
    logs = np.log(values + pseudocount)
    return {
        "none": {},
        "log": {"pseudocount": pseudocount},
        "log_standardise": {
            "pseudocount": pseudocount,
            "mean": float(logs.mean()),
            "standard_deviation": float(logs.std()) if np.ptp(logs) > 0 else 1.0,
        },
    }
