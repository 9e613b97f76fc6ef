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

6,662 parameters. The scalar joins after the convolutions, so that the filters learn
sequence alone.
"""

import keras

from cisfuse.models.layers import SignalTransform, motif_tower
from cisfuse.models.settings import ModelSettings


def build(settings: ModelSettings) -> keras.Model:
    """Build the model: inputs ``sequence`` (n, length, 4) and raw ``accessibility`` (n, 1)."""
    sequence = keras.Input((settings.length, 4), name="sequence")
    accessibility = keras.Input((1,), name="accessibility")
    transformed = SignalTransform(settings.transform, settings.constants, name="transform")
    parts = [motif_tower(sequence), transformed(accessibility)]
    features = keras.layers.Concatenate(dtype="float32")(parts)
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(features)
    inputs = {"sequence": sequence, "accessibility": accessibility}
    return keras.Model(inputs, logit, name="fusion_cnn")
