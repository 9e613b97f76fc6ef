"""How features are given to a network, by their kind: encoded, and read from the other strand.

| kind   | array of a batch               | as a network reads it                           |
|--------|--------------------------------|-------------------------------------------------|
| bases  | uint8 (n, window)              | float32 (n, window, 4), one-hot, channels ACGT  |
| signal | float (n, window[, channels])  | float32 of the same shape                       |
| scalar | number (n,)                    | float32 (n, 1)                                  |
| tokens | integer (n, length)            | int32 (n, length)                               |

On the other strand bases are complemented, which swaps the channels, and bases and signals run
backwards; scalars and tokens stay.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from cisfuse.base.errors import ConfigError
from cisfuse.dna.sequences import one_hot_table
from cisfuse.examples.features import Feature
from cisfuse.examples.shards import Examples


@dataclass(frozen=True)
class Encoding:
    """What encodes a batch, and what turns it, once it is encoded, to the other strand."""

    encode: Callable[[tf.Tensor], tf.Tensor]
    turn: Callable[[tf.Tensor], tf.Tensor]


def _one_hot(codes: tf.Tensor) -> tf.Tensor:
    return tf.gather(tf.constant(one_hot_table()), tf.cast(codes, tf.int32))


def _as_float(values: tf.Tensor) -> tf.Tensor:
    return tf.cast(values, tf.float32)


ENCODINGS = {
    "bases": Encoding(_one_hot, lambda encoded: encoded[:, ::-1, ::-1]),
    "signal": Encoding(_as_float, lambda encoded: encoded[:, ::-1]),
    "scalar": Encoding(lambda values: _as_float(values)[:, None], lambda encoded: encoded),
    "tokens": Encoding(lambda values: tf.cast(values, tf.int32), lambda encoded: encoded),
}


def kinds_of(features: tuple[Feature, ...], inputs: list[str]) -> dict[str, str]:
    """The kind of each feature that a model reads, by its name.

    Raises `ConfigError` that lists the inputs there are when one is missing.
    """
    kinds = {feature.name: feature.kind for feature in features if feature.role == "input"}
    unknown = [name for name in inputs if name not in kinds]
    if unknown:
        raise ConfigError(
            f"the model reads {', '.join(unknown)}, which the examples lack; they have "
            f"{', '.join(kinds)}"
        )
    return {name: kinds[name] for name in inputs}


def turning(features: tuple[Feature, ...], inputs: list[str]) -> list[str]:
    """The names of the features among the inputs that reading the other strand changes."""
    return [feature.name for feature in features if feature.turns and feature.name in inputs]


def columns_of(examples: Examples, inputs: list[str]) -> dict[str, np.ndarray]:
    """The arrays that a model reads, as they are stored; raises `ConfigError` as `kinds_of`."""
    return {name: examples[name] for name in kinds_of(examples.features, inputs)}


def encode(columns: Mapping[str, tf.Tensor], kinds: Mapping[str, str]) -> dict[str, tf.Tensor]:
    """Encode the stored arrays of a batch, on the device; ``kinds`` by the arrays' names."""
    return {name: ENCODINGS[kinds[name]].encode(values) for name, values in columns.items()}


def turn_where(turned: tf.Tensor, encoded: tf.Tensor, kind: str) -> tf.Tensor:
    """Read examples from the other strand where ``turned``, bool (n,), is true."""
    condition = tf.reshape(turned, [-1, *[1] * (encoded.shape.rank - 1)])
    return tf.where(condition, ENCODINGS[kind].turn(encoded), encoded)
