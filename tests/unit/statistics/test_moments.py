"""Scores of real numbers from sums by block are those of scipy and scikit-learn on the rows."""

import warnings

import numpy as np
import pytest
from scipy.stats import pearsonr, rankdata, spearmanr
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.moments import METRICS, SUMS, score, score_sums, sum_blocks

NAN = float("nan")


def plain_scores(targets, predicted, ranks=None):
    """Every metric of rows; ``ranks`` are those of targets and predictions, or their own."""
    error = mean_squared_error(targets, predicted)
    flat = [len(set(values.tolist())) == 1 for values in (targets, predicted)]
    pearson = NAN if any(flat) else pearsonr(targets, predicted).statistic
    if ranks is None:
        spearman = NAN if any(flat) else spearmanr(targets, predicted).statistic
    else:
        spearman = NAN if any(flat) else pearsonr(*ranks).statistic
    return {
        "mean_squared_error": error,
        "mean_absolute_error": mean_absolute_error(targets, predicted),
        "pearson": pearson,
        "spearman": spearman,
        "r_squared": NAN if flat[0] else r2_score(targets, predicted),
    }


def make_case(number):
    """Targets, predictions and blocks of many kinds: ties, large offsets, few and many blocks."""
    generator = np.random.default_rng(number)
    count = int(generator.integers(3, 400))
    targets = generator.normal(size=count) * 10.0 ** generator.integers(-6, 7)
    scale = targets.std()
    predicted = generator.normal(0.3, 1) * targets + generator.uniform(0, 2) * scale * (
        generator.normal(size=count)
    )
    if number % 3 == 0:  # ties
        targets, predicted = (np.round(values / scale) * scale for values in (targets, predicted))
    if number % 4 == 1:
        offset = 1e5 * scale
        targets, predicted = targets + offset, predicted + offset * generator.choice([0.0, 1.0])
    blocks = np.unique(generator.integers(0, generator.integers(1, 40), count), return_inverse=True)
    return targets, predicted, blocks[1].astype(np.int64)


def draw(blocks, replicates, seed=0):
    count = int(blocks.max()) + 1
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), replicates)
    return drawn.T.astype(float)


def assert_same(found, expected, scale=1.0):
    units = {"mean_squared_error": scale**2, "mean_absolute_error": scale}
    for name in METRICS:
        np.testing.assert_allclose(
            found[name], expected[name], rtol=1e-9, atol=1e-9 * units.get(name, 1), err_msg=name
        )


@pytest.mark.parametrize("number", range(60))
def test_scores_are_those_of_the_rows_by_hand(number):
    targets, predicted, blocks = make_case(number)
    weights = draw(blocks, 8, number)
    resamples = Resamples(blocks, weights, len(weights), 0, 0.95)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = score(targets, predicted, resamples)
    assert found.curves == {}
    assert {name: len(values) for name, values in found.metrics.items()} == dict.fromkeys(
        METRICS, 9
    )
    first = {name: values[0] for name, values in found.metrics.items()}
    scale = targets.std()
    assert_same(first, plain_scores(targets, predicted), scale)
    ranks = rankdata(targets), rankdata(predicted)
    for column, drawn in enumerate(weights.T, start=1):
        rows = np.concatenate(
            [
                np.flatnonzero(blocks == block)
                for block in np.repeat(range(len(drawn)), drawn.astype(int))
            ]
        )
        row = {name: values[column] for name, values in found.metrics.items()}
        expected = plain_scores(targets[rows], predicted[rows], [each[rows] for each in ranks])
        assert_same(row, expected, scale)


def test_without_resamples_there_is_the_score_of_the_data_alone():
    targets, predicted, blocks = make_case(7)
    found = score(targets, predicted)
    expected = score_sums(sum_blocks(targets, predicted, blocks), np.ones((blocks.max() + 1, 1)))
    assert list(found.metrics) == list(METRICS)
    for name, values in found.metrics.items():
        assert values.shape == (1,)
        assert values == pytest.approx(expected[name], rel=1e-12)


def test_sums_of_blocks_are_the_sums_of_their_rows():
    targets, predicted = np.array([1.0, 2.0, 6.0, 3.0]), np.array([1.0, 1.0, 4.0, 2.0])
    sums = sum_blocks(targets, predicted, np.array([0, 1, 1, 0]))
    assert sums.values.shape == (len(SUMS), 2)
    expected = {
        "count": [2, 2],
        "y": [-2, 2],  # the mean is 3
        "p": [-1, 1],  # the mean is 2
        "y_square": [4, 10],
        "p_square": [1, 5],
        "product": [2, 7],
        "distance": [1, 3],
        "error_square": [1, 5],
        "y_rank": [-1, 1],  # ranks 1, 2, 4, 3
        "p_rank": [-0.5, 0.5],  # ranks 1.5, 1.5, 4, 3
        "y_rank_square": [2.5, 2.5],
        "p_rank_square": [1.25, 3.25],
        "rank_product": [1.75, 2.75],
    }
    assert list(expected) == list(SUMS)
    for name, values in expected.items():
        assert sums[name].tolist() == values, name


@pytest.mark.parametrize("constant", [0.0, 0.1, 1e6 / 3, -3e-9])
def test_a_constant_side_has_no_correlation(constant):
    varied = np.random.default_rng(0).normal(constant, 1, 97)
    same = np.full(97, constant)
    prediction = {name: values[0] for name, values in score(varied, same).metrics.items()}
    assert np.isnan([prediction["pearson"], prediction["spearman"]]).all()
    assert prediction["r_squared"] == pytest.approx(r2_score(varied, same), rel=1e-9)
    target = {name: values[0] for name, values in score(same, varied).metrics.items()}
    assert np.isnan([target[name] for name in ("pearson", "spearman", "r_squared")]).all()
    assert target["mean_absolute_error"] == pytest.approx(np.abs(varied - constant).mean())


def test_a_resample_of_equal_targets_has_errors_alone():
    targets = np.array([1e3 / 3] * 5 + [-0.7, 0.1, 2.0])
    predicted = np.linspace(-1, 1, 8)
    sums = sum_blocks(targets, predicted, np.array([0] * 3 + [1] * 2 + [2] * 3))
    found = score_sums(sums, np.array([[2.0, 1.0], [1.0, 1.0], [0.0, 1.0]]))
    for name in ("pearson", "spearman", "r_squared"):
        assert np.isnan(found[name]).tolist() == [True, False], name
    rows = [0, 1, 2, 0, 1, 2, 3, 4]
    expected = mean_squared_error(targets[rows], predicted[rows])
    assert found["mean_squared_error"][0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_numbers_of_any_kind_are_summed_in_double_precision(dtype):
    targets = (1e7 + 10 * np.arange(50)).astype(dtype)
    predicted = (targets + np.tile([3, -3], 25)).astype(dtype)
    found = score(targets, predicted).metrics
    expected = plain_scores(targets.astype(float), predicted.astype(float))
    assert_same({name: values[0] for name, values in found.items()}, expected)


def test_a_perfect_prediction_is_perfect():
    targets = 1e8 + np.random.default_rng(1).normal(size=1000)
    found = {name: values[0] for name, values in score(targets, targets).metrics.items()}
    assert found["mean_squared_error"] == found["mean_absolute_error"] == 0
    assert found["r_squared"] == 1
    assert [found["pearson"], found["spearman"]] == pytest.approx([1, 1], abs=1e-12)


def test_the_spread_of_spearman_over_resamples_is_near_that_of_ranks_made_anew():
    generator = np.random.default_rng(3)
    targets = generator.normal(size=600)
    predicted = targets + generator.normal(size=600)
    blocks = np.arange(600)
    weights = draw(blocks, 300)
    kept = score(targets, predicted, Resamples(blocks, weights, 600, 0, 0.95)).metrics["spearman"]
    anew = []
    for drawn in weights.T:
        rows = np.repeat(blocks, drawn.astype(int))
        anew.append(spearmanr(targets[rows], predicted[rows]).statistic)
    np.testing.assert_allclose(kept[1:].mean(), np.mean(anew), atol=0.003)
    np.testing.assert_allclose(kept[1:].std(), np.std(anew), rtol=0.1)
