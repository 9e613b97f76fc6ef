"""Predictions of all folds of a cross-validation as one set."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.calibration import Platt, fit_platt
from cisfuse.errors import DamagedFileError
from cisfuse.files import read_table
from cisfuse.prediction_tables import COLUMNS


def calibrate_fold(test: pd.DataFrame, valid: pd.DataFrame) -> tuple[pd.DataFrame, Platt]:
    """A fold's test predictions with calibrated logits, by Platt scaling on its valid ones.

    Models of different folds differ in scale and offset; calibrated, their logits compare.
    Without valid predictions they stay as they are.
    """
    platt = Platt()
    if len(valid):
        platt = fit_platt(valid["label"].to_numpy(), valid["logit"].to_numpy())
    return test.assign(logit=platt.slope * test["logit"] + platt.intercept), platt


def pool_folds(paths: Iterable[tuple[str | Path, str | Path]]) -> tuple[pd.DataFrame, list[Platt]]:
    """Pool the test predictions of folds, whose spans are disjoint; the scaling of each fold.

    ``paths`` are those of a fold's test and valid predictions. Chromosomes come in the order of
    their first span, fold after fold, spans by start. Raises `DamagedFileError` when two folds
    have a span in common.
    """
    tables, scalings = [], []
    seen: dict[str, str | Path] = {}
    for test_path, valid_path in paths:
        table, platt = calibrate_fold(read_table(test_path), read_table(valid_path))
        both = [name for name in table["name"] if name in seen]
        if both:
            raise DamagedFileError(
                f"{test_path}: {both[0]} is a test span of {seen[both[0]]} too; delete both and "
                "run again, and their rules make them anew"
            )
        seen.update(dict.fromkeys(table["name"], test_path))
        tables.append(table[COLUMNS])
        scalings.append(platt)
    pooled = pd.concat(tables, ignore_index=True)
    chrom = pd.factorize(pooled["chrom"])[0]
    order = np.lexsort((pooled["end"], pooled["start"], chrom))
    return pooled.iloc[order].reset_index(drop=True), scalings
