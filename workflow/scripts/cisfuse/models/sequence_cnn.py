"""The fusion CNN without its scalar: what sequence alone can tell.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| sequence, one-hot                | (n, 101, 4)  |            |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |        615 |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |      2,265 |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |      2,265 |
| Flatten                          | (n, 1515)    |            |
| Dense 1, the logit               | (n, 1)       |      1,516 |

6,661 parameters with the default options.
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
    """Of the convolutions: filters and width (bases) of each of the layers, and dropout's rate."""

    filters: int = 15
    width: int = 10
    layers: int = 3
    dropout: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, ("filters", "width", "layers"), 1, 10_000)
        check_range(self, ("dropout",), 0, 0.99)


def check(shapes: Mapping[str, tuple[int, ...]], options: Options) -> None:
    """Sequences of any length fit: convolutions are padded."""


def build(inputs: ModelInputs, options: Options) -> "keras.Model":
    """Build the model: input ``sequence`` (n, length, 4)."""
    import keras

    from cisfuse.models.layers import motif_tower

    sequence = keras.Input(inputs.shapes["sequence"], name="sequence")
    # Made before the convolutions: each layer draws its seed when it is made.
    logit = keras.layers.Dense(1, name="logit", dtype="float32")
    tower = motif_tower(sequence, options.filters, options.width, options.layers, options.dropout)
    return keras.Model({"sequence": sequence}, logit(tower), name="sequence_cnn")
