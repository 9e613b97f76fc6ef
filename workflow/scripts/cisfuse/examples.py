"""Examples: sharded TFRecords of spans, and the manifest that describes them.

A shard holds `tf.train.Example`s with the features of the manifest. Sequence is one byte
per base, upper-case ASCII; signals are raw. Shards of a split, read in order, give the
rows of the span table in order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import tensorflow as tf

from cisfuse.errors import DamagedFileError
from cisfuse.files import read_json, sha256

FORMAT_VERSION = 1
READ_BATCH = 4096


@dataclass(frozen=True)
class Examples:
    """One split in memory, rows in the order of the span table.

    names: str (n,); sequences: uint8 (n, length), ASCII; labels: float32 (n,);
    signals: name to float32 (n,), raw.
    """

    names: np.ndarray
    sequences: np.ndarray
    labels: np.ndarray
    signals: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.names)

    def take(self, rows: np.ndarray) -> "Examples":
        """The given rows, int (m,), in the given order."""
        signals = {signal: values[rows] for signal, values in self.signals.items()}
        return Examples(self.names[rows], self.sequences[rows], self.labels[rows], signals)


def feature_table(length: int, signals: Sequence[str]) -> list[dict]:
    """The manifest's description of every feature: name, dtype, shape, unit."""
    features = [
        {"name": "name", "dtype": "string", "shape": [], "unit": "CHROM:START-END, half-open"},
        {"name": "sequence", "dtype": "uint8", "shape": [length], "unit": "ASCII base"},
        {"name": "label", "dtype": "int64", "shape": [], "unit": "1 bound, 0 unbound"},
    ]
    for signal in signals:
        unit = "raw signal, mean per base of the span"
        features.append({"name": signal, "dtype": "float32", "shape": [], "unit": unit})
    return features


def write_shard(
    path: str, spans: pd.DataFrame, sequences: np.ndarray, signals: Sequence[str]
) -> dict:
    """Write rows as one shard; returns its entry of the manifest.

    sequences: uint8 (n, length), the rows of ``spans``.
    """

    def bytes_of(value: bytes) -> tf.train.Feature:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    def float_of(value: float) -> tf.train.Feature:
        return tf.train.Feature(float_list=tf.train.FloatList(value=[value]))

    names, labels = spans["name"].tolist(), spans["label"].tolist()
    values = {signal: spans[signal].tolist() for signal in signals}
    with tf.io.TFRecordWriter(path) as writer:
        for row, name in enumerate(names):
            feature = {
                "name": bytes_of(name.encode()),
                "sequence": bytes_of(sequences[row].tobytes()),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[labels[row]])),
            }
            feature |= {signal: float_of(column[row]) for signal, column in values.items()}
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString(deterministic=True))
    return {
        "file": Path(path).name,
        "spans": len(spans),
        "positives": int(spans["label"].sum()),
        "sha256": sha256(path),
    }


def shard_rows(count: int, shards: int) -> list[slice]:
    """Cut ``count`` rows into contiguous slices that differ in length by one at most."""
    bounds = np.linspace(0, count, shards + 1).round().astype(int).tolist()
    return [slice(start, stop) for start, stop in pairwise(bounds)]


def read_shard(path: str, manifest: Mapping) -> Examples:
    """Read one shard back; raises `DamagedFileError`."""
    features = {feature["name"]: feature for feature in manifest["features"]}
    signals = list(manifest["signals"])
    layout = {
        "name": tf.io.FixedLenFeature([], tf.string),
        "sequence": tf.io.FixedLenFeature([], tf.string),
        "label": tf.io.FixedLenFeature([], tf.int64),
        **{signal: tf.io.FixedLenFeature([], tf.float32) for signal in signals},
    }
    length = features["sequence"]["shape"][0]
    parts: dict[str, list[np.ndarray]] = {name: [] for name in layout}
    try:
        for records in tf.data.TFRecordDataset(path).batch(READ_BATCH):
            parsed = tf.io.parse_example(records, layout)
            sequence = tf.io.decode_raw(parsed["sequence"], tf.uint8, little_endian=True)
            parsed["sequence"] = tf.ensure_shape(sequence, (None, length))
            for name, column in parsed.items():
                parts[name].append(column.numpy())
    except (tf.errors.OpError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise DamagedFileError(
            f"{path}: damaged ({reason}); delete it and run again, and its rule makes it anew"
        ) from error
    empty = {"sequence": np.zeros((0, length), np.uint8)}
    columns = {
        name: np.concatenate(arrays) if arrays else empty.get(name, np.zeros(0, np.float32))
        for name, arrays in parts.items()
    }
    return Examples(
        names=np.array([name.decode() for name in columns["name"]], dtype=object),
        sequences=columns["sequence"],
        labels=columns["label"].astype(np.float32),
        signals={signal: columns[signal] for signal in signals},
    )


def read_split(manifest_path: str, split: str) -> Examples:
    """Read all shards of a split in order."""
    manifest = read_json(manifest_path)
    folder = Path(manifest_path).parent
    shards = [
        read_shard(str(folder / shard["file"]), manifest)
        for shard in manifest["splits"][split]["shards"]
    ]
    return concatenate(shards)


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


def verify_shards(manifest_path: str) -> pd.DataFrame:
    """Compare every shard with the manifest; one row per shard.

    Columns: split, file, spans, positives, sha256. Raises `DamagedFileError` when a shard is
    missing or its checksum or a count differs.
    """
    manifest = read_json(manifest_path)
    folder = Path(manifest_path).parent
    rows = []
    for split, entry in manifest["splits"].items():
        for shard in entry["shards"]:
            path = folder / shard["file"]
            advice = "delete it and run again, and write_tfrecords makes it anew"
            if not path.is_file():
                raise DamagedFileError(f"{path}: named in {manifest_path} but missing; run again")
            if sha256(path) != shard["sha256"]:
                raise DamagedFileError(f"{path}: checksum differs from {manifest_path}; {advice}")
            examples = read_shard(str(path), manifest)
            found = {"spans": len(examples), "positives": int(examples.labels.sum())}
            for count, number in found.items():
                if number != shard[count]:
                    raise DamagedFileError(
                        f"{path}: holds {number:,} {count}, {manifest_path} says "
                        f"{shard[count]:,}; {advice}"
                    )
            rows.append({"split": split, **{key: shard[key] for key in shard}})
    return pd.DataFrame(rows)[["split", "file", "spans", "positives", "sha256"]]
