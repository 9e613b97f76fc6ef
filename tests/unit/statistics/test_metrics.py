"""Metrics agree with their definitions."""

import numpy as np
import pytest

from cisfuse.statistics.metrics import average_precision, roc_auc


def make_predictions(seed: int, ties: bool) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    labels = (generator.random(120) < 0.15).astype(int)
    scores = generator.normal(labels, 1.5)
    return labels, np.round(scores) if ties else scores


def roc_auc_by_pairs(labels, scores) -> float:
    """How often a positive scores above a negative, ties at half."""
    wins, pairs = 0.0, 0
    for positive in scores[labels == 1]:
        for negative in scores[labels == 0]:
            wins += 1.0 if positive > negative else 0.5 if positive == negative else 0.0
            pairs += 1
    return wins / pairs


def average_precision_by_thresholds(labels, scores) -> float:
    total, recall_before = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        called = scores >= threshold
        precision = labels[called].sum() / called.sum()
        recall = labels[called].sum() / labels.sum()
        total += precision * (recall - recall_before)
        recall_before = recall
    return total


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_areas_equal_their_definitions(seed, ties):
    labels, scores = make_predictions(seed, ties)
    assert (len(set(scores)) < len(scores)) == ties
    assert roc_auc(labels, scores) == pytest.approx(roc_auc_by_pairs(labels, scores))
    expected = average_precision_by_thresholds(labels, scores)
    assert average_precision(labels, scores) == pytest.approx(expected)


def test_a_constant_score_has_the_prevalence_as_average_precision():
    labels, _ = make_predictions(4, ties=False)
    assert average_precision(labels, np.ones(120)) == pytest.approx(labels.mean())
    assert roc_auc(labels, np.ones(120)) == 0.5
