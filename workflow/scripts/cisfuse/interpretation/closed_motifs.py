"""Motifs in closed chromatin: how many are bound in truth, and how many each entry calls bound.

Entries are compared at one recall: that of the main model at its best F1 on valid. Each entry
calls a span bound from the highest logit on that reaches this recall on valid, so that none
looks careful by calling little. Nothing is chosen on test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_pieces, read_table
from cisfuse.dna.motifs import holds_any
from cisfuse.examples.manifest import read_manifest
from cisfuse.examples.shards import iterate_shards
from cisfuse.interpretation.explained import best_threshold

COLUMNS = [
    *("run", "threshold", "recall_valid", "recall_test"),
    *("unbound", "unbound_called", "bound", "bound_called"),
]
READ = ["name", "label", "logit"]
ROUNDING = 1e-9  # of a recall, which is a share in binary


@dataclass(frozen=True)
class ClosedMotifs:
    """The test spans that hold a motif in closed chromatin, and what is true of them.

    names: str (m,); rows: int64 (m,), their places in test; bound: bool (m,). facts: the
    ``median_accessibility`` of train, at or below which chromatin counts as closed, its
    ``unit``, and how many test spans there are, how many with a motif in ``closed`` and in
    ``open`` chromatin, and how many of each are bound.
    """

    names: np.ndarray
    rows: np.ndarray
    bound: np.ndarray
    facts: dict[str, Any]


def find_closed(manifest_path: str | Path, motifs: Sequence[str]) -> ClosedMotifs:
    """Find the test spans with one of the IUPAC ``motifs`` on either strand, shard by shard."""
    levels = [shard["accessibility"] for shard in iterate_shards(manifest_path, "train")]
    median = float(np.median(np.concatenate(levels)))
    features = {feature.name: feature for feature in read_manifest(manifest_path).features}
    names, labels, has_motif, closed = [], [], [], []
    for shard in iterate_shards(manifest_path, "test"):
        holds, low = holds_any(shard["sequence"], motifs), shard["accessibility"] <= median
        names += [name.decode() for name in shard.names[holds & low]]
        labels.append(shard.targets == 1)
        has_motif.append(holds)
        closed.append(low)
    is_bound, holds, low = map(np.concatenate, (labels, has_motif, closed))
    rows = np.flatnonzero(holds & low)
    facts = {
        "median_accessibility": median,
        "unit": features["accessibility"].unit,
        "test": _counts(is_bound),
        "closed": _counts(is_bound[rows]),
        "open": _counts(is_bound[holds & ~low]),
    }
    return ClosedMotifs(np.array(names, dtype=object), rows, is_bound[rows], facts)


def _counts(bound: np.ndarray) -> dict[str, int]:
    return {"spans": len(bound), "bound": int(bound.sum())}


def recall_of_best_f1(path: str | Path) -> float:
    """The recall at the threshold with the highest F1; path: predictions of valid."""
    labels, logits = _read_valid(path)
    threshold, _ = best_threshold(labels, logits)
    return _recall(labels, logits, threshold)


def threshold_at(labels: np.ndarray, logits: np.ndarray, recall: float) -> float:
    """The highest logit at and above which a share ``recall`` of the positives lies, or more.

    NaN without a positive, and where the logits are all the same or not all are finite: such
    an entry ranks nothing.
    """
    positives = np.sort(logits[labels == 1])[::-1]
    if not len(positives) or not np.isfinite(logits).all() or np.ptp(logits) == 0:
        return np.nan
    wanted = int(np.ceil((recall - ROUNDING) * len(positives)))
    return float(positives[max(wanted, 1) - 1])


def _recall(labels: np.ndarray, logits: np.ndarray, threshold: float) -> float:
    positives = logits[labels == 1]
    return float((positives >= threshold).mean()) if len(positives) else np.nan


def _read_valid(path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    table = read_table(path, ["label", "logit"])
    return table["label"].to_numpy(), _numbers(table["logit"])


def _numbers(column: pd.Series) -> np.ndarray:
    return pd.to_numeric(column, errors="coerce").to_numpy(float)


def count_called(
    run: str, valid: str | Path, test: str | Path, closed: ClosedMotifs, recall: float
) -> dict[str, Any]:
    """A row of `COLUMNS`: what a run calls of the spans, at ``recall`` on valid.

    Of an entry that ranks nothing, threshold, recalls and calls are NaN. Raises
    `DamagedFileError` where the predictions are of other spans.
    """
    labels, logits = _read_valid(valid)
    threshold = threshold_at(labels, logits, recall)
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"run": run, "bound": int(closed.bound.sum()), "unbound": int((~closed.bound).sum())}
    if np.isnan(threshold):
        return row
    names, called, found, positives, before = [], [], 0, 0, 0
    for piece in read_pieces(test, READ):
        is_called = _numbers(piece["logit"]) >= threshold
        bound = (piece["label"] == 1).to_numpy()
        positives, found = positives + int(bound.sum()), found + int((bound & is_called).sum())
        here = closed.rows[(closed.rows >= before) & (closed.rows < before + len(piece))] - before
        names += piece["name"].to_numpy(object)[here].tolist()
        called.append(is_called[here])
        before += len(piece)
    if before != closed.facts["test"]["spans"] or names != closed.names.tolist():
        raise DamagedFileError(
            f"{test}: holds other spans than the examples of test; delete it and run again, and "
            "its rule makes it anew"
        )
    calls = np.concatenate(called)
    return row | {
        "threshold": threshold,
        "recall_valid": _recall(labels, logits, threshold),
        "recall_test": found / positives if positives else np.nan,
        "unbound_called": int(calls[~closed.bound].sum()),
        "bound_called": int(calls[closed.bound].sum()),
    }


def count_entries(
    manifest_path: str | Path,
    motifs: Sequence[str],
    valid: Mapping[str, str | Path],
    test: Mapping[str, str | Path],
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """What every run calls, a row of `COLUMNS` each, and the facts of `ClosedMotifs`.

    valid, test: predictions of each run, that of the main model first, whose recall is the one
    of all; it is among the facts, with its ``run`` and the motifs. Raises `DamagedFileError`.
    """
    closed, main = find_closed(manifest_path, motifs), next(iter(valid))
    recall = recall_of_best_f1(valid[main])
    rows = [count_called(run, valid[run], test[run], closed, recall) for run in valid]
    facts = closed.facts | {"recall": recall, "run": main, "motifs": list(motifs)}
    return pd.DataFrame(rows, columns=COLUMNS), facts
