"""Predictions of all folds of a cross-validation as one set."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_table
from cisfuse.prediction.tables import COLUMNS
from cisfuse.statistics.calibration import Platt, fit_platt


def fit_scalings(valids: Sequence[pd.DataFrame], one_scale: bool) -> list[Platt]:
    """Platt scaling of each fold on its valid predictions; one for all folds if ``one_scale``.

    Models of different folds differ in scale and offset; calibrated, their logits compare. What
    was not fitted has one scale already, and a scaling for each fold would spoil its order.
    Without valid predictions logits stay as they are.
    """
    groups = [pd.concat(valids)] * len(valids) if one_scale else valids
    return [
        fit_platt(valid["label"].to_numpy(), valid["logit"].to_numpy()) if len(valid) else Platt()
        for valid in groups
    ]


def pool_folds(
    paths: Iterable[tuple[str | Path, str | Path]], one_scale: bool = False
) -> tuple[pd.DataFrame, list[Platt]]:
    """Pool the test predictions of folds, whose spans are disjoint; the scaling of each fold.

    ``paths`` are those of a fold's test and valid predictions; ``one_scale`` is that of
    `fit_scalings`. Chromosomes come in the order of their first span, fold after fold, spans by
    start. Raises `DamagedFileError` when two folds have a span in common.
    """
    pairs = list(paths)
    valids = [read_table(valid_path, ["label", "logit"]) for _, valid_path in pairs]
    scalings = fit_scalings(valids, one_scale)
    tables = []
    seen: dict[str, str | Path] = {}
    for (test_path, _), platt in zip(pairs, scalings, strict=True):
        table = read_table(test_path)
        both = [name for name in table["name"] if name in seen]
        if both:
            raise DamagedFileError(
                f"{test_path}: {both[0]} is a test span of {seen[both[0]]} too; delete both and "
                "run again, and their rules make them anew"
            )
        seen.update(dict.fromkeys(table["name"], test_path))
        tables.append(table.assign(logit=platt.slope * table["logit"] + platt.intercept)[COLUMNS])
    pooled = pd.concat(tables, ignore_index=True)
    chrom = pd.factorize(pooled["chrom"])[0]
    order = np.lexsort((pooled["end"], pooled["start"], chrom))
    return pooled.iloc[order].reset_index(drop=True), scalings
