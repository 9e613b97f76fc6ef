"""Logits as probabilities: Platt scaling, the Brier score, and shares observed in bins."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import norm

BINS = 10


@dataclass(frozen=True)
class Platt:
    """Probability = 1 / (1 + exp(-(slope * logit + intercept))); by default the logit's own."""

    slope: float = 1.0
    intercept: float = 0.0

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Probabilities of logits of any shape, float64."""
        return expit(self.slope * logits + self.intercept)


def fit_platt(labels: np.ndarray, logits: np.ndarray) -> Platt:
    """Fit slope and intercept by logistic regression without regularisation; (n,) each.

    A well calibrated logit gives slope 1 and intercept 0, one trained with class weights w0 and
    w1 slope 1 and intercept -ln(w1 / w0), a constant one slope 0. Where a threshold parts the
    labels, or all are the same, the likelihood has no maximum: a positive then counts as
    (positives + 1) / (positives + 2) and a negative as 1 / (negatives + 2), as J. Platt proposed
    ("Probabilistic Outputs for Support Vector Machines", 1999).
    """
    from sklearn.linear_model import LogisticRegression

    bound = labels == 1
    rows, targets, weights = np.arange(len(bound)), bound, np.ones(len(bound))
    if _parted(logits[bound], logits[~bound]):
        share = np.where(bound, (bound.sum() + 1) / (bound.sum() + 2), 1 / ((~bound).sum() + 2))
        rows, targets = np.tile(rows, 2), np.repeat([False, True], len(bound))
        weights = np.concatenate([1 - share, share])
    if np.ptp(logits) == 0:
        return Platt(0.0, float(np.log(weights[targets].sum() / weights[~targets].sum())))
    # A raw signal may lie far from 0 and 1; the solver sees it standardised.
    centre, scale = float(np.mean(logits)), float(np.std(logits))
    standard = ((logits - centre) / scale)[rows, None]
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    model.fit(standard, targets, sample_weight=weights)
    slope = float(model.coef_[0, 0]) / scale
    return Platt(slope, float(model.intercept_[0]) - slope * centre)


def _parted(positives: np.ndarray, negatives: np.ndarray) -> bool:
    """Whether a threshold has one label at or below it and the other at or above it."""
    if len(positives) == 0 or len(negatives) == 0:
        return True
    pairs = ((positives, negatives), (negatives, positives))
    return any(low.max() <= high.min() and low.min() < high.max() for low, high in pairs)


def squared_errors(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(probability - label)^2 of each span; the Brier score is their mean."""
    return np.square(probabilities - (labels == 1))


def wilson(
    positives: np.ndarray, total: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Low and high end of a share: E. B. Wilson's score interval (1927). ``total`` is above 0."""
    z = norm.isf((1 - confidence) / 2)
    share, spread = positives / total, z * z / total
    centre = share + spread / 2
    half = np.sqrt(spread * (share * (1 - share) + spread / 4))
    return (centre - half) / (1 + spread), (centre + half) / (1 + spread)


def calibration_bins(
    labels: np.ndarray, probabilities: np.ndarray, confidence: float
) -> pd.DataFrame:
    """Predicted and observed shares in bins of about equal sums of probability.

    Equal numbers of spans would put nearly all positives into one bin. Spans of one probability
    stay together, so that there may be fewer than ``BINS`` bins. Columns: bin (from 1, by
    rising probability), spans, positives, predicted (mean), observed, low and high.
    """
    values, place, spans = np.unique(probabilities, return_inverse=True, return_counts=True)
    sums = values * spans
    middle = (np.cumsum(sums) - sums / 2) / max(sums.sum(), np.finfo(float).tiny)
    _, group = np.unique(np.minimum(middle * BINS, BINS - 1).astype(int), return_inverse=True)
    of_span = group[place]
    table = pd.DataFrame({"bin": np.arange(1, group[-1] + 2), "spans": np.bincount(of_span)})
    table["positives"] = np.bincount(of_span, weights=labels == 1).astype(np.int64)
    table["predicted"] = np.bincount(of_span, weights=probabilities) / table["spans"]
    table["observed"] = table["positives"] / table["spans"]
    table["low"], table["high"] = wilson(table["positives"], table["spans"], confidence)
    return table
