"""Predictions of activity are scored in their unit, with what resamples must hold."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, spearmanr

from cisfuse.statistics.bootstrap import draw_blocks
from cisfuse.tasks.activity import scores


def make_spans(count: int = 300, seed: int = 0) -> pd.DataFrame:
    start = 10 * np.arange(count)
    activity = np.random.default_rng(seed).normal(1, 2, count)
    return pd.DataFrame({"chrom": "chr1", "start": start, "end": start + 10, "activity": activity})


def test_what_is_counted_is_the_size_mean_and_spread():
    spans = make_spans()
    values = spans["activity"].tolist()
    mean = sum(values) / 300
    found = scores.counts(spans)
    assert tuple(found) == scores.COUNTED
    assert found["spans"] == 300
    assert found["mean"] == pytest.approx(mean)
    spread = (sum((value - mean) ** 2 for value in values) / 300) ** 0.5
    assert found["standard_deviation"] == pytest.approx(spread)


def test_a_resample_must_hold_values_on_both_sides_of_the_mean():
    """So that no correlation of a resample is of a constant."""
    spans = make_spans(4).assign(activity=[0.0, 0, 0, 8])
    everything, above, below = scores.needed(spans["activity"].to_numpy())
    assert everything.all()
    assert above.tolist() == [False, False, False, True]
    assert below.tolist() == [True, True, True, False]
    masks = scores.needed(spans["activity"].to_numpy())
    resamples = draw_blocks(spans, masks, block_size=10, replicates=400, confidence=0.95, seed=0)
    assert resamples.informative == 4
    assert (resamples.weights[3] > 0).all()
    assert (resamples.weights[:3].sum(axis=0) > 0).all()
    # Draws of 4 of 4 without the last are (3/4)^4 of all, those of it alone (1/4)^4.
    assert resamples.left_out / 400 == pytest.approx(0.75**4 + 0.25**4, abs=0.08)


def test_scores_are_those_of_scipy_and_nothing_is_fitted():
    spans = make_spans()
    predicted = spans["activity"].to_numpy() + np.random.default_rng(1).normal(size=300)
    fitted = scores.fit(spans["activity"].to_numpy(), predicted)
    assert scores.fitted_row(fitted) == {} == dict.fromkeys(scores.FITTED)
    found = scores.score(spans, predicted, fitted)
    assert tuple(found.metrics) == scores.METRICS
    assert found.curves == {} == scores.CURVES
    y = spans["activity"].to_numpy()
    expected = {
        "pearson": pearsonr(y, predicted).statistic,
        "spearman": spearmanr(y, predicted).statistic,
        "mean_squared_error": np.mean((y - predicted) ** 2),
        "mean_absolute_error": np.mean(np.abs(y - predicted)),
        "r_squared": 1 - np.mean((y - predicted) ** 2) / np.var(y),
    }
    assert {name: value[0] for name, value in found.metrics.items()} == pytest.approx(expected)


def test_points_are_all_examples_or_a_draw_that_repeats():
    spans = make_spans()
    predicted = np.arange(300.0)
    (points,) = scores.tables(spans, predicted, None, 0.95).values()
    assert points["activity"].tolist() == spans["activity"].tolist()
    assert points["predicted"].tolist() == predicted.tolist()
    many = make_spans(scores.MOST_POINTS + 500)
    numbers = np.arange(len(many), dtype=float)
    first, again = (scores.tables(many, numbers, None, 0.95)["points"] for _ in range(2))
    assert first.equals(again)
    assert len(first) == scores.MOST_POINTS
    assert first["predicted"].is_monotonic_increasing
    assert first["predicted"].is_unique
    rows = first["predicted"].astype(int)
    assert first["activity"].tolist() == many["activity"].iloc[rows].tolist()
    tables = scores.tables(many, numbers, None, 0.95)
    assert tuple(tables) == scores.TABLES


@pytest.mark.parametrize("one_scale", [False, True])
def test_folds_keep_their_unit(one_scale):
    valids = [make_spans(5).assign(predicted=1.0)] * 3
    fitted = scores.fit_folds(valids, one_scale)
    assert fitted == [None] * 3
    outputs = pd.Series([1.5, -2])
    assert scores.rescale(outputs, fitted[0]) is outputs
    assert scores.describe_scale(fitted[0]) == "as predicted"
