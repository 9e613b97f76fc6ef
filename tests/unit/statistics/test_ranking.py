"""Metrics from counts by block are scikit-learn's, and those of resamples of repeated rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import auc, average_precision_score, roc_auc_score
from sklearn.metrics import precision_recall_curve as sklearn_precision_recall_curve
from sklearn.metrics import roc_curve as sklearn_roc_curve

from cisfuse.statistics import ranking
from cisfuse.statistics.ranking import METRICS, count, number_peaks, rank

BLOCK = 40


def make_spans(seed: int, spans: int = 400) -> pd.DataFrame:
    """Touching spans with runs of positives, some of them across the blocks of `BLOCK` spans."""
    generator = np.random.default_rng(seed)
    label = np.zeros(spans, dtype=np.int64)
    for start in generator.integers(0, spans, 25):
        label[start : start + generator.integers(1, 5)] = 1
    for border in (BLOCK, 4 * BLOCK):
        label[border - 2 : border + 2] = 1
    start = np.arange(spans) * 10
    return pd.DataFrame({"chrom": "chr1", "start": start, "end": start + 10, "label": label})


def make_scores(spans: pd.DataFrame, ties: bool) -> np.ndarray:
    scores = np.random.default_rng(9).normal(spans["label"])
    return np.round(scores) if ties else scores


def counts_of(spans: pd.DataFrame, scores: np.ndarray, weights: np.ndarray | None = None):
    blocks = np.arange(len(spans)) // BLOCK
    ranked = rank(spans["label"].to_numpy(), scores, blocks, number_peaks(spans))
    return count(ranked, np.ones((blocks[-1] + 1, 1)) if weights is None else weights)


def listed(labels: list[int], scores: list[float]) -> ranking.Counts:
    """Counts of spans that do not touch, so that each positive is a peak."""
    start = np.arange(len(labels)) * 20
    columns = {"chrom": "chr1", "start": start, "end": start + 10, "label": labels}
    return counts_of(pd.DataFrame(columns), np.array(scores, dtype=float))


def metrics_by_rows(spans: pd.DataFrame, scores: np.ndarray, drawn: np.ndarray) -> dict:
    """The metrics of the rows of the drawn blocks, each block as often as it was drawn."""
    rows = np.concatenate([np.arange(block * BLOCK, (block + 1) * BLOCK) for block in drawn])
    labels, numbers = spans["label"].to_numpy(), number_peaks(spans)
    peaks = []  # the highest score of each peak whose first span is among the rows
    for number in range(numbers.max() + 1):
        members = np.flatnonzero(numbers == number)
        peaks += [scores[members].max()] * int(np.sum(drawn == members[0] // BLOCK))
    label, score = labels[rows], scores[rows]
    precision, recall, _ = sklearn_precision_recall_curve(label, score)
    found = {
        "average_precision": average_precision_score(label, score),
        "average_precision_over_prevalence": average_precision_score(label, score) / label.mean(),
        "roc_auc": roc_auc_score(label, score),
        "au_prc": auc(recall, precision),
    }
    for percent in (10, 50):
        best = {"spans": 0.0, "peaks": 0.0}
        for threshold in np.unique(score)[::-1]:
            called = label[score >= threshold]
            hits = called.sum()
            if (len(called) - hits) * 100 <= percent * len(called) and hits > best["spans"]:
                best = {"spans": hits, "peaks": np.sum(np.array(peaks) >= threshold)}
        found[f"recall_at_fdr_{percent}"] = best["spans"] / label.sum()
        found[f"peak_recall_at_fdr_{percent}"] = best["peaks"] / len(peaks)
    return found


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_replicates_are_those_of_repeated_rows(seed, ties):
    spans = make_spans(seed)
    scores = make_scores(spans, ties)
    blocks = len(spans) // BLOCK
    generator = np.random.default_rng(seed)
    draws = [np.arange(blocks), *generator.integers(0, blocks, (20, blocks))]
    weights = np.stack([np.bincount(drawn, minlength=blocks) for drawn in draws], axis=1)
    counts = counts_of(spans, scores, weights.astype(float))
    found = {name: metric(counts) for name, metric in METRICS.items()}
    for column, drawn in enumerate(draws):
        expected = metrics_by_rows(spans, scores, drawn)
        assert {name: values[column] for name, values in found.items()} == pytest.approx(expected)
    assert len(set(found["peak_recall_at_fdr_50"])) > 5


def test_recall_at_fdr_and_areas_by_hand():
    """Ranked: positive, positive, negative, positive, negative, negative, positive.

    After each span precision is 1, 1, 2/3, 3/4, 3/5, 1/2, 4/7 and recall 1/4, 1/2, 1/2, 3/4,
    3/4, 3/4, 1.
    """
    counts = listed([1, 1, 0, 1, 0, 0, 1], [7, 6, 5, 4, 3, 2, 1])
    assert ranking.recall_at_fdr(counts, 0.1) == [2 / 4]
    assert ranking.recall_at_fdr(counts, 0.25) == [3 / 4]
    assert ranking.recall_at_fdr(counts, 3 / 7) == [1]
    # Half of the discoveries false is allowed: all four are found although 1/2 comes before.
    assert ranking.recall_at_fdr(counts, 0.5) == [1]
    assert ranking.average_precision(counts) == pytest.approx([(1 + 1 + 3 / 4 + 4 / 7) / 4])
    # Trapezoids: from precision 1 to 1 twice, 2/3 to 3/4, and 1/2 to 4/7.
    sides = 1 + 1 + (2 / 3 + 3 / 4) / 2 + (1 / 2 + 4 / 7) / 2
    assert ranking.au_prc(counts) == pytest.approx([sides / 4])
    # Of 4 * 3 pairs the negatives in the third, fifth and sixth place lose to 2, 3 and 3.
    assert ranking.roc_auc(counts) == pytest.approx([(2 + 3 + 3) / 12])


def test_no_threshold_may_keep_the_rate():
    counts = listed([0, 1, 0, 0], [4, 3, 2, 1])
    assert ranking.recall_at_fdr(counts, 0.1) == [0]
    assert ranking.peak_recall_at_fdr(counts, 0.1) == [0]
    assert ranking.recall_at_fdr(counts, 0.5) == [1]


def test_a_rate_is_kept_exactly():
    """One of ten discoveries is false: a rate of 0.1, which has no exact binary form."""
    labels, scores = [1] * 8 + [0, 1, 0, 0], list(range(12, 0, -1))
    assert ranking.recall_at_fdr(listed(labels, scores), 0.1) == [1]


def test_a_peak_is_found_by_its_best_span():
    """Spans 0 and 1 are one peak; with a fifth false at most, scores of 4 and above are called."""
    spans = pd.DataFrame({"chrom": "c", "start": [0, 10, 30, 50], "label": [1, 1, 0, 1]})
    spans["end"] = spans["start"] + 10
    counts = counts_of(spans, np.array([0.0, 5.0, 3.0, 4.0]))
    assert ranking.recall_at_fdr(counts, 0.2) == [2 / 3]
    assert ranking.peak_recall_at_fdr(counts, 0.2) == [1]


def test_a_constant_score_is_chance():
    spans = make_spans(0)
    counts, share = counts_of(spans, np.zeros(len(spans))), spans["label"].mean()
    assert ranking.roc_auc(counts) == [0.5]
    assert ranking.average_precision(counts) == pytest.approx([share])
    assert ranking.au_prc(counts) == pytest.approx([(1 + share) / 2])
    assert ranking.recall_at_fdr(counts, 0.5) == [0]


@pytest.mark.parametrize("ties", [False, True])
def test_curves_are_scikit_learns(ties):
    spans = make_spans(3)
    scores = make_scores(spans, ties)
    counts, grid = counts_of(spans, scores), np.arange(1, 101) / 100
    x, y, _ = sklearn_roc_curve(spans["label"], scores, drop_intermediate=False)
    points = np.append(0, grid)
    assert ranking.roc_curve(counts, points)[0] == pytest.approx(np.interp(points, x, y))
    precision, recall, _ = sklearn_precision_recall_curve(spans["label"], scores)
    # From the highest threshold down, the first whose recall is enough.
    enough = [np.flatnonzero(recall >= wanted - 1e-9)[-1] for wanted in grid]
    assert ranking.precision_recall_curve(counts, grid)[0] == pytest.approx(precision[enough])


def test_peaks_are_runs_of_positives_that_touch_or_overlap():
    rows = [
        ("chr2", 0, 10, 1),
        ("chr2", 10, 20, 1),  # touches
        ("chr2", 20, 30, 0),
        ("chr2", 30, 90, 1),
        ("chr2", 40, 50, 1),  # inside the one before
        ("chr2", 60, 70, 1),  # beyond its neighbour, yet inside
        ("chr2", 91, 95, 1),  # a base further
        ("chr10", 92, 99, 1),  # another chromosome
        ("chr1", 5, 6, 0),
        ("chr1", 7, 9, 1),
    ]
    spans = pd.DataFrame(rows, columns=["chrom", "start", "end", "label"])
    assert number_peaks(spans).tolist() == [0, 0, -1, 1, 1, 1, 2, 3, -1, 4]
    assert number_peaks(spans[spans["label"] == 0]).tolist() == [-1, -1]
