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

6,209 parameters. The tutorial's sigmoid is left to the loss.
"""

import keras

from cisfuse.base.errors import ConfigError
from cisfuse.models.settings import ModelSettings

WIDTH, POOL = 12, 4


def build(settings: ModelSettings) -> keras.Model:
    """Build the model: input ``sequence`` (n, length, 4), length 15 at least.

    Raises `ConfigError` for shorter spans.
    """
    if settings.length < WIDTH + POOL - 1:
        raise ConfigError(
            f"tfbs_cnn needs spans of {WIDTH + POOL - 1} bases or more, not of {settings.length}; "
            "correct spans.length, or choose another model"
        )
    sequence = keras.Input((settings.length, 4), name="sequence")
    hidden = keras.layers.Conv1D(32, WIDTH)(sequence)
    hidden = keras.layers.Flatten()(keras.layers.MaxPooling1D(POOL)(hidden))
    hidden = keras.layers.Dense(16, activation="relu")(hidden)
    logit = keras.layers.Dense(1, name="logit", dtype="float32")(hidden)
    return keras.Model({"sequence": sequence}, logit, name="tfbs_cnn")
