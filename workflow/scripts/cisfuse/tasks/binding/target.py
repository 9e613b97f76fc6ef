"""The label of binding: how users write it, and what a split must hold of it.

Arrays of labels are (n,), 1 for bound and 0 for unbound.
"""

from collections.abc import Sequence
from typing import NoReturn

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError

TARGET, DTYPE, UNIT = "label", "int64", "1 bound, 0 unbound"
OUTPUT = "logit"
COLUMNS = ("label",)  # names of the column in users' tables, the first that is there
KEPT = "positive"  # what no fold may lack; empty where there is no such thing
NOUN, A_NOUN, NOUNS = "label", "a label", "labels"


def parse(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Labels that users wrote, as int64 (n,), and where a cell is none, bool (n,)."""
    bad = ~cells.isin(["0", "1"]).to_numpy()
    return (cells == "1").to_numpy(np.int64), bad


def describe_bad(cell: str, where: str = "") -> tuple[str, str]:
    """What is wrong with a cell that is no label, ``where`` it stands, and how to fix it."""
    fix = "write 1 for bound and 0 for unbound"
    if where:  # a column of a BED
        fix += f", or give a file without {NOUNS} as peaks"
    return f"label {cell!r}{where} is neither 0 nor 1", fix


def is_value(cell: str) -> bool:
    """Tell whether a cell is a label, and so its line no header."""
    return cell in ("0", "1")


def check_all(labels: np.ndarray, path: str) -> str:
    """Raise `InputError` where all labels are the same; else a warning to log, or nothing."""
    for label in (0, 1):
        if (labels == label).all():
            raise InputError(
                f"{path}: every label is {label}; give examples of both labels, 1 for bound and 0 "
                "for unbound"
            )
    return ""


def count_words(labels: np.ndarray, units: str) -> str:
    """How many examples are bound, for a table of checks."""
    return f"{labels.sum():,} of {len(labels):,} {units} bound"


def notable(labels: np.ndarray) -> np.ndarray:
    """The examples that every split needs its share of, bool (n,): the positives."""
    return labels == 1


AUDITED = "positive"  # what the audit of a split counts


def audited(labels: np.ndarray) -> np.ndarray:
    """The examples that the audit of a split counts, bool (n,): the positives."""
    return labels == 1


def lookup_scores(labels: np.ndarray, looked_up: np.ndarray) -> dict[str, float]:
    """How well labels that were looked up predict test, by name."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "roc_auc": float(roc_auc_score(labels, looked_up)),
        "average_precision": float(average_precision_score(labels, looked_up)),
    }


def strata(labels: np.ndarray) -> np.ndarray:
    """Groups that a random split keeps in proportion, int64 (n,) from 0: the two labels."""
    return labels.astype(np.int64)


def contradictions(table: pd.DataFrame) -> int:
    """How many sequences, each counted once, are there with both labels."""
    return int((table.groupby("sequence")[TARGET].nunique() > 1).sum())


CONTRADICTORY = "both labels"


def count_splits(table: pd.DataFrame, splits: Sequence[str]) -> pd.DataFrame:
    """Count examples and positives per split: index split; spans, positives, prevalence."""
    counts = table[TARGET].groupby(table["split"]).agg(spans="size", positives="sum")
    counts = counts.reindex(list(splits), fill_value=0)
    counts["prevalence"] = counts["positives"] / counts["spans"]
    return counts


def check_counts(counts: pd.DataFrame, place: str, unit: str, fix: str) -> None:
    """Raise `InputError` when a split lacks positives or negatives: it cannot be scored."""
    for split, row in counts.iterrows():
        for word, count in (
            ("positive", row["positives"]),
            ("negative", row["spans"] - row["positives"]),
        ):
            if not count:
                _refuse(place.format(split=split), word, unit, int(row["spans"]), fix)


def _refuse(place: str, word: str, unit: str, count: int, fix: str) -> NoReturn:
    raise InputError(f"{place} has no {word} {unit} among {count:,}; {fix}, or use more data")


def describe_counts(row: pd.Series) -> str:
    """A split's row of `count_splits` in words for a log, after the number of examples."""
    return f"{int(row['positives'])} positive"
