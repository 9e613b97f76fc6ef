"""How predictions of activity are scored: by errors and correlations, from sums over blocks.

``spans`` are sorted and have chrom, start, end and activity; predictions are (n,).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.statistics import moments
from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.scores import Scores

METRICS = tuple(moments.METRICS)
CURVES: dict[str, np.ndarray] = {}
COUNTED = ("spans", "mean", "standard_deviation")
COMPARED = ("pearson", "spearman", "mean_squared_error", "mean_absolute_error")
FITTED: tuple[str, ...] = ()
FIRST = "pearson"  # the one that a log names
TABLES = ("points",)  # beside those of every task, by `tables`
MOST_POINTS = 5_000  # of a run that figures show; the others are too many to tell apart


def needed(activities: np.ndarray) -> list[np.ndarray]:
    """What a resample must hold some of, bool (n,) each: values on both sides of the mean."""
    above = activities > activities.mean()
    return [np.ones(len(activities), bool), above, ~above]


def counts(spans: pd.DataFrame) -> dict[str, float]:
    """`COUNTED` of a split."""
    values = spans["activity"].to_numpy()
    found = (len(spans), float(values.mean()), float(values.std()))
    return dict(zip(COUNTED, found, strict=True))


def fit(activities: np.ndarray, predicted: np.ndarray) -> None:
    """Nothing is fitted on valid: predictions have the unit of the activities."""


def fitted_row(fitted: None) -> dict[str, float]:
    """`FITTED`, as they stand in metrics.tsv."""
    return {}


def score(
    spans: pd.DataFrame, predicted: np.ndarray, fitted: None, resamples: Resamples | None = None
) -> Scores:
    """Scores of the data and of each resample."""
    return moments.score(spans["activity"].to_numpy(), predicted, resamples)


def tables(
    spans: pd.DataFrame, predicted: np.ndarray, fitted: None, confidence: float
) -> dict[str, pd.DataFrame]:
    """`TABLES` of a run on test: measured and predicted, of at most `MOST_POINTS` examples."""
    rows = np.arange(len(spans))
    if len(rows) > MOST_POINTS:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))
    columns = {"activity": spans["activity"].to_numpy()[rows], "predicted": predicted[rows]}
    return {"points": pd.DataFrame(columns)}


def fit_folds(valids: Sequence[pd.DataFrame], one_scale: bool) -> list[None]:
    """Predictions of all folds have one unit, and stay as they are."""
    return [None] * len(valids)


def rescale(predicted: Any, fitted: None) -> Any:
    """Predictions of one fold on the scale of all."""
    return predicted


def describe_scale(fitted: None) -> str:
    """The scaling of a fold in words, for a log."""
    return "as predicted"
