"""Checks across the users' files, before any span is made.

Each check raises `InputError` with one line: the file, the place, what is wrong, the mend.
``sizes`` gives the length in bp of each sequence of the genome FASTA, ``genome_path`` that
file as the user wrote it, and an empty list of chromosomes means all of the FASTA.
"""

import logging
import math
import shlex
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyBigWig

from cisfuse.base.errors import InputError
from cisfuse.base.files import is_gzipped, open_input
from cisfuse.readers.genome import list_names
from cisfuse.readers.intervals import (
    parse_span_names,
    read_bedgraph,
    read_signal_table,
    span_name,
)
from cisfuse.readers.text import BIGWIG_MAGIC, BINARY_FORMATS, check_format, first_fields

logger = logging.getLogger("cisfuse")

OTHER_BUILD = "it was probably made on another genome build; give files of one build"


def check_chromosomes(
    names: Iterable[str],
    sizes: dict[str, int],
    path: str | Path,
    genome_path: str | Path,
    noun: str = "intervals",
) -> None:
    """Raise when a file shares no chromosome name with the FASTA, as with '22' and 'chr22'."""
    names = set(names)
    if names & sizes.keys():
        return
    for name in sorted(names):
        other = name.removeprefix("chr") if name.startswith("chr") else f"chr{name}"
        if other in sizes:
            mend = _renaming(path, adds_prefix=other.startswith("chr"), noun=noun)
            raise InputError(f"{path}: {noun} use '{name}', {genome_path} uses '{other}'; {mend}")
    raise InputError(
        f"{path}: {noun} use {list_names(names)}, {genome_path} has {list_names(sizes)}; rename "
        "the chromosomes of one of the two, or give the genome that the file was made with"
    )


def _renaming(path: str | Path, adds_prefix: bool, noun: str) -> str:
    quoted = shlex.quote(str(path))
    if noun == "signal (bigWig)":
        edit = "s/^/chr/" if adds_prefix else "s/^chr//"
        return f"rename by bigWigToBedGraph and sed '{edit}', and give the bedGraph"
    edit = "/^(#|track|browser|$)/!s/^/chr/" if adds_prefix else "s/^chr//"
    if is_gzipped(path):
        return f"rename: gzip -dc {quoted} | sed -E '{edit}' | gzip > NEW_FILE"
    return f"rename: sed -E '{edit}' {quoted} > NEW_FILE"


def check_within(
    intervals: pd.DataFrame, sizes: dict[str, int], path: str | Path, *, may_overhang: bool = False
) -> pd.DataFrame:
    """Return the intervals on chromosomes of the FASTA; raise when one passes an end.

    With ``may_overhang`` an interval may end past its chromosome, but not start there.
    Intervals on other chromosomes are left out, and their number is logged.
    """
    length = intervals["chrom"].map(sizes).to_numpy(dtype=np.float64)
    past = intervals["end"].to_numpy() > length
    if may_overhang:
        past = intervals["start"].to_numpy() >= length
    if past.any():
        row = int(np.argmax(past))
        raise InputError(
            f"{path}: {span_name(intervals, row)} is past the end of "
            f"'{intervals['chrom'].iloc[row]}' ({length[row]:,.0f} bp); {OTHER_BUILD}"
        )
    ignored = int(np.isnan(length).sum())
    if ignored:
        logger.info("%s: %s intervals on chromosomes not in the FASTA", path, f"{ignored:,}")
    return intervals[~np.isnan(length)].reset_index(drop=True)


def check_labelled_spans(
    spans: pd.DataFrame, sizes: dict[str, int], path: str | Path, length: int
) -> pd.DataFrame:
    """Like `check_within`; raises too when a span is not ``length`` bp long.

    A last span may hang over its chromosome's end, as careless tiling leaves it; it is
    dropped, and counted, with the other spans that cannot be used.
    """
    found = (spans["end"] - spans["start"]).to_numpy()
    if (found != length).any():
        row = int(np.argmax(found != length))
        raise InputError(
            f"{path}: span {span_name(spans, row)} has {found[row]:,} bp, the config says "
            f"{length}; correct the span length in the config, or give spans of one length"
        )
    return check_within(spans, sizes, path, may_overhang=True)


def signal_kind(path: str | Path) -> Literal["bigwig", "bedgraph", "table"]:
    """Tell the kind of a signal file by its content."""
    with open_input(path) as handle:
        magic = handle.read(8)
    check_format(path, magic)
    orders: tuple[Literal["little", "big"], ...] = ("little", "big")
    formats = {BINARY_FORMATS.get(int.from_bytes(magic[:4], order)) for order in orders}
    if "bigBed" in formats:
        raise InputError(f"{path}: a bigBed holds no signal; give a bigWig or a bedGraph")
    if "bigWig" in formats:
        if is_gzipped(path):
            quoted = shlex.quote(str(path))
            raise InputError(
                f"{path}: a bigWig must not be gzipped; unpack it: gzip -dc {quoted} > NEW_FILE"
            )
        return "bigwig"
    columns = len(first_fields(path))
    if columns not in (2, 4):
        raise InputError(
            f"{path}: neither a bigWig nor text with 4 columns (bedGraph) or 2 (span name and "
            f"value): its first line of data has {columns}; give one of the three"
        )
    return "bedgraph" if columns == 4 else "table"


def check_bigwig(
    path: str | Path, sizes: dict[str, int], chromosomes: list[str], genome_path: str | Path
) -> list[str]:
    """Return the chromosomes on which a bigWig has a value other than 0.

    Raises when it is no bigWig or damaged, when a length differs from the FASTA, and when the
    signal is absent or all zero on a chromosome asked for (on all, when none is named).
    """
    if signal_kind(path) != "bigwig":
        raise InputError(f"{path}: not a bigWig; give one, or correct the path")
    _check_bigwig_header(path)
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
            extremes = {
                chrom: bigwig.stats(chrom, type="max") + bigwig.stats(chrom, type="min")
                for chrom in present
            }
    except RuntimeError as error:
        raise InputError(f"{path}: the bigWig is truncated or damaged; fetch it again") from error
    for chrom in present:
        if any(value is not None and math.isinf(value) for value in extremes[chrom]):
            raise InputError(
                f"{path}: the signal is infinite somewhere on '{chrom}'; make it again without a "
                "division by 0"
            )
    with_signal = [chrom for chrom in present if any(extremes[chrom])]
    _check_signal(with_signal, chromosomes, path)
    return with_signal


def _check_bigwig_header(path: str | Path) -> None:
    """Raise when a bigWig ends before what its header announces.

    pyBigWig crashes, without an exception, on a file cut between 64 bytes and the end of its
    zoom headers. Layout: Kent and others, Bioinformatics 26:2204 (2010), supplement.
    """
    size = Path(path).stat().st_size
    with open(path, "rb") as handle:
        head = handle.read(64)
    order = "<" if head[:4] == BIGWIG_MAGIC.to_bytes(4, "little") else ">"
    ends = [64]
    if size >= 64:
        levels, *offsets = struct.unpack_from(f"{order}6xH3Q", head)
        ends = [64 + 24 * levels, *offsets]
    if size <= max(ends):
        raise InputError(f"{path}: the bigWig is truncated or damaged; fetch it again")


def check_bedgraph(
    path: str | Path, sizes: dict[str, int], chromosomes: list[str], genome_path: str | Path
) -> list[str]:
    """Like `check_bigwig`, for a bedGraph; intervals past an end stand for a wrong length."""
    return _check_values(read_bedgraph(path), sizes, chromosomes, path, genome_path)


def check_signal_table(
    path: str | Path, sizes: dict[str, int], chromosomes: list[str], genome_path: str | Path
) -> list[str]:
    """Like `check_bedgraph`, for a table of span names and values."""
    table = read_signal_table(path)
    places = parse_span_names(table["name"])
    return _check_values(places.assign(value=table["value"]), sizes, chromosomes, path, genome_path)


def _check_values(
    table: pd.DataFrame,
    sizes: dict[str, int],
    chromosomes: list[str],
    path: str | Path,
    genome_path: str | Path,
) -> list[str]:
    check_chromosomes(table["chrom"].unique(), sizes, path, genome_path, "signal")
    table = check_within(table, sizes, path)
    found = set(table.loc[table["value"] != 0, "chrom"].unique())
    with_signal = [chrom for chrom in chromosomes or sizes if chrom in found]
    _check_signal(with_signal, chromosomes, path)
    return with_signal


def _check_signal(with_signal: list[str], chromosomes: list[str], path: str | Path) -> None:
    without = [chrom for chrom in chromosomes if chrom not in with_signal]
    if without or not with_signal:
        place = list_names(without) if without else "every chromosome of the FASTA"
        raise InputError(
            f"{path}: the signal has no value other than 0 on {place}; give the signal of the "
            "whole genome, or leave the chromosome out of the config"
        )
