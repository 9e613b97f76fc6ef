"""Optimisers against Keras, schedules against a plain loop, clipping against its definition."""

import dataclasses
import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from trainings import settings

from cisfuse.base.errors import ConfigError
from cisfuse.training.optimizers import (
    clip_gradients,
    depends_on_rounds,
    make_optimizer,
    steps_of,
)

STEPS, PEAK = 20, 0.01


def optimizer_of(steps: int = STEPS, **options) -> keras.Optimizer:
    return make_optimizer(small_model(), dataclasses.replace(settings(1), **options), steps)


def small_model() -> keras.Model:
    keras.utils.set_random_seed(2)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(1)])


def plain_rate(step: int, kind: str, final: float, warmup: int) -> float:
    """The learning rate of a step by the definition."""
    if step < warmup:
        return PEAK * (step + 1) / warmup
    if kind == "constant":
        return PEAK
    share = (step - warmup) / (STEPS - warmup)
    left = 1 - share if kind == "linear" else (1 + math.cos(math.pi * share)) / 2
    return final + (PEAK - final) * left


@pytest.mark.parametrize("warmup", [0, 1, 6])
@pytest.mark.parametrize(
    ("kind", "final"), [("constant", 0.0), ("linear", 0.0), ("linear", 0.002), ("cosine", 0.001)]
)
def test_the_rate_of_each_step_is_that_of_a_plain_loop(kind, final, warmup):
    optimizer = optimizer_of(schedule=kind, final_learning_rate=final, warmup_steps=warmup)
    gradients = [np.ones(v.shape, np.float32) for v in optimizer._trainable_variables]
    variables = optimizer._trainable_variables
    for step in range(STEPS):
        expected = plain_rate(step, kind, final, warmup)
        assert float(optimizer.learning_rate) == pytest.approx(expected, rel=1e-5), step
        before = variables[0].numpy().copy()
        optimizer.apply([tf.constant(g) for g in gradients], variables)
        # A constant gradient moves each weight of Adam by the learning rate.
        np.testing.assert_allclose(before - variables[0], expected, rtol=1e-2, atol=1e-7)


def test_a_decay_has_ended_after_its_steps():
    optimizer = optimizer_of(schedule="cosine", final_learning_rate=0.001)
    optimizer.iterations.assign(STEPS + 5)
    assert float(optimizer.learning_rate) == pytest.approx(0.001)


def test_plain_adam_is_that_of_keras_with_a_number_for_a_rate():
    optimizer, plain = optimizer_of(), keras.optimizers.Adam(PEAK)
    assert type(optimizer) is keras.optimizers.Adam
    named = {"name": "adam"}
    assert optimizer.get_config() | named == plain.get_config() | named
    assert isinstance(optimizer._learning_rate, keras.Variable)


@pytest.mark.parametrize(
    ("options", "plain"),
    [
        ({}, lambda: keras.optimizers.Adam(PEAK)),
        (
            {"optimizer": "adamw", "weight_decay": 0.3},
            lambda: keras.optimizers.AdamW(PEAK, weight_decay=0.3),
        ),
    ],
)
def test_an_optimizer_takes_the_steps_of_that_of_keras(options, plain):
    generator = np.random.default_rng(0)
    models = [small_model(), small_model()]
    own = make_optimizer(models[0], dataclasses.replace(settings(1), **options))
    other = plain()
    for _ in range(5):
        shapes = [variable.shape for variable in models[0].trainable_variables]
        gradients = [generator.normal(size=shape).astype(np.float32) for shape in shapes]
        for model, optimizer in zip(models, (own, other), strict=True):
            tensors = [tf.constant(gradient) for gradient in gradients]
            optimizer.apply(tensors, model.trainable_variables)
    for one, two in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("norm", [0.5, 100.0])
def test_gradients_are_scaled_down_to_the_norm_and_never_up(norm):
    gradients = [np.array([3.0, -4.0], np.float32), np.array([[12.0]], np.float32)]
    found = clip_gradients([tf.constant(gradient) for gradient in gradients], norm)
    scale = min(1, norm / 13)
    for one, other in zip(found, gradients, strict=True):
        np.testing.assert_allclose(one, other * scale, rtol=1e-6)


def test_steps_count_the_last_batch_of_each_epoch():
    options = dataclasses.replace(settings(3), epochs_per_round=2, batch_size=32)
    assert [steps_of(options, examples) for examples in (31, 32, 33, 64)] == [6, 6, 12, 12]


def test_only_decays_depend_on_the_number_of_rounds():
    assert [depends_on_rounds(kind) for kind in ("constant", "linear", "cosine")] == [0, 1, 1]


def test_a_warm_up_that_takes_all_steps_of_a_decay_is_named():
    optimizer_of(schedule="linear", warmup_steps=STEPS - 1)
    optimizer_of(schedule="constant", warmup_steps=STEPS + 1)
    with pytest.raises(ConfigError, match=r"warmup_steps: 20 leave a linear schedule nothing of"):
        optimizer_of(schedule="linear", warmup_steps=STEPS)


def test_half_precision_has_a_scale_on_the_loss():
    optimizer = optimizer_of(precision="mixed_float16", optimizer="adamw", weight_decay=0.1)
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    assert isinstance(optimizer.inner_optimizer, keras.optimizers.AdamW)
