"""The spans that are explained: which of a sample's, in what role, and with what outcome.

A span is predicted bound when its logit is at least the threshold: the one that gives the
highest F1 on valid.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_pieces, read_table
from cisfuse.dna.motifs import holds_any
from cisfuse.dna.sequences import sequences_of
from cisfuse.examples.features import Feature, text_column
from cisfuse.examples.manifest import read_manifest
from cisfuse.examples.shards import Examples, concatenate, iterate_shards

logger = logging.getLogger("cisfuse")

COLUMNS = [
    *("name", "chrom", "start", "end", "label", "split", "accessibility", "logit"),
    *("outcome", "role", "sequence"),
]
SIGNALS = ("accessibility",)  # scalars that a model may read beside the sequence
SMALL_ROLE = 200  # most spans of the roles closed_motif and background
CANDIDATES = 10_000  # unbound spans of test from which the background is drawn
EXTREMES = 20  # highest and lowest logits that no draw leaves out; no gallery shows more


def gather(
    manifest_path: str | Path,
    predictions: Mapping[str, str | Path],
    motifs: Sequence[str],
    threshold: float,
    seed: int,
) -> tuple[pd.DataFrame, np.ndarray, float | None]:
    """The spans that may be explained, with their logits; shard by shard, as test may be large.

    They are the positives of all splits and, of the unbound spans of test, those that are
    called bound, those that hold one of the IUPAC ``motifs`` at or below the median
    accessibility of train (``closed_motif``, bool), and some `CANDIDATES` others.
    ``predictions`` has the table of each split, train first. Returns a table with the columns
    of `COLUMNS` up to logit that there are and closed_motif, the sequences, uint8 (n, length),
    and that median. Sequences without accessibility have no median, and none is a closed_motif.
    Raises `DamagedFileError` when a table holds other spans than the shards.
    """
    manifest = read_manifest(manifest_path)
    generator = np.random.default_rng(seed)
    share = CANDIDATES / max(manifest.count("test"), 1)
    parts, tables, accessibility, median = [], [], [], None
    for split, path in predictions.items():
        sizes = [shard.examples for shard in manifest.shards(split)]
        tables_of_shards = in_step(read_pieces(path), sizes)
        for shard, rows in zip(iterate_shards(manifest_path, split), tables_of_shards, strict=True):
            if rows["name"].tolist() != [name.decode() for name in shard.names]:
                raise DamagedFileError(
                    f"{path}: holds other spans than {manifest_path}; delete it and run again"
                )
            signal, wanted = shard.arrays.get("accessibility"), shard.targets == 1
            closed_motif = np.zeros(len(shard), bool)
            if split == "train" and signal is not None:
                accessibility.append(signal)
            if split == "test":
                if signal is not None:
                    closed = np.flatnonzero(signal <= median)
                    closed_motif[closed] = holds_any(shard["sequence"][closed], motifs)
                wanted |= closed_motif | (rows["logit"].to_numpy() >= threshold)
                wanted |= generator.random(len(shard)) < share
            rows = rows.assign(split=split, closed_motif=closed_motif)
            if signal is not None:
                rows["accessibility"] = signal
            parts.append(shard.take(wanted))
            tables.append(rows[wanted])
        if split == "train" and accessibility:
            median = float(np.median(np.concatenate(accessibility)))
    return pd.concat(tables, ignore_index=True), concatenate(parts)["sequence"], median


def in_step(pieces: Iterator[pd.DataFrame], sizes: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Cut a table that comes in pieces into tables of the given sizes, the last perhaps smaller."""
    rest = next(pieces)
    for size in sizes:
        while len(rest) < size and (piece := next(pieces, None)) is not None:
            rest = pd.concat([rest, piece], ignore_index=True)
        yield rest.iloc[:size]
        rest = rest.iloc[size:]


def best_threshold(labels: np.ndarray, logits: np.ndarray) -> tuple[float, float]:
    """The logit at and above which F1 = 2 / (1/precision + 1/recall) is highest, and that F1."""
    # Imported here because those who read the tables of this module do not need it.
    from sklearn.metrics import precision_recall_curve

    precision, recall, thresholds = precision_recall_curve(labels, logits)
    f1 = 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny)
    best = int(np.argmax(f1[:-1]))
    return float(thresholds[best]), float(f1[best])


def outcomes(labels: np.ndarray, logits: np.ndarray, threshold: float) -> np.ndarray:
    """true_positive, false_positive, false_negative or true_negative of each span, (n,)."""
    bound, called = labels == 1, logits >= threshold
    words = np.where(bound == called, "true", "false").astype("U5").astype(object)
    return words + np.where(called, "_positive", "_negative").astype(object)


def choose_roles(
    splits: np.ndarray,
    outcome: np.ndarray,
    labels: np.ndarray,
    logits: np.ndarray,
    closed_motif: np.ndarray,
    *,
    most: int,
    seed: int,
) -> np.ndarray:
    """The role of each span, (n,) str, empty for those that are not explained.

    positive: positives, of test and of the other splits ``most`` each at the most;
    false_positive: of test, ``most`` at the most; closed_motif: those of the mask ``closed_motif``
    among the true negatives of test; background: some of the others, drawn at random. Of the
    other roles the `EXTREMES` highest and lowest logits of test are always there.
    """
    generator = np.random.default_rng(seed)
    test, negative = splits == "test", outcome == "true_negative"
    roles = np.full(len(splits), "", dtype=object)

    def assign(role: str, candidates: np.ndarray, count: int, extremes: int) -> None:
        rows = np.flatnonzero(candidates)
        if len(rows) > count:
            order = rows[np.argsort(logits[rows], kind="stable")]
            ends = min(extremes, count // 2)
            middle = order[ends : len(order) - ends]
            drawn = generator.choice(middle, count - 2 * ends, replace=False)
            rows = np.concatenate([order[:ends], drawn, order[len(order) - ends :]])
        roles[rows] = role

    assign("positive", test & (labels == 1), most, EXTREMES)
    assign("positive", ~test & (labels == 1), most, 0)
    assign("false_positive", test & (outcome == "false_positive"), most, EXTREMES)
    assign("closed_motif", test & negative & closed_motif, SMALL_ROLE, EXTREMES)
    assign("background", test & negative & ~closed_motif, SMALL_ROLE, 0)
    return roles


@dataclass(frozen=True)
class Choice:
    """The spans that are explained.

    spans: a row each, with those of `COLUMNS` that there are; sequences: their bases, uint8
    (n, length); facts: what ``choice.json`` holds of them.
    """

    spans: pd.DataFrame
    sequences: np.ndarray
    facts: dict[str, Any]


def choose_spans(
    manifest_path: str | Path,
    predictions: Mapping[str, str | Path],
    motifs: Sequence[str],
    *,
    most: int,
    seed: int,
) -> Choice:
    """Choose the spans of a model: the threshold from valid, then outcomes and roles.

    The arguments are those of `gather` and `choose_roles`. Raises `DamagedFileError`.
    """
    valid = read_table(predictions["valid"], ["label", "logit"])
    threshold, f1 = best_threshold(valid["label"].to_numpy(), valid["logit"].to_numpy())
    logger.info("a logit of %.3f or more counts as bound: F1 %.3f on valid", threshold, f1)
    spans, sequences, median = gather(manifest_path, predictions, motifs, threshold, seed)
    labels, logits = spans["label"].to_numpy(), spans["logit"].to_numpy()
    splits, closed_motif = spans["split"].to_numpy(), spans["closed_motif"].to_numpy()
    outcome = outcomes(labels, logits, threshold)
    roles = choose_roles(splits, outcome, labels, logits, closed_motif, most=most, seed=seed)
    unbound = closed_motif & (labels == 0)
    called = int((logits[unbound] >= threshold).sum())
    if median is not None and motifs:
        logger.info(
            "%d of %d unbound test spans with a motif in closed chromatin are called bound",
            called,
            unbound.sum(),
        )
    rows = np.flatnonzero(roles != "")
    chosen = spans.assign(outcome=outcome, role=roles).iloc[rows].reset_index(drop=True)
    chosen["sequence"] = [sequence.tobytes().decode("ascii") for sequence in sequences[rows]]
    counts = chosen.groupby(["split", "role", "outcome"]).size()
    for key, count in counts.items():
        logger.info("%s: %s spans", ", ".join(key), f"{count:,}")
    facts = {
        "threshold": threshold,
        "threshold_f1": f1,
        "median_accessibility": median,
        "closed_motif": {"spans": int(unbound.sum()), "called_bound": called},
        "counts": {"/".join(key): int(count) for key, count in counts.items()},
    }
    return Choice(chosen[[name for name in COLUMNS if name in chosen]], sequences[rows], facts)


def positives_of_test(spans: pd.DataFrame) -> np.ndarray:
    """Rows of the explained spans that are bound and of test, int64: what methods are scored on."""
    return np.flatnonzero((spans["role"] == "positive") & (spans["split"] == "test"))


def examples_of(table: pd.DataFrame) -> Examples:
    """Explained spans as examples, for a model: what it can read of them, and their labels."""
    sequences = sequences_of(table)
    signals = [signal for signal in SIGNALS if signal in table]
    features = (
        Feature("name", "string", (), "name of the example", "name"),
        Feature("sequence", "uint8", sequences.shape[1:], "ASCII base", "input", "bases", True),
        Feature("label", "int64", (), "1 bound, 0 unbound", "target"),
        *(Feature(signal, "float32", (), "raw signal", "input", "scalar") for signal in signals),
    )
    arrays = {
        "name": text_column(table["name"]),
        "sequence": sequences,
        "label": table["label"].to_numpy(np.int64),
        **{signal: table[signal].to_numpy(np.float32) for signal in signals},
    }
    return Examples(features, arrays)


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read the arrays of a file of attributions; raises `DamagedFileError`."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, EOFError, KeyError, BadZipFile) as error:
        raise DamagedFileError(
            f"{path}: damaged ({error}); delete it and run again, and its rule makes it anew"
        ) from error
