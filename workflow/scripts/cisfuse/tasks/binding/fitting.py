"""How a model of binding is fitted: losses, the examples of an epoch, scores after each round.

Labels and logits are (n,). Scores of rounds are scikit-learn's, at natural prevalence.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

PROTOCOL = "sequence_first"
# The config's words for the losses of `cisfuse.training.losses`.
LOSSES = {
    "cross_entropy": "sigmoid_cross_entropy",
    "mean_squared_error": "squared_error_of_sigmoid",
}
LOSS_NAMES = {"cross_entropy": "cross-entropy", "mean_squared_error": "mean squared error"}
# Metrics that can choose the best round, and whether more is better; the first by default.
SELECTION = {"average_precision": True, "roc_auc": True}
SETTINGS = ("class_weights", "negatives_per_positive")  # that other tasks do not have


def epoch_rows(labels: np.ndarray, settings: Any, epoch: int) -> np.ndarray:
    """The examples of an epoch, counted from 0, in their order: int32 (n,).

    With ``settings.negatives_per_positive`` 0 an epoch takes all examples once; else all
    positives and, drawn anew for each epoch, so many negatives for each of them.
    """
    generator = np.random.default_rng([settings.seed, epoch])
    if not settings.negatives_per_positive:
        return generator.permutation(len(labels)).astype(np.int32)
    positives, negatives = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    count = min(len(negatives), settings.negatives_per_positive * len(positives))
    drawn = generator.choice(negatives, count, replace=False)
    return generator.permutation(np.concatenate([positives, drawn])).astype(np.int32)


def loss_weights(labels: np.ndarray, settings: Any) -> tuple[float, float]:
    """Weights in the loss of examples whose target is 0 or less, and of all others.

    ``labels`` are those of an epoch. ``balanced`` is n / (2 * n_class), as in scikit-learn;
    ``none`` is 1 and 1.
    """
    if settings.class_weights == "none":
        return 1.0, 1.0
    positives = float(np.sum(labels))
    negatives = len(labels) - positives
    return len(labels) / (2 * negatives), len(labels) / (2 * positives)


def accuracy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Share of examples whose probability is on the side of their label; 1/2 is bound."""
    return float(np.mean((logits >= 0) == (labels > 0)))


def _roc_auc(labels: np.ndarray, logits: np.ndarray) -> float:
    """Area under the ROC curve (trapezoidal, ties at half)."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, logits))


def _average_precision(labels: np.ndarray, logits: np.ndarray) -> float:
    """The sum of precision times the rise in recall, without interpolation."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(labels, logits))


# Columns of rounds.tsv after the loss.
ROUND_SCORES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "accuracy": accuracy,
    "roc_auc": _roc_auc,
    "average_precision": _average_precision,
}
# The scores in the figure of the rounds, and what they are called there.
DRAWN = {"roc_auc": "ROC-AUC", "average_precision": "Average precision"}
LEARNING = "accuracy"  # beside the loss in learning curves


def round_words(row: Mapping[str, float], split: str) -> str:
    """The scores of a split after a round, for a line of the log."""
    return f"ROC-AUC {row[f'{split}_roc_auc']:.4f} AP {row[f'{split}_average_precision']:.4f}"


def loss_words(settings: Mapping[str, object]) -> str:
    """What the loss of a model is called; ``settings`` are those of its training."""
    words = LOSS_NAMES[str(settings["loss"])]
    if settings["class_weights"] == "balanced":
        return f"Weighted {words}"
    return words[:1].upper() + words[1:]
