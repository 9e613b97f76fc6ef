"""Losses against Keras's own, of the sigmoid and of the softmax of two classes."""

import keras
import numpy as np
import pytest

from cisfuse.training.losses import LOSSES, accuracy, mean_loss

GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.integers(0, 2, 40).astype(np.float32)
CLASSES = GENERATOR.normal(0, 2, (40, 2)).astype(np.float32)
LOGITS = CLASSES[:, 1] - CLASSES[:, 0]
OF_SIGMOID = {"cross_entropy": "binary_crossentropy", "mean_squared_error": "mean_squared_error"}
OF_SOFTMAX = {
    "cross_entropy": "categorical_crossentropy",
    "mean_squared_error": "mean_squared_error",
}


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_those_of_a_sigmoid(loss):
    probabilities = keras.ops.sigmoid(LOGITS)[:, None]
    expected = keras.losses.get(OF_SIGMOID[loss])(LABELS[:, None], probabilities)
    np.testing.assert_allclose(LOSSES[loss](LABELS, LOGITS), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_those_of_a_softmax_of_two_classes(loss):
    probabilities = keras.ops.softmax(CLASSES)
    labels = keras.utils.to_categorical(LABELS, 2)
    expected = keras.losses.get(OF_SOFTMAX[loss])(labels, probabilities)
    np.testing.assert_allclose(LOSSES[loss](LABELS, LOGITS), expected, rtol=1e-4, atol=1e-6)


def test_a_network_that_knows_nothing_begins_at_the_logarithm_of_two():
    """By which a log tells cross-entropy from mean squared error, which begins at 1/4."""
    zeros = np.zeros(4, np.float32)
    labels = np.array([0, 1, 0, 1], np.float32)
    assert mean_loss("cross_entropy", labels, zeros, (1, 1)) == pytest.approx(np.log(2))
    assert mean_loss("mean_squared_error", labels, zeros, (1, 1)) == pytest.approx(0.25)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_mean_weighs_classes(loss):
    losses = LOSSES[loss](LABELS, LOGITS).numpy().astype(float)
    weighted = [value * (3 if label else 0.5) for value, label in zip(losses, LABELS, strict=True)]
    assert mean_loss(loss, LABELS, LOGITS, (0.5, 3)) == pytest.approx(sum(weighted) / 40, rel=1e-6)


def test_accuracy_calls_at_a_probability_of_one_half():
    labels = np.array([1, 1, 0, 0], np.float32)
    assert accuracy(labels, np.array([0.0, -0.1, -0.1, 3])) == 0.5
    assert accuracy(labels, np.array([0.0, 2.0, -0.1, -3])) == 1
