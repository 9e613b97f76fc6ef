"""Splits of a sample that another sample's models predict: the other's, by place or by span."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError
from cisfuse.sources.splits import check_any

logger = logging.getLogger("cisfuse")

USUAL = 0.9  # share of the spans that get a split from another sample, at least, where all is well


def split_by_place(spans: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """Split by place as the spans of another sample are split, str (n_spans,).

    A span gets the split of the nearest ``reference`` span (``chrom``, ``start``, ``split``)
    that starts at or before it and of the nearest that starts after it. Where the two differ,
    or the reference has none on the chromosome, the span is left out (``""``); beyond its
    first or last span that one alone counts. So a span lies no nearer to the reference's spans
    of another split than those lie to each other.
    """
    splits = np.full(len(spans), "", dtype=object)
    by_chrom = reference.groupby("chrom", sort=False).indices
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        if chrom in by_chrom:
            known = reference.iloc[by_chrom[chrom]].sort_values("start", kind="stable")
            split = known["split"].to_numpy(object)
            start = spans["start"].to_numpy()[rows]
            place = np.searchsorted(known["start"].to_numpy(), start, side="right")
            before = split[np.maximum(place - 1, 0)]
            after = split[np.minimum(place, len(split) - 1)]
            splits[rows] = np.where(before == after, before, "")
    return splits


def follow_spans(spans: pd.DataFrame, reference: pd.DataFrame) -> np.ndarray:
    """The split of the same ``reference`` span, ``""`` without one; all have one length."""
    place = ["chrom", "start"]
    known = reference[[*place, "split"]].drop_duplicates(place)
    return spans[place].merge(known, how="left", on=place)["split"].fillna("").to_numpy(object)


def lie_together(reference: pd.DataFrame) -> bool:
    """Tell whether spans of one split lie together, so that a place has a split.

    They do where most spans of valid, and most of test, are followed on their chromosome by one of
    their own split. A random split of usual fractions has a fifth of such spans.
    """
    rows = reference.sort_values(["chrom", "start"], kind="stable")
    chrom, split = rows["chrom"].to_numpy(object), rows["split"].to_numpy(object)
    last = np.append(chrom[1:] != chrom[:-1], True)
    followed = np.append(split[1:] == split[:-1], True) | last
    return all(followed[split == name].mean() > 0.5 for name in ("valid", "test") if name in split)


def follow_splits(
    spans: pd.DataFrame, reference: pd.DataFrame, name: str, settings: Mapping
) -> tuple[np.ndarray, str]:
    """Assign every span of a sample that another sample's models predict to a split.

    That is the split that the spans bring, else the one that the other sample's spans have at
    their place. ``name`` is the other sample, whose spans, ``reference``, have ``chrom``, ``start``
    and ``split``; ``settings`` is the config's section ``splits``. Returns the splits as
    `assign_splits` does and ``given`` or ``as NAME``. Raises `ConfigError` when the other's spans
    were split at random, so that no place has a split. Where they brought such a split, the same
    spans get it, and the error is raised when they are less than half.
    """
    check_any(spans)
    if "split" in spans:
        return spans["split"].to_numpy(object), "given"
    if settings["method"] == "random":
        raise ConfigError(
            f"splits.method is 'random': then train and test of {name} lie side by side, and "
            "another sample cannot take its splits by place; set the method to blocks or "
            "chromosomes"
        )
    if lie_together(reference):
        splits, rule = split_by_place(spans, reference), "lie within one split of"
    else:
        splits, rule = follow_spans(spans, reference), "are, in a random split, spans of"
        _check_followed(splits, name)
    kept = int((splits != "").sum())
    level = logging.WARNING if kept < USUAL * len(spans) else logging.INFO
    logger.log(
        level,
        "%s of %s spans %s %s and get its split; the others are left out",
        f"{kept:,}",
        f"{len(spans):,}",
        rule,
        name,
    )
    return splits, f"as {name}"


def _check_followed(splits: np.ndarray, name: str) -> None:
    """Raise `ConfigError` where most spans are none of a sample whose split is random."""
    kept = int((splits != "").sum())
    if 2 * kept < len(splits):
        raise ConfigError(
            f"the split of {name} is random: its train and test lie side by side, and no place "
            f"has a split; only {kept:,} of {len(splits):,} spans of this sample are also spans of "
            f"{name}; give both samples a split in column 5 of their BED, or set splits.method to "
            "blocks or chromosomes"
        )
