"""What training steps are fed: which examples an epoch takes, in which order, and as what."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from cisfuse.examples.shards import Examples
from cisfuse.prediction.logits import columns_of, encode


def epoch_rows(
    labels: np.ndarray, negatives_per_positive: int, seed: int, epoch: int
) -> np.ndarray:
    """The examples of an epoch, counted from 0, in their order: int32 (n,).

    labels: (count,). With ``negatives_per_positive`` 0 an epoch takes all examples once; else
    all positives and, drawn anew for each epoch, so many negatives for each of them.
    """
    generator = np.random.default_rng([seed, epoch])
    if not negatives_per_positive:
        return generator.permutation(len(labels)).astype(np.int32)
    positives, negatives = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    count = min(len(negatives), negatives_per_positive * len(positives))
    drawn = generator.choice(negatives, count, replace=False)
    return generator.permutation(np.concatenate([positives, drawn])).astype(np.int32)


def class_weights(labels: np.ndarray, mode: str) -> tuple[float, float]:
    """Weights of negatives and positives in the loss, for the labels of an epoch's examples.

    ``balanced`` is n / (2 * n_class), as in scikit-learn; ``none`` is 1 and 1.
    """
    if mode == "none":
        return 1.0, 1.0
    positives = float(np.sum(labels))
    negatives = len(labels) - positives
    return len(labels) / (2 * negatives), len(labels) / (2 * positives)


class Feed:
    """Training examples held on the device as bytes, encoded batch by batch.

    276,216 spans are 28 MB as bytes and 446 MB as one-hot floats. On several devices each
    has all of them. ``neutral`` maps signals to the raw value that tells a model nothing.
    """

    def __init__(
        self,
        examples: Examples,
        inputs: list[str],
        strategy: tf.distribute.Strategy | None = None,
        neutral: Mapping[str, float] | None = None,
        both_strands: bool = False,
    ):
        self.labels = examples.labels
        self.strategy = strategy or tf.distribute.get_strategy()
        self.neutral = dict(neutral or {})
        self.both_strands = both_strands and "sequence" in inputs
        columns = columns_of(examples, inputs) | {"label": examples.labels[:, None]}
        self.columns = {
            name: self.strategy.experimental_distribute_values_from_function(
                lambda _, column=column: tf.identity(column)
            )
            for name, column in columns.items()
        }

    def batch(
        self, columns: Mapping[str, tf.Tensor], rows: tf.Tensor, sequence_only: tf.Tensor
    ) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """Inputs and labels (n, 1) of the given rows of a device's columns.

        rows: int32 (n,); a row r below 0 stands for the row -1 - r on the other strand.
        sequence_only: bool, whether signals are replaced by their neutral values.
        """
        turned = rows < 0
        rows = tf.where(turned, -1 - rows, rows)
        batch = {name: tf.gather(column, rows) for name, column in columns.items()}
        labels = batch.pop("label")
        inputs = encode(batch)
        if self.both_strands:
            forward = inputs["sequence"]
            inputs["sequence"] = tf.where(turned[:, None, None], forward[:, ::-1, ::-1], forward)
        for name, value in self.neutral.items():
            inputs[name] = tf.where(
                sequence_only, tf.fill(tf.shape(inputs[name]), value), inputs[name]
            )
        return inputs, labels


def turn_strands(rows: np.ndarray, seed: int, epoch: int) -> np.ndarray:
    """Turn each row with probability 1/2: r becomes -1 - r, see `Feed.batch`; int32 (n,)."""
    turned = np.random.default_rng([seed, epoch, 1]).random(len(rows)) < 0.5
    return np.where(turned, -1 - rows, rows).astype(np.int32)
