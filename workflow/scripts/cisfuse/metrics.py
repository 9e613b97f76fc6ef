"""Scores at natural prevalence, by scikit-learn's estimators.

`keras.metrics.AUC` bins its thresholds, which is wrong for rare positives.
"""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve (trapezoidal, ties at half), labels and scores (n,)."""
    return float(roc_auc_score(labels, scores))


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """Average precision: the sum of precision times the rise in recall, without interpolation."""
    return float(average_precision_score(labels, scores))


def score(labels: np.ndarray, scores: np.ndarray) -> dict[str, float]:
    """All metrics of one set of predictions, beside its counts and prevalence."""
    positives = int(np.sum(labels))
    prevalence = positives / len(labels)
    precision = average_precision(labels, scores)
    return {
        "spans": len(labels),
        "positives": positives,
        "prevalence": prevalence,
        "roc_auc": roc_auc(labels, scores),
        "average_precision": precision,
        "average_precision_over_prevalence": precision / prevalence,
    }
