"""Splits that are too large for memory, read shard by shard.

In memory are the target of each example, its number in the order of an epoch, and the examples of
one window of `WINDOW_SHARDS` shards at a time; so the more shards a split is cut into, the less
memory it takes.

An epoch takes the same examples as one of a split in memory, in another order. Shards are
shuffled by (seed, epoch) and dealt into windows; the examples of a window are in random order, and
no example comes before those of an earlier window.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from cisfuse.examples.features import Feature, target_feature
from cisfuse.examples.manifest import Manifest, read_manifest
from cisfuse.examples.shards import Examples, concatenate, read_numbered, read_split

BYTES_IN_MEMORY = 4 << 30  # a split of more is streamed
WINDOW_SHARDS = 4


class StreamedSplit:
    """A split whose examples are read when they are asked for; raises `DamagedFileError`.

    features: of its examples. targets: float32 (n, ...), of all examples.
    """

    def __init__(self, manifest_path: str | Path, split: str):
        self.manifest = read_manifest(manifest_path)
        self.split = split
        self.features: tuple[Feature, ...] = self.manifest.features
        shards = self.manifest.shards(split)
        self.starts = np.cumsum([0, *(shard.examples for shard in shards)])
        target = target_feature(self.features)
        self.targets = np.empty((len(self), *target.shape), np.float32)
        for start, part in zip(self.starts[:-1], self, strict=True):
            self.targets[start : start + len(part)] = part.targets

    def __len__(self) -> int:
        return int(self.starts[-1])

    def __iter__(self) -> Iterator[Examples]:
        """The shards in order, each as it is read."""
        for number in range(len(self.starts) - 1):
            yield read_numbered(self.manifest, self.split, number)

    def take(self, rows: np.ndarray) -> Examples:
        """The given rows, int (m,), in the given order; shards are read one by one."""
        order = np.argsort(rows, kind="stable")
        ascending = np.asarray(rows)[order]
        bounds = np.searchsorted(ascending, self.starts)
        parts = [
            read_numbered(self.manifest, self.split, number).take(
                ascending[first:last] - self.starts[number]
            )
            for number, (first, last) in enumerate(pairwise(bounds.tolist()))
            if first < last
        ]
        if not parts:
            return read_numbered(self.manifest, self.split, 0).take(slice(0))
        return concatenate(parts).take(np.argsort(order, kind="stable"))

    def window_of_shards(self, seed: int, epoch: int) -> np.ndarray:
        """The window of each shard in an epoch, int64 (shards,)."""
        count = len(self.starts) - 1
        places = np.random.default_rng([seed, epoch, 2]).permutation(count)
        return places // WINDOW_SHARDS

    def largest_window(self) -> int:
        """The most examples that a window can have."""
        return int(np.sort(np.diff(self.starts))[-WINDOW_SHARDS:].sum())

    def windows(
        self, rows: np.ndarray, seed: int, epoch: int, batch_size: int
    ) -> Iterator[tuple[np.ndarray, Examples]]:
        """The given rows of an epoch window by window, each with its examples.

        rows: int (m,), in random order; those of a window stay in it. Where a window leaves less
        than a batch over, these wait for the next, so that batches are whole up to the last one.
        """
        of_row = np.searchsorted(self.starts, rows, side="right") - 1
        window_of_row = self.window_of_shards(seed, epoch)[of_row].astype(np.uint32)
        order = np.argsort(window_of_row, kind="stable")
        rows, window_of_row = rows[order], window_of_row[order]
        bounds = np.flatnonzero(np.diff(window_of_row)) + 1
        waiting_rows, waiting = rows[:0], None
        for start, stop in pairwise([0, *bounds.tolist(), len(rows)]):
            here = rows[start:stop]
            examples = self.take(here)
            if waiting is not None:
                here = np.concatenate([waiting_rows, here])
                examples = concatenate([waiting, examples])
            whole = len(here) if stop == len(rows) else len(here) // batch_size * batch_size
            if whole:
                yield here[:whole], examples.take(slice(whole))
            # A copy, since a view would keep the window in memory.
            left = np.arange(whole, len(here))
            waiting_rows, waiting = here[left], examples.take(left)


def is_streamed(manifest: Manifest, split: str, stream: bool | str = "auto") -> bool:
    """Tell whether a split is streamed: as told, or by ``auto`` one of over `BYTES_IN_MEMORY`."""
    return manifest.bytes_of(split) > BYTES_IN_MEMORY if stream == "auto" else bool(stream)


def open_split(
    manifest_path: str | Path, split: str, stream: bool | str = "auto"
) -> Examples | StreamedSplit:
    """A split in memory, or one that `is_streamed`; raises `DamagedFileError`."""
    if is_streamed(read_manifest(manifest_path), split, stream):
        return StreamedSplit(manifest_path, split)
    return read_split(manifest_path, split)


def parts_of(examples: Examples | StreamedSplit) -> Iterator[Examples]:
    """Examples as they come: all at once, or shard by shard."""
    if isinstance(examples, Examples):
        yield examples
    else:
        yield from examples
