"""Entries: the rows of a table of scores, and how they and their numbers are called.

An entry is a model (the mean over its seeds where there are several), a model's ensemble, a
baseline, or another program's predictions. `MODEL/ensemble` is the ensemble's entry; the
others are called as their model is.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.files import read_table
from cisfuse.base.wording import ENSEMBLE
from cisfuse.evaluation.baselines.registry import curves_of

MEAN = "mean"
TEXT = (
    *("model", "seed", "split", "method", "other", "metric", "curve", "check", "sample"),
    *("word", "convention", "seeds"),
)
# Scored of the logits and of called labels.
CONVENTION_METRICS = ("roc_auc", "average_precision")
MOST_DRAWN = 7


def read_scores(path: str | Path) -> pd.DataFrame:
    """Read a table of scores: names as text, all else float64 with an empty cell as NaN.

    Raises `DamagedFileError`.
    """
    table = read_table(path)
    for column in table:
        if column in TEXT:
            table[column] = table[column].astype(str)
        else:
            table[column] = pd.to_numeric(table[column], errors="coerce").astype(float)
    return table


def entry_names(table: pd.DataFrame) -> pd.Series:
    """The entry of each row of a table with the columns model and seed."""
    suffix = np.where(table["seed"] == ENSEMBLE, f"/{ENSEMBLE}", "")
    return table["model"] + suffix


def model_of(entry: str) -> str:
    """The model, baseline or other program of an entry."""
    return entry.partition("/")[0]


def main_entry(model: str, entries: Sequence[str]) -> str:
    """The entry that stands for a model: its ensemble where it has several seeds."""
    ensemble = f"{model}/{ENSEMBLE}"
    return ensemble if ensemble in entries else model


def scored_entries(metrics: pd.DataFrame) -> pd.DataFrame:
    """One row per entry on test, in the order of ``metrics``: entry, seeds, then its columns.

    ``metrics`` is what the rule score_predictions writes. Of a model with several seeds the
    row of the mean is taken; ``seeds`` counts the trainings behind a row, 0 for what is not
    trained by seed.
    """
    test = metrics[metrics["split"] == "test"]
    trained = test["seed"].str.isdecimal()
    seeds = test[trained].groupby("model").size()
    averaged = set(test.loc[test["seed"] == MEAN, "model"])
    kept = test[~(trained & test["model"].isin(averaged))].copy()
    kept.insert(0, "entry", entry_names(kept))
    kept.insert(1, "seeds", kept["model"].map(seeds).fillna(0).astype(int))
    return kept.reset_index(drop=True)


def drawn_entries(
    entries: Sequence[str],
    models: Sequence[str],
    inputs: Mapping[str, Sequence[str]],
    named: Sequence[str] = (),
) -> list[str]:
    """The entries that a figure of curves has room for, at most `MOST_DRAWN`.

    ``models`` are the trained ones, the main one first; ``inputs`` says what each model and
    baseline reads and leaves out other programs' predictions; ``named`` are the entries that the
    verdict names. The order is that of how much an entry tells about the main model.
    """
    external = [name for name in entries if model_of(name) not in inputs]
    ranked = [
        main_entry(models[0], entries),
        *named,
        *(name for name in models if len(inputs[name]) == 1),
        *curves_of("first"),
        *external,
        *curves_of("last"),
        *models[1:],
    ]
    return [name for name in dict.fromkeys(ranked) if name in set(entries)][:MOST_DRAWN]


def input_words(inputs: Sequence[str] | None) -> str:
    """What an entry reads, in words; None stands for another program's predictions."""
    if inputs is None:
        return "not stated"
    known = [name for name in ("sequence", "accessibility") if name in inputs]
    names = [*known, *(name for name in inputs if name not in known)]
    if not names:
        return "nothing"
    return f"{names[0]} only" if len(names) == 1 else " and ".join(names)
