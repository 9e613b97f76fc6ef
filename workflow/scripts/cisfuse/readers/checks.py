"""Checks across the users' files, before any span is made.

Each check raises `InputError` with one line: the file, the place, what is wrong, the fix.
``sizes`` gives the length in bp of each sequence of the genome FASTA, ``genome_path`` that
file as the user wrote it, and an empty list of chromosomes means all of the FASTA.
"""

import logging
import shlex
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.files import is_gzipped
from cisfuse.readers.genome import list_names
from cisfuse.readers.intervals import span_name

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
            fix = _renaming(path, adds_prefix=other.startswith("chr"), noun=noun)
            raise InputError(f"{path}: {noun} use '{name}', {genome_path} uses '{other}'; {fix}")
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
