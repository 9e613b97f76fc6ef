"""Metrics agree with their definitions; baselines are what they say."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.baselines import prevalence, raw_accessibility
from cisfuse.metrics import average_precision, roc_auc, score


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


def test_score_holds_every_metric_beside_the_counts():
    labels, scores = make_predictions(3, ties=False)
    found = score(labels.astype(np.float32), scores)
    assert found["spans"] == 120
    assert found["positives"] == labels.sum()
    assert found["prevalence"] == pytest.approx(labels.mean())
    assert found["roc_auc"] == roc_auc(labels, scores)
    assert found["average_precision"] == average_precision(labels, scores)
    gain = found["average_precision"] / labels.mean()
    assert found["average_precision_over_prevalence"] == pytest.approx(gain)
    assert len(found) == 6


def test_a_constant_score_has_the_prevalence_as_average_precision():
    labels, _ = make_predictions(4, ties=False)
    assert average_precision(labels, np.ones(120)) == pytest.approx(prevalence(labels))
    assert roc_auc(labels, np.ones(120)) == 0.5


def test_raw_accessibility_is_a_predictions_table():
    spans = pd.DataFrame(
        {
            "name": ["chr1:0-10", "chr1:10-20"],
            "chrom": "chr1",
            "start": [0, 10],
            "end": [10, 20],
            "label": [0, 1],
            "split": "test",
            "accessibility": [0.25, 1.5],
        }
    )
    found = raw_accessibility(spans)
    assert found.columns.tolist() == ["name", "chrom", "start", "end", "label", "logit"]
    assert found["logit"].tolist() == [0.25, 1.5]
    assert found["name"].tolist() == spans["name"].tolist()
