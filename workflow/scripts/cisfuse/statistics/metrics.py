"""Areas under curves at natural prevalence, by scikit-learn's estimators, for each round.

`keras.metrics.AUC` bins its thresholds, which is wrong for rare positives. What is scored after
training is in `cisfuse.statistics.ranking` and `cisfuse.statistics.scores`: an edit there trains
nothing again.
"""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Area under the ROC curve (trapezoidal, ties at half), labels and scores (n,)."""
    return float(roc_auc_score(labels, scores))


def average_precision(labels: np.ndarray, scores: np.ndarray) -> float:
    """Average precision: the sum of precision times the rise in recall, without interpolation."""
    return float(average_precision_score(labels, scores))
