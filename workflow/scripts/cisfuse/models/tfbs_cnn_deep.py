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

128,050 parameters. A softmax of two classes is the sigmoid of their difference, bound minus
unbound, and so are cross-entropy and mean squared error of the one those of the other. Layers
of four units may all fall silent in training; the network then gives every sequence one logit.
"""

import keras

from cisfuse.base.errors import ConfigError
from cisfuse.models.layers import ClassDifference
from cisfuse.models.settings import ModelSettings

POOL = 5


def build(settings: ModelSettings) -> keras.Model:
    """Build the model: input ``sequence`` (n, length, 4), length 5 at least.

    Raises `ConfigError` for shorter spans.
    """
    if settings.length < POOL:
        raise ConfigError(
            f"tfbs_cnn_deep needs spans of {POOL} bases or more, not of {settings.length}; "
            "correct spans.length, or choose another model"
        )
    sequence = keras.Input((settings.length, 4), name="sequence")
    hidden = keras.layers.Conv1D(32, 12, padding="same")(sequence)
    hidden = keras.layers.Flatten()(keras.layers.MaxPooling1D(POOL)(hidden))
    for units in (256, 128, 64, 32):
        hidden = keras.layers.Dense(units, activation="relu")(hidden)
        hidden = keras.layers.Dropout(0.2)(hidden)
    for units in (16, 16, 8, 8, 4, 4):
        hidden = keras.layers.Dense(units, activation="relu")(hidden)
    classes = keras.layers.Dense(2, name="classes", dtype="float32")(hidden)
    logit = ClassDifference(name="logit")(classes)
    return keras.Model({"sequence": sequence}, logit, name="tfbs_cnn_deep")
