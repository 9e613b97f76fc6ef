"""A streamed split gives the examples of one in memory, in an order by (seed, epoch) alone."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from example_builders import span_examples, write_examples

from cisfuse.examples import stream
from cisfuse.examples.manifest import read_manifest
from cisfuse.examples.shards import Examples, concatenate, read_split
from cisfuse.examples.stream import (
    WINDOW_SHARDS,
    StreamedSplit,
    is_streamed,
    open_split,
    parts_of,
)

LENGTH = 20


def make_spans(count: int, seed: int = 0, length: int = LENGTH) -> Examples:
    generator = np.random.default_rng(seed)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, length))
    return span_examples(sequences, generator.random(count) < 0.3, generator.random(count))


@pytest.fixture
def manifest(tmp_path):
    """117 examples of train in 13 shards of 9."""
    return write_examples(tmp_path, {"train": make_spans(117), "valid": make_spans(20, 1)}, 13)


def assert_same(found: Examples, expected: Examples) -> None:
    assert found.features == expected.features
    for feature in expected.features:
        np.testing.assert_array_equal(found[feature.name], expected[feature.name])


def test_a_streamed_split_is_the_split(manifest):
    whole, streamed = read_split(manifest, "train"), StreamedSplit(manifest, "train")
    assert len(streamed) == 117
    assert streamed.targets.dtype == np.float32
    np.testing.assert_array_equal(streamed.targets, whole.targets)
    assert_same(concatenate(parts_of(streamed)), whole)
    assert_same(concatenate(parts_of(whole)), whole)


@pytest.mark.parametrize("rows", [[], [3], [116, 0, 50, 50, 9, 8], range(117)])
def test_rows_are_taken_in_the_given_order(manifest, rows):
    rows = np.array(rows, np.int64)
    found = StreamedSplit(manifest, "train").take(rows)
    assert_same(found, read_split(manifest, "train").take(rows))


def epoch_of(manifest, rows, seed=0, epoch=0, batch_size=7):
    return list(StreamedSplit(manifest, "train").windows(rows, seed, epoch, batch_size))


def some_rows(count: int = 60) -> np.ndarray:
    return np.random.default_rng(5).permutation(117)[:count].astype(np.int32)


@pytest.mark.parametrize("count", [1, 6, 7, 60, 117])
def test_an_epoch_takes_each_of_the_given_rows_once(manifest, count):
    whole, rows = read_split(manifest, "train"), some_rows(count)
    windows = epoch_of(manifest, rows)
    found = np.concatenate([part for part, _ in windows])
    assert sorted(found.tolist()) == sorted(rows.tolist())
    for part, examples in windows:
        assert_same(examples, whole.take(part))


@pytest.mark.parametrize("batch_size", [1, 7, 50, 1000])
def test_batches_are_whole_up_to_the_last(manifest, batch_size):
    windows = epoch_of(manifest, some_rows(117), batch_size=batch_size)
    assert all(len(part) % batch_size == 0 for part, _ in windows[:-1])
    assert sum(len(part) for part, _ in windows) == 117


def test_the_order_depends_on_seed_and_epoch_alone(manifest):
    def order(seed: int, epoch: int) -> list[int]:
        return np.concatenate([part for part, _ in epoch_of(manifest, rows, seed, epoch)]).tolist()

    rows = some_rows(117)
    assert order(0, 0) == order(0, 0)
    assert order(0, 0) != order(0, 1)
    assert order(0, 0) != order(1, 0)


def test_the_order_is_that_of_the_definition(manifest):
    """Shards are dealt into windows; within one, rows stay in the random order that they had."""
    rows, split = some_rows(117), StreamedSplit(manifest, "train")
    places = np.random.default_rng([3, 8, 2]).permutation(13)
    expected = []
    for window in range(4):
        shards = [shard for shard in range(13) if places[shard] // WINDOW_SHARDS == window]
        expected += [row for row in rows.tolist() if row // 9 in shards]
    found = [row for part, _ in split.windows(rows, 3, 8, 7) for row in part.tolist()]
    assert found == expected
    assert found != rows.tolist()


def test_examples_of_a_window_are_mixed(manifest):
    """Neighbours in a shard, which lie beside each other on a chromosome, are set apart."""
    (first, _), *_ = epoch_of(manifest, some_rows(117))
    assert len({row // 9 for row in first[:12].tolist()}) > 1
    assert sum(abs(one - other) == 1 for one, other in pairwise(first.tolist())) < 5


def held_examples(manifest) -> int:
    split = StreamedSplit(manifest, "train")
    rows = np.random.default_rng(0).permutation(len(split))
    return max(len(examples) for _, examples in split.windows(rows, 0, 0, 64))


def test_memory_does_not_grow_with_the_number_of_shards(tmp_path):
    """Shards of 500 examples of 1,000 bases: what an epoch holds, in examples and in bytes."""
    held, peaks = [], []
    for shards in (8, 32):
        folder = tmp_path / str(shards)
        manifest = write_examples(folder, {"train": make_spans(500 * shards, length=1000)}, shards)
        tracemalloc.start()
        held.append(held_examples(manifest))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(held) < WINDOW_SHARDS * 500 + 64
    # The 12,000 examples more are 12 MB; an epoch has some numbers for each of them.
    assert peaks[1] - peaks[0] < 0.06 * 12_000 * 1000


def test_the_room_for_a_window_is_enough(manifest):
    split = StreamedSplit(manifest, "train")
    assert split.largest_window() == WINDOW_SHARDS * 9
    for epoch in range(5):
        for _, examples in split.windows(some_rows(117), 0, epoch, 7):
            assert len(examples) <= split.largest_window() + 6


def test_a_split_is_streamed_when_it_is_too_large(manifest, monkeypatch):
    assert isinstance(open_split(manifest, "train"), Examples)
    assert isinstance(open_split(manifest, "train", True), StreamedSplit)
    read = read_manifest(manifest)
    monkeypatch.setattr(stream, "BYTES_IN_MEMORY", read.bytes_of("train") - 1)
    assert isinstance(open_split(manifest, "train"), StreamedSplit)
    assert isinstance(open_split(manifest, "train", False), Examples)
    assert isinstance(open_split(manifest, "valid"), Examples)
    assert [is_streamed(read, split) for split in ("train", "valid")] == [True, False]
