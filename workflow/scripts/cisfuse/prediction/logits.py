"""Logits of examples by a trained model, in batches."""

from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from cisfuse.base.errors import ConfigError, DamagedFileError
from cisfuse.dna.sequences import one_hot_table
from cisfuse.examples.shards import Examples

# Keras's own default of 32 is several times slower (benchmarks/prediction.py).
BATCH = 2000


def model_inputs(model: keras.Model) -> list[str]:
    """Names of the features that a model reads."""
    return [tensor.name for tensor in model.inputs]


def columns_of(examples: Examples, inputs: list[str]) -> dict[str, np.ndarray]:
    """The features that a model reads: sequence uint8 (n, length), signals float32 (n, 1).

    Raises `ConfigError` when the examples lack one.
    """
    unknown = [name for name in inputs if name != "sequence" and name not in examples.signals]
    if unknown:
        raise ConfigError(
            f"the model reads {', '.join(unknown)}, which the examples lack; they have "
            f"{', '.join(['sequence', *examples.signals])}"
        )
    return {
        name: examples.sequences if name == "sequence" else examples.signals[name][:, None]
        for name in inputs
    }


def encode(columns: Mapping[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """One-hot encode the sequence bytes of a batch, on the device; signals stay as they are."""
    encoded = dict(columns)
    if "sequence" in encoded:
        codes = tf.cast(encoded["sequence"], tf.int32)
        encoded["sequence"] = tf.gather(tf.constant(one_hot_table()), codes)
    return encoded


def make_predict(model: keras.Model) -> Callable[[Examples], np.ndarray]:
    """A function that gives the logits of examples in their order, float32 (n,)."""

    @tf.function(reduce_retracing=True)
    def logits_of(columns: dict[str, tf.Tensor]) -> tf.Tensor:
        return model(encode(columns), training=False)[:, 0]

    def predict(examples: Examples) -> np.ndarray:
        columns = columns_of(examples, model_inputs(model))
        logits = np.empty(len(examples), np.float32)
        for start in range(0, len(examples), BATCH):
            rows = slice(start, start + BATCH)
            batch = {name: tf.constant(column[rows]) for name, column in columns.items()}
            logits[rows] = logits_of(batch).numpy()
        return logits

    return predict


def load_model(path: str | Path) -> keras.Model:
    """Load a saved model with the layers of this project; raises `DamagedFileError`."""
    import cisfuse.models.layers  # noqa: F401  registers the layers

    try:
        return keras.saving.load_model(path)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise DamagedFileError(
            f"{path}: not a model that can be read ({reason}); delete it and run again"
        ) from error
