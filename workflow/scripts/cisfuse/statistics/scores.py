"""Scores of one set of predictions, and of resamples of its spans."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.ranking import METRICS as OF_A_RANKING
from cisfuse.statistics.ranking import (
    Ranking,
    count,
    number_peaks,
    precision_recall_curve,
    rank,
    roc_curve,
)

METRICS = (*OF_A_RANKING, "brier", "brier_skill")
CURVES = {"roc": roc_curve, "precision_recall": precision_recall_curve}
# False positive rates and recalls. A genome has so many negatives that the useful rates are
# small: the first grid is dense near 0.
GRIDS = {"roc": np.linspace(0, 1, 200) ** 2, "precision_recall": np.arange(1, 201) / 200}
PIECE = 1_000_000  # counts, thresholds times replicates, that are held at once


@dataclass(frozen=True)
class Scores:
    """Scores of the data, in row 0, and of r replicates: means and differences go row by row."""

    metrics: dict[str, np.ndarray]  # (1 + r,) float64, NaN where a metric has no meaning
    curves: dict[str, np.ndarray]  # (1 + r, points of the grid) float64


def score(
    spans: pd.DataFrame, logits: np.ndarray, errors: np.ndarray, resamples: Resamples | None = None
) -> Scores:
    """Score logits, (n,), of sorted spans with labels, and of each resample of the spans.

    ``errors``, (n,), are the squared errors of the calibrated probabilities. The calibration is
    not fitted again in resamples: intervals of Brier scores leave out how well it is known.
    Without resamples there are no replicates and no curves.
    """
    labels = spans["label"].to_numpy()
    blocks, weights, names = np.zeros(len(labels), dtype=np.int64), np.ones((1, 1)), []
    if resamples is not None:
        blocks, weights = resamples.blocks, np.insert(resamples.weights, 0, 1.0, axis=1)
        names = list(CURVES)
    ranking = rank(labels, logits, blocks, number_peaks(spans))
    metrics, curves = _score_ranking(ranking, weights, names)
    positives, negatives, _ = ranking.totals @ weights
    share = positives / (positives + negatives)
    metrics["brier"] = np.bincount(blocks, weights=errors) @ weights / (positives + negatives)
    # A share of 0 or 1 leaves nothing to explain.
    of_share = np.where(share * (1 - share) > 0, share * (1 - share), np.nan)
    metrics["brier_skill"] = 1 - metrics["brier"] / of_share
    return Scores(metrics, curves)


def _score_ranking(
    ranking: Ranking, weights: np.ndarray, names: list[str]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Metrics, (r,), and the named curves, (r, points); NaN where a label is missing."""
    columns = weights.shape[1]
    metrics = {name: np.full(columns, np.nan) for name in OF_A_RANKING}
    curves = {name: np.full((columns, len(GRIDS[name])), np.nan) for name in names}
    if not ranking.totals[:2].sum(axis=1).all():
        return metrics, curves
    step = max(1, PIECE // ranking.positives.shape[0])
    for start in range(0, columns, step):
        part = slice(start, start + step)
        counts = count(ranking, np.ascontiguousarray(weights[:, part]))
        for name, metric in OF_A_RANKING.items():
            metrics[name][part] = metric(counts)
        for name in names:
            curves[name][part] = CURVES[name](counts, GRIDS[name])
    return metrics, curves


def mean_scores(scores: list[Scores]) -> Scores:
    """The mean over seeds of every metric and curve, replicate by replicate."""

    def mean(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        return {name: np.mean([part[name] for part in parts], axis=0) for name in parts[0]}

    return Scores(mean([one.metrics for one in scores]), mean([one.curves for one in scores]))
