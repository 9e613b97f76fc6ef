"""Losses of a model's output, and what a split of examples loses.

A task names those that it has by the names of the functions here.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def sigmoid_cross_entropy(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Minus the logarithm of the probability of the right label."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)


def squared_error_of_sigmoid(labels: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """The square of label minus probability, of which a batch takes the mean."""
    return tf.square(labels - tf.sigmoid(logits))


def squared_error(targets: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """The square of target minus output."""
    return tf.square(targets - outputs)


def smooth_l1(targets: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """Half the square of the error up to 1, and the error less 1/2 beyond.

    P. J. Huber, "Robust Estimation of a Location Parameter" (1964), with delta 1.
    """
    error = tf.abs(targets - outputs)
    return tf.where(error < 1, 0.5 * tf.square(error), error - 0.5)


# From targets and outputs, float32 of one shape, to the loss of each example.
LOSSES: dict[str, Loss] = {
    function.__name__: function
    for function in (sigmoid_cross_entropy, squared_error_of_sigmoid, squared_error, smooth_l1)
}


def mean_loss(
    loss: str, targets: np.ndarray, outputs: np.ndarray, weights: tuple[float, float]
) -> float:
    """The mean loss of examples, float32 (n,).

    ``weights`` are those of examples whose target is 0 or less, and of all others.
    """
    losses = LOSSES[loss](tf.constant(targets), tf.constant(outputs)).numpy().astype(np.float64)
    return float(np.mean(losses * np.where(targets > 0, weights[1], weights[0])))
