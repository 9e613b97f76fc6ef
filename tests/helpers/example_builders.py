"""Examples of spans and of labelled sequences for tests, and shards of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from cisfuse.examples.features import Feature, text_column
from cisfuse.examples.manifest import write_manifest
from cisfuse.examples.shards import Examples, SplitWriter
from cisfuse.sources.sequences.examples import features as features_of_sequences
from cisfuse.sources.spans.examples import SIGNALS
from cisfuse.sources.spans.examples import features as features_of_spans
from cisfuse.tasks.binding import target as binding


def span_features(length: int, signals: Sequence[str] = SIGNALS) -> tuple[Feature, ...]:
    """What spans of binding hold; with no signals they lack accessibility."""
    return tuple(
        feature
        for feature in features_of_spans(length, binding)
        if feature.name in signals or feature.name not in SIGNALS
    )


def sequence_features(length: int) -> tuple[Feature, ...]:
    """What sequences of binding hold."""
    return features_of_sequences(length, binding)


def span_examples(
    sequences: np.ndarray,
    labels: np.ndarray | None = None,
    accessibility: np.ndarray | None = None,
    names: list[str] | None = None,
) -> Examples:
    """Spans with the given bases, uint8 (n, length); without accessibility they have no signal."""
    count, length = sequences.shape
    arrays = {
        "name": text_column(names or [f"chr1:{row}-{row + length}" for row in range(count)]),
        "sequence": sequences,
        "label": np.zeros(count, np.int64) if labels is None else np.asarray(labels, np.int64),
    }
    if accessibility is None:
        return Examples(span_features(length, ()), arrays)
    arrays["accessibility"] = np.asarray(accessibility, np.float32)
    return Examples(span_features(length), arrays)


def sequence_examples(sequences: np.ndarray, labels: np.ndarray) -> Examples:
    """Labelled sequences with the given bases, uint8 (n, length)."""
    found = span_examples(sequences, labels)
    names = text_column(f"sequence_{row}" for row in range(len(labels)))
    return Examples(sequence_features(sequences.shape[1]), {**found.arrays, "name": names})


def write_shards(folder: Path, split: str, examples: Examples, shards: int) -> dict:
    """Write a split in one piece; returns its entry of the manifest."""
    paths = [
        str(folder / f"{split}-{number:05d}-of-{shards:05d}.tfrecord") for number in range(shards)
    ]
    writer = SplitWriter(paths, len(examples), examples.features)
    writer.add(examples.arrays)
    return writer.close()


def write_examples(
    folder: Path,
    splits: Mapping[str, Examples],
    shards: int,
    transforms: Mapping[str, Mapping] | None = None,
) -> str:
    """Write splits and their manifest as the rule write_tfrecords does; returns its path."""
    folder.mkdir(exist_ok=True)
    path = folder / "manifest.json"
    write_manifest(
        path,
        sample="sample",
        task="binding",
        features=next(iter(splits.values())).features,
        transforms=transforms or {},
        splits={name: write_shards(folder, name, of, shards) for name, of in splits.items()},
    )
    return str(path)
