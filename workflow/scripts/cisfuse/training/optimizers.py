"""Optimisers, schedules of the learning rate, and gradient clipping."""

import math
from typing import Protocol

import keras
import tensorflow as tf

from cisfuse.base.errors import ConfigError

DECAYS = ("linear", "cosine")


class OptimizerSettings(Protocol):
    """What of a training's settings an optimiser is made from; rates are for one step.

    optimizer: adam, or adamw with ``weight_decay`` (Loshchilov and Hutter, 2019,
    arXiv:1711.05101). schedule: constant, linear or cosine after ``warmup_steps``, the last two
    down to ``final_learning_rate``.
    """

    rounds: int
    epochs_per_round: int
    batch_size: int
    learning_rate: float
    precision: str
    optimizer: str
    weight_decay: float
    schedule: str
    warmup_steps: int
    final_learning_rate: float


@keras.saving.register_keras_serializable("cisfuse")
class Schedule(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate of a step, counted from 0, float32 ().

    It grows linearly to ``peak``, which the last of the warm-up's steps has, and then stays
    (constant), or falls to ``final`` at the end of ``steps`` along a straight line (linear) or
    half a period of a cosine (cosine; Loshchilov and Hutter, 2017, arXiv:1608.03983, without
    restarts).
    """

    def __init__(self, kind: str, peak: float, final: float, warmup_steps: int, steps: int):
        self.kind, self.peak, self.final = kind, peak, final
        self.warmup_steps, self.steps = warmup_steps, steps

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        done = tf.cast(step, tf.float32)
        rate = tf.constant(self.peak, tf.float32)
        if self.kind in DECAYS:
            share = (done - self.warmup_steps) / (self.steps - self.warmup_steps)
            left = 1 - tf.clip_by_value(share, 0.0, 1.0)
            if self.kind == "cosine":
                left = (1 - tf.cos(math.pi * left)) / 2
            rate = self.final + (self.peak - self.final) * left
        if self.warmup_steps:
            warming = self.peak * (done + 1) / self.warmup_steps
            rate = tf.where(done < self.warmup_steps, warming, rate)
        return rate

    def get_config(self) -> dict:
        names = ("kind", "peak", "final", "warmup_steps", "steps")
        return {name: getattr(self, name) for name in names}


def steps_of(settings: OptimizerSettings, examples: int) -> int:
    """The steps of a whole training whose epochs take so many examples each."""
    return settings.rounds * settings.epochs_per_round * -(-examples // settings.batch_size)


def depends_on_rounds(schedule: str) -> bool:
    """Tell whether the steps of one round differ with the number of rounds that are asked for."""
    return schedule in DECAYS


def make_optimizer(
    model: keras.Model, settings: OptimizerSettings, steps: int = 0
) -> keras.Optimizer:
    """The optimiser of a training, with its variables; ``steps`` are those of all rounds.

    Half precision would lose small gradients, and gets a scale on the loss. Raises
    `ConfigError` where the warm-up leaves a decay no step.
    """
    rate = _learning_rate(settings, steps)
    if settings.optimizer == "adamw":
        optimizer = keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay)
    else:
        optimizer = keras.optimizers.Adam(rate)
    if settings.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def _learning_rate(settings: OptimizerSettings, steps: int) -> float | Schedule:
    if depends_on_rounds(settings.schedule) and settings.warmup_steps >= steps:
        raise ConfigError(
            f"training.warmup_steps: {settings.warmup_steps} leave a {settings.schedule} schedule "
            f"nothing of the {steps} steps that this training has; give fewer, or more rounds"
        )
    if settings.schedule == "constant" and not settings.warmup_steps:
        return settings.learning_rate
    return Schedule(
        settings.schedule,
        settings.learning_rate,
        settings.final_learning_rate,
        settings.warmup_steps,
        steps,
    )


def clip_gradients(gradients: list[tf.Tensor], norm: tf.Tensor | float) -> list[tf.Tensor]:
    """Scale gradients down to a global norm where theirs is larger.

    On several devices it is the norm of the gradients' sum, which the optimiser applies: each
    device gets its share of the clipped sum.
    """
    context = tf.distribute.get_replica_context()
    devices = context.num_replicas_in_sync
    if devices > 1:
        gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
    clipped, _ = tf.clip_by_global_norm(gradients, norm)
    return [gradient / devices for gradient in clipped] if devices > 1 else clipped
