"""Training in rounds, resumable to the bit.

A round is some epochs, after which every example of train and valid is scored, a
checkpoint is kept and the state is saved. Which examples an epoch takes, in which order and
on which strand, depends on (seed, epoch) alone, the dropout masks on seed generators that
are part of the state; so a training that was interrupted goes on as if it had not been.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from cisfuse.base.errors import ConfigError
from cisfuse.examples.shards import Examples
from cisfuse.examples.stream import StreamedSplit, parts_of
from cisfuse.models.layers import both_strands, signal_transforms
from cisfuse.prediction.logits import make_predict, model_inputs
from cisfuse.training.feed import Feed, make_feed
from cisfuse.training.losses import LOSSES, Loss, mean_loss
from cisfuse.training.optimizers import clip_gradients, make_optimizer, steps_of
from cisfuse.training.state import TrainingState

logger = logging.getLogger("cisfuse")

# One tf.function call runs this many steps: enough to hide the cost of a call, few enough
# that an interrupt, which Python hears between calls, is heard soon.
STEPS_PER_CALL = 250
QUIET_SECONDS = 60  # a round that takes longer says how far it is
# Train is scored after each round to see overfitting, not to choose: as many examples as valid has
# show that, and so many at least.
LEAST_SCORED = 5_000


@dataclass(frozen=True)
class TrainingSettings:
    """The config's training section, a model's overrides applied, for one seed.

    loss: one of the task's. precision: a Keras dtype policy, float32 or a
    mixed one; xla: whether XLA compiles a step. negatives_per_positive: see
    the task's ``epoch_rows``. sequence_rounds: first rounds in which a model that reads
    sequence and signals sees no signal. reverse_complement: spans are turned to the other
    strand at random. optimizer to final_learning_rate: see `cisfuse.training.optimizers`.
    gradient_clip: the largest global norm of a step's gradient, 0 for any.
    stream: see `cisfuse.examples.stream.open_split`.
    """

    rounds: int
    epochs_per_round: int
    batch_size: int
    learning_rate: float
    class_weights: str
    selection_metric: str
    seed: int
    loss: str = "cross_entropy"
    precision: str = "float32"
    xla: bool = False
    negatives_per_positive: int = 0
    sequence_rounds: int = 0
    reverse_complement: bool = False
    optimizer: str = "adam"
    weight_decay: float = 0.0
    schedule: str = "constant"
    warmup_steps: int = 0
    final_learning_rate: float = 0.0
    gradient_clip: float = 0.0
    stream: bool | str = "auto"


def make_train_steps(
    model: keras.Model,
    optimizer: keras.Optimizer,
    feed: Feed,
    settings: TrainingSettings,
    weights: tuple[float, float],
    loss_of: Loss,
) -> Callable[[tf.Tensor, tf.Tensor], tf.Tensor]:
    """A compiled function that takes one step per batch of the rows, int32 (n,).

    ``weights`` are those of examples whose target is 0 or less, and of all others. The other
    argument of the function, bool (), says whether signals are absent. It returns the sum over
    rows of the weighted loss. Each device takes its share of a batch; gradients are those of the
    mean over the whole batch. Losses that the model adds itself, means over a batch or of its
    weights, count for each row.
    """
    negative_weight, positive_weight = (tf.constant(weight, tf.float32) for weight in weights)

    def step(columns: dict[str, tf.Tensor], rows: tf.Tensor, sequence_only: tf.Tensor) -> tf.Tensor:
        context = tf.distribute.get_replica_context()
        share = rows[context.replica_id_in_sync_group :: context.num_replicas_in_sync]
        inputs, targets = feed.batch(columns, share, sequence_only)
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            losses = loss_of(targets, outputs)
            losses *= tf.where(targets > 0, positive_weight, negative_weight)
            total = tf.reduce_sum(losses)
            # Known when the step is traced: a model without such losses has no trace of them.
            for own in model.losses:
                size = tf.cast(tf.size(share), tf.float32)
                total += tf.math.multiply_no_nan(tf.cast(own, tf.float32), size)
            loss = optimizer.scale_loss(total / tf.cast(tf.size(rows), tf.float32))
        gradients = tape.gradient(loss, model.trainable_variables)
        if settings.gradient_clip:
            gradients = clip_gradients(gradients, optimizer.scale_loss(settings.gradient_clip))
        optimizer.apply(gradients, model.trainable_variables)
        return total

    if settings.xla:
        step = tf.function(step, jit_compile=True)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.bool)])
    def train_steps(rows: tf.Tensor, sequence_only: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        for start in tf.range(0, tf.size(rows), settings.batch_size):
            batch = rows[start : start + settings.batch_size]
            totals = feed.strategy.run(step, args=(feed.columns, batch, sequence_only))
            total += feed.strategy.reduce(tf.distribute.ReduceOp.SUM, totals, axis=None)
        return total

    return train_steps


def signals_beside_sequence(model: keras.Model) -> list[str]:
    """The signals of a model that reads sequence too, which can do without them; else none."""
    if "sequence" not in model_inputs(model):
        return []
    return list(signal_transforms(model))


def train_round(
    train_steps: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
    feed: Feed,
    number: int,
    settings: TrainingSettings,
    task: ModuleType,
) -> float:
    """Run the epochs of a round, counted from 1; returns the mean loss of its examples."""
    total = count = 0
    sequence_only = tf.constant(number <= settings.sequence_rounds)
    rows_per_call = STEPS_PER_CALL * settings.batch_size
    first_epoch, said = (number - 1) * settings.epochs_per_round, time.monotonic()
    for epoch in range(first_epoch, first_epoch + settings.epochs_per_round):
        rows = task.epoch_rows(feed.targets, settings, epoch)
        count += len(rows)
        for loaded in feed.load(rows, settings.seed, epoch, settings.batch_size):
            for start in range(0, len(loaded), rows_per_call):
                total += float(train_steps(loaded[start : start + rows_per_call], sequence_only))
                _check_finite(total, number, settings)
                if time.monotonic() - said > QUIET_SECONDS:
                    said, place = time.monotonic(), epoch - first_epoch + 1
                    epochs = settings.epochs_per_round
                    logger.info("round %d: epoch %d of %d", number, place, epochs)
    return total / count


def _check_finite(values: float | np.ndarray, number: int, settings: TrainingSettings) -> None:
    """Raise `ConfigError` where a loss or a model's outputs are no longer finite."""
    if not np.isfinite(values).all():
        raise ConfigError(
            f"training diverged in round {number}: the loss or the outputs are not finite; lower "
            f"training.learning_rate ({settings.learning_rate:g}), or set training.gradient_clip"
        )


def train(
    build: Callable[[], keras.Model],
    examples: Mapping[str, Examples | StreamedSplit],
    settings: TrainingSettings,
    state: TrainingState,
    task: ModuleType,
    strategy: tf.distribute.Strategy | None = None,
) -> pd.DataFrame:
    """Train, going on from ``state``; returns the table of the rounds asked for.

    ``task`` is the part ``fitting`` of the study's task. Columns: round, epochs, loss (weighted
    mean over the round's examples, as the steps saw them, with the losses that the model adds
    itself), then the loss and the task's scores of train (of as many examples as valid has, or
    `LEAST_SCORED`, drawn once) and of valid, all without dropout. Each round's model and times are
    in ``state``.
    Raises `ConfigError` where the training diverges.
    Several devices: see `cisfuse.training.devices.mirrored`.
    """
    strategy = strategy or tf.distribute.get_strategy()
    keras.utils.set_random_seed(settings.seed)
    keras.config.set_dtype_policy(settings.precision)
    targets = examples["train"].targets
    rows = task.epoch_rows(targets, settings, 0)
    with strategy.scope():
        model = build()
        optimizer = make_optimizer(model, settings, steps_of(settings, len(rows)))
    variables = {"model": model.variables, "optimizer": optimizer.variables}
    done = state.restore(variables)
    if done:
        logger.info("continuing after round %d of %d", done, settings.rounds)
    feed = make_feed(
        examples["train"],
        model_inputs(model),
        strategy,
        signals_beside_sequence(model) if settings.sequence_rounds else [],
        settings.reverse_complement,
        settings.batch_size,
    )
    weights, loss = task.loss_weights(targets[rows], settings), task.LOSSES[settings.loss]
    train_steps = make_train_steps(model, optimizer, feed, settings, weights, LOSSES[loss])
    kept = both_strands(model, feed.turning) if feed.both_strands else model
    predict = make_predict(kept)
    count = max(len(examples["valid"]), LEAST_SCORED)
    scored = {**examples, "train": draw(examples["train"], count, settings.seed)}
    started = time.monotonic()
    for number in range(done + 1, settings.rounds + 1):
        round_started = time.monotonic()
        mean = train_round(train_steps, feed, number, settings, task)
        trained = time.monotonic()
        row = {
            "round": number,
            "epochs": number * settings.epochs_per_round,
            "loss": mean,
        }
        for split in ("train", "valid"):
            known = scored[split].targets
            outputs = np.concatenate([predict(part) for part in parts_of(scored[split])])
            _check_finite(outputs, number, settings)
            row[f"{split}_loss"] = mean_loss(loss, known, outputs, weights)
            for name, score in task.ROUND_SCORES.items():
                row[f"{split}_{name}"] = score(known, outputs)
        times = {
            "train_seconds": trained - round_started,
            "evaluate_seconds": time.monotonic() - trained,
        }
        state.save(row, times, kept, variables)
        per_round = (time.monotonic() - started) / (number - done)
        logger.info("%s", progress_line(row, settings.rounds, per_round, task))
    return state.rounds().head(settings.rounds)


def draw(examples: Examples | StreamedSplit, count: int, seed: int) -> Examples | StreamedSplit:
    """So many examples drawn at random, in their order, or all where there are no more."""
    if len(examples) <= count:
        return examples
    rows = np.random.default_rng([seed, count]).choice(len(examples), count, replace=False)
    return examples.take(np.sort(rows))


def progress_line(
    row: Mapping[str, float], rounds: int, seconds_per_round: float, task: ModuleType
) -> str:
    """One line on a finished round, with the time that the others will take."""
    remaining = round((rounds - row["round"]) * seconds_per_round)
    return (
        f"round {row['round']}/{rounds}  loss {row['loss']:.4f}  "
        f"train {task.round_words(row, 'train')}  valid {task.round_words(row, 'valid')}  "
        f"remaining {remaining // 60}:{remaining % 60:02d} min"
    )
