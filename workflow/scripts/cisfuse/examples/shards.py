"""Examples: sharded TFRecords of spans, and the manifest that describes them.

A shard holds `tf.train.Example`s with the features of the manifest. Sequence is one byte
per base, upper-case ASCII; signals are raw. Shards of a split, read in order, give the
rows of the span table in order.
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
from cisfuse.base.files import complete_or_absent, read_json, sha256
from cisfuse.examples.protobuf import Feature
from cisfuse.examples.tfrecords import encode_records, read_records

FORMAT_VERSION = 1
BY_PLACE, BY_NAME = "CHROM:START-END, half-open", "name of the sequence"


@dataclass(frozen=True)
class Examples:
    """Examples in memory, rows in the order of the span table.

    names: byte strings, UTF-8, dtype S (n,); sequences: uint8 (n, length), ASCII; labels:
    float32 (n,); signals: name to float32 (n,), raw, or of the shape that the manifest says.
    """

    names: np.ndarray
    sequences: np.ndarray
    labels: np.ndarray
    signals: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, rows: np.ndarray) -> "Examples":
        """The given rows, int (m,) or bool (n,), in the given order."""
        signals = {signal: values[rows] for signal, values in self.signals.items()}
        return Examples(self.names[rows], self.sequences[rows], self.labels[rows], signals)


def feature_table(length: int, signals: Sequence[str], naming: str = BY_PLACE) -> list[dict]:
    """The manifest's description of every feature: name, dtype, shape, unit.

    ``naming`` says how examples are named.
    """
    features = [
        {"name": "name", "dtype": "string", "shape": [], "unit": naming},
        {"name": "sequence", "dtype": "uint8", "shape": [length], "unit": "ASCII base"},
        {"name": "label", "dtype": "int64", "shape": [], "unit": "1 bound, 0 unbound"},
    ]
    for signal in signals:
        unit = "raw signal, mean per base of the span"
        features.append({"name": signal, "dtype": "float32", "shape": [], "unit": unit})
    return features


def shard_rows(count: int, shards: int) -> list[slice]:
    """Cut ``count`` rows into contiguous slices that differ in length by one at most."""
    bounds = np.linspace(0, count, shards + 1).round().astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(bounds)]


class ShardWriter:
    """A shard that is written piece by piece; its bytes do not depend on the pieces."""

    def __init__(self, path: str, signals: Sequence[str]):
        self.path = Path(path)
        self.signals = signals
        self.digest = hashlib.sha256()
        self.spans = self.positives = 0
        self.stack = ExitStack()  # the file stays open between the pieces
        self.output = self.stack.enter_context(complete_or_absent(path))

    def add(self, spans: pd.DataFrame, sequences: np.ndarray) -> None:
        """Append rows; sequences: uint8 (n, length), the rows of ``spans``."""
        labels = spans["label"].to_numpy(np.int64)
        columns = {
            "name": np.array([name.encode() for name in spans["name"]], dtype="S"),
            "sequence": sequences,
            "label": labels,
            **{signal: spans[signal].to_numpy(np.float32) for signal in self.signals},
        }
        for piece in encode_records(columns):
            self.output.write(piece)
            self.digest.update(piece)
        self.spans += len(spans)
        self.positives += int(labels.sum())

    def close(self) -> dict:
        """Finish the shard, which takes its name now; returns its entry of the manifest."""
        self.stack.close()
        return {
            "file": self.path.name,
            "spans": self.spans,
            "positives": self.positives,
            "sha256": self.digest.hexdigest(),
        }


class SplitWriter:
    """The shards of a split of ``count`` rows, which come in order and piece by piece.

    As a context it removes the shard that an error leaves unfinished.
    """

    def __init__(self, paths: Sequence[str], count: int, signals: Sequence[str]):
        sizes = [part.stop - part.start for part in shard_rows(count, len(paths))]
        self.signals = signals
        self.waiting = list(zip(paths, sizes, strict=True))
        self.entries: list[dict] = []
        self._open_next()

    def __enter__(self) -> "SplitWriter":
        return self

    def __exit__(self, *error: Any) -> None:
        self.shard.stack.__exit__(*error)

    def _open_next(self) -> None:
        path, self.room = self.waiting.pop(0)
        self.shard = ShardWriter(path, self.signals)

    def add(self, spans: pd.DataFrame, sequences: np.ndarray) -> None:
        """Append rows; sequences: uint8 (n, length), the rows of ``spans``."""
        start = 0
        while start < len(spans):
            while not self.room:
                self.entries.append(self.shard.close())
                self._open_next()
            rows = slice(start, min(start + self.room, len(spans)))
            self.shard.add(spans.iloc[rows], sequences[rows])
            self.room -= rows.stop - start
            start = rows.stop

    def close(self) -> dict:
        """Finish all shards, some of them perhaps empty; returns the split's entry."""
        self.entries.append(self.shard.close())
        while self.waiting:
            self._open_next()
            self.entries.append(self.shard.close())
        totals = {key: sum(entry[key] for entry in self.entries) for key in ("spans", "positives")}
        return {**totals, "shards": self.entries}


def read_shard(path: str | Path, manifest: Mapping) -> Examples:
    """Read one shard back; raises `DamagedFileError`."""
    blocks = list(read_records(path, manifest_features(manifest)))
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    return Examples(
        names=columns["name"],
        sequences=columns["sequence"],
        labels=columns["label"].astype(np.float32),
        signals={signal: columns[signal] for signal in manifest["signals"]},
    )


def manifest_features(manifest: Mapping) -> dict[str, Feature]:
    """The types of the features that a manifest describes."""
    return {
        feature["name"]: Feature(feature["dtype"], tuple(feature["shape"]))
        for feature in manifest["features"]
    }


def iterate_shards(manifest_path: str | Path, split: str) -> Iterator[Examples]:
    """Read the shards of a split one by one, in order.

    Raises `DamagedFileError`, also when a shard has another number of spans than the manifest
    says.
    """
    manifest = read_json(manifest_path)
    for shard in manifest["splits"][split]["shards"]:
        path = Path(manifest_path).parent / shard["file"]
        examples = read_shard(path, manifest)
        _compare(path, manifest_path, "spans", len(examples), shard["spans"])
        yield examples


def _compare(path: Path, manifest_path: str | Path, what: str, found: int, stated: int) -> None:
    if found != stated:
        raise DamagedFileError(
            f"{path}: holds {found:,} {what}, {manifest_path} says {stated:,}; delete it and run "
            "again, and write_tfrecords makes it anew"
        )


def read_split(manifest_path: str | Path, split: str) -> Examples:
    """Read all shards of a split in order; raises `DamagedFileError` as `iterate_shards` does.

    Shards are read into place: memory holds the split once and one shard.
    """
    manifest = read_json(manifest_path)
    features = manifest_features(manifest)
    count = sum(shard["spans"] for shard in manifest["splits"][split]["shards"])
    sequences = np.empty((count, *features["sequence"].shape), np.uint8)
    labels = np.empty(count, np.float32)
    signals = {
        signal: np.empty((count, *features[signal].shape), np.float32)
        for signal in manifest["signals"]
    }
    names, stop = [], 0
    for shard in iterate_shards(manifest_path, split):
        start, stop = stop, stop + len(shard)
        names.append(shard.names)
        sequences[start:stop], labels[start:stop] = shard.sequences, shard.labels
        for signal, values in signals.items():
            values[start:stop] = shard.signals[signal]
    return Examples(np.concatenate(names), sequences, labels, signals)


def concatenate(parts: Iterable[Examples]) -> Examples:
    """Join examples in order."""
    parts = list(parts)
    return Examples(
        names=np.concatenate([part.names for part in parts]),
        sequences=np.concatenate([part.sequences for part in parts]),
        labels=np.concatenate([part.labels for part in parts]),
        signals={
            signal: np.concatenate([part.signals[signal] for part in parts])
            for signal in parts[0].signals
        },
    )


def verify_shards(manifest_path: str | Path) -> pd.DataFrame:
    """Compare every shard with the manifest; one row per shard.

    Columns: split, file, spans, positives, sha256. Raises `DamagedFileError` when a shard is
    missing or its checksum or a count differs.
    """
    manifest = read_json(manifest_path)
    features = manifest_features(manifest)
    rows = []
    for split, entry in manifest["splits"].items():
        for shard in entry["shards"]:
            path = Path(manifest_path).parent / shard["file"]
            if not path.is_file():
                raise DamagedFileError(f"{path}: named in {manifest_path} but missing; run again")
            if sha256(path) != shard["sha256"]:
                raise DamagedFileError(
                    f"{path}: checksum differs from {manifest_path}; delete it and run again, and "
                    "write_tfrecords makes it anew"
                )
            labels = [block["label"] for block in read_records(path, features)]
            spans, positives = sum(map(len, labels)), sum(int(block.sum()) for block in labels)
            _compare(path, manifest_path, "spans", spans, shard["spans"])
            _compare(path, manifest_path, "positives", positives, shard["positives"])
            rows.append({"split": split, **{key: shard[key] for key in shard}})
    return pd.DataFrame(rows)[["split", "file", "spans", "positives", "sha256"]]
