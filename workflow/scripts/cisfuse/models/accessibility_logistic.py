"""Logistic regression on the accessibility of a span: what openness alone can tell.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| accessibility, transformed       | (n, 1)       |            |
| Dense 1, the logit               | (n, 1)       |          2 |

2 parameters.
"""

import keras

from cisfuse.models.layers import SignalTransform
from cisfuse.models.settings import ModelSettings


def build(settings: ModelSettings) -> keras.Model:
    """Build the model: input raw ``accessibility`` (n, 1)."""
    accessibility = keras.Input((1,), name="accessibility")
    transformed = SignalTransform(settings.transform, settings.constants, name="transform")
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(transformed(accessibility))
    return keras.Model({"accessibility": accessibility}, logit, name="accessibility_logistic")
