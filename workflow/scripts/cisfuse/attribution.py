"""Attributions: what each base and the accessibility contribute to the logit.

Arrays have the shape (n, length, 4), channels A, C, G, T; a gradient is in logits per unit
of the one-hot encoding, and in logits per transformed unit for accessibility.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from cisfuse.examples import Examples
from cisfuse.models.layers import signal_transforms
from cisfuse.prediction import columns_of, encode, model_inputs
from cisfuse.sequences import BASES

BATCH = 1000


@dataclass(frozen=True)
class Gradients:
    """Gradients of the logit at some spans.

    logits: float32 (n,); sequence: float32 (n, length, 4), zeros for a model that reads no
    sequence; accessibility: float32 (n,), per transformed unit; transformed: float32 (n,),
    the transformed accessibility itself. The last two are zeros for a model without it.
    """

    logits: np.ndarray
    sequence: np.ndarray
    accessibility: np.ndarray
    transformed: np.ndarray


def gradients(model: keras.Model, examples: Examples) -> Gradients:
    """Gradients of the logit with respect to sequence and accessibility, in batches.

    The gradient per transformed unit is the one per raw unit divided by the transform's
    derivative; the transform acts on each value by itself, so the chain rule is a quotient.
    """
    batch_gradients = make_batch_gradients(model)
    columns = columns_of(examples, model_inputs(model))
    length = examples.sequences.shape[1]
    found = {
        "logits": np.empty(len(examples), np.float32),
        "sequence": np.zeros((len(examples), length, len(BASES)), np.float32),
        "accessibility": np.zeros(len(examples), np.float32),
        "transformed": np.zeros(len(examples), np.float32),
    }
    for start in range(0, len(examples), BATCH):
        rows = slice(start, start + BATCH)
        batch = {name: tf.constant(column[rows]) for name, column in columns.items()}
        for name, values in batch_gradients(batch).items():
            found[name][rows] = values.numpy()
    return Gradients(**found)


def make_batch_gradients(
    model: keras.Model,
) -> Callable[[dict[str, tf.Tensor]], dict[str, tf.Tensor]]:
    """A compiled function from the columns of a batch to the fields of `Gradients`."""
    transforms = signal_transforms(model)

    @tf.function(reduce_retracing=True)
    def batch_gradients(columns: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        inputs = encode(columns)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(inputs)
            logits = model(inputs, training=False)[:, 0]
            if "accessibility" in inputs:
                transformed = transforms["accessibility"](inputs["accessibility"])
        result = {"logits": logits}
        if "sequence" in inputs:
            result["sequence"] = tape.gradient(logits, inputs["sequence"])
        if "accessibility" in inputs:
            per_raw_unit = tape.gradient(logits, inputs["accessibility"])
            derivative = tape.gradient(transformed, inputs["accessibility"])
            result["accessibility"] = (per_raw_unit / derivative)[:, 0]
            result["transformed"] = transformed[:, 0]
        return result

    return batch_gradients
