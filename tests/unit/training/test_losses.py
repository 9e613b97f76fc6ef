"""Losses against Keras's own: of a sigmoid, of the softmax of two classes, and of real numbers."""

import keras
import numpy as np
import pytest

from cisfuse.training.losses import LOSSES, mean_loss

GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.integers(0, 2, 40).astype(np.float32)
CLASSES = GENERATOR.normal(0, 2, (40, 2)).astype(np.float32)
LOGITS = CLASSES[:, 1] - CLASSES[:, 0]
OF_SIGMOID = {
    "sigmoid_cross_entropy": "binary_crossentropy",
    "squared_error_of_sigmoid": "mean_squared_error",
}
OF_SOFTMAX = {
    "sigmoid_cross_entropy": "categorical_crossentropy",
    "squared_error_of_sigmoid": "mean_squared_error",
}
OF_NUMBERS = {"squared_error": "mean_squared_error", "smooth_l1": "huber"}


def test_every_loss_is_compared_with_keras():
    assert LOSSES.keys() == OF_SIGMOID.keys() | OF_NUMBERS.keys()


@pytest.mark.parametrize("loss", OF_NUMBERS)
def test_losses_of_real_numbers_are_those_of_keras(loss):
    """On either side of the place where the smooth L1 becomes straight."""
    targets = GENERATOR.normal(0, 3, 200).astype(np.float32)
    outputs = np.append(targets[:3], GENERATOR.normal(0, 1, 197)).astype(np.float32)
    expected = keras.losses.get(OF_NUMBERS[loss])(targets[:, None], outputs[:, None])
    found = LOSSES[loss](targets, outputs).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert found[:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("loss", OF_SIGMOID)
def test_losses_are_those_of_a_sigmoid(loss):
    probabilities = keras.ops.sigmoid(LOGITS)[:, None]
    expected = keras.losses.get(OF_SIGMOID[loss])(LABELS[:, None], probabilities)
    np.testing.assert_allclose(LOSSES[loss](LABELS, LOGITS), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", OF_SOFTMAX)
def test_losses_are_those_of_a_softmax_of_two_classes(loss):
    probabilities = keras.ops.softmax(CLASSES)
    labels = keras.utils.to_categorical(LABELS, 2)
    expected = keras.losses.get(OF_SOFTMAX[loss])(labels, probabilities)
    np.testing.assert_allclose(LOSSES[loss](LABELS, LOGITS), expected, rtol=1e-4, atol=1e-6)


def test_a_network_that_knows_nothing_begins_at_the_logarithm_of_two():
    """By which a log tells cross-entropy from mean squared error, which begins at 1/4."""
    zeros = np.zeros(4, np.float32)
    labels = np.array([0, 1, 0, 1], np.float32)
    assert mean_loss("sigmoid_cross_entropy", labels, zeros, (1, 1)) == pytest.approx(np.log(2))
    assert mean_loss("squared_error_of_sigmoid", labels, zeros, (1, 1)) == pytest.approx(0.25)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_mean_weighs_classes(loss):
    losses = LOSSES[loss](LABELS, LOGITS).numpy().astype(float)
    weighted = [value * (3 if label else 0.5) for value, label in zip(losses, LABELS, strict=True)]
    assert mean_loss(loss, LABELS, LOGITS, (0.5, 3)) == pytest.approx(sum(weighted) / 40, rel=1e-6)
