"""Logistic regression on the accessibility of a span: what openness alone can tell.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| accessibility, transformed       | (n, 1)       |            |
| Dense 1, the logit               | (n, 1)       |          2 |

2 parameters. It has no options.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cisfuse.models.inputs import ModelInputs

if TYPE_CHECKING:
    import keras

INPUTS = ("accessibility",)


@dataclass(frozen=True)
class Options:
    """None."""


def check(shapes: Mapping[str, tuple[int, ...]], options: Options) -> None:
    """Any examples with accessibility fit."""


def build(inputs: ModelInputs, options: Options) -> "keras.Model":
    """Build the model: input raw ``accessibility`` (n, 1)."""
    import keras

    from cisfuse.models.layers import SignalTransform

    accessibility = keras.Input(inputs.shapes["accessibility"], name="accessibility")
    transformed = SignalTransform(
        inputs.transform, inputs.constants_of("accessibility"), name="transform"
    )
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(transformed(accessibility))
    return keras.Model({"accessibility": accessibility}, logit, name="accessibility_logistic")
