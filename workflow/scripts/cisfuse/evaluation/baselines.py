"""Baselines: scores that a network has to beat, from no or little training.

``prevalence`` is the log odds of a positive, the same for every span; ``gc_content`` the share of
G and C; ``jaspar_best_match`` the best score of the factor's matrices. ``matrix_regression`` is a
logistic regression on accessibility, the best score of each matrix, and their products;
``kmer_regression`` one on gapped k-mers, and so on sequence alone. Labelled sequences have no
accessibility; for them ``string_search`` is 1 where a sequence holds the word that tells train's
labels best, and 0 elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from cisfuse.dna.kmers import kmer_features
from cisfuse.dna.matrices import best_scores
from cisfuse.dna.string_search import MOST_BASES, find_word, holds
from cisfuse.examples.manifest import read_manifest
from cisfuse.examples.shards import Examples, iterate_shards

SIGNAL = "accessibility"
BLOCK = 2048  # spans that are worked on at once; their words fit into a processor's cache
# Most spans that a regression is fitted on; they bound its memory.
MATRIX_SPANS = 1_000_000
KMER_SPANS = 50_000
KMER_C = 0.1  # inverse strength of regularisation, in scikit-learn's terms


@dataclass(frozen=True)
class FittedBaselines:
    """What the baselines have learned from a training split.

    lowest: float32 (n_matrices,), the lowest best score of each matrix, which a span without
    any window of known bases gets. Without accessibility there is a word and no regression on
    matrices; with it the other way round.
    """

    prevalence: float
    matrices: Sequence[np.ndarray]
    lowest: np.ndarray
    kmer_regression: LogisticRegression
    pseudocount: float | None = None
    matrix_regression: Pipeline | None = None
    word: str | None = None


def fit_baselines(
    manifest_path: str | Path, matrices: Sequence[np.ndarray], seed: int
) -> FittedBaselines:
    """Fit every baseline on the training split of a manifest; raises `DamagedFileError`.

    Of more spans than `MATRIX_SPANS` and `KMER_SPANS`, and of more bases than `MOST_BASES` for
    the word, the seed draws as many.
    """
    with_signal = read_manifest(manifest_path).has(SIGNAL)
    labels, signal, scores = [], [], []
    for block in _blocks(iterate_shards(manifest_path, "train")):
        labels.append(block.targets)
        scores.append(best_scores(block["sequence"], matrices))
        if with_signal:
            signal.append(block[SIGNAL])
    label, score = np.concatenate(labels), np.concatenate(scores)
    lowest = np.fmin.reduce(score, axis=0)
    fitted = FittedBaselines(
        float(label.mean()),
        matrices,
        lowest,
        _fit_kmers(manifest_path, draw_spans(label, KMER_SPANS, seed)),
    )
    if not with_signal:
        return replace(fitted, word=_fit_word(manifest_path, label, seed))
    transforms = read_manifest(manifest_path).transforms[SIGNAL]
    pseudocount = transforms["log"]["pseudocount"]
    rows = draw_spans(label, MATRIX_SPANS, seed)
    features = _matrix_features(
        np.concatenate(signal)[rows], _filled(score[rows], lowest), pseudocount
    )
    regression = make_pipeline(
        StandardScaler(),
        FunctionTransformer(_with_products),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    ).fit(features, label[rows])
    return replace(fitted, pseudocount=pseudocount, matrix_regression=regression)


def draw_spans(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Rows of at most ``most`` spans, rising, int64: all positives if they are no more than half.

    labels: (n,) of 0 and 1. With more positives than half, as many are drawn as negatives leave.
    """
    generator = np.random.default_rng(seed)
    positives, negatives = np.flatnonzero(labels == 1), np.flatnonzero(labels != 1)
    room = max(most // 2, most - len(negatives))
    positives = generator.permutation(positives)[:room]
    negatives = generator.permutation(negatives)[: most - len(positives)]
    return np.sort(np.concatenate([positives, negatives]))


def _train_blocks(manifest_path: str | Path, rows: np.ndarray) -> Iterator[Examples]:
    """The given rows of the training split, block by block; they rise, so shards are read once."""
    start = 0
    for examples in iterate_shards(manifest_path, "train"):
        first, last = np.searchsorted(rows, [start, start + len(examples)])
        yield from _blocks([examples.take(rows[first:last] - start)])
        start += len(examples)


def _fit_kmers(manifest_path: str | Path, rows: np.ndarray) -> LogisticRegression:
    """Fit on the given rows of the training split."""
    features, labels = [], []
    for block in _train_blocks(manifest_path, rows):
        features.append(kmer_features(block["sequence"]))
        labels.append(block.targets)
    model = LogisticRegression(C=KMER_C, class_weight="balanced", max_iter=1000)
    return model.fit(vstack(features, format="csr"), np.concatenate(labels))


def _fit_word(manifest_path: str | Path, label: np.ndarray, seed: int) -> str:
    """The word that tells the labels of the training split, (n,), best."""
    length = read_manifest(manifest_path).feature("sequence").shape[0]
    rows = draw_spans(label, min(KMER_SPANS, max(MOST_BASES // length, 2)), seed)
    sequences = [block["sequence"] for block in _train_blocks(manifest_path, rows)]
    # A draw takes positives rather than negatives; F1 is that of the whole split.
    shares = [np.mean(part == 1) for part in (label, label[rows])]
    odds = [share / (1 - share) for share in shares]
    return find_word(np.concatenate(sequences), label[rows], float(odds[1] / odds[0]))


def word_table(manifest_path: str | Path, word: str) -> pd.DataFrame:
    """The word of ``string_search`` and what it says of all of train; one row.

    Columns: word, length, positives_found and positives, negatives_found and negatives, f1.
    """
    found, of = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for examples in iterate_shards(manifest_path, "train"):
        held, bound = holds(examples["sequence"], word), examples.targets == 1
        found += [int((held & bound).sum()), int((held & ~bound).sum())]
        of += [int(bound.sum()), int((~bound).sum())]
    row = {
        "word": word,
        "length": len(word),
        "positives_found": found[0],
        "positives": of[0],
        "negatives_found": found[1],
        "negatives": of[1],
        "f1": 2 * found[0] / (found.sum() + of[0]),
    }
    return pd.DataFrame([row])


def predict_split(
    fitted: FittedBaselines, manifest_path: str | Path, split: str
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Names of a split's examples, and the logits of each baseline, float32 (n,)."""
    names, logits = [], []
    for examples in iterate_shards(manifest_path, split):
        names.append(examples.names)
        logits += [predict(fitted, block) for block in _blocks([examples])]
    joined = {
        baseline: np.concatenate([part[baseline] for part in logits]).astype(np.float32)
        for baseline in logits[0]
    }
    return np.concatenate(names), joined


def predict(fitted: FittedBaselines, examples: Examples) -> dict[str, np.ndarray]:
    """The score of each baseline for examples, float (n,); it rises with binding.

    Where the factor has no matrix, ``jaspar_best_match`` is 0 for every span.
    """
    scores = best_scores(examples["sequence"], fitted.matrices)
    best = np.zeros(len(examples))
    if len(fitted.matrices):
        best = _filled(np.fmax.reduce(scores, axis=1), np.fmin.reduce(fitted.lowest))
    odds = fitted.prevalence / (1 - fitted.prevalence)
    logits = {
        "prevalence": np.full(len(examples), np.log(odds)),
        "gc_content": gc_content(examples["sequence"]),
        "jaspar_best_match": best,
        "kmer_regression": fitted.kmer_regression.decision_function(
            kmer_features(examples["sequence"])
        ),
    }
    if fitted.word is not None:
        return logits | {"string_search": holds(examples["sequence"], fitted.word).astype(float)}
    signal = examples[SIGNAL]
    features = _matrix_features(signal, _filled(scores, fitted.lowest), fitted.pseudocount)
    return logits | {
        "raw_accessibility": signal,
        "matrix_regression": fitted.matrix_regression.decision_function(features),
    }


def gc_content(sequences: np.ndarray) -> np.ndarray:
    """Share of G and C among known bases, uint8 ASCII (n, length) to float64 (n,); 0 if none."""
    strong = np.isin(sequences, np.frombuffer(b"CG", np.uint8)).sum(axis=1)
    known = strong + np.isin(sequences, np.frombuffer(b"AT", np.uint8)).sum(axis=1)
    return strong / np.maximum(known, 1)


def _blocks(parts: Iterator[Examples] | Sequence[Examples]) -> Iterator[Examples]:
    for examples in parts:
        for start in range(0, len(examples), BLOCK):
            yield examples.take(slice(start, start + BLOCK))


def _filled(scores: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Scores without NaN: the lowest stands there, or 0 where the matrix never fits."""
    return np.where(np.isnan(scores), np.nan_to_num(lowest), scores)


def _matrix_features(signal: np.ndarray, scores: np.ndarray, pseudocount: float) -> np.ndarray:
    """Logarithm of the signal, then the score of each matrix: float64 (n, 1 + n_matrices)."""
    return np.column_stack([np.log(signal.astype(np.float64) + pseudocount), scores])


def _with_products(features: np.ndarray) -> np.ndarray:
    """Beside the features their products with the first."""
    return np.hstack([features, features[:, :1] * features[:, 1:]])
