"""bigWig: a binary file with a value per base, in pieces."""

import struct
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyBigWig

from cisfuse.base.errors import InputError
from cisfuse.readers.checks import OTHER_BUILD, check_chromosomes
from cisfuse.readers.signal_kinds.kind import Average, SignalKind, check_signal
from cisfuse.readers.signals import fail_negative
from cisfuse.readers.spans import STRETCH, by_stretch
from cisfuse.readers.text import BIGWIG_MAGIC, binary_format

FORMAT = "bigWig"


def check_bigwig(
    path: str | Path, sizes: dict[str, int], chromosomes: list[str], genome_path: str | Path
) -> list[str]:
    """Return the chromosomes on which a bigWig has a value other than 0.

    Raises when it is no bigWig or damaged, when a length differs from the FASTA, when a value is
    negative or infinite, and when the signal is absent or all zero on a chromosome asked for (on
    all, when none is named).
    """
    _check_header(path)
    # `header()` is not used: pyBigWig 0.3.29 crashes in it when the file holds NaN.
    try:
        with pyBigWig.open(str(path)) as bigwig:
            lengths = bigwig.chroms()
            check_chromosomes(lengths, sizes, path, genome_path, "signal (bigWig)")
            for chrom in chromosomes or sizes:
                if chrom in lengths and lengths[chrom] != sizes[chrom]:
                    raise InputError(
                        f"{path}: '{chrom}' has {lengths[chrom]:,} bp, in {genome_path} "
                        f"{sizes[chrom]:,} bp; {OTHER_BUILD}"
                    )
            present = [chrom for chrom in chromosomes or sizes if chrom in lengths]
            for chrom in present:
                bigwig.stats(chrom)  # raises where the zoom levels, the end of the file, are cut
            with_signal = [chrom for chrom in present if _has_signal(bigwig, chrom, path)]
    except RuntimeError as error:
        raise InputError(f"{path}: the bigWig is truncated or damaged; fetch it again") from error
    check_signal(with_signal, chromosomes, path)
    return with_signal


def _has_signal(bigwig: Any, chrom: str, path: str | Path) -> bool:
    """Tell whether an open bigWig has a value other than 0 on a chromosome; NaN is none.

    The values themselves are read: pyBigWig's extremes are None where the first stored interval
    is NaN. Raises `InputError` for a value that is negative or infinite.
    """
    found = False
    length = bigwig.chroms(chrom)
    for first in range(0, length, STRETCH):
        values = bigwig.values(chrom, first, min(first + STRETCH, length), numpy=True)
        bad = np.flatnonzero((values < 0) | np.isinf(values))
        if len(bad):
            place = f"{chrom}:{first + bad[0]}-{first + bad[0] + 1}"
            if np.isinf(values[bad[0]]):
                raise InputError(
                    f"{path}: the signal is infinite on {place}; make it again without a division "
                    "by 0"
                )
            fail_negative(path, place, values[bad[0]])
        found = found or bool((values > 0).any())
    return found


def find_signal(path: str, chromosomes: list[str]) -> list[str]:
    """Those of the chromosomes on which the file has a value other than 0."""
    with pyBigWig.open(str(path)) as bigwig:
        lengths = bigwig.chroms()
        return [c for c in chromosomes if c in lengths and _has_signal(bigwig, c, path)]


def _check_header(path: str | Path) -> None:
    """Raise when a file is no bigWig, or ends before what its header announces.

    pyBigWig crashes, without an exception, on a file cut between 64 bytes and the end of its
    zoom headers. Layout: Kent and others, Bioinformatics 26:2204 (2010), supplement.
    """
    size = Path(path).stat().st_size
    with open(path, "rb") as handle:
        head = handle.read(64)
    if binary_format(head) != FORMAT:
        raise InputError(f"{path}: not a bigWig; give one, or correct the path")
    order = "<" if head[:4] == BIGWIG_MAGIC.to_bytes(4, "little") else ">"
    ends = [64]
    if size >= 64:
        levels, *offsets = struct.unpack_from(f"{order}6xH3Q", head)
        ends = [64 + 24 * levels, *offsets]
    if size <= max(ends):
        raise InputError(f"{path}: the bigWig is truncated or damaged; fetch it again")


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


def make_average(path: str, chromosomes: list[str]) -> Average:
    """A function that reads the spans' values when it is called."""
    return partial(mean_from_bigwig, path)


def list_chromosomes(path: str | Path) -> list[str]:
    """The chromosomes of the header; raises `InputError` for a file that is damaged."""
    _check_header(path)
    try:
        with pyBigWig.open(str(path)) as bigwig:
            return list(bigwig.chroms())
    except RuntimeError as error:
        raise InputError(f"{path}: the bigWig is truncated or damaged; fetch it again") from error


BIGWIG = SignalKind(
    "bigwig",
    "a bigWig",
    check_bigwig,
    make_average,
    format=FORMAT,
    find_signal=find_signal,
    list_chromosomes=list_chromosomes,
)
