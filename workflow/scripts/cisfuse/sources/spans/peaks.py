"""Peaks as spans are labelled by them: as they are, or resized to one width."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.readers.intervals import read_intervals, read_peaks


def read_labelling_peaks(path: str | Path, width: int | None) -> pd.DataFrame:
    """The peaks of a file, resized to ``width`` bases where there is one; see `resize_peaks`.

    Returns ``chrom``, ``start``, ``end``, in the order of the file. Raises `InputError`.
    """
    return read_intervals(path) if width is None else resize_peaks(read_peaks(path), width)


def resize_peaks(peaks: pd.DataFrame, width: int) -> pd.DataFrame:
    """Peaks of ``width`` bases about the summit, where it is known, else about the middle.

    peaks: ``chrom start end summit`` of `read_peaks`. The base that the width cannot share out
    evenly falls to the left. What would lie before a chromosome's first base is cut off; an end
    may hang over the chromosome's, where there are no spans.
    """
    summit = peaks["summit"].to_numpy()
    known = summit >= 0
    start = np.where(known, summit, peaks["start"].to_numpy())
    end = np.where(known, summit + 1, peaks["end"].to_numpy())
    start = start + (end - start - width) // 2
    return peaks[["chrom"]].assign(start=np.maximum(start, 0), end=start + width)


def most_covered(peaks: pd.DataFrame, length: int) -> int:
    """The most bases that peaks, of which there are some, cover of any ``length`` in a row."""
    most = 0.0
    for _, here in peaks.groupby("chrom", sort=False):
        here = here.sort_values("start", kind="stable")
        start, end = here["start"].to_numpy(), here["end"].to_numpy()
        before = np.maximum.accumulate(np.concatenate([[0], end[:-1]]))
        start = np.maximum(start, before)
        end = np.maximum(start, end)
        upto = np.cumsum(end - start)
        edges = np.column_stack([start, end]).ravel()
        covered = np.column_stack([np.concatenate([[0], upto[:-1]]), upto]).ravel()
        # A window that covers most begins where a peak does.
        most = max(most, float((np.interp(start + length, edges, covered) - covered[::2]).max()))
    return int(most)


def check_positives(
    positives: int,
    peaks: pd.DataFrame,
    path: str | Path,
    *,
    length: int,
    min_overlap: float,
    whole: bool,
) -> None:
    """Raise `InputError` when peaks make no span positive, and name their widths.

    ``positives`` of the spans of ``length`` bases that the job labels are positive; ``peaks`` are
    the file's, as spans are labelled by them. Where these spans are not the ``whole`` of the
    study's, a part may have no positive: then peaks raise that could make none anywhere.
    """
    if positives or peaks.empty:
        return
    needed = int(np.ceil(min_overlap * length - 1e-9))
    widths = (peaks["end"] - peaks["start"]).to_numpy()
    narrow = most_covered(peaks, length) < needed
    if not (whole or narrow):
        return
    found = (
        f"{path}: no span is positive: peaks must cover {needed} of its {length} bases "
        f"(spans.min_overlap {min_overlap:g}), and the {len(widths):,} peaks are "
        f"{widths.min():,} to {widths.max():,} bp wide (median {np.median(widths):,.0f})"
    )
    if narrow:
        fix = (
            f"widen them by spans.peak_width in the config, for example peak_width: {2 * needed}, "
            "or lower spans.min_overlap"
        )
    else:
        fix = (
            "the log counts the spans that were dropped: look at the blacklist and at N in the "
            "genome, set spans.peak_width or lower spans.min_overlap"
        )
    raise InputError(f"{found}; {fix}")


def check_any_positive(spans: pd.DataFrame, sample: str, target: ModuleType) -> None:
    """Raise `InputError` when none of a sample's spans, over all parts, is positive."""
    if target.KEPT and len(spans) and not target.notable(spans[target.TARGET].to_numpy()).any():
        raise InputError(
            f"sample {sample}: none of its {len(spans):,} spans is {target.KEPT}; set "
            "spans.peak_width or lower spans.min_overlap where peaks are narrow, and look at what "
            "was dropped: the blacklist, N in the genome"
        )
