"""Folds: every span is tested once, by a model that saw neither it nor what lies near it."""

import logging
from collections.abc import Mapping
from types import ModuleType
from typing import Literal

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError
from cisfuse.base.splits import SPLITS
from cisfuse.readers.blocks import count_blocks, number_blocks
from cisfuse.readers.spans import count_near
from cisfuse.sources.splits import apportion, block_size_of, check_any, count_groups

logger = logging.getLogger("cisfuse")


def assign_folds(
    spans: pd.DataFrame, folds: int, settings: Mapping, target: ModuleType
) -> tuple[np.ndarray, Literal["blocks", "chromosomes"]]:
    """Share out spans among ``folds`` folds of about as many spans, and as many notable ones.

    ``target`` is the part of that name of the study's task.
    ``settings`` is the config's section ``splits``, of which ``method``, ``block_size``, ``gap``
    and ``seed`` count. Folds are made of whole chromosomes when there are three or more and at
    least one for each fold, unless the method is ``blocks``; else of blocks. Methods that
    share out single spans, ``random`` and ``given``, make no folds of their own: folds by
    place are the honest score beside such a split.

    Returns the fold of each span, int64 (n_spans,) from 0, and what folds are made of. Raises
    `ConfigError` for less than 3 folds and when a fold gets no positive.
    """
    check_any(spans)
    if folds < len(SPLITS):
        raise ConfigError(
            f"splits.folds is {folds}, but one fold tests, one selects the round and the others "
            "train; write 3 or more, or remove the line to have one split"
        )
    chromosomes = spans["chrom"].nunique()
    whole = chromosomes >= max(folds, len(SPLITS)) and settings["method"] != "blocks"
    number = spans["chrom"] if whole else number_blocks(spans, _block_size(spans, settings))
    group = pd.factorize(number)[0]
    notable = target.notable(spans[target.TARGET].to_numpy())
    shares = dict.fromkeys(range(folds), 1 / folds)
    generator = np.random.default_rng(settings["seed"])
    chosen = apportion(count_groups(group, notable), shares, generator)
    fold_of = np.array(chosen, dtype=np.int64)[group]
    kept = np.bincount(fold_of[notable], minlength=folds)
    unit: Literal["blocks", "chromosomes"] = "chromosomes" if whole else "blocks"
    if target.KEPT and not kept.all():
        raise ConfigError(
            f"splits.folds is {folds}, but {len(chosen)} {unit} with {kept.sum():,} {target.KEPT} "
            f"spans leave a fold without a {target.KEPT}; write fewer folds"
            + ("" if whole else ", or make splits.block_size smaller")
        )
    return fold_of, unit


def _block_size(spans: pd.DataFrame, settings: Mapping) -> int:
    size = block_size_of(settings, spans, int((spans["end"] - spans["start"]).max()))
    logger.info("%s blocks of %s bp", f"{count_blocks(spans, size):,}", f"{size:,}")
    return size


def fold_splits(
    spans: pd.DataFrame, fold_of: np.ndarray, number: int, folds: int, gap: int
) -> np.ndarray:
    """Split of each span where fold ``number`` is tested, str (n_spans,).

    All of that fold is test, the next fold is valid, the others train. Of valid, spans less
    than ``gap`` bases from a test span, or overlapping one, are left out (``""``), and of train
    those as near to test or to what is left of valid: test keeps every span, so that each is
    tested once over all folds, and nothing is lost where no other split is near.
    """
    test = fold_of == number
    valid = fold_of == (number + 1) % folds
    near_test = count_near(spans, spans[test], gap - 1) > 0
    valid &= ~near_test
    near = near_test | (count_near(spans, spans[valid], gap - 1) > 0)
    splits = np.full(len(spans), "train", dtype=object)
    splits[near] = ""
    splits[valid] = "valid"
    splits[test] = "test"
    return splits
