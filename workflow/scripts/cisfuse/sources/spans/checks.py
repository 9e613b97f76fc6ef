"""All checks of one sample, and a small table of what they found.

An empty list of chromosomes means all of the FASTA, here as in `cisfuse.readers.checks`.
"""

import logging
from collections.abc import Sized
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pandas as pd

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.readers.checks import check_chromosomes, check_labelled_spans, check_within
from cisfuse.readers.genome import check_requested, list_names
from cisfuse.readers.intervals import read_intervals, read_labelled_spans, read_peaks
from cisfuse.readers.names import NO_NAMES, Names, check_names, renamed
from cisfuse.readers.signal_files import check_signal_file

logger = logging.getLogger("cisfuse")

Rows = list[tuple[str | Path, str, str, str]]


def check_sample(
    sample: dict[str, Any],
    *,
    sizes: dict[str, int],
    chromosomes: list[str],
    genome_path: str | Path,
    blacklist: str | Path | None,
    span_length: int,
    target: ModuleType,
    peak_width: int | None = None,
    names: Names = NO_NAMES,
) -> pd.DataFrame:
    """Run every check for one row of the sample sheet: what was checked and what was found.

    ``sample`` has the keys sample, peaks, ambiguous, spans and atac; paths may be empty, but
    one of peaks and spans is not; ``target`` is the part of that name of the study's task;
    ``peak_width`` is the config's, to which peaks are resized, ``names`` are those of its files.
    Returns
    ``file``, ``kind``, ``check`` and ``result`` (all str). Raises `InputError`, and `ConfigError`
    when peaks and spans are both given or both empty, or ambiguous intervals come without peaks.
    """
    keys = ("peaks", "ambiguous", "spans", "atac")
    peaks, ambiguous, spans, atac = (sample.get(key) or None for key in keys)
    if (peaks is None) == (spans is None):
        raise ConfigError(
            f"sample sheet: sample '{sample.get('sample')}' needs either peaks or spans, not "
            f"{'both' if peaks else 'neither'}; fill one of the two columns"
        )
    if ambiguous and not peaks:
        raise ConfigError(
            f"sample sheet: sample '{sample.get('sample')}' has ambiguous intervals but no peaks; "
            "labelled spans need none: leave the column empty, or give peaks instead of spans"
        )
    check_requested(chromosomes, sizes, genome_path)
    chosen = chromosomes or list(sizes)
    longest = max(sizes[chrom] for chrom in chosen)
    if longest < span_length:
        raise ConfigError(
            f"{genome_path}: no chromosome that the config asks for is as long as a span "
            f"({span_length:,} bases; the longest has {longest:,}); correct spans.length"
        )
    total = sum(sizes[chrom] for chrom in chosen)
    found = [(genome_path, "genome", "chromosomes", f"{_count(chosen)}, {total:,} bp")]
    if names:
        check_names(names, sizes, genome_path)
        known = len(set(names.values()) & sizes.keys())
        words = f"{len(names):,}, for {known:,} chromosomes of the FASTA"
        found.append((genome_path, "genome", "names in other files", words))
    if peaks:
        found += _check_intervals(peaks, "peaks", sizes, chromosomes, genome_path, names)
        if peak_width is not None:
            known = int((read_peaks(peaks)["summit"] >= 0).sum())
            words = f"{peak_width:,} bp, about the summit where known ({known:,} summits)"
            found.append((peaks, "peaks", "resized to", words))
    if ambiguous:
        found += _check_intervals(ambiguous, "ambiguous", sizes, chromosomes, genome_path, names)
    if spans:
        found += _check_spans(spans, sizes, chromosomes, genome_path, span_length, target, names)
    if blacklist:
        found += _check_intervals(blacklist, "blacklist", sizes, chromosomes, genome_path, names)
    if atac:
        kind, with_signal = check_signal_file(atac, sizes, chromosomes, genome_path, names)
        found.append((atac, kind.name, "signal other than 0", _count(with_signal)))
        if without := [chrom for chrom in chosen if chrom not in set(with_signal)]:
            logger.info("%s: accessibility is 0 on all of %s", atac, list_names(without))
    return pd.DataFrame(found, columns=["file", "kind", "check", "result"]).astype("str")


def _check_intervals(
    path: str | Path,
    kind: Literal["peaks", "ambiguous", "blacklist"],
    sizes: dict[str, int],
    chromosomes: list[str],
    genome_path: str | Path,
    names: Names,
) -> Rows:
    intervals = renamed(read_intervals(path, allow_empty=kind == "blacklist"), names, path)
    if intervals.empty:
        return [(path, kind, "intervals", "0 intervals")]
    check_chromosomes(intervals["chrom"].unique(), sizes, path, genome_path, kind)
    inside = check_within(intervals, sizes, path, chromosomes)
    kept = _on_chosen(inside, chromosomes, path, kind, may_be_empty=kind == "blacklist")
    return [(path, kind, *row) for row in _counts(intervals, kept, "intervals")]


def _check_spans(
    path: str | Path,
    sizes: dict[str, int],
    chromosomes: list[str],
    genome_path: str | Path,
    span_length: int,
    target: ModuleType,
    names: Names,
) -> Rows:
    spans = renamed(read_labelled_spans(path, target), names, path)
    check_chromosomes(spans["chrom"].unique(), sizes, path, genome_path, "spans")
    inside = check_labelled_spans(spans, sizes, path, span_length, chromosomes)
    kept = _on_chosen(inside, chromosomes, path, "spans")
    rows = _counts(spans, kept, "spans")
    targets = kept[target.TARGET].to_numpy()
    if warning := target.check_all(targets, str(path)):
        logger.warning("%s: %s", path, warning)
    rows.append((target.NOUNS, target.count_words(targets, "spans")))
    if "split" in kept:
        sizes_of_splits = kept["split"].value_counts(sort=False).items()
        rows.append(("splits", ", ".join(f"{size:,} {split}" for split, size in sizes_of_splits)))
    return [(path, "spans", *row) for row in rows]


def _on_chosen(
    intervals: pd.DataFrame,
    chromosomes: list[str],
    path: str | Path,
    kind: str,
    may_be_empty: bool = False,
) -> pd.DataFrame:
    """Return the rows on the chromosomes that the config names; raise when none is left."""
    if not chromosomes:
        return intervals
    kept = intervals[intervals["chrom"].isin(chromosomes)]
    if kept.empty and not may_be_empty:
        raise InputError(
            f"{path}: no {kind} on {list_names(chromosomes)}, which the config asks for; they "
            f"lie on {list_names(set(intervals['chrom'].unique()))}; correct the config"
        )
    return kept


def _counts(intervals: pd.DataFrame, kept: pd.DataFrame, what: str) -> list[tuple[str, str]]:
    elsewhere = len(intervals) - len(kept)
    return [
        (what, f"{len(kept):,} {what}, {_count(kept['chrom'].unique())}"),
        ("elsewhere", f"{elsewhere:,} {what} on other chromosomes ignored"),
    ]


def _count(chromosomes: Sized) -> str:
    return f"{len(chromosomes):,} chromosome{'' if len(chromosomes) == 1 else 's'}"
