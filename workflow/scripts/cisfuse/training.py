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
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from cisfuse import metrics
from cisfuse.errors import ConfigError, DamagedFileError
from cisfuse.examples import Examples
from cisfuse.sequences import one_hot_table
from cisfuse.training_state import TrainingState

logger = logging.getLogger("cisfuse")

EVALUATION_BATCH = 2000
# One tf.function call runs this many steps: enough to hide the cost of a call, few enough
# that an interrupt, which Python hears between calls, is heard soon.
STEPS_PER_CALL = 250


@dataclass(frozen=True)
class TrainingSettings:
    """The config's training section, a model's overrides applied, for one seed."""

    rounds: int
    epochs_per_round: int
    batch_size: int
    learning_rate: float
    class_weights: str
    selection_metric: str
    seed: int


def limit_threads(threads: int) -> None:
    """Bound TensorFlow to ``threads`` and make it deterministic; call before any operation."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def class_weights(labels: np.ndarray, mode: str) -> tuple[float, float]:
    """Weights of negatives and positives in the loss.

    ``balanced`` is n / (2 * n_class), as in scikit-learn; ``none`` is 1 and 1.
    """
    if mode == "none":
        return 1.0, 1.0
    positives = float(np.sum(labels))
    negatives = len(labels) - positives
    return len(labels) / (2 * negatives), len(labels) / (2 * positives)


def model_inputs(model: keras.Model) -> list[str]:
    """Names of the features that a model reads."""
    return [tensor.name for tensor in model.inputs]


class Feed:
    """Examples held in memory as bytes, encoded batch by batch on the device.

    276,216 spans are 28 MB as bytes and 446 MB as one-hot floats.
    """

    def __init__(self, examples: Examples, inputs: list[str]):
        unknown = [name for name in inputs if name != "sequence" and name not in examples.signals]
        if unknown:
            raise ConfigError(
                f"the model reads {', '.join(unknown)}, which the examples lack; they have "
                f"sequence, {', '.join(examples.signals)}"
            )
        self.count = len(examples)
        self.labels = tf.constant(examples.labels[:, None])
        self.table = tf.constant(one_hot_table())
        self.columns = {
            name: tf.constant(
                examples.sequences if name == "sequence" else examples.signals[name][:, None]
            )
            for name in inputs
        }

    def batch(self, rows: tf.Tensor) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """Inputs and labels (n, 1) of the given rows, int32 (n,)."""
        batch = {name: tf.gather(column, rows) for name, column in self.columns.items()}
        if "sequence" in batch:
            batch["sequence"] = tf.gather(self.table, tf.cast(batch["sequence"], tf.int32))
        return batch, tf.gather(self.labels, rows)


def make_train_steps(
    model: keras.Model, optimizer: keras.Optimizer, feed: Feed, batch_size: int, weights: tuple
) -> Callable[[tf.Tensor], tf.Tensor]:
    """A compiled function that takes one step per batch of the rows, int32 (n,).

    It returns the sum over rows of the weighted sigmoid cross-entropy of the logits.
    """
    negative_weight, positive_weight = (tf.constant(weight, tf.float32) for weight in weights)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32)])
    def train_steps(rows: tf.Tensor) -> tf.Tensor:
        total = tf.constant(0.0)
        for start in tf.range(0, tf.size(rows), batch_size):
            inputs, labels = feed.batch(rows[start : start + batch_size])
            with tf.GradientTape() as tape:
                logits = model(inputs, training=True)
                losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
                losses *= tf.where(labels > 0, positive_weight, negative_weight)
                loss = tf.reduce_mean(losses)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            total += tf.reduce_sum(losses)
        return total

    return train_steps


def make_predict(model: keras.Model, feed: Feed) -> Callable[[], np.ndarray]:
    """A function that gives the logits of all rows of a feed, float32 (n,)."""

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32)])
    def logits_of(rows: tf.Tensor) -> tf.Tensor:
        return model(feed.batch(rows)[0], training=False)[:, 0]

    def predict() -> np.ndarray:
        rows = tf.range(feed.count)
        starts = range(0, feed.count, EVALUATION_BATCH)
        return np.concatenate(
            [logits_of(rows[start : start + EVALUATION_BATCH]).numpy() for start in starts]
        )

    return predict


def predict_logits(model: keras.Model, examples: Examples) -> np.ndarray:
    """Logits of examples in their order, float32 (n,)."""
    return make_predict(model, Feed(examples, model_inputs(model)))()


def epoch_rows(count: int, seed: int, epoch: int) -> np.ndarray:
    """The order of examples in an epoch, counted from 0: int32 (count,)."""
    return np.random.default_rng([seed, epoch]).permutation(count).astype(np.int32)


def train(
    build: Callable[[], keras.Model],
    examples: Mapping[str, Examples],
    settings: TrainingSettings,
    state: TrainingState,
) -> pd.DataFrame:
    """Train, going on from ``state``; returns the table of the rounds asked for.

    Columns: round, epochs, loss (mean over the round's examples, weighted), then roc_auc
    and average_precision of train and valid. Each round's model and times are in ``state``.
    """
    keras.utils.set_random_seed(settings.seed)
    model = build()
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    optimizer.build(model.trainable_variables)
    variables = {"model": model.variables, "optimizer": optimizer.variables}
    done = state.restore(variables)
    if done:
        logger.info("continuing after round %d of %d", done, settings.rounds)
    feeds = {split: Feed(examples[split], model_inputs(model)) for split in ("train", "valid")}
    predict = {split: make_predict(model, feed) for split, feed in feeds.items()}
    weights = class_weights(examples["train"].labels, settings.class_weights)
    train_steps = make_train_steps(model, optimizer, feeds["train"], settings.batch_size, weights)
    rows_per_call = STEPS_PER_CALL * settings.batch_size
    started = time.monotonic()
    for number in range(done + 1, settings.rounds + 1):
        round_started = time.monotonic()
        total = 0.0
        for epoch in range(
            (number - 1) * settings.epochs_per_round, number * settings.epochs_per_round
        ):
            rows = epoch_rows(feeds["train"].count, settings.seed, epoch)
            for start in range(0, len(rows), rows_per_call):
                total += float(train_steps(rows[start : start + rows_per_call]))
        trained = time.monotonic()
        row = {
            "round": number,
            "epochs": number * settings.epochs_per_round,
            "loss": total / (settings.epochs_per_round * feeds["train"].count),
        }
        for split, logits_of in predict.items():
            logits = logits_of()
            row[f"{split}_roc_auc"] = metrics.roc_auc(examples[split].labels, logits)
            row[f"{split}_average_precision"] = metrics.average_precision(
                examples[split].labels, logits
            )
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


def load_model(path: str | Path) -> keras.Model:
    """Load a saved model with the layers of this project; raises `DamagedFileError`."""
    import cisfuse.models.layers  # noqa: F401  registers the layers

    try:
        return keras.saving.load_model(path)
    except (ValueError, OSError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise DamagedFileError(
            f"{path}: not a model that can be read ({reason}); delete it and run again"
        ) from error
