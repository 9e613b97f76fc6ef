"""What an epoch takes, how classes are weighted, and the scores after a round."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from cisfuse.tasks.binding import fitting

LABELS = np.array([0.0, 1, 0, 0, 0, 0, 0, 1, 0, 0])


def settings(negatives: int = 0, seed: int = 0, class_weights: str = "balanced"):
    return SimpleNamespace(negatives_per_positive=negatives, seed=seed, class_weights=class_weights)


def test_epochs_have_orders_of_their_own():
    first, second = (fitting.epoch_rows(LABELS, settings(), epoch) for epoch in (0, 1))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first.dtype == np.int32
    assert first.tolist() != second.tolist()
    assert first.tolist() == fitting.epoch_rows(LABELS, settings(), 0).tolist()
    assert first.tolist() != fitting.epoch_rows(LABELS, settings(seed=1), 0).tolist()


def test_an_epoch_takes_all_positives_and_draws_negatives_anew():
    seen = set()
    for epoch in range(40):
        rows = fitting.epoch_rows(LABELS, settings(2, seed=3), epoch)
        assert len(set(rows.tolist())) == len(rows) == 6
        assert {1, 7} <= set(rows.tolist())
        seen |= set(rows.tolist())
    assert seen == set(range(10)), "every negative has its turn"


def test_an_epoch_draws_no_more_negatives_than_there_are():
    assert sorted(fitting.epoch_rows(LABELS, settings(100), 0)) == list(range(10))


def test_class_weights_are_scikit_learns():
    labels = np.array([0, 0, 0, 0, 1, 0, 1])
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=labels)
    np.testing.assert_allclose(fitting.loss_weights(labels, settings()), expected)
    assert fitting.loss_weights(labels, settings(class_weights="none")) == (1.0, 1.0)


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
def test_scores_of_rounds_equal_their_definitions(seed, ties):
    generator = np.random.default_rng(seed)
    labels = (generator.random(120) < 0.15).astype(int)
    logits = generator.normal(labels, 1.5)
    logits = np.round(logits) if ties else logits
    expected = roc_auc_by_pairs(labels, logits)
    assert fitting.ROUND_SCORES["roc_auc"](labels, logits) == pytest.approx(expected)
    expected = average_precision_by_thresholds(labels, logits)
    assert fitting.ROUND_SCORES["average_precision"](labels, logits) == pytest.approx(expected)


def test_accuracy_calls_at_a_probability_of_one_half():
    labels = np.array([1, 1, 0, 0], np.float32)
    assert fitting.accuracy(labels, np.array([0.0, -0.1, -0.1, 3])) == 0.5
    assert fitting.accuracy(labels, np.array([0.0, 2.0, -0.1, -3])) == 1


def test_a_round_is_told_with_both_areas():
    row = {"valid_roc_auc": 0.91234, "valid_average_precision": 0.5, "train_roc_auc": 1.0}
    assert fitting.round_words(row, "valid") == "ROC-AUC 0.9123 AP 0.5000"


@pytest.mark.parametrize(
    ("loss", "weights", "words"),
    [
        ("cross_entropy", "balanced", "Weighted cross-entropy"),
        ("cross_entropy", "none", "Cross-entropy"),
        ("mean_squared_error", "none", "Mean squared error"),
        ("mean_squared_error", "balanced", "Weighted mean squared error"),
    ],
)
def test_the_loss_is_named_by_the_settings(loss, weights, words):
    assert fitting.loss_words({"loss": loss, "class_weights": weights}) == words
