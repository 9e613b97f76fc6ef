"""Examples that baselines are fitted on in tests: a planted site, accessibility, real numbers."""

from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.files import write_json
from cisfuse.dna.sequences import reverse_complement
from cisfuse.evaluation.baselines.fitting import Block, Estimator, Train, make_baseline, read_train
from cisfuse.evaluation.baselines.registry import BASELINES, baselines_for
from cisfuse.examples.shards import Examples, ShardWriter, feature_table, shard_rows

LENGTH = 40
SITE = np.frombuffer(b"TGACTCAGCA", np.uint8)
SITES = [strand.tobytes().decode() for strand in (SITE, reverse_complement(SITE))]
MATRIX = np.where(SITE[:, None] == np.frombuffer(b"ACGT", np.uint8), 2.0, -4.0).astype(np.float32)
SIGNAL = "accessibility"
PSEUDOCOUNT = 0.25
CONSTANTS = {SIGNAL: {"log": {"pseudocount": PSEUDOCOUNT}}}
COUNTS = {"train": 1500, "valid": 400, "test": 600}


def make_rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sequences, half of them with the site on a random strand, whether, and accessibility."""
    generator = np.random.default_rng(seed)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH))
    bears = generator.random(count) < 0.5
    for row in np.flatnonzero(bears):
        start = generator.integers(0, LENGTH - len(SITE) + 1)
        turned = generator.random() < 0.5
        sequences[row, start : start + len(SITE)] = reverse_complement(SITE) if turned else SITE
    return sequences, bears, np.exp(generator.normal(0, 2, count)).astype(np.float32)


def bound_by_site(bears: np.ndarray, signal: np.ndarray) -> np.ndarray:
    return bears.astype(np.int64)


def bound_by_product(bears: np.ndarray, signal: np.ndarray) -> np.ndarray:
    """Neither the site nor the accessibility says anything alone."""
    return (bears == (signal > 1)).astype(np.int64)


def write_examples(folder: Path, bound, seed: int = 0, signals=(SIGNAL,)) -> str:
    """Examples by split in three shards; without signals they are labelled sequences."""
    folder.mkdir()
    splits = {}
    for number, (split, count) in enumerate(COUNTS.items()):
        sequences, bears, signal = make_rows(count, 10 * seed + number)
        names = [f"chr1:{row}-{row + LENGTH}" for row in range(count)]
        label = bound(bears, signal)
        spans = pd.DataFrame({"name": names, "label": label, SIGNAL: signal})
        entries = []
        for shard, rows in enumerate(shard_rows(count, 3)):
            writer = ShardWriter(str(folder / f"{split}-{shard}.tfrecord"), signals)
            writer.add(spans.iloc[rows], sequences[rows])
            entries.append(writer.close())
        splits[split] = {"shards": entries}
    manifest = {
        "features": feature_table(LENGTH, signals),
        "signals": {signal: {"transforms": CONSTANTS[SIGNAL]} for signal in signals},
        "splits": splits,
    }
    write_json(manifest, folder / "manifest.json")
    return str(folder / "manifest.json")


def make_examples(sequences: np.ndarray, targets: np.ndarray, signal: np.ndarray) -> Examples:
    """Examples in memory, also of real numbers."""
    names = np.array([b"%d" % row for row in range(len(sequences))])
    return Examples(names, sequences, targets.astype(np.float32), {SIGNAL: signal})


def train_on(splits: dict[str, Examples], matrices=(MATRIX,), seed: int = 0) -> Train:
    """The training split of examples in memory; each split comes in three shards."""

    def read(split: str):
        examples = splits[split]
        return (examples.take(rows) for rows in shard_rows(len(examples), 3))

    return Train(read, list(matrices), seed, CONSTANTS)


def fit_baseline(name: str, train: Train) -> Estimator:
    return make_baseline(name, BASELINES[name].module).fit(train)


def fit_binding(manifest: str, matrices, seed: int = 0, signals=(SIGNAL,)) -> dict[str, Estimator]:
    """All baselines of binding, fitted on a manifest's training split."""
    names = baselines_for("binding", ["sequence", *signals], [] if signals else ["string_search"])
    train = read_train(manifest, matrices, seed)
    return {name: fit_baseline(name, train) for name in names}


def predict(baseline: Estimator, examples: Examples, matrices=(MATRIX,)) -> np.ndarray:
    """What a baseline says of examples, in one block."""
    return baseline.predict(Block(examples, list(matrices)))
