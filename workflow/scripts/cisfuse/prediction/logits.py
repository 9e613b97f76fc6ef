"""Logits of examples by a trained model, in batches."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from cisfuse.base.errors import DamagedFileError
from cisfuse.examples.shards import Examples
from cisfuse.prediction.encoding import columns_of, encode, kinds_of

# Keras's own default of 32 is several times slower (benchmarks/prediction.py).
BATCH = 2000


def model_inputs(model: keras.Model) -> list[str]:
    """Names of the features that a model reads."""
    return [tensor.name for tensor in model.inputs]


def make_predict(model: keras.Model) -> Callable[[Examples], np.ndarray]:
    """A function that gives the logits of examples in their order, float32 (n,)."""

    @tf.function(reduce_retracing=True)
    def logits_of(columns: dict[str, tf.Tensor], kinds: dict[str, str]) -> tf.Tensor:
        return model(encode(columns, kinds), training=False)[:, 0]

    def predict(examples: Examples) -> np.ndarray:
        inputs = model_inputs(model)
        columns, kinds = columns_of(examples, inputs), kinds_of(examples.features, inputs)
        logits = np.empty(len(examples), np.float32)
        for start in range(0, len(examples), BATCH):
            rows = slice(start, start + BATCH)
            batch = {name: tf.constant(column[rows]) for name, column in columns.items()}
            logits[rows] = logits_of(batch, kinds).numpy()
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
