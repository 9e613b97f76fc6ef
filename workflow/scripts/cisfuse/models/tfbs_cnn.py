"""A small CNN for sequences of 50 bp with planted binding sites.

Protocol: the tutorial of chapter 10 of "Deep Learning for Genomics" (Packt 2022), github
PacktPublishing/Deep-Learning-for-Genomics-. It is trained with the mean squared error of the
probability.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| sequence, one-hot                | (n, 50, 4)   |            |
| Conv1D 32 x 12, valid, linear    | (n, 39, 32)  |      1,568 |
| MaxPooling1D 4                   | (n, 9, 32)   |            |
| Flatten                          | (n, 288)     |            |
| Dense 16, ReLU                   | (n, 16)      |      4,624 |
| Dense 1, the logit               | (n, 1)       |         17 |

6,209 parameters with the default options. The tutorial's sigmoid is left to the loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cisfuse.models.inputs import ModelInputs, check_length
from cisfuse.models.options import check_range

if TYPE_CHECKING:
    import keras

INPUTS = ("sequence",)


@dataclass(frozen=True)
class Options:
    """Filters and width of the convolution, bases that are pooled, units before the logit."""

    filters: int = 32
    width: int = 12
    pool: int = 4
    units: int = 16

    def __post_init__(self) -> None:
        check_range(self, ("filters", "width", "pool", "units"), 1, 10_000)


def check(shapes: Mapping[str, tuple[int, ...]], options: Options) -> None:
    """Raise `ConfigError` for sequences from which nothing is left to pool."""
    check_length("tfbs_cnn", shapes, options.width + options.pool - 1)


def build(inputs: ModelInputs, options: Options) -> "keras.Model":
    """Build the model: input ``sequence`` (n, length, 4)."""
    import keras

    sequence = keras.Input(inputs.shapes["sequence"], name="sequence")
    hidden = keras.layers.Conv1D(options.filters, options.width, name="convolution")(sequence)
    hidden = keras.layers.Flatten()(keras.layers.MaxPooling1D(options.pool)(hidden))
    hidden = keras.layers.Dense(options.units, activation="relu", name="hidden")(hidden)
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(hidden)
    return keras.Model({"sequence": sequence}, logit, name="tfbs_cnn")
