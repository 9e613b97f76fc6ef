"""Blocks are drawn whole, and intervals hold the truth about as often as they say."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from cisfuse.statistics import bootstrap
from cisfuse.statistics.bootstrap import Resamples, draw_blocks
from cisfuse.statistics.ranking import average_precision, count, number_peaks, rank, roc_auc

BLOCKS = 30
SPANS = 100  # of a block


def draw(spans: pd.DataFrame, *settings: float, **more: float) -> Resamples:
    """Draws that hold positives and negatives."""
    positive = (spans["label"] == 1).to_numpy()
    return draw_blocks(spans, [positive, ~positive], *settings, **more)


def draw_population(generator: np.random.Generator, blocks: int) -> pd.DataFrame:
    """Touching spans of 1 base with peaks of 3 to 8, whose number varies much between blocks.

    Scores share a part within a block and within a peak; open blocks have more peaks and
    higher scores.
    """
    openness = generator.gamma(0.7, 1 / 0.7, blocks)
    peaks = np.repeat(np.arange(blocks), generator.poisson(openness))
    start = peaks * SPANS + generator.integers(0, SPANS - 8, len(peaks))
    length, height = generator.integers(3, 9, len(peaks)), generator.normal(1.5, 1, len(peaks))
    noise = generator.normal(size=blocks * SPANS)
    label, lift = np.zeros(len(noise), dtype=np.int64), np.zeros(len(noise))
    for step in range(8):
        rows = start[length > step] + step
        label[rows], lift[rows] = 1, height[length > step]
    shared = 0.2 * np.log(openness + 0.05) + 0.7 * generator.normal(size=blocks)
    table = pd.DataFrame({"chrom": "chr1", "start": np.arange(len(noise)), "label": label})
    return table.assign(end=table["start"] + 1, score=noise + lift + np.repeat(shared, SPANS))


def areas(spans: pd.DataFrame, blocks: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """ROC-AUC and average precision of each column of weights, (2, r)."""
    columns = spans["label"].to_numpy(), spans["score"].to_numpy()
    counts = count(rank(*columns, blocks, number_peaks(spans)), weights)
    return np.stack([roc_auc(counts), average_precision(counts)])


def covered(truth: np.ndarray, size: int, repeats: int) -> np.ndarray:
    """Share of samples whose 95 % intervals, from blocks of ``size`` bases, hold the truth."""
    held = np.zeros(2)
    for repeat in range(repeats):
        spans = draw_population(np.random.default_rng([1, repeat]), BLOCKS)
        resamples = draw(spans, size, 300, 0.95, repeat)
        values = areas(spans, resamples.blocks, resamples.weights)
        low, high = resamples.interval(values.T)
        held += (low <= truth) & (truth <= high)
    return held / repeats


def test_intervals_hold_the_truth_and_those_of_single_spans_do_not():
    """ROC-AUC and average precision of 200 samples of 30 blocks, about half without positives.

    Blocks cover 0.93 and 0.955, single spans (40 samples) 0.73 and 0.60. The lower bound is
    three standard errors of 200 samples below 0.95; the truth is that of 5,000 blocks.
    """
    many = draw_population(np.random.default_rng(0), 5000)
    truth = areas(many, np.zeros(len(many), dtype=np.int64), np.ones((1, 1)))[:, 0]
    by_block, by_span = covered(truth, SPANS, 200), covered(truth, 1, 40)
    assert np.all((by_block > 0.95 - 0.047) & (by_block < 0.995)), by_block
    assert np.all(by_span < 0.85), by_span


def make_spans(labels: list[list[int]]) -> pd.DataFrame:
    """Blocks of 100 bases with the given labels."""
    rows = [
        (100 * block + row, label)
        for block, of in enumerate(labels)
        for row, label in enumerate(of)
    ]
    return pd.DataFrame(rows, columns=["start", "label"]).assign(chrom="chr1")


def test_draws_are_of_as_many_blocks_as_there_are_and_repeat():
    spans = make_spans([[0, 1]] * 12)
    resamples = draw(spans, 100, 500, 0.95, seed=3)
    assert resamples.weights.shape == (12, 500)
    assert (resamples.weights.sum(axis=0) == 12).all()
    # Each block is drawn once on average; the bound is four standard errors.
    assert np.abs(resamples.weights.mean(axis=1) - 1).max() < 4 / np.sqrt(500)
    again = draw(spans, 100, 500, 0.95, seed=3)
    assert (again.weights == resamples.weights).all()
    assert (draw(spans, 100, 500, 0.95, seed=4).weights != resamples.weights).any()


def test_replicates_that_lack_a_label_are_left_out():
    """The second of three blocks holds the positives: 8 of 27 draws are without it."""
    resamples = draw(make_spans([[0, 0], [1, 0, 1], [0]]), 100, 3000, 0.95, seed=0)
    assert resamples.informative == 1
    assert (resamples.weights[1] > 0).all()
    assert resamples.weights.shape[1] == 3000 - resamples.left_out
    assert resamples.left_out / 3000 == pytest.approx(8 / 27, abs=0.03)


def test_replicates_must_hold_some_of_all_that_is_needed():
    """The first mask alone says which blocks inform; each mask must be met by a replicate."""
    spans = make_spans([[0, 1]] * 4)
    blocks = np.repeat(np.arange(4), 2)
    one = [np.ones(8, bool), blocks == 2, blocks == 3]
    resamples = draw_blocks(spans, one, 100, 2000, 0.95, 0)
    assert resamples.informative == 4
    assert (resamples.weights[2:] > 0).all()
    # Without block 2, or without 3, are 2 * (3/4)^4 of all draws, without both (1/2)^4.
    assert resamples.left_out / 2000 == pytest.approx(2 * 0.75**4 - 0.5**4, abs=0.04)
    anything = draw_blocks(spans, one[:1], 100, 2000, 0.95, 0)
    assert anything.left_out == 0
    nothing = draw_blocks(spans, [np.zeros(8, bool)], 100, 50, 0.95, 0)
    assert (nothing.informative, nothing.left_out, nothing.weights.shape) == (0, 50, (4, 0))


def make_resamples(informative: int, confidence: float = 0.95) -> Resamples:
    return Resamples(np.zeros(1), np.ones((1, 1)), informative, 0, confidence)


def test_many_blocks_give_plain_percentiles():
    low, high = make_resamples(100_000).interval(np.arange(1001.0))
    assert [low, high] == pytest.approx([25, 975], abs=0.1)
    low, high = make_resamples(100_000, confidence=0.5).interval(np.arange(1001.0))
    assert [low, high] == pytest.approx([250, 750], abs=0.1)


def test_few_blocks_give_the_width_of_students_t():
    """The spread of a mean of n is sqrt((n - 1) / n) too narrow in a bootstrap of n."""
    bootstrap = np.random.default_rng(0).normal(0, np.sqrt(9 / 10), 200_000)
    low, high = make_resamples(10).interval(bootstrap)
    assert [low, high] == pytest.approx(t.ppf([0.025, 0.975], 9), abs=0.06)


def test_intervals_of_curves_are_point_by_point():
    values = np.random.default_rng(0).normal(size=(300, 4))
    low, high = make_resamples(50).interval(values)
    for point in range(4):
        assert (low[point], high[point]) == make_resamples(50).interval(values[:, point])


@pytest.mark.parametrize("informative", [0, 1])
def test_one_block_with_positives_gives_no_interval(informative):
    low, high = make_resamples(informative).interval(np.ones((5, 2)))
    assert np.isnan([low, high]).all()
    assert low.shape == high.shape == (2,)


@pytest.mark.filterwarnings("error")
def test_a_score_that_no_replicate_has_gets_no_interval_and_no_warning():
    values = np.column_stack([np.full(40, np.nan), np.where(np.arange(40) % 2, np.nan, 3.0)])
    low, high = make_resamples(20).interval(values)
    assert np.isnan([low[0], high[0]]).all()
    assert (low[1], high[1]) == (3, 3)


def test_no_replicate_gives_no_interval():
    assert np.isnan(make_resamples(20).interval(np.ones(0))).all()


def test_each_sequence_is_a_block_and_many_are_drawn_in_random_groups(monkeypatch):
    """A sequence is a chromosome of its own; the interval of a mean does not depend on groups."""
    values = np.random.default_rng(0).normal(size=600)
    labels = (values > 0.5).astype(int)
    names = [f"sequence-{row}" for row in range(600)]
    spans = pd.DataFrame({"chrom": names, "start": 0, "end": 1, "label": labels})

    def interval():
        drawn = draw(spans, 1_000_000, 2000, 0.95, 0)
        sums = np.bincount(drawn.blocks, weights=values) @ drawn.weights
        sizes = np.bincount(drawn.blocks) @ drawn.weights
        return drawn, np.array(drawn.interval(sums / sizes))

    single, ends = interval()
    assert single.blocks.tolist() == list(range(600))
    assert single.informative == labels.sum()
    monkeypatch.setattr(bootstrap, "MOST_BLOCKS", 200)
    grouped, others = interval()
    assert grouped.weights.shape[0] == 200
    assert set(np.bincount(grouped.blocks)) == {3}
    assert np.ptp(others) == pytest.approx(np.ptp(ends), rel=0.15)


def test_the_size_of_blocks_follows_what_is_tested():
    generator = np.random.default_rng(0)
    for bases, size in ((30_000_000, 1_000_000), (1_800_000, 50_000)):
        start = np.arange(0, bases, 1000)
        label = (generator.random(len(start)) < 0.1).astype(np.int64)
        spans = pd.DataFrame({"chrom": "chrI", "start": start, "end": start + 101, "label": label})
        found, same = (draw(spans, each, 100, 0.95, 0) for each in ("auto", size))
        assert found.block_size == same.block_size == size
        assert len(found.weights) >= 20
        assert np.array_equal(found.weights, same.weights)
