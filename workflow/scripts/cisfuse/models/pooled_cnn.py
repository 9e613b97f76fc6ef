"""A CNN that asks which motifs a sequence holds and how many, wherever they lie.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| sequence, one-hot                | (n, 100, 4)  |            |
| Conv1D 64 x 12, same, ReLU       | (n, 100, 64) |      3,136 |
| highest and mean of each filter  | (n, 128)     |            |
| Dropout 0.2                      | (n, 128)     |            |
| Dense 32, ReLU                   | (n, 32)      |      4,128 |
| Dense 1, the output              | (n, 1)       |         33 |

7,297 parameters at any length. The highest value tells that a motif is there, the mean how often;
the dense layer lets motifs act together. A flattened tower has to learn each motif at each place
anew, which takes far more sequences where motifs may lie anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cisfuse.models.inputs import ModelInputs
from cisfuse.models.options import check_range

if TYPE_CHECKING:
    import keras

INPUTS = ("sequence",)


@dataclass(frozen=True)
class Options:
    """filters and width (bases) of the convolution, units of the dense layer, dropout's rate."""

    filters: int = 64
    width: int = 12
    units: int = 32
    dropout: float = 0.2

    def __post_init__(self) -> None:
        check_range(self, ("filters", "width", "units"), 1, 10_000)
        check_range(self, ("dropout",), 0, 0.99)


def check(shapes: Mapping[str, tuple[int, ...]], options: Options) -> None:
    """Sequences of any length fit: the convolution is padded."""


def build(inputs: ModelInputs, options: Options) -> "keras.Model":
    """Build the model: input ``sequence`` (n, length, 4)."""
    import keras

    sequence = keras.Input(inputs.shapes["sequence"], name="sequence")
    convolution = keras.layers.Conv1D(
        options.filters, options.width, padding="same", activation="relu"
    )
    hidden = convolution(sequence)
    highest = keras.layers.GlobalMaxPooling1D()(hidden)
    mean = keras.layers.GlobalAveragePooling1D()(hidden)
    hidden = keras.layers.Dropout(options.dropout)(keras.layers.Concatenate()([highest, mean]))
    hidden = keras.layers.Dense(options.units, activation="relu")(hidden)
    output = keras.layers.Dense(1, name="output", dtype="float32")(hidden)
    return keras.Model({"sequence": sequence}, output, name="pooled_cnn")
