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

import keras

from cisfuse.models.settings import ModelSettings


def build(settings: ModelSettings) -> keras.Model:
    """Build the model: input ``sequence`` (n, length, 4)."""
    sequence = keras.Input((settings.length, 4), name="sequence")
    hidden = keras.layers.Conv1D(64, 12, padding="same", activation="relu")(sequence)
    highest = keras.layers.GlobalMaxPooling1D()(hidden)
    mean = keras.layers.GlobalAveragePooling1D()(hidden)
    hidden = keras.layers.Dropout(0.2)(keras.layers.Concatenate()([highest, mean]))
    hidden = keras.layers.Dense(32, activation="relu")(hidden)
    output = keras.layers.Dense(1, name="logit", dtype="float32")(hidden)
    return keras.Model({"sequence": sequence}, output, name="pooled_cnn")
