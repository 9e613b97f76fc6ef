"""Small trainings for tests: examples, a model, settings, and weights to compare."""

from functools import partial

import keras
import numpy as np
from example_builders import span_examples
from model_inputs import span_inputs

from cisfuse.examples.shards import Examples
from cisfuse.models.registry import build_model
from cisfuse.prediction.logits import load_model
from cisfuse.tasks.binding import fitting
from cisfuse.training import rounds
from cisfuse.training.losses import sigmoid_cross_entropy
from cisfuse.training.rounds import TrainingSettings

CONSTANTS = {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2}
# What the task brings, that of binding.
train = partial(rounds.train, task=fitting)
make_train_steps = partial(rounds.make_train_steps, loss_of=sigmoid_cross_entropy)


def make_examples(count: int, seed: int) -> Examples:
    generator = np.random.default_rng(seed)
    return span_examples(
        generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, 30)),
        np.arange(count) % 4 == 0,
        generator.gamma(1, 1, count),
    )


def build() -> keras.Model:
    return build_model("fusion_cnn", span_inputs(30, "log_standardise", CONSTANTS))


def settings(rounds: int) -> TrainingSettings:
    return TrainingSettings(rounds, 2, 32, 0.01, "balanced", "average_precision", seed=5)


def weights_of(path) -> list[np.ndarray]:
    return load_model(path).get_weights()


def assert_same_weights(first, second):
    for one, other in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_array_equal(one, other)
