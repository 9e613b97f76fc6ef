"""Attributions: what each base and the accessibility contribute to the logit.

Arrays have the shape (n, length, 4), channels A, C, G, T; a gradient is in logits per unit
of the one-hot encoding, and in logits per transformed unit for accessibility.
"""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from cisfuse.examples import Examples
from cisfuse.sequences import one_hot

BATCH = 256


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
    names = [tensor.name for tensor in model.inputs]
    encoded = one_hot(examples.sequences)
    columns = {
        name: encoded if name == "sequence" else examples.signals[name][:, None] for name in names
    }
    parts = []
    for start in range(0, len(examples), BATCH):
        batch = {
            name: tf.constant(column[start : start + BATCH]) for name, column in columns.items()
        }
        parts.append(_batch_gradients(model, batch))
    joined = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    zeros = np.zeros(len(examples), dtype=np.float32)
    return Gradients(
        logits=joined["logits"],
        sequence=joined.get("sequence", np.zeros_like(encoded)),
        accessibility=joined.get("accessibility", zeros),
        transformed=joined.get("transformed", zeros),
    )


def _batch_gradients(model: keras.Model, batch: dict[str, tf.Tensor]) -> dict[str, np.ndarray]:
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(batch)
        logits = model(batch, training=False)[:, 0]
        if "accessibility" in batch:
            transformed = model.get_layer("transform")(batch["accessibility"])
    result = {"logits": logits}
    if "sequence" in batch:
        result["sequence"] = tape.gradient(logits, batch["sequence"])
    if "accessibility" in batch:
        per_raw_unit = tape.gradient(logits, batch["accessibility"])
        derivative = tape.gradient(transformed, batch["accessibility"])
        result["accessibility"] = (per_raw_unit / derivative)[:, 0]
        result["transformed"] = transformed[:, 0]
    return {key: tensor.numpy() for key, tensor in result.items()}
