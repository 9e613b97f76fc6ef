"""Every metric of a ranking, from counts that blocks of the genome add up to.

A metric of a ranking needs, at each distinct score that a positive has, no more than the numbers
of positives and of negatives at or above it. `Ranking` keeps these numbers by block. With a
weight for each block - how often a resample drew it - one sparse product gives the counts of the
resample, and weights of 1 those of the data. The numbers are whole: nothing is approximated.

In the shapes below n are spans, t thresholds from the highest score down, b blocks, and r
columns of weights (replicates).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Ranking:
    """The spans of one set of predictions, counted by threshold and block."""

    positives: csr_array  # (t, b) positives whose score is the threshold
    peaks: csr_array  # (t, b) peaks whose highest score is the threshold
    # (2t, b): row 2k counts the negatives between threshold k and the one above it, row 2k + 1
    # those that tie with threshold k. Negatives below all thresholds are in the totals only.
    negatives: csr_array
    totals: np.ndarray  # (3, b) positives, negatives and peaks


@dataclass(frozen=True)
class Counts:
    """What is at or above each threshold, (t, r), and in all, (r,); float64."""

    positives: np.ndarray
    negatives: np.ndarray
    negatives_above: np.ndarray  # without those that tie with the threshold
    peaks: np.ndarray
    all_positives: np.ndarray
    all_negatives: np.ndarray
    all_peaks: np.ndarray


def rank(labels: np.ndarray, scores: np.ndarray, blocks: np.ndarray, peaks: np.ndarray) -> Ranking:
    """Count one set of predictions; every array is (n,).

    ``blocks`` numbers the blocks from 0; ``peaks`` is that of `number_peaks`. A peak belongs to
    the block of its first span and has the highest score of its spans.
    """
    bound = labels == 1
    thresholds = np.unique(scores[bound])
    height, width = len(thresholds), int(blocks.max()) + 1

    def tally(rows: np.ndarray, columns: np.ndarray, height: int) -> csr_array:
        return csr_array((np.ones(len(rows)), (rows, columns)), shape=(height, width))

    row = height - 1 - np.searchsorted(thresholds, scores[bound])
    _, first, peak = np.unique(peaks[bound], return_index=True, return_inverse=True)
    highest = np.full(len(first), height)
    np.minimum.at(highest, peak, row)
    owners = [blocks[bound], blocks[~bound], blocks[bound][first]]
    below = np.searchsorted(thresholds, scores[~bound], side="left")
    ties = np.searchsorted(thresholds, scores[~bound], side="right") - below
    between = 2 * (height - below) - ties  # ties are 0 or 1: thresholds are distinct
    ranked = between < 2 * height
    return Ranking(
        tally(row, owners[0], height),
        tally(highest, owners[2], height),
        tally(between[ranked], owners[1][ranked], 2 * height),
        np.stack([np.bincount(owner, minlength=width) for owner in owners]).astype(float),
    )


def count(ranking: Ranking, weights: np.ndarray) -> Counts:
    """The counts where each block is there as often as ``weights``, (b, r) float64, say."""
    negatives = np.cumsum(ranking.negatives @ weights, axis=0)
    return Counts(
        np.cumsum(ranking.positives @ weights, axis=0),
        negatives[1::2],
        negatives[0::2],
        np.cumsum(ranking.peaks @ weights, axis=0),
        *(ranking.totals @ weights),
    )


def number_peaks(spans: pd.DataFrame) -> np.ndarray:
    """Number the peaks from 0 in the order of the spans, -1 for a negative; (n,) int64.

    A peak is a maximal run of positive spans of a chromosome that touch or overlap. ``spans`` is
    sorted: chromosomes lie together, and starts rise within each.
    """
    numbers = np.full(len(spans), -1, dtype=np.int64)
    bound = (spans["label"] == 1).to_numpy()
    positives = spans[bound]
    reach = positives.groupby("chrom", sort=False)["end"].cummax().to_numpy()
    chrom, start = pd.factorize(positives["chrom"])[0], positives["start"].to_numpy()
    begins = np.ones(len(positives), dtype=bool)
    begins[1:] = (chrom[1:] != chrom[:-1]) | (start[1:] > reach[:-1])
    numbers[bound] = np.cumsum(begins) - 1
    return numbers


def _steps(counts: Counts) -> np.ndarray:
    """The rise in recall at each threshold, (t, r)."""
    return np.diff(counts.positives, axis=0, prepend=0) / counts.all_positives


def _precision(positives: np.ndarray, negatives: np.ndarray, of_none: float) -> np.ndarray:
    """Positives / all; ``of_none`` where there is nothing at all."""
    total = positives + negatives
    return np.divide(positives, total, out=np.full(total.shape, of_none), where=total > 0)


def roc_auc(counts: Counts) -> np.ndarray:
    """Share of pairs of a positive and a negative in the right order, ties at half; (r,)."""
    above = (counts.negatives + counts.negatives_above) / 2
    return np.sum(_steps(counts) * (1 - above / counts.all_negatives), axis=0)


def average_precision(counts: Counts) -> np.ndarray:
    """The sum of precision times the rise in recall, without interpolation; (r,)."""
    precision = _precision(counts.positives, counts.negatives, 0.0)
    return np.sum(_steps(counts) * precision, axis=0)


def au_prc(counts: Counts) -> np.ndarray:
    """Trapezoidal area under the points of the precision-recall curve, (r,).

    scikit-learn's ``auc`` of its ``precision_recall_curve``, which begins at recall 0 with
    precision 1; the first scoring program of the ENCODE-DREAM challenge used it. Straight lines
    between far points flatter a ranking: a constant score has (1 + prevalence) / 2.
    """
    # Recall rises at thresholds that hold a positive alone. Each trapezoid starts from the
    # precision just before, after all negatives with a higher score.
    before = np.concatenate([np.zeros_like(counts.positives[:1]), counts.positives[:-1]])
    left = _precision(before, counts.negatives_above, 1.0)
    right = _precision(counts.positives, counts.negatives, 0.0)
    return np.sum(_steps(counts) * (left + right) / 2, axis=0)


def _last_allowed(counts: Counts, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """The positives found at the threshold of `recall_at_fdr`, and its row, (r,) each.

    Of equal recalls the highest threshold: the ones below hold no positive of the replicate.
    """
    allowed = counts.negatives <= rate * (counts.positives + counts.negatives)
    found = np.where(allowed, counts.positives, 0)
    row = np.argmax(found, axis=0)
    return np.take_along_axis(found, row[None], axis=0)[0], row


def recall_at_fdr(counts: Counts, rate: float) -> np.ndarray:
    """The highest recall at a threshold where false / all discoveries <= ``rate``, else 0; (r,)."""
    return _last_allowed(counts, rate)[0] / counts.all_positives


def peak_recall_at_fdr(counts: Counts, rate: float) -> np.ndarray:
    """Share of peaks with a span at or above the threshold of `recall_at_fdr`, (r,)."""
    found, row = _last_allowed(counts, rate)
    peaks = np.take_along_axis(counts.peaks, row[None], axis=0)[0]
    return np.where(found > 0, peaks, 0) / counts.all_peaks


def prevalence(counts: Counts) -> np.ndarray:
    """Positives / all, (r,)."""
    return counts.all_positives / (counts.all_positives + counts.all_negatives)


METRICS: dict[str, Callable[[Counts], np.ndarray]] = {
    "average_precision": average_precision,
    "average_precision_over_prevalence": lambda counts: (
        average_precision(counts) / prevalence(counts)
    ),
    "roc_auc": roc_auc,
    "au_prc": au_prc,
    "recall_at_fdr_10": lambda counts: recall_at_fdr(counts, 0.1),
    "recall_at_fdr_50": lambda counts: recall_at_fdr(counts, 0.5),
    "peak_recall_at_fdr_10": lambda counts: peak_recall_at_fdr(counts, 0.1),
    "peak_recall_at_fdr_50": lambda counts: peak_recall_at_fdr(counts, 0.5),
}


def roc_curve(counts: Counts, false_positive_rates: np.ndarray) -> np.ndarray:
    """True positive rates at the given rates, (r, points); straight between a threshold's ties."""
    height, width = counts.positives.shape
    x, y = np.zeros((2 * height + 2, width)), np.zeros((2 * height + 2, width))
    x[1:-1:2], x[2:-1:2], x[-1] = counts.negatives_above, counts.negatives, counts.all_negatives
    y[3:-1:2], y[2:-1:2], y[-1] = counts.positives[:-1], counts.positives, counts.all_positives
    x, y = x / counts.all_negatives, y / counts.all_positives
    return np.stack([np.interp(false_positive_rates, x[:, r], y[:, r]) for r in range(width)])


def precision_recall_curve(counts: Counts, recalls: np.ndarray) -> np.ndarray:
    """Precision at the first threshold that reaches each recall above 0, (r, points)."""
    precision = _precision(counts.positives, counts.negatives, 0.0)
    curves = []
    for r, total in enumerate(counts.all_positives):
        # Recalls are shares in binary: 0.07 of 100 positives must not ask for the eighth.
        wanted = np.ceil(recalls * total - 1e-6)
        curves.append(precision[np.searchsorted(counts.positives[:, r], wanted), r])
    return np.stack(curves)
