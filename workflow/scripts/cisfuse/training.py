"""Training in rounds, resumable to the bit.

A round is some epochs, after which every example of train and valid is scored, a
checkpoint is kept and the state is saved. The order of examples depends on (seed, epoch)
alone, the dropout masks on seed generators that are part of the state; so a training that
was interrupted goes on as if it had not been.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from cisfuse import metrics
from cisfuse.examples import Examples
from cisfuse.prediction import columns_of, encode, make_predict, model_inputs
from cisfuse.training_state import TrainingState

logger = logging.getLogger("cisfuse")

# One tf.function call runs this many steps: enough to hide the cost of a call, few enough
# that an interrupt, which Python hears between calls, is heard soon.
STEPS_PER_CALL = 250


@dataclass(frozen=True)
class TrainingSettings:
    """The config's training section, a model's overrides applied, for one seed.

    precision: a Keras dtype policy, float32 or a mixed one; xla: whether XLA compiles a step.
    """

    rounds: int
    epochs_per_round: int
    batch_size: int
    learning_rate: float
    class_weights: str
    selection_metric: str
    seed: int
    precision: str = "float32"
    xla: bool = False


def class_weights(labels: np.ndarray, mode: str) -> tuple[float, float]:
    """Weights of negatives and positives in the loss.

    ``balanced`` is n / (2 * n_class), as in scikit-learn; ``none`` is 1 and 1.
    """
    if mode == "none":
        return 1.0, 1.0
    positives = float(np.sum(labels))
    negatives = len(labels) - positives
    return len(labels) / (2 * negatives), len(labels) / (2 * positives)


class Feed:
    """Training examples held on the device as bytes, encoded batch by batch.

    276,216 spans are 28 MB as bytes and 446 MB as one-hot floats. On several devices each
    has all of them.
    """

    def __init__(
        self, examples: Examples, inputs: list[str], strategy: tf.distribute.Strategy | None = None
    ):
        self.count = len(examples)
        self.strategy = strategy or tf.distribute.get_strategy()
        columns = columns_of(examples, inputs) | {"label": examples.labels[:, None]}
        self.columns = {
            name: self.strategy.experimental_distribute_values_from_function(
                lambda _, column=column: tf.identity(column)
            )
            for name, column in columns.items()
        }

    @staticmethod
    def batch(
        columns: Mapping[str, tf.Tensor], rows: tf.Tensor
    ) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """Inputs and labels (n, 1) of the given rows, int32 (n,), of a device's columns."""
        batch = {name: tf.gather(column, rows) for name, column in columns.items()}
        labels = batch.pop("label")
        return encode(batch), labels


def make_train_steps(
    model: keras.Model,
    optimizer: keras.Optimizer,
    feed: Feed,
    settings: TrainingSettings,
    weights: tuple[float, float],
) -> Callable[[tf.Tensor], tf.Tensor]:
    """A compiled function that takes one step per batch of the rows, int32 (n,).

    It returns the sum over rows of the weighted sigmoid cross-entropy of the logits. Each
    device takes its share of a batch; gradients are those of the mean over the whole batch.
    """
    negative_weight, positive_weight = (tf.constant(weight, tf.float32) for weight in weights)

    def step(columns: dict[str, tf.Tensor], rows: tf.Tensor) -> tf.Tensor:
        context = tf.distribute.get_replica_context()
        share = rows[context.replica_id_in_sync_group :: context.num_replicas_in_sync]
        inputs, labels = feed.batch(columns, share)
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)
            losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
            losses *= tf.where(labels > 0, positive_weight, negative_weight)
            total = tf.reduce_sum(losses)
            loss = optimizer.scale_loss(total / tf.cast(tf.size(rows), tf.float32))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return total

    if settings.xla:
        step = tf.function(step, jit_compile=True)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32)])
    def train_steps(rows: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        for start in tf.range(0, tf.size(rows), settings.batch_size):
            batch = rows[start : start + settings.batch_size]
            totals = feed.strategy.run(step, args=(feed.columns, batch))
            total += feed.strategy.reduce(tf.distribute.ReduceOp.SUM, totals, axis=None)
        return total

    return train_steps


def make_optimizer(model: keras.Model, settings: TrainingSettings) -> keras.Optimizer:
    """Adam, with a scale on the loss where half precision would lose small gradients."""
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    if settings.precision == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build(model.trainable_variables)
    return optimizer


def epoch_rows(count: int, seed: int, epoch: int) -> np.ndarray:
    """The order of examples in an epoch, counted from 0: int32 (count,)."""
    return np.random.default_rng([seed, epoch]).permutation(count).astype(np.int32)


def train_round(
    train_steps: Callable[[tf.Tensor], tf.Tensor],
    count: int,
    number: int,
    settings: TrainingSettings,
) -> float:
    """Run the epochs of a round, counted from 1; returns the sum of all examples' losses."""
    total = 0.0
    rows_per_call = STEPS_PER_CALL * settings.batch_size
    for epoch in range(
        (number - 1) * settings.epochs_per_round, number * settings.epochs_per_round
    ):
        rows = epoch_rows(count, settings.seed, epoch)
        for start in range(0, count, rows_per_call):
            total += float(train_steps(rows[start : start + rows_per_call]))
    return total


def train(
    build: Callable[[], keras.Model],
    examples: Mapping[str, Examples],
    settings: TrainingSettings,
    state: TrainingState,
    strategy: tf.distribute.Strategy | None = None,
) -> pd.DataFrame:
    """Train, going on from ``state``; returns the table of the rounds asked for.

    Columns: round, epochs, loss (mean over the round's examples, weighted), then roc_auc
    and average_precision of train and valid. Each round's model and times are in ``state``.
    Several devices: see `cisfuse.devices.mirrored`.
    """
    strategy = strategy or tf.distribute.get_strategy()
    keras.utils.set_random_seed(settings.seed)
    keras.config.set_dtype_policy(settings.precision)
    with strategy.scope():
        model = build()
        optimizer = make_optimizer(model, settings)
    variables = {"model": model.variables, "optimizer": optimizer.variables}
    done = state.restore(variables)
    if done:
        logger.info("continuing after round %d of %d", done, settings.rounds)
    count = len(examples["train"])
    feed = Feed(examples["train"], model_inputs(model), strategy)
    weights = class_weights(examples["train"].labels, settings.class_weights)
    train_steps = make_train_steps(model, optimizer, feed, settings, weights)
    predict = make_predict(model)
    started = time.monotonic()
    for number in range(done + 1, settings.rounds + 1):
        round_started = time.monotonic()
        total = train_round(train_steps, count, number, settings)
        trained = time.monotonic()
        row = {
            "round": number,
            "epochs": number * settings.epochs_per_round,
            "loss": total / (settings.epochs_per_round * count),
        }
        for split in ("train", "valid"):
            labels, logits = examples[split].labels, predict(examples[split])
            row[f"{split}_roc_auc"] = metrics.roc_auc(labels, logits)
            row[f"{split}_average_precision"] = metrics.average_precision(labels, logits)
        times = {
            "train_seconds": trained - round_started,
            "evaluate_seconds": time.monotonic() - trained,
        }
        state.save(row, times, model, variables)
        per_round = (time.monotonic() - started) / (number - done)
        logger.info("%s", progress_line(row, settings.rounds, per_round))
    return state.rounds().head(settings.rounds)


def progress_line(row: Mapping[str, float], rounds: int, seconds_per_round: float) -> str:
    """One line on a finished round, with the time that the others will take."""
    remaining = round((rounds - row["round"]) * seconds_per_round)
    return (
        f"round {row['round']}/{rounds}  loss {row['loss']:.4f}  "
        f"train ROC-AUC {row['train_roc_auc']:.4f} AP {row['train_average_precision']:.4f}  "
        f"valid ROC-AUC {row['valid_roc_auc']:.4f} AP {row['valid_average_precision']:.4f}  "
        f"remaining {remaining // 60}:{remaining % 60:02d} min"
    )


def best_round(rounds: pd.DataFrame, selection_metric: str) -> int:
    """The number of the round with the highest metric on valid; the earliest of equals."""
    return int(rounds.loc[rounds[f"valid_{selection_metric}"].idxmax(), "round"])
