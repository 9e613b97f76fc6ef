"""The tables of scores: metrics, comparisons and curves.

A run is one set of predictions: ``MODEL/seed-0``, ``MODEL/ensemble``, or the name of a baseline or
of another program. An entry is what is compared: a model (the mean over its seeds where it has
several), an ensemble, a baseline, another program.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.scores import Scores

Entry = tuple[str, str]  # model and seed


def parse_run(run: str) -> Entry:
    """Model and seed of a run; the seed is a number, ``ensemble``, or empty for a baseline."""
    model, _, seed = run.partition("/")
    return model, seed.removeprefix("seed-")


def group_runs(runs: Iterable[str]) -> dict[Entry, list[str]]:
    """The runs behind each entry, in the order of the runs.

    An entry is called (model, seed), with the seed ``mean`` where a model has several.
    """
    groups: dict[tuple[str, bool], list[str]] = {}
    for run in runs:
        model, seed = parse_run(run)
        groups.setdefault((model, seed == "ensemble"), []).append(run)
    return {
        (model, "mean" if len(members) > 1 else parse_run(members[0])[1]): members
        for (model, _), members in groups.items()
    }


def metrics_row(
    run: str,
    split: str,
    counts: Mapping[str, float],
    scores: Scores,
    resamples: Resamples | None,
) -> dict[str, Any]:
    """A run's row on a split; with intervals where there are resamples.

    ``counts`` are what the task counts of the split.
    """
    row = dict(zip(("model", "seed", "split"), (*parse_run(run), split), strict=True))
    return {**row, **counts, **_cells(scores, resamples)}


def _cells(scores: Scores, resamples: Resamples | None) -> dict[str, float]:
    cells = {name: float(values[0]) for name, values in scores.metrics.items()}
    if resamples is not None:
        for name in scores.metrics:
            ends = resamples.interval(scores.metrics[name][1:])
            cells[f"{name}_low"], cells[f"{name}_high"] = map(float, ends)
    return cells


def metrics_table(
    rows: Mapping[str, list[dict[str, Any]]],
    entries: Mapping[Entry, Scores],
    resamples: Resamples,
    task: ModuleType,
) -> pd.DataFrame:
    """All rows and, after those of several seeds of a model, their mean on test.

    ``rows`` holds for each run the `metrics_row` of each split, that of test last; ``task`` is
    the part ``scores`` of the study's task. Intervals
    say what other spans would do; columns that end in _sd, the standard deviation over seeds,
    what other trainings would.
    """
    found = []
    for entry, members in group_runs(rows).items():
        found += [row for run in members for row in rows[run]]
        if entry[1] == "mean":
            tests = [rows[run][-1] for run in members]
            mean = {name: tests[0][name] for name in ("model", "split", *task.COUNTED)}
            mean.update(seed="mean", **_cells(entries[entry], resamples))
            for name in task.METRICS:
                mean[f"{name}_sd"] = float(np.std([row[name] for row in tests], ddof=1))
            found.append(mean)
    scores = [f"{name}{end}" for name in task.METRICS for end in ("", "_low", "_high", "_sd")]
    columns = ["model", "seed", "split", *task.COUNTED, *scores, *task.FITTED]
    return pd.DataFrame(found, columns=columns)


def comparisons_table(
    entries: Mapping[Entry, Scores], main: str, metrics: Sequence[str], resamples: Resamples
) -> pd.DataFrame:
    """Differences of the main model, and of its ensemble, from every other entry.

    Columns: model and other (``MODEL`` or ``MODEL/ensemble``), metric, difference (model minus
    other), low and high. Both sides are scored on the same resamples.
    """
    named = {
        f"{model}/ensemble" if seed == "ensemble" else model: scores
        for (model, seed), scores in entries.items()
    }
    sides = [name for name in (main, f"{main}/ensemble") if name in named]
    rows = []
    for model, other, metric in product(sides, named, metrics):
        if model != other:
            values = named[model].metrics[metric] - named[other].metrics[metric]
            ends = map(float, resamples.interval(values[1:]))
            rows.append((model, other, metric, values[0], *ends))
    return pd.DataFrame(rows, columns=["model", "other", "metric", "difference", "low", "high"])


def curves_table(
    entries: Mapping[Entry, Scores], grids: Mapping[str, np.ndarray], resamples: Resamples
) -> pd.DataFrame:
    """The curves of every entry with bands that hold point by point, not for whole curves.

    ``grids`` are the places x at which each curve is known. Columns: model, seed, curve, x, y,
    low and high. Curve ``roc`` is the true positive rate (y)
    by the false positive rate, ``precision_recall`` precision (y) by recall.
    """
    tables = []
    for (model, seed), scores in entries.items():
        for curve, values in scores.curves.items():
            low, high = resamples.interval(values[1:])
            columns = {"x": grids[curve], "y": values[0], "low": low, "high": high}
            tables.append(pd.DataFrame(columns).assign(model=model, seed=seed, curve=curve))
    names = ["model", "seed", "curve", "x", "y", "low", "high"]
    return pd.concat(tables, ignore_index=True)[names]
