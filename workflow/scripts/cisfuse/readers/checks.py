"""Checks across the users' files, before any span is made.

Each check raises `InputError` with one line: the file, the place, what is wrong, the fix.
``sizes`` gives the length in bp of each sequence of the genome FASTA, ``genome_path`` that
file as the user wrote it, and an empty list of chromosomes means all of the FASTA.
"""

import logging
import shlex
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.files import is_gzipped
from cisfuse.readers.genome import list_names
from cisfuse.readers.intervals import span_name

logger = logging.getLogger("cisfuse")

# Peak callers extend reads, and so hang over an end by about a fragment's length; in bp.
OVERHANG = 200
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
            fix = _renaming(path, adds_prefix=other.startswith("chr"), noun=noun)
            raise InputError(
                f"{path}: {noun} use '{name}', {genome_path} uses '{other}'; {fix}, or "
                "list both under references.names"
            )
    raise InputError(
        f"{path}: {noun} use {list_names(names)}, {genome_path} has {list_names(sizes)}; say "
        "which is which by references.names in the config, or give the genome that the file was "
        "made with"
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
    intervals: pd.DataFrame,
    sizes: dict[str, int],
    path: str | Path,
    chromosomes: Collection[str] = (),
    *,
    may_overhang: bool = False,
) -> pd.DataFrame:
    """Return the intervals on chromosomes of the FASTA; raise when one is far past an end.

    On the chromosomes asked for an interval that starts inside and ends at most `OVERHANG` bp
    past the end is clipped there; more than that raises. With ``may_overhang`` any that starts
    inside stays as it is. Intervals on chromosomes that the FASTA lacks are left out. The log
    counts what was clipped and left out.
    """
    length = intervals["chrom"].map(sizes).to_numpy(dtype=np.float64)
    asked = intervals["chrom"].isin(chromosomes or sizes).to_numpy(dtype=bool)
    over = np.where(asked, intervals["end"].to_numpy() - length, 0)
    past = asked & (intervals["start"].to_numpy() >= length)
    if not may_overhang:
        past |= over > OVERHANG
    if past.any():
        row = int(np.argmax(past))
        raise InputError(
            f"{path}: {span_name(intervals, row)} is past the end of "
            f"'{intervals['chrom'].iloc[row]}' ({length[row]:,.0f} bp); it hangs over by "
            f"{over[row]:,.0f} bp, more than extended reads do ({OVERHANG} bp from a start inside):"
            f" {OTHER_BUILD}, or clip it by bedClip -truncate"
        )
    if not may_overhang and (clipped := over > 0).any():
        ends = np.where(clipped, length, intervals["end"].to_numpy()).astype(np.int64)
        intervals = intervals.assign(end=ends)
        logger.info(
            "%s: %s intervals hang over a chromosome's end, by %s bp at most; they are clipped",
            path,
            f"{int(clipped.sum()):,}",
            f"{over.max():,.0f}",
        )
    ignored = int(np.isnan(length).sum())
    if ignored:
        logger.info("%s: %s intervals on chromosomes not in the FASTA", path, f"{ignored:,}")
    return intervals[~np.isnan(length)].reset_index(drop=True)


def check_labelled_spans(
    spans: pd.DataFrame,
    sizes: dict[str, int],
    path: str | Path,
    length: int,
    chromosomes: Collection[str] = (),
) -> pd.DataFrame:
    """Like `check_within`; raises too when a span asked for is not ``length`` bp long.

    A last span may hang over its chromosome's end, as careless tiling leaves it; it is
    dropped, and counted, with the other spans that cannot be used.
    """
    found = (spans["end"] - spans["start"]).to_numpy()
    other = (found != length) & spans["chrom"].isin(chromosomes or sizes).to_numpy(dtype=bool)
    if other.any():
        row = int(np.argmax(other))
        raise InputError(
            f"{path}: span {span_name(spans, row)} has {found[row]:,} bp, the config says "
            f"{length}; correct the span length in the config, or give spans of one length"
        )
    return check_within(spans, sizes, path, chromosomes, may_overhang=True)
