"""Platt scaling finds the maximum of the likelihood, and bins and intervals what they promise."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binom

from cisfuse.statistics.calibration import (
    BINS,
    Platt,
    calibration_bins,
    fit_platt,
    squared_errors,
    wilson,
)


def make_logits(seed: int, spans: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn with the probability that their logits state."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(-3, 1.5, spans)
    return (generator.random(spans) < expit(logits)).astype(int), logits


def loss(parameters: np.ndarray, labels: np.ndarray, logits: np.ndarray) -> float:
    """Mean negative log-likelihood of (slope, intercept)."""
    values = parameters[0] * logits + parameters[1]
    return float(np.mean(np.logaddexp(0, values) - labels * values))


@pytest.mark.parametrize("seed", [0, 1])
def test_platt_is_the_maximum_of_the_likelihood(seed):
    labels, logits = make_logits(seed, 2000)
    logits = 0.4 * logits + 2
    found = fit_platt(labels, logits)
    start = np.array([1.0, 0.0])
    best = minimize(loss, start, (labels, logits), "Nelder-Mead", options={"xatol": 1e-8})
    assert [found.slope, found.intercept] == pytest.approx(best.x, rel=1e-3)
    assert loss([found.slope, found.intercept], labels, logits) <= best.fun + 1e-12


def test_platt_does_not_depend_on_the_scale_of_the_logit():
    labels, logits = make_logits(2, 2000)
    found, scaled = fit_platt(labels, logits), fit_platt(labels, 1e-4 * logits + 0.03)
    assert scaled.slope == pytest.approx(1e4 * found.slope, rel=1e-6)
    expected = found.probabilities(logits)
    assert scaled.probabilities(1e-4 * logits + 0.03) == pytest.approx(expected, rel=1e-6)


def test_class_weights_are_taken_back():
    """Weights w0 and w1 shift a logit by ln(w1 / w0); the intercept takes it back."""
    labels, logits = make_logits(3, 200_000)
    found = fit_platt(labels, logits + np.log(50 / 0.5))
    # Standard errors at this number of spans are 0.008 and 0.04.
    assert found.slope == pytest.approx(1, abs=0.03)
    assert found.intercept == pytest.approx(-np.log(100), abs=0.15)


def test_a_constant_logit_gets_the_prevalence():
    labels = np.array([1, 0, 0, 0, 0])
    found = fit_platt(labels, np.full(5, 7.0))
    assert found.slope == 0
    assert found.probabilities(np.array([7.0, -3.0])) == pytest.approx([0.2, 0.2])


def test_labels_that_a_threshold_parts_get_a_finite_slope():
    """Fitted to targets (2 + 1) / (2 + 2) and 1 / (3 + 2), by brute force."""
    labels, logits = np.array([0, 0, 0, 1, 1]), np.array([-2.0, -1.0, 0.0, 0.0, 3.0])
    targets = np.where(labels == 1, 3 / 4, 1 / 5)
    best = minimize(loss, [1.0, 0.0], (targets, logits), "Nelder-Mead", options={"xatol": 1e-9})
    found = fit_platt(labels, logits)
    assert [found.slope, found.intercept] == pytest.approx(best.x, rel=1e-3)
    assert fit_platt(labels, -logits).slope == pytest.approx(-found.slope)


def test_labels_of_one_kind_give_a_probability_below_1():
    found = fit_platt(np.ones(8, dtype=int), np.arange(8.0))
    assert found.probabilities(np.arange(8.0)) == pytest.approx(np.full(8, 0.9))


def test_log_odds_stay_as_they_are_by_default():
    assert Platt().probabilities(np.log([1.0, 3.0])) == pytest.approx([0.5, 0.75])


def test_squared_errors_by_hand():
    found = squared_errors(np.array([1, 0, 1]), np.array([0.9, 0.2, 0.0]))
    assert found == pytest.approx([0.01, 0.04, 1])


def test_wilson_ends_are_two_standard_errors_from_the_observed_share():
    """The standard errors are those of the ends, which tells this interval from Wald's."""
    positives, total = np.array([0, 1, 7, 20]), 20
    low, high = wilson(positives, np.full(4, total), 0.95)
    assert low[0] == pytest.approx(0)
    assert high[-1] == pytest.approx(1)
    for ends, inner in ((low, slice(1, 4)), (high, slice(0, 3))):
        end, observed = ends[inner], (positives / total)[inner]
        errors = np.abs(observed - end) / np.sqrt(end * (1 - end) / total)
        assert errors == pytest.approx(np.full(3, 1.959964), rel=1e-5)


def test_wilson_covers_about_as_often_as_it_says():
    """Summed over all outcomes of 200 spans with a share of 0.05: no sampling error."""
    outcomes = np.arange(201)
    low, high = wilson(outcomes, np.full(201, 200), 0.95)
    inside = (low <= 0.05) & (high >= 0.05)
    assert binom.pmf(outcomes[inside], 200, 0.05).sum() == pytest.approx(0.95, abs=0.02)


def test_bins_hold_equal_sums_and_all_spans():
    labels, logits = make_logits(4, 20_000)
    probabilities = expit(logits)
    table = calibration_bins(labels, probabilities, 0.95)
    assert table["bin"].tolist() == list(range(1, BINS + 1))
    assert table["spans"].sum() == 20_000
    assert table["positives"].sum() == labels.sum()
    sums = table["predicted"] * table["spans"]
    assert sums.to_numpy() == pytest.approx(np.full(BINS, probabilities.sum() / BINS), rel=0.01)
    assert table["predicted"].is_monotonic_increasing
    assert (table["observed"] == table["positives"] / table["spans"]).all()
    # These labels have the stated probabilities: nine of ten intervals hold them, or more.
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.sum() >= BINS - 1


def test_spans_of_one_probability_share_a_bin():
    labels = np.array([1, 0, 0, 1, 0, 0])
    constant = calibration_bins(labels, np.full(6, 0.25), 0.95)
    assert constant[["bin", "spans", "positives"]].to_numpy().tolist() == [[1, 6, 2]]
    table = calibration_bins(labels, np.array([0.1, 0.1, 0.1, 0.1, 0.8, 0.8]), 0.95)
    assert table[["bin", "spans", "positives"]].to_numpy().tolist() == [[1, 4, 2], [2, 2, 0]]
    assert table["predicted"].to_numpy() == pytest.approx([0.1, 0.8])
