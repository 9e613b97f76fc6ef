"""Losses of a logit, and what a split of examples loses."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf


def cross_entropy(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Minus the logarithm of the probability of the right label."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def mean_squared_error(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The square of label minus probability, of which a batch takes the mean."""
    return tf.square(labels - tf.sigmoid(logits))


# From labels and logits, float32 of one shape, to the loss of each example.
LOSSES: dict[str, Callable[[tf.Tensor, tf.Tensor], tf.Tensor]] = {
    "cross_entropy": cross_entropy,
    "mean_squared_error": mean_squared_error,
}


def mean_loss(
    loss: str, labels: np.ndarray, logits: np.ndarray, weights: tuple[float, float]
) -> float:
    """The mean loss of examples, float32 (n,), with the weights of negatives and positives."""
    losses = LOSSES[loss](tf.constant(labels), tf.constant(logits)).numpy().astype(np.float64)
    return float(np.mean(losses * np.where(labels > 0, weights[1], weights[0])))


def accuracy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Share of examples, (n,), whose probability is on the side of their label; 1/2 is bound."""
    return float(np.mean((logits >= 0) == (labels > 0)))
