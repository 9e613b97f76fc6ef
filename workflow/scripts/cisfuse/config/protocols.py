"""Training protocols: named sets of settings, any of which the config may override.

``published`` is that of Ramsundar, Eastman, Walters, Pande, "Deep Learning for the Life
Sciences" (O'Reilly 2019), chapter 6: the raw scalar, all spans in every epoch. The book
weighs the classes; here too.

``sequence_first`` lets the filters find motifs before accessibility joins, since a network
that has both from the start takes the scalar first and then learns little else. It shows the
network fewer negatives per epoch, other ones each time, and both strands.
docs/findings.md has the measurements behind it.

``tutorial`` is that of the architectures tfbs_cnn and tfbs_cnn_deep, whose sources are named
there: every sequence once in an epoch, as it stands, with a round for each epoch. Its loss is
that of the small network.

``regression`` is for a real number per example: all examples once in an epoch, on either strand,
small batches, the mean squared error.
"""

from typing import Any

# What every protocol shares: plain Adam at one rate, from fresh weights.
PLAIN: dict[str, Any] = {
    "optimizer": "adam",
    "weight_decay": 0.0,
    "schedule": "constant",
    "warmup_steps": 0,
    "final_learning_rate": 0.0,
    "gradient_clip": 0.0,
    "starts_from": None,
}

PROTOCOLS: dict[str, dict[str, Any]] = {
    "published": {
        "transform": "none",
        "epochs_per_round": 10,
        "batch_size": 1000,
        "learning_rate": 0.001,
        "loss": "cross_entropy",
        "class_weights": "balanced",
        "negatives_per_positive": 0,
        "sequence_rounds": 0,
        "reverse_complement": False,
        **PLAIN,
    },
    "sequence_first": {
        "transform": "log_standardise",
        "epochs_per_round": 10,
        "batch_size": 256,
        "learning_rate": 0.001,
        "loss": "cross_entropy",
        "class_weights": "balanced",
        "negatives_per_positive": 10,
        "sequence_rounds": 8,
        "reverse_complement": True,
        **PLAIN,
    },
    "regression": {
        "transform": "log_standardise",
        "epochs_per_round": 1,
        "batch_size": 64,
        "learning_rate": 0.001,
        "loss": "mean_squared_error",
        "class_weights": "none",
        "negatives_per_positive": 0,
        "sequence_rounds": 0,
        "reverse_complement": True,
        **PLAIN,
    },
    "tutorial": {
        "transform": "none",
        "epochs_per_round": 1,
        "batch_size": 10,
        "learning_rate": 0.001,
        "loss": "mean_squared_error",
        "class_weights": "none",
        "negatives_per_positive": 0,
        "sequence_rounds": 0,
        "reverse_complement": False,
        **PLAIN,
    },
}
