"""What training steps are fed: which examples an epoch takes, in which order, and as what."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from cisfuse.examples.features import target_feature
from cisfuse.examples.shards import Examples
from cisfuse.examples.stream import StreamedSplit
from cisfuse.prediction.encoding import columns_of, encode, kinds_of, turn_where, turning


def turn_strands(rows: np.ndarray, seed: int, epoch: int) -> np.ndarray:
    """Turn each row with probability 1/2: r becomes -1 - r, see `Feed.batch`; int32 (n,)."""
    turned = np.random.default_rng([seed, epoch, 1]).random(len(rows)) < 0.5
    return np.where(turned, -1 - rows, rows).astype(np.int32)


class Feed:
    """Training examples held on the device as they are stored, encoded batch by batch.

    276,216 spans are 28 MB as bytes and 446 MB as one-hot floats. On several devices each
    has all of them. ``signals`` are the inputs that are absent, NaN, while only sequence is learnt.
    """

    def __init__(
        self,
        examples: Examples | StreamedSplit,
        inputs: list[str],
        strategy: tf.distribute.Strategy | None = None,
        signals: Sequence[str] = (),
        both_strands: bool = False,
    ):
        self.examples = examples
        self.targets = examples.targets
        self.target = target_feature(examples.features).name
        self.kinds = kinds_of(examples.features, inputs)
        self.turning = turning(examples.features, inputs) if both_strands else []
        self.strategy = strategy or tf.distribute.get_strategy()
        self.signals = list(signals)
        self.columns = self._make_columns()

    @property
    def both_strands(self) -> bool:
        """Whether rows are turned to the other strand at random."""
        return bool(self.turning)

    def _arrays(self, examples: Examples) -> dict[str, np.ndarray]:
        """What a step reads of examples: the inputs as they are stored, and targets (n, 1)."""
        return columns_of(examples, list(self.kinds)) | {self.target: examples.targets[:, None]}

    def _make_columns(self) -> dict[str, tf.Tensor]:
        return {
            name: self.strategy.experimental_distribute_values_from_function(
                lambda _, column=column: tf.identity(column)
            )
            for name, column in self._arrays(self.examples).items()
        }

    def load(
        self, rows: np.ndarray, seed: int, epoch: int, batch_size: int
    ) -> Iterator[np.ndarray]:
        """The rows of an epoch, int32 (n,), as `batch` takes them; some are turned if asked for.

        Between two pieces of them the columns may change.
        """
        yield turn_strands(rows, seed, epoch) if self.both_strands else rows

    def batch(
        self, columns: Mapping[str, tf.Tensor], rows: tf.Tensor, sequence_only: tf.Tensor
    ) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
        """Inputs and targets (n, 1) of the given rows of a device's columns.

        rows: int32 (n,); a row r below 0 stands for the row -1 - r on the other strand.
        sequence_only: bool, whether signals are absent, see
        `cisfuse.models.layers.SignalTransform`.
        """
        turned = rows < 0
        rows = tf.where(turned, -1 - rows, rows)
        batch = {name: tf.gather(column, rows) for name, column in columns.items()}
        targets = batch.pop(self.target)
        inputs = encode(batch, self.kinds)
        for name in self.turning:
            inputs[name] = turn_where(turned, inputs[name], self.kinds[name])
        for name in self.signals:
            inputs[name] = tf.where(sequence_only, np.nan, inputs[name])
        return inputs, targets


class StreamedFeed(Feed):
    """Training examples of which the device holds one window at a time.

    The columns are variables with room for the largest window and what is left of the one before,
    so that the compiled steps stay the same.
    """

    def __init__(self, examples: StreamedSplit, *options: Any, batch_size: int):
        self.room = examples.largest_window() + batch_size - 1
        super().__init__(examples, *options)

    def _make_columns(self) -> dict[str, tf.Variable]:
        none = self._arrays(self.examples.take(np.arange(0)))
        with self.strategy.scope():
            return {
                name: tf.Variable(
                    np.zeros((self.room, *column.shape[1:]), column.dtype), trainable=False
                )
                for name, column in none.items()
            }

    def load(
        self, rows: np.ndarray, seed: int, epoch: int, batch_size: int
    ) -> Iterator[np.ndarray]:
        """The rows of an epoch in another order, window by window; see `Feed.load`."""
        places = np.arange(len(rows), dtype=np.int32)
        turned = turn_strands(places, seed, epoch) < 0 if self.both_strands else places < 0
        done = 0
        for _, window in self.examples.windows(rows, seed, epoch, batch_size):
            for name, column in self._arrays(window).items():
                room = [(0, self.room - len(column)), *[(0, 0)] * (column.ndim - 1)]
                self.columns[name].assign(np.pad(column, room))
            here = places[: len(window)]
            yield np.where(turned[done : done + len(here)], -1 - here, here)
            done += len(here)


def make_feed(
    examples: Examples | StreamedSplit,
    inputs: list[str],
    strategy: tf.distribute.Strategy,
    signals: Sequence[str],
    both_strands: bool,
    batch_size: int,
) -> Feed:
    """The feed of examples that are in memory or streamed."""
    options = (inputs, strategy, signals, both_strands)
    if isinstance(examples, StreamedSplit):
        return StreamedFeed(examples, *options, batch_size=batch_size)
    return Feed(examples, *options)
