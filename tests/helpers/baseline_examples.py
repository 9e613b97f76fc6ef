"""Examples that baselines are fitted on in tests: a planted site, accessibility, real numbers."""

from pathlib import Path

import numpy as np
from example_builders import sequence_examples, span_examples
from example_builders import write_examples as write_splits

from cisfuse.dna.sequences import reverse_complement
from cisfuse.evaluation.baselines.fitting import (
    Block,
    Estimator,
    Train,
    fit_baselines,
    make_baseline,
    read_train,
)
from cisfuse.evaluation.baselines.registry import BASELINES, baselines_for
from cisfuse.examples.features import Feature
from cisfuse.examples.shards import Examples, shard_rows

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
    splits = {}
    for number, (split, count) in enumerate(COUNTS.items()):
        sequences, bears, signal = make_rows(count, 10 * seed + number)
        labels = bound(bears, signal)
        splits[split] = (
            span_examples(sequences, labels, signal)
            if signals
            else sequence_examples(sequences, labels)
        )
    return write_splits(folder, splits, 3, {signal: CONSTANTS[signal] for signal in signals})


def make_examples(sequences: np.ndarray, targets: np.ndarray, signal: np.ndarray) -> Examples:
    """Examples in memory, also of real numbers."""
    examples = span_examples(sequences, accessibility=signal)
    target = Feature("label", "float32", (), "in tests", "target")
    features = [target if of.role == "target" else of for of in examples.features]
    return Examples(tuple(features), {**examples.arrays, "label": targets.astype(np.float32)})


def train_on(splits: dict[str, Examples], matrices=(MATRIX,), seed: int = 0) -> Train:
    """The training split of examples in memory; each split comes in three shards."""

    def read(split: str):
        examples = splits[split]
        return (examples.take(rows) for rows in shard_rows(len(examples), 3))

    return Train(read, list(matrices), seed, CONSTANTS)


def fit_baseline(name: str, train: Train) -> Estimator:
    return make_baseline(name, BASELINES[name].module).fit(train)


def fit_binding(manifest: str, matrices, seed: int = 0, signals=(SIGNAL,)) -> dict[str, Estimator]:
    """All baselines of binding that are available, fitted on a manifest's training split."""
    names = baselines_for("binding", ["sequence", *signals], [] if signals else ["string_search"])
    train = read_train(manifest, matrices, seed)
    return fit_baselines({name: BASELINES[name].module for name in names}, train)[0]


def predict(baseline: Estimator, examples: Examples, matrices=(MATRIX,)) -> np.ndarray:
    """What a baseline says of examples, in one block."""
    return baseline.predict(Block(examples, list(matrices)))
