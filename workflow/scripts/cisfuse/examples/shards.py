"""Examples, and the sharded TFRecords that hold them.

A shard holds `tf.train.Example`s with the features of the manifest. Shards of a split, read in
order, give the rows of the table of examples in order.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import complete_or_absent, sha256
from cisfuse.examples.features import (
    Feature,
    check_columns,
    feature_called,
    name_feature,
    target_feature,
)
from cisfuse.examples.manifest import Manifest, read_manifest
from cisfuse.examples.protobuf import WireType
from cisfuse.examples.tfrecords import encode_records, read_records


@dataclass(frozen=True)
class Examples:
    """Examples in memory, rows in the order of the table of examples.

    arrays: of each feature by its name, (n, ...), of the feature's dtype and shape; strings have
    dtype S.
    """

    features: tuple[Feature, ...]
    arrays: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        return name in self.arrays

    def feature(self, name: str) -> Feature:
        """A feature by its name; raises `KeyError`."""
        return feature_called(self.features, name)

    @property
    def names(self) -> np.ndarray:
        """The names of the examples, or else their places: UTF-8, dtype S (n,)."""
        return self.arrays[name_feature(self.features).name]

    @property
    def targets(self) -> np.ndarray:
        """The array of the one target, float32 (n, ...); raises `KeyError` unless there is one."""
        return self.arrays[target_feature(self.features).name].astype(np.float32, copy=False)

    def take(self, rows: np.ndarray | slice) -> "Examples":
        """The given rows, int (m,) or bool (n,), in the given order."""
        return Examples(self.features, {name: array[rows] for name, array in self.arrays.items()})

    def with_array(self, name: str, array: np.ndarray) -> "Examples":
        """The same examples with another array of a feature."""
        return Examples(self.features, {**self.arrays, name: array})


def concatenate(parts: Iterable[Examples]) -> Examples:
    """Join examples of the same features in order."""
    parts = list(parts)
    names = parts[0].arrays
    arrays = {name: np.concatenate([part[name] for part in parts]) for name in names}
    return Examples(parts[0].features, arrays)


def shard_rows(count: int, shards: int) -> list[slice]:
    """Cut ``count`` rows into contiguous slices that differ in length by one at most."""
    bounds = np.linspace(0, count, shards + 1).round().astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(bounds)]


class _ShardWriter:
    """A shard that is written piece by piece; its bytes do not depend on the pieces."""

    def __init__(self, path: str):
        self.path = Path(path)
        self.digest = hashlib.sha256()
        self.examples = 0
        self.stack = ExitStack()  # the file stays open between the pieces
        self.output = self.stack.enter_context(complete_or_absent(path))

    def add(self, columns: Mapping[str, np.ndarray], count: int) -> None:
        for piece in encode_records(columns):
            self.output.write(piece)
            self.digest.update(piece)
        self.examples += count

    def close(self) -> dict:
        """Finish the shard, which takes its name now; returns its entry of the manifest."""
        self.stack.close()
        digest = self.digest.hexdigest()
        return {"file": self.path.name, "examples": self.examples, "sha256": digest}


class SplitWriter:
    """The shards of a split of ``count`` examples, which come in order and piece by piece.

    As a context it removes the shard that an error leaves unfinished.
    """

    def __init__(self, paths: Sequence[str], count: int, features: Sequence[Feature]):
        sizes = [part.stop - part.start for part in shard_rows(count, len(paths))]
        self.features = tuple(features)
        self.waiting = list(zip(paths, sizes, strict=True))
        self.entries: list[dict] = []
        self._open_next()

    def __enter__(self) -> "SplitWriter":
        return self

    def __exit__(self, *error: Any) -> None:
        self.shard.stack.__exit__(*error)

    def _open_next(self) -> None:
        path, self.room = self.waiting.pop(0)
        self.shard = _ShardWriter(path)

    def add(self, columns: Mapping[str, np.ndarray]) -> None:
        """Append examples, the arrays of all features by name, (n, ...).

        Raises `ValueError` for arrays that are not those of the features.
        """
        check_columns(self.features, columns)
        start, count = 0, len(columns[self.features[0].name])
        while start < count:
            while not self.room:
                self.entries.append(self.shard.close())
                self._open_next()
            rows = slice(start, min(start + self.room, count))
            part = {name: column[rows] for name, column in columns.items()}
            self.shard.add(part, rows.stop - start)
            self.room -= rows.stop - start
            start = rows.stop

    def close(self) -> dict:
        """Finish all shards, some of them perhaps empty; returns the split's entry."""
        self.entries.append(self.shard.close())
        while self.waiting:
            self._open_next()
            self.entries.append(self.shard.close())
        return {
            "examples": sum(entry["examples"] for entry in self.entries),
            "shards": self.entries,
        }


def wire_types(features: Iterable[Feature]) -> dict[str, WireType]:
    """How features are stored."""
    return {feature.name: WireType(feature.dtype, feature.shape) for feature in features}


def read_shard(path: str | Path, features: tuple[Feature, ...]) -> Examples:
    """Read one shard back; raises `DamagedFileError`."""
    blocks = list(read_records(path, wire_types(features)))
    arrays = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return Examples(features, arrays)


def iterate_shards(manifest_path: str | Path, split: str) -> Iterator[Examples]:
    """Read the shards of a split one by one, in order.

    Raises `DamagedFileError`, also when a shard has another number of examples than the manifest
    says.
    """
    manifest = read_manifest(manifest_path)
    for number in range(len(manifest.shards(split))):
        yield read_numbered(manifest, split, number)


def read_numbered(manifest: Manifest, split: str, number: int) -> Examples:
    """Read a shard of a split, counted from 0; raises `DamagedFileError` as `iterate_shards`."""
    shard = manifest.shards(split)[number]
    examples = read_shard(shard.path, manifest.features)
    _compare(shard.path, manifest.path, len(examples), shard.examples)
    return examples


def _compare(path: Path, manifest_path: Path, found: int, stated: int) -> None:
    if found != stated:
        raise DamagedFileError(
            f"{path}: holds {found:,} examples, {manifest_path} says {stated:,}; delete it and run "
            "again, and write_tfrecords makes it anew"
        )


def read_split(manifest_path: str | Path, split: str) -> Examples:
    """Read all shards of a split in order; raises `DamagedFileError` as `iterate_shards` does.

    Shards are read into place: memory holds the split once and one shard.
    """
    manifest = read_manifest(manifest_path)
    count = manifest.count(split)
    arrays = {
        feature.name: np.empty((count, *feature.shape), feature.dtype)
        for feature in manifest.features
        if feature.dtype != "string"
    }
    texts: dict[str, list] = {
        feature.name: [] for feature in manifest.features if feature.name not in arrays
    }
    stop = 0
    for shard in iterate_shards(manifest_path, split):
        start, stop = stop, stop + len(shard)
        for name, array in arrays.items():
            array[start:stop] = shard[name]
        for name, parts in texts.items():
            parts.append(shard[name])
    arrays |= {name: np.concatenate(parts) for name, parts in texts.items()}
    return Examples(
        manifest.features, {name: arrays[name] for name in wire_types(manifest.features)}
    )


def verify_shards(manifest_path: str | Path) -> pd.DataFrame:
    """Compare every shard with the manifest; one row per shard.

    Columns: split, file, examples, sha256. Raises `DamagedFileError` when a shard is missing or its
    checksum or count differs.
    """
    manifest = read_manifest(manifest_path)
    types, name = wire_types(manifest.features), name_feature(manifest.features).name
    rows = []
    for split, shards in manifest.splits.items():
        for shard in shards:
            path = shard.path
            if not path.is_file():
                raise DamagedFileError(f"{path}: named in {manifest_path} but missing; run again")
            if sha256(path) != shard.sha256:
                raise DamagedFileError(
                    f"{path}: checksum differs from {manifest_path}; delete it and run again, and "
                    "write_tfrecords makes it anew"
                )
            found = sum(len(block[name]) for block in read_records(path, types))
            _compare(path, manifest.path, found, shard.examples)
            rows.append((split, path.name, found, shard.sha256))
    return pd.DataFrame(rows, columns=["split", "file", "examples", "sha256"])
