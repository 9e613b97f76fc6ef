"""How a model of activity is fitted: losses, the examples of an epoch, scores after each round.

Activities and predictions are (n,).
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

PROTOCOL = "regression"
# The config's words for the losses of `cisfuse.training.losses`.
LOSSES = {"mean_squared_error": "squared_error", "smooth_l1": "smooth_l1"}
LOSS_NAMES = {"mean_squared_error": "Mean squared error", "smooth_l1": "Smooth L1"}
# Metrics that can choose the best round, and whether more is better; the first by default.
SELECTION = {"mean_squared_error": False, "mean_absolute_error": False, "pearson": True}
SETTINGS: tuple[str, ...] = ()  # that other tasks do not have


def epoch_rows(activities: np.ndarray, settings: Any, epoch: int) -> np.ndarray:
    """The examples of an epoch, counted from 0, in their order: all once, int32 (n,)."""
    generator = np.random.default_rng([settings.seed, epoch])
    return generator.permutation(len(activities)).astype(np.int32)


def loss_weights(activities: np.ndarray, settings: Any) -> tuple[float, float]:
    """Weights in the loss of examples whose target is 0 or less, and of all others: the same."""
    return 1.0, 1.0


def pearson(activities: np.ndarray, predicted: np.ndarray) -> float:
    """Pearson's correlation; 0 where all predictions are the same, as before training."""
    if np.ptp(predicted) == 0 or np.ptp(activities) == 0:
        return 0.0
    return float(np.corrcoef(activities, predicted)[0, 1])


def mean_squared_error(activities: np.ndarray, predicted: np.ndarray) -> float:
    """The mean square of what predictions miss."""
    return float(np.mean(np.square(activities.astype(np.float64) - predicted)))


def mean_absolute_error(activities: np.ndarray, predicted: np.ndarray) -> float:
    """The mean size of what predictions miss."""
    return float(np.mean(np.abs(activities.astype(np.float64) - predicted)))


# Columns of rounds.tsv after the loss.
ROUND_SCORES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "pearson": pearson,
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
}
# The scores in the figure of the rounds, and what they are called there.
DRAWN = {"pearson": "Pearson", "mean_squared_error": "Mean squared error"}
LEARNING = "pearson"  # beside the loss in learning curves


def round_words(row: Mapping[str, float], split: str) -> str:
    """The scores of a split after a round, for a line of the log."""
    return f"Pearson {row[f'{split}_pearson']:.4f} MSE {row[f'{split}_mean_squared_error']:.4g}"


def loss_words(settings: Mapping[str, object]) -> str:
    """What the loss of a model is called; ``settings`` are those of its training."""
    return LOSS_NAMES[str(settings["loss"])]
