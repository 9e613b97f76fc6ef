"""A measured activity: how users write it, and what a split must hold of it.

Arrays of activities are float64 (n,), in whatever unit the user's file has.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError

TARGET, DTYPE, UNIT = "activity", "float32", "as given"
OUTPUT = "predicted"
COLUMNS = ("activity", "label")
KEPT = ""  # no example is rarer than the others
NOUN, A_NOUN, NOUNS = "activity", "an activity", "activities"
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
MISSING = ("", "na", "nan", "n/a", "null", "none", ".")
INFINITE = ("inf", "infinity")


def parse(cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Numbers that users wrote, float64 (n,), and where a cell has no finite one, bool (n,)."""
    cells = cells.str.strip()
    bad = ~cells.map(_is_number).to_numpy(dtype=bool)
    values = cells.where(~bad, "0").astype("float64").to_numpy(copy=True)
    with np.errstate(over="ignore"):
        return values, bad | ~np.isfinite(values.astype(DTYPE))


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def describe_bad(cell: str, where: str = "") -> tuple[str, str]:
    """What is wrong with a cell without a number, ``where`` it stands, and how to fix it."""
    word = cell.strip().lower()
    if word in MISSING:
        return f"the activity{where} is missing ({cell!r})", "give a number, or remove the line"
    if word.lstrip("+-") in INFINITE or NUMBER.fullmatch(word):
        return f"activity {cell!r}{where} is not finite", "give a finite number, or remove the line"
    fix = "write one such as 1.5, or remove the line"
    if COMMA.fullmatch(word):
        fix = f"write a point in place of the comma: {word.replace(',', '.')}"
    return f"activity {cell!r}{where} is not a number", fix


def is_value(cell: str) -> bool:
    """Tell whether a cell is meant as a number, right or wrong, and so its line no header."""
    word = cell.strip().lower()
    if word in MISSING or word.lstrip("+-") in INFINITE:
        return word != ""
    return _is_number(word) or COMMA.fullmatch(word) is not None


def check_all(activities: np.ndarray, path: str) -> str:
    """Raise `InputError` where all activities are the same; a warning where they are labels."""
    values = np.unique(activities)
    if len(values) == 1:
        raise InputError(
            f"{path}: every activity is {values[0]:g}, so there is nothing to predict; correct the "
            "file, or name another column"
        )
    if set(values.tolist()) == {0.0, 1.0}:
        return (
            "every activity is 0 or 1, as labels are; to predict labels remove 'task: activity' "
            "from the config"
        )
    return ""


def count_words(activities: np.ndarray, units: str) -> str:
    """The range of the activities, for a table of checks."""
    low, high = activities.min(), activities.max()
    return f"{low:g} to {high:g}, mean {activities.mean():.4g}, of {len(activities):,} {units}"


def notable(activities: np.ndarray) -> np.ndarray:
    """The examples that every split needs its share of, bool (n,): none is rarer than others."""
    return np.zeros(len(activities), dtype=bool)


AUDITED = "example"  # what the audit of a split counts


def audited(activities: np.ndarray) -> np.ndarray:
    """The examples that the audit of a split counts, bool (n,): all of them."""
    return np.ones(len(activities), dtype=bool)


def lookup_scores(activities: np.ndarray, looked_up: np.ndarray) -> dict[str, float]:
    """How well values that were looked up predict test, by name; NaN where all are the same."""
    if np.ptp(looked_up) == 0:
        return {"pearson": np.nan}
    return {"pearson": float(np.corrcoef(activities, looked_up)[0, 1])}


def strata(activities: np.ndarray) -> np.ndarray:
    """Groups that a random split keeps in proportion, int64 (n,): all are one."""
    return np.zeros(len(activities), dtype=np.int64)


def contradictions(table: pd.DataFrame) -> int:
    """How many sequences, each counted once, are there with different activities."""
    return int((table.groupby("sequence")[TARGET].nunique() > 1).sum())


CONTRADICTORY = "different activities"


def count_splits(table: pd.DataFrame, splits: Sequence[str]) -> pd.DataFrame:
    """Count examples per split, with the mean and the standard deviation of their activities."""
    groups = table[TARGET].groupby(table["split"])
    counts = groups.agg(spans="size", mean="mean", standard_deviation=lambda part: part.std(ddof=0))
    counts = counts.reindex(list(splits))
    counts["spans"] = counts["spans"].fillna(0).astype(np.int64)
    return counts


def check_counts(counts: pd.DataFrame, place: str, unit: str, fix: str) -> None:
    """Raise `InputError` when a split has fewer than two activities that differ."""
    for split, row in counts.iterrows():
        if not row["standard_deviation"] > 0:
            raise InputError(
                f"{place.format(split=split)} has no two {unit}s of different activity among "
                f"{int(row['spans']):,}; {fix}, or use more data"
            )


def describe_counts(row: pd.Series) -> str:
    """A split's row of `count_splits` in words for a log, after the number of examples."""
    return f"activity {row['mean']:.4g} with standard deviation {row['standard_deviation']:.4g}"
