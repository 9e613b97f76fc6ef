"""An epoch takes every example once; scores after a round are NumPy's and SciPy's."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import pearsonr

from cisfuse.tasks.activity import fitting

GENERATOR = np.random.default_rng(0)
ACTIVITIES = GENERATOR.normal(5, 2, 200).astype(np.float32)
PREDICTED = (ACTIVITIES + GENERATOR.normal(size=200)).astype(np.float32)


def settings(seed: int = 0):
    return SimpleNamespace(seed=seed)


def test_every_example_is_there_once_in_an_order_by_seed_and_epoch():
    rows = [
        fitting.epoch_rows(ACTIVITIES, settings(seed), epoch)
        for seed, epoch in ((0, 0), (0, 1), (1, 0), (0, 0))
    ]
    for one in rows:
        assert one.dtype == np.int32
        assert sorted(one) == list(range(200))
    assert rows[0].tolist() == rows[3].tolist()
    assert rows[0].tolist() != rows[1].tolist()
    assert rows[0].tolist() != rows[2].tolist()


def test_all_examples_weigh_the_same():
    assert fitting.loss_weights(ACTIVITIES - 5, settings()) == (1, 1)


def test_scores_of_rounds_equal_their_definitions():
    errors = ACTIVITIES.astype(float) - PREDICTED
    expected = {
        "pearson": pearsonr(ACTIVITIES.astype(float), PREDICTED).statistic,
        "mean_squared_error": sum(error**2 for error in errors) / 200,
        "mean_absolute_error": sum(abs(error) for error in errors) / 200,
    }
    assert fitting.ROUND_SCORES.keys() == expected.keys()
    for name, score in fitting.ROUND_SCORES.items():
        value = score(ACTIVITIES, PREDICTED)
        assert isinstance(value, float)
        assert value == pytest.approx(expected[name], rel=1e-6)


def test_a_constant_has_no_correlation_and_no_warning():
    with warnings.catch_warnings(action="error"):
        assert fitting.pearson(ACTIVITIES, np.full(200, 3.25, np.float32)) == 0
        assert fitting.pearson(np.ones(200, np.float32), PREDICTED) == 0


def test_a_round_is_told_with_correlation_and_error():
    row = {"valid_pearson": 0.91234, "valid_mean_squared_error": 0.123456}
    assert fitting.round_words(row, "valid") == "Pearson 0.9123 MSE 0.1235"


@pytest.mark.parametrize("loss", fitting.LOSSES)
def test_losses_have_names(loss):
    words = {"mean_squared_error": "Mean squared error", "smooth_l1": "Smooth L1"}
    assert fitting.loss_words({"loss": loss, "class_weights": "none"}) == words[loss]
