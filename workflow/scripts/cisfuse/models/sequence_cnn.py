"""The fusion CNN without its scalar: what sequence alone can tell.

| layer                            | output       | parameters |
|----------------------------------|--------------|-----------:|
| sequence, one-hot                | (n, 101, 4)  |            |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |        615 |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |      2,265 |
| Conv1D 15 x 10, ReLU, dropout    | (n, 101, 15) |      2,265 |
| Flatten                          | (n, 1515)    |            |
| Dense 1, the logit               | (n, 1)       |      1,516 |

6,661 parameters.
"""

import keras

from cisfuse.models.layers import motif_tower
from cisfuse.models.settings import ModelSettings


def build(settings: ModelSettings) -> keras.Model:
    """Build the model: input ``sequence`` (n, length, 4)."""
    sequence = keras.Input((settings.length, 4), name="sequence")
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(motif_tower(sequence))
    return keras.Model({"sequence": sequence}, logit, name="sequence_cnn")
