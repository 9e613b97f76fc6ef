"""What baselines are fitted on and predict: examples in blocks, and work that several share."""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from scipy.sparse import csr_array

from cisfuse.dna.kmers import kmer_features
from cisfuse.dna.matrices import best_scores
from cisfuse.examples.manifest import read_manifest
from cisfuse.examples.shards import Examples, iterate_shards

BLOCK = 2048  # examples that are worked on at once; their words fit into a processor's cache


class Block:
    """Some examples, and what several baselines make of them, made once."""

    def __init__(self, examples: Examples, matrices: Sequence[np.ndarray]):
        self.examples = examples
        self.matrices = matrices

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def sequences(self) -> np.ndarray:
        """Bases, uint8 ASCII (n, length)."""
        return self.examples["sequence"]

    @property
    def targets(self) -> np.ndarray:
        """What is to be predicted, float32 (n,)."""
        return self.examples.targets

    @property
    def scalars(self) -> dict[str, np.ndarray]:
        """The features of one number each, by name: float32 (n,), raw."""
        scalars = [feature.name for feature in self.examples.features if feature.kind == "scalar"]
        return {name: self.examples[name] for name in scalars}

    @cached_property
    def best_scores(self) -> np.ndarray:
        """The best score of each matrix, float32 (n, n_matrices) in bits; NaN where none fits."""
        if not self.matrices:
            return np.zeros((len(self), 0), np.float32)
        return best_scores(self.sequences, self.matrices)

    @cached_property
    def kmers(self) -> csr_array:
        """Gapped k-mers, float32 (n, features), rows of length 1."""
        return kmer_features(self.sequences)


class Train:
    """The training split that baselines are fitted on, read block by block.

    ``read`` gives the shards of a split by its name; ``matrices``: float32 (width, 4) each;
    ``constants`` are those of each signal's transforms, by signal and transform, fitted on
    train. Of more examples than a baseline can take, ``seed`` draws some.
    """

    def __init__(
        self,
        read: Callable[[str], Iterator[Examples]],
        matrices: Sequence[np.ndarray],
        seed: int,
        constants: Mapping[str, Mapping[str, Mapping[str, float]]],
    ):
        self.read = read
        self.matrices = matrices
        self.seed = seed
        self.constants = constants

    def blocks(self, rows: np.ndarray | None = None) -> Iterator[Block]:
        """All of train, or its given rows, block by block; rows rise, so shards are read once."""
        start = 0
        for examples in self.read("train"):
            if rows is None:
                yield from blocks_of(examples, self.matrices)
            else:
                first, last = np.searchsorted(rows, [start, start + len(examples)])
                yield from blocks_of(examples.take(rows[first:last] - start), self.matrices)
            start += len(examples)

    def valid_blocks(self) -> Iterator[Block]:
        """The valid split, block by block, to choose a setting on; none where it is empty."""
        for examples in self.read("valid"):
            yield from blocks_of(examples, self.matrices)

    @cached_property
    def length(self) -> int:
        """The number of bases of a sequence."""
        return next(self.blocks()).sequences.shape[1]

    @property
    def targets(self) -> np.ndarray:
        """The targets of all of train, float32 (n,)."""
        return self._columns[0]

    @property
    def best_scores(self) -> np.ndarray:
        """The best scores of all of train, float32 (n, n_matrices); NaN where no window fits."""
        return self._columns[1]

    @cached_property
    def lowest(self) -> np.ndarray:
        """The lowest best score of each matrix, float32 (n_matrices,).

        An example without any window of known bases gets it. NaN where a matrix never fits.
        """
        return np.fmin.reduce(self.best_scores, axis=0)

    def scalar(self, name: str) -> np.ndarray:
        """A feature of one number each of all of train, float32 (n,), raw."""
        return self._columns[2][name]

    def pseudocount(self, name: str) -> float:
        """What is added to a signal before its logarithm is taken."""
        return self.constants[name]["log"]["pseudocount"]

    @cached_property
    def _columns(self) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
        """Targets, best scores and scalars, in one pass, since nearly every fit needs them."""
        targets, scores = [], []
        scalars: dict[str, list[np.ndarray]] = {}
        for block in self.blocks():
            targets.append(block.targets)
            scores.append(block.best_scores)
            for name, values in block.scalars.items():
                scalars.setdefault(name, []).append(values)
        joined = {name: np.concatenate(values) for name, values in scalars.items()}
        return np.concatenate(targets), np.concatenate(scores), joined


class Unavailable(Exception):
    """A baseline that has nothing to be fitted on; its text says what is lacking."""


class Estimator(Protocol):
    """A baseline: fitted on train, it scores examples.

    One whose entry in the registry has ``table`` also has a method of that name, which takes the
    ``Train`` and returns a data frame of what was found in it.
    """

    def fit(self, train: Train) -> Self:
        """Learn from the training split and return itself.

        Raises `DamagedFileError`, and `Unavailable` where a constant is all that it could say.
        """

    def predict(self, block: Block) -> np.ndarray:
        """Float (n,): what rises with binding, or the activity in its own unit."""


def blocks_of(examples: Examples, matrices: Sequence[np.ndarray]) -> Iterator[Block]:
    """Cut examples into blocks of at most `BLOCK`."""
    for start in range(0, len(examples), BLOCK):
        yield Block(examples.take(slice(start, start + BLOCK)), matrices)


def read_train(manifest_path: str | Path, matrices: Sequence[np.ndarray], seed: int) -> Train:
    """The training split of a manifest."""
    constants = read_manifest(manifest_path).transforms
    return Train(lambda split: iterate_shards(manifest_path, split), matrices, seed, constants)


def make_baseline(name: str, module: str) -> Estimator:
    """A baseline that is not fitted yet, by its name and its module in the registry."""
    class_name = "".join(word.capitalize() for word in name.split("_"))
    return getattr(importlib.import_module(module), class_name)()


def fit_baselines(
    modules: Mapping[str, str], train: Train
) -> tuple[dict[str, Estimator], dict[str, str]]:
    """Baselines fitted on train by name, and why the others are not available.

    ``modules`` are those of the registry by name.
    """
    fitted, unavailable = {}, {}
    for name, module in modules.items():
        try:
            fitted[name] = make_baseline(name, module).fit(train)
        except Unavailable as reason:
            unavailable[name] = str(reason)
    return fitted, unavailable


def predict_examples(
    fitted: Mapping[str, Estimator], examples: Examples, matrices: Sequence[np.ndarray]
) -> dict[str, np.ndarray]:
    """What each baseline says of examples, float32 (n,); ``matrices`` are those of the fit."""
    predicted = {name: [np.zeros(0, np.float32)] for name in fitted}
    for block in blocks_of(examples, matrices):
        for name, baseline in fitted.items():
            predicted[name].append(baseline.predict(block).astype(np.float32))
    return {name: np.concatenate(of) for name, of in predicted.items()}
