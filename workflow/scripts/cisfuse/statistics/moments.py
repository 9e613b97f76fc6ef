"""Scores of predicted real numbers, from sums that blocks add up to.

Mean squared error, mean absolute error and the correlations need no more than a few sums over
the examples: their number, the targets y, the predictions p, and squares, products and
distances of both. `BlockSums` keeps these sums by block. With a weight for each block - how
often a resample drew it - one product of matrices gives the sums of the resample, and weights of
1 those of the data.

Spearman's correlation is Pearson's of the midranks. Ranks are those among all of the data, and a
resample keeps them instead of ranking its own examples again: exact for the data itself, and an
approximation for resamples, whose ranks would be stretched where blocks are missing and tied
where they are drawn twice.

In the shapes below n are examples, b blocks, and r columns of weights (replicates).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.scores import Scores

SUMS = (
    *("count", "y", "p", "y_square", "p_square", "product", "distance", "error_square"),
    *("y_rank", "p_rank", "y_rank_square", "p_rank_square", "rank_product"),
)
# Equal numbers far from the mean of the data leave, by rounding, a variance of about this share
# of their mean square.
ROUNDING = 1e-12


@dataclass(frozen=True)
class BlockSums:
    """Sums of one set of predictions, a row for each of `SUMS`: float64 (13, b).

    Targets y, predictions p and both ranks are counted from their means over the data, so that
    squares of numbers far from 0 do not drown the variance. ``distance`` is of |y - p| and
    ``error_square`` of (y - p) squared.
    """

    values: np.ndarray

    def __getitem__(self, name: str) -> np.ndarray:
        """One of `SUMS`, (b,)."""
        return self.values[SUMS.index(name)]


def sum_blocks(targets: np.ndarray, predicted: np.ndarray, blocks: np.ndarray) -> BlockSums:
    """Sum one set of predictions by block; every array is (n,), finite, with n above 0.

    ``blocks`` numbers the blocks from 0.
    """
    targets, predicted = targets.astype(np.float64), predicted.astype(np.float64)
    error = targets - predicted
    y, p = targets - targets.mean(), predicted - predicted.mean()
    middle = (len(targets) + 1) / 2
    y_rank, p_rank = rankdata(targets) - middle, rankdata(predicted) - middle
    parts = {
        "count": np.ones(len(targets)),
        **{"y": y, "p": p, "y_square": y**2, "p_square": p**2, "product": y * p},
        **{"distance": np.abs(error), "error_square": error**2},
        **{"y_rank": y_rank, "p_rank": p_rank},
        **{"y_rank_square": y_rank**2, "p_rank_square": p_rank**2, "rank_product": y_rank * p_rank},
    }
    return BlockSums(np.stack([np.bincount(blocks, weights=parts[name]) for name in SUMS]))


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """The quotient, NaN where the denominator is not above 0."""
    nothing = np.full(np.shape(numerator), np.nan)
    return np.divide(numerator, denominator, out=nothing, where=denominator > 0)


def _variance(count: np.ndarray, total: np.ndarray, square: np.ndarray) -> np.ndarray:
    """Mean squared distance from the mean, (r,); NaN where all numbers are equal."""
    mean_square = _divide(square, count)
    variance = mean_square - _divide(total, count) ** 2
    return np.where(variance > ROUNDING * mean_square, variance, np.nan)


def _correlation(sums: BlockSums, first: str, second: str, product: str) -> np.ndarray:
    count = sums["count"]
    means = [_divide(sums[name], count) for name in (first, second)]
    variances = [_variance(count, sums[name], sums[f"{name}_square"]) for name in (first, second)]
    covariance = _divide(sums[product], count) - means[0] * means[1]
    # Roots one by one: the product of two tiny variances is 0.
    return np.clip(covariance / np.sqrt(variances[0]) / np.sqrt(variances[1]), -1, 1)


def mean_squared_error(sums: BlockSums) -> np.ndarray:
    """Mean of (y - p) squared, in the target's unit squared; (r,)."""
    return _divide(sums["error_square"], sums["count"])


def mean_absolute_error(sums: BlockSums) -> np.ndarray:
    """Mean of |y - p|, in the target's unit; (r,)."""
    return _divide(sums["distance"], sums["count"])


def pearson(sums: BlockSums) -> np.ndarray:
    """Pearson's correlation of targets and predictions, (r,); NaN where either is constant."""
    return _correlation(sums, "y", "p", "product")


def spearman(sums: BlockSums) -> np.ndarray:
    """Spearman's correlation, ties at midranks, (r,); NaN where either side is constant.

    Of a replicate it is that of the ranks in the data, see above.
    """
    return _correlation(sums, "y_rank", "p_rank", "rank_product")


def r_squared(sums: BlockSums) -> np.ndarray:
    """Share of the targets' variance that is explained, 1 - MSE / variance, (r,).

    Below 0 where the mean of the targets would be the better prediction; NaN where targets are
    constant. A constant prediction has a value, though it has no correlation.
    """
    variance = _variance(sums["count"], sums["y"], sums["y_square"])
    return 1 - mean_squared_error(sums) / variance


METRICS: dict[str, Callable[[BlockSums], np.ndarray]] = {
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "pearson": pearson,
    "spearman": spearman,
    "r_squared": r_squared,
}


def score_sums(sums: BlockSums, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Every metric, float64 (r,), where each block is there as often as ``weights``, (b, r), say.

    NaN where a metric has no meaning.
    """
    weighted = BlockSums(sums.values @ weights)
    return {name: metric(weighted) for name, metric in METRICS.items()}


def score(targets: np.ndarray, predicted: np.ndarray, resamples: Resamples | None = None) -> Scores:
    """Score predictions, (n,), of targets, (n,), and of each resample of the examples.

    Row 0 of each metric is the data. There are no curves; without resamples no replicates.
    """
    blocks, weights = np.zeros(len(targets), dtype=np.int64), np.ones((1, 1))
    if resamples is not None:
        blocks, weights = resamples.blocks, np.insert(resamples.weights, 0, 1.0, axis=1)
    return Scores(score_sums(sum_blocks(targets, predicted, blocks), weights), {})
