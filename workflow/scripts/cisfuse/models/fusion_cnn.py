"""The fusion CNN: sequence through convolutions, accessibility beside them.

Protocol: Ramsundar, Eastman, Walters, Pande, "Deep Learning for the Life Sciences"
(O'Reilly 2019), chapter 6.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| sequence, one-hot                | (n, 101, 4)  |            |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |        615 |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |      2,265 |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |      2,265 |
| Flatten                          | (n, 1515)    |            |
| accessibility, transformed       | (n, 1)       |            |
| Concatenate                      | (n, 1516)    |            |
| Dense 1, the logit               | (n, 1)       |      1,517 |

6,662 parameters with the default options. The scalar joins after the convolutions, so that the
filters learn sequence alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cisfuse.models.inputs import ModelInputs
from cisfuse.models.options import check_range

if TYPE_CHECKING:
    import keras

INPUTS = ("sequence", "accessibility")


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
    """Build the model: inputs ``sequence`` (n, length, 4) and raw ``accessibility`` (n, 1)."""
    import keras

    from cisfuse.models.layers import SignalTransform, motif_tower

    sequence = keras.Input(inputs.shapes["sequence"], name="sequence")
    accessibility = keras.Input(inputs.shapes["accessibility"], name="accessibility")
    transformed = SignalTransform(
        inputs.transform, inputs.constants_of("accessibility"), name="transform"
    )
    tower = motif_tower(sequence, options.filters, options.width, options.layers, options.dropout)
    features = keras.layers.Concatenate(dtype="float32")([tower, transformed(accessibility)])
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(features)
    inputs_by_name = {"sequence": sequence, "accessibility": accessibility}
    return keras.Model(inputs_by_name, logit, name="fusion_cnn")
