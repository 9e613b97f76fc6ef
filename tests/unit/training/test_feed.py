"""What a training step is fed, from memory and from a stream."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from example_builders import write_examples
from trainings import make_examples

from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.examples.stream import StreamedSplit
from cisfuse.tasks.binding.fitting import epoch_rows
from cisfuse.training.feed import Feed, StreamedFeed, make_feed, turn_strands

ALL = tf.constant(False)


def test_half_of_the_rows_are_turned_and_none_is_lost():
    rows = np.arange(1000, dtype=np.int32)
    turned = turn_strands(rows, 0, 0)
    assert turned.dtype == np.int32
    np.testing.assert_array_equal(np.where(turned < 0, -1 - turned, turned), rows)
    assert 400 < (turned < 0).sum() < 600
    assert turned.tolist() != turn_strands(rows, 0, 1).tolist()


def test_a_batch_is_encoded_like_the_plain_function():
    examples = make_examples(20, 1)
    feed = Feed(examples, ["sequence", "accessibility"])
    rows = np.array([5, 0, 7], dtype=np.int32)
    batch, labels = feed.batch(feed.columns, tf.constant(rows), ALL)
    np.testing.assert_array_equal(batch["sequence"], one_hot(examples["sequence"][rows]))
    np.testing.assert_array_equal(batch["accessibility"][:, 0], examples["accessibility"][rows])
    np.testing.assert_array_equal(labels[:, 0], examples.targets[rows])


def test_a_turned_row_is_the_reverse_complement():
    examples = make_examples(20, 1)
    feed = Feed(examples, ["sequence", "accessibility"], both_strands=True)
    rows = np.array([-1, 3, -8], dtype=np.int32)
    batch, labels = feed.batch(feed.columns, tf.constant(rows), ALL)
    sequences = examples["sequence"][[0, 3, 7]]
    sequences[[0, 2]] = reverse_complement(sequences[[0, 2]])
    np.testing.assert_array_equal(batch["sequence"], one_hot(sequences))
    np.testing.assert_array_equal(labels[:, 0], examples.targets[[0, 3, 7]])


@pytest.mark.parametrize("sequence_only", [False, True])
def test_signals_are_absent_when_sequence_comes_first(sequence_only):
    examples = make_examples(20, 1)
    feed = Feed(examples, ["sequence", "accessibility"], signals=["accessibility"])
    rows = tf.constant([4, 2])
    batch, _ = feed.batch(feed.columns, rows, tf.constant(sequence_only))
    expected = [np.nan, np.nan] if sequence_only else examples["accessibility"][[4, 2]]
    np.testing.assert_array_equal(batch["accessibility"][:, 0], expected)


BOTH = ["sequence", "accessibility"]


@pytest.fixture
def streamed(tmp_path):
    """90 examples in 10 shards."""
    return StreamedSplit(write_examples(tmp_path, {"train": make_examples(90, 1)}, 10), "train")


def fed(feed: Feed, rows: np.ndarray, epoch: int = 0) -> tuple[dict, np.ndarray]:
    """All that the steps of an epoch read, in batches of 16."""
    parts, labels = {name: [] for name in feed.kinds}, []
    for loaded in feed.load(rows, 0, epoch, 16):
        for start in range(0, len(loaded), 16):
            batch, targets = feed.batch(feed.columns, tf.constant(loaded[start : start + 16]), ALL)
            labels.append(targets.numpy())
            for name, values in batch.items():
                parts[name].append(values.numpy())
    return {name: np.concatenate(values) for name, values in parts.items()}, np.concatenate(labels)


@pytest.mark.parametrize("negatives", [0, 2])
def test_a_streamed_epoch_is_fed_the_examples_of_one_in_memory(streamed, negatives):
    examples = make_examples(90, 1)
    settings = SimpleNamespace(negatives_per_positive=negatives, seed=0)
    rows = epoch_rows(examples.targets, settings, 0)
    feed = make_feed(streamed, BOTH, None, {}, False, 16)
    assert isinstance(feed, StreamedFeed)
    assert type(make_feed(examples, BOTH, None, {}, False, 16)) is Feed
    order = np.concatenate([part for part, _ in streamed.windows(rows, 0, 0, 16)])
    assert sorted(order.tolist()) == sorted(rows.tolist())
    batch, labels = fed(feed, rows)
    np.testing.assert_array_equal(batch["sequence"], one_hot(examples["sequence"][order]))
    np.testing.assert_array_equal(batch["accessibility"][:, 0], examples["accessibility"][order])
    np.testing.assert_array_equal(labels[:, 0], examples.targets[order])


def test_streamed_rows_are_turned_too(streamed):
    examples, rows = make_examples(90, 1), np.arange(90, dtype=np.int32)
    feed = make_feed(streamed, BOTH, None, {}, True, 16)
    order = np.concatenate([part for part, _ in streamed.windows(rows, 0, 3, 16)])
    turned = turn_strands(np.arange(90), 0, 3) < 0
    sequences = examples["sequence"][order]
    sequences[turned] = reverse_complement(sequences[turned])
    batch, _ = fed(feed, rows, epoch=3)
    np.testing.assert_array_equal(batch["sequence"], one_hot(sequences))
    assert 20 < turned.sum() < 70
