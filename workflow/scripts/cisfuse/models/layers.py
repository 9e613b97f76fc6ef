"""Layers that the architectures share. Importing this module lets Keras load saved models."""

from collections.abc import Iterable

import keras
import numpy as np
import tensorflow as tf

ON_BOTH_STRANDS = "_on_both_strands"  # ends the names of such models
BITS = np.array([1 << bit for bit in range(8)], np.uint8)


@keras.saving.register_keras_serializable("cisfuse")
class SignalTransform(keras.layers.Layer):
    """The transform of a raw signal, with its constants as configuration and not as weights.

    It travels inside the saved model and adds no parameter. Input and output: float32
    (n, 1), also where the rest of a model computes in half precision. A signal that is absent,
    NaN, becomes exactly 0: it moves no logit, and no gradient reaches a weight that multiplies it.
    See `cisfuse.readers.signals.fit_transforms` for the formulas.
    """

    def __init__(self, kind: str, constants: dict[str, float], **options):
        super().__init__(**{"dtype": "float32", **options})
        self.kind = kind
        self.constants = dict(constants)

    def call(self, values):
        transformed = self._transform(values)
        return keras.ops.where(keras.ops.isnan(values), 0.0, transformed)

    def _transform(self, values):
        if self.kind == "none":
            return values
        logs = keras.ops.log(values + self.constants["pseudocount"])
        if self.kind == "log":
            return logs
        return (logs - self.constants["mean"]) / self.constants["standard_deviation"]

    def invert(self, transformed: np.ndarray) -> np.ndarray:
        """The raw values, float64, whose transform has the given values."""
        values = np.asarray(transformed, np.float64)
        if self.kind == "none":
            return values
        if self.kind == "log_standardise":
            values = values * self.constants["standard_deviation"] + self.constants["mean"]
        return np.exp(values) - self.constants["pseudocount"]

    def get_config(self) -> dict:
        return {**super().get_config(), "kind": self.kind, "constants": self.constants}


@keras.saving.register_keras_serializable("cisfuse")
class HalfDropout(keras.layers.Dropout):
    """Dropout at a rate of one half, which spends one random bit per unit.

    The same distribution as `keras.layers.Dropout(0.5)`: each unit is zeroed with
    probability 1/2, independently, and kept units are doubled. Keras draws a 32-bit float
    per unit, which costs a third of a training step of the fusion CNN on a CPU: with bits a
    step is 1.5 times as fast (benchmarks/training.py).
    """

    def __init__(self, seed: int | None = None, **options):
        options.pop("rate", None)
        super().__init__(rate=0.5, seed=seed, **options)

    def call(self, inputs, training: bool = False):
        if not training:
            return inputs
        count = tf.size(inputs)
        words = tf.random.stateless_uniform(
            [(count + 31) // 32], self._seed(), minval=None, maxval=None, dtype=tf.int32
        )
        # Bit by bit of all bytes: TensorFlow broadcasts eight long rows faster than short ones.
        bytes_of_words = tf.reshape(tf.bitcast(words, tf.uint8), [1, -1])
        bits = tf.bitwise.bitwise_and(bytes_of_words, tf.constant(BITS)[:, None])
        kept = tf.reshape(tf.reshape(tf.not_equal(bits, 0), [-1])[:count], tf.shape(inputs))
        return inputs * (2 * tf.cast(kept, inputs.dtype))

    def _seed(self) -> tf.Tensor:
        """The next seed, int32 (2,); devices share the generator's state, but no seed."""
        seed = tf.cast(self.seed_generator.next(), tf.int32)
        context = tf.distribute.get_replica_context()
        if context is not None and context.num_replicas_in_sync > 1:
            replica = context.replica_id_in_sync_group
            seed = tf.random.experimental.stateless_fold_in(seed, replica)
        return seed


def dropout_layer(rate: float) -> keras.layers.Layer:
    """Dropout at any rate, by the quicker layer where the rate is one half."""
    return HalfDropout() if rate == 0.5 else keras.layers.Dropout(rate)


def motif_tower(
    sequence: keras.KerasTensor, filters: int, width: int, layers: int, dropout: float
) -> keras.KerasTensor:
    """The convolutions that the fusion and the sequence CNN share.

    So many times as there are layers: Conv1D with filters of a width in bases, same padding,
    ReLU, then dropout. (n, length, 4) to (n, filters * length).
    """
    hidden = sequence
    for number in range(1, layers + 1):
        convolution = keras.layers.Conv1D(
            filters, width, padding="same", activation="relu", name=f"convolution_{number}"
        )
        hidden = dropout_layer(dropout)(convolution(hidden))
    return keras.layers.Flatten()(hidden)


@keras.saving.register_keras_serializable("cisfuse")
class ReverseComplement(keras.layers.Layer):
    """The other strand of a one-hot sequence, (n, length, 4), channels A, C, G, T."""

    def call(self, sequence):
        return sequence[:, ::-1, ::-1]


@keras.saving.register_keras_serializable("cisfuse")
class ReverseSignal(keras.layers.Layer):
    """A signal along a window as the other strand reads it, (n, window[, channels])."""

    def call(self, signal):
        return signal[:, ::-1]


@keras.saving.register_keras_serializable("cisfuse")
class ClassDifference(keras.layers.Layer):
    """The logit of a two-class softmax: class 1 minus class 0, float32 (n, 2) to (n, 1)."""

    def __init__(self, **options):
        super().__init__(**{"dtype": "float32", **options})

    def call(self, classes):
        return classes[:, 1:] - classes[:, :1]


def one_strand(model: keras.Model) -> keras.Model:
    """The model that `both_strands` was given; any other model as it is."""
    if not model.name.endswith(ON_BOTH_STRANDS):
        return model
    return next(layer for layer in model.layers if isinstance(layer, keras.Model))


def both_strands(model: keras.Model, turning: Iterable[str] = ("sequence",)) -> keras.Model:
    """A model of the same inputs and weights whose logit is the mean over both strands.

    ``turning`` names the inputs that the other strand changes: ``sequence``, and signals along it.
    """
    inputs = {
        tensor.name: keras.Input(tensor.shape[1:], name=tensor.name) for tensor in model.inputs
    }
    turned = dict(inputs)
    for name in turning:
        layer = ReverseComplement() if name == "sequence" else ReverseSignal()
        turned[name] = layer(inputs[name])
    logit = keras.layers.Average(dtype="float32")([model(inputs), model(turned)])
    return keras.Model(inputs, logit, name=f"{model.name}{ON_BOTH_STRANDS}")


def signal_transforms(model: keras.Model) -> dict[str, SignalTransform]:
    """The transform of each signal that a model reads, by the signal's name."""
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found |= signal_transforms(layer)
        elif isinstance(layer, SignalTransform):
            found[layer.input.name] = layer
    return found
