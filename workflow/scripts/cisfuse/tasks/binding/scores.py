"""How predictions of binding are scored: as a ranking, and as calibrated probabilities.

``spans`` are sorted and have chrom, start, end and label; logits are (n,).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.calibration import Platt, calibration_bins, fit_platt, squared_errors
from cisfuse.statistics.ranking import number_peaks
from cisfuse.statistics.scores import GRIDS, METRICS, Scores
from cisfuse.statistics.scores import score as score_ranking

__all__ = ["CURVES", "METRICS"]

CURVES = GRIDS  # by name, the places at which each is known
COUNTED = ("spans", "positives", "prevalence", "peaks")
COMPARED = ("average_precision", "roc_auc", "recall_at_fdr_10", "recall_at_fdr_50", "brier")
FITTED = ("platt_slope", "platt_intercept")
FIRST = "average_precision"  # the one that a log names
TABLES = ("calibration",)  # beside those of every task, by `tables`


def needed(labels: np.ndarray) -> list[np.ndarray]:
    """What a resample must hold some of, bool (n,) each; blocks with the first count."""
    return [labels == 1, labels != 1]


def counts(spans: pd.DataFrame) -> dict[str, float]:
    """`COUNTED` of a split."""
    positives, peaks = int((spans["label"] == 1).sum()), int(number_peaks(spans).max()) + 1
    values = (len(spans), positives, positives / len(spans), peaks)
    return dict(zip(COUNTED, values, strict=True))


def fit(labels: np.ndarray, logits: np.ndarray) -> Platt:
    """Platt scaling on valid; without examples the logits are log-odds as they are."""
    return fit_platt(labels, logits) if len(labels) else Platt()


def fitted_row(platt: Platt) -> dict[str, float]:
    """`FITTED`, as they stand in metrics.tsv."""
    return dict(zip(FITTED, (platt.slope, platt.intercept), strict=True))


def score(
    spans: pd.DataFrame, logits: np.ndarray, platt: Platt, resamples: Resamples | None = None
) -> Scores:
    """Scores of the data and of each resample; curves only with resamples."""
    labels = spans["label"].to_numpy()
    errors = squared_errors(labels, platt.probabilities(logits))
    return score_ranking(spans, logits, errors, resamples)


def tables(
    spans: pd.DataFrame, logits: np.ndarray, platt: Platt, confidence: float
) -> dict[str, pd.DataFrame]:
    """`TABLES` of a run on test: predicted and observed shares in bins of probability."""
    labels = spans["label"].to_numpy()
    return {"calibration": calibration_bins(labels, platt.probabilities(logits), confidence)}


def fit_folds(valids: Sequence[pd.DataFrame], one_scale: bool) -> list[Platt]:
    """Platt scaling of each fold on its valid predictions; one for all folds if ``one_scale``.

    Models of different folds differ in scale and offset; calibrated, their logits compare. What
    was not fitted has one scale already, and a scaling for each fold would spoil its order.
    Without valid predictions logits stay as they are.
    """
    groups = [pd.concat(valids)] * len(valids) if one_scale else valids
    return [fit(valid["label"].to_numpy(), valid["logit"].to_numpy()) for valid in groups]


def rescale(logits: Any, platt: Platt) -> Any:
    """Logits of one fold on the scale of all."""
    return platt.slope * logits + platt.intercept


def describe_scale(platt: Platt) -> str:
    """The scaling of a fold in words, for a log."""
    return f"slope {platt.slope:.4g}, intercept {platt.intercept:.4g}"
