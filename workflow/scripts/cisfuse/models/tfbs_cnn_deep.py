"""A deep network for sequences of 50 bp, whose narrow end gives two classes.

Protocol: that of the tutorial which `cisfuse.models.tfbs_cnn` names, with cross-entropy.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| sequence, one-hot                | (n, 50, 4)   |            |
| Conv1D 32 x 12, same, linear     | (n, 50, 32)  |      1,568 |
| MaxPooling1D 5                   | (n, 10, 32)  |            |
| Flatten                          | (n, 320)     |            |
| Dense 256, ReLU, dropout 0.2     | (n, 256)     |     82,176 |
| Dense 128, ReLU, dropout 0.2     | (n, 128)     |     32,896 |
| Dense 64, ReLU, dropout 0.2      | (n, 64)      |      8,256 |
| Dense 32, ReLU, dropout 0.2      | (n, 32)      |      2,080 |
| Dense 16, 16, 8, 8, 4, 4, ReLU   | (n, 4)       |      1,064 |
| Dense 2, the classes             | (n, 2)       |         10 |
| difference, the logit            | (n, 1)       |            |

128,050 parameters with the default options. A softmax of two classes is the sigmoid of their
difference, bound minus unbound, and so are cross-entropy and mean squared error of the one those
of the other. Layers of four units may all fall silent in training; the network then gives every
sequence one logit.
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
    """Of the convolution filters, width and pool (bases); then units of the dense layers.

    ``units`` are of the layers with dropout, ``narrow_units`` of those after them.
    """

    filters: int = 32
    width: int = 12
    pool: int = 5
    units: tuple[int, ...] = (256, 128, 64, 32)
    dropout: float = 0.2
    narrow_units: tuple[int, ...] = (16, 16, 8, 8, 4, 4)

    def __post_init__(self) -> None:
        sizes = ("filters", "width", "pool", "units", "narrow_units")
        check_range(self, sizes, 1, 10_000)
        check_range(self, ("dropout",), 0, 0.99)


def check(shapes: Mapping[str, tuple[int, ...]], options: Options) -> None:
    """Raise `ConfigError` for sequences that are shorter than what is pooled."""
    check_length("tfbs_cnn_deep", shapes, options.pool)


def build(inputs: ModelInputs, options: Options) -> "keras.Model":
    """Build the model: input ``sequence`` (n, length, 4)."""
    import keras

    from cisfuse.models.layers import ClassDifference

    sequence = keras.Input(inputs.shapes["sequence"], name="sequence")
    convolution = keras.layers.Conv1D(
        options.filters, options.width, padding="same", name="convolution"
    )
    hidden = convolution(sequence)
    hidden = keras.layers.Flatten()(keras.layers.MaxPooling1D(options.pool)(hidden))
    for number, units in enumerate(options.units, start=1):
        hidden = keras.layers.Dense(units, activation="relu", name=f"hidden_{number}")(hidden)
        hidden = keras.layers.Dropout(options.dropout)(hidden)
    for number, units in enumerate(options.narrow_units, start=len(options.units) + 1):
        hidden = keras.layers.Dense(units, activation="relu", name=f"hidden_{number}")(hidden)
    classes = keras.layers.Dense(2, name="classes", dtype="float32")(hidden)
    logit = ClassDifference(name="logit")(classes)
    return keras.Model({"sequence": sequence}, logit, name="tfbs_cnn_deep")
