"""The tables of the study's page: numbers of the scores and of the audit as text."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.wording import ENSEMBLE, format_interval, name_of, percent
from cisfuse.evaluation.entries import MEAN, input_words
from cisfuse.statistics.bootstrap import FEW_BLOCKS
from cisfuse.tasks.words import Column


@dataclass(frozen=True)
class Cell:
    """One number of the table of scores: its text, what stands smaller beside it, best or not."""

    text: str
    spread: str = ""
    interval: str = ""
    best: bool = False


@dataclass(frozen=True)
class Row:
    """One entry of the table of scores."""

    name: str
    seeds: str
    reads: str
    cells: list[Cell]
    main: bool = False
    begins: bool = False  # the first of a kind: trained, baselines, other programs
    absent: str = ""  # why there are no scores, in place of the cells


def columns_of(words: ModuleType, hidden: Sequence[str]) -> list[Column]:
    """The columns of the table of scores; ``hidden`` are metrics that say nothing here."""
    return [column for column in words.COLUMNS if column.metric not in hidden]


def score_rows(
    entries: pd.DataFrame,
    reads: Mapping[str, Sequence[str]],
    main: str,
    columns: Sequence[Column],
    lower_is_better: Collection[str] = (),
) -> list[Row]:
    """The table of scores, a row per entry in their order; the best of each column is marked.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`. Of values that are
    written the same all are best, and none is where all are written the same.
    """
    cells = [_cells(entries, column, column.metric in lower_is_better) for column in columns]
    rows: list[Row] = []
    previous = None
    for place, row in enumerate(entries.itertuples()):
        kind = "trained" if row.seeds else "baseline" if row.model in reads else "external"
        rows.append(
            Row(
                name_of(row.model),
                f"{row.seed} of {row.seeds} seeds" if row.seed in (MEAN, ENSEMBLE) else "",
                _reading(reads.get(row.model)),
                [column[place] for column in cells],
                row.entry == main,
                kind != previous,
            )
        )
        previous = kind
    return rows


def absent_rows(reasons: Mapping[str, str], reads: Mapping[str, Sequence[str]]) -> list[Row]:
    """A row per baseline that is not available, by name, with the reason."""
    return [
        Row(name_of(name), "", _reading(reads.get(name)), [], absent=f"not available: {reason}")
        for name, reason in reasons.items()
    ]


def _reading(inputs: Sequence[str] | None) -> str:
    words = input_words(inputs)
    return "both" if words == "sequence and accessibility" else words.removesuffix(" only")


def _cells(entries: pd.DataFrame, column: Column, lower: bool) -> list[Cell]:
    metric, digits = column.metric, column.digits
    values = entries[metric].to_numpy()
    texts = [_written(value, digits) for value in values]
    best = None
    if len(set(filter(None, texts))) > 1:
        best = texts[int(np.nanargmin(values) if lower else np.nanargmax(values))]
    spreads = entries[f"{metric}_sd"].to_numpy()
    bounds = entries[[f"{metric}_low", f"{metric}_high"]].to_numpy()
    return [
        Cell(
            text or "\N{EN DASH}",
            f"\N{PLUS-MINUS SIGN} {_written(spread, digits)}" if np.isfinite(spread) else "",
            format_interval(*bound) if column.interval else "",
            bool(text) and text == best,
        )
        for text, spread, bound in zip(texts, spreads, bounds, strict=True)
    ]


def _written(value: float, digits: int) -> str:
    return "" if np.isnan(value) else f"{value:z.{digits}f}"


def score_note(
    entries: pd.DataFrame, bootstrap: pd.DataFrame, task: ModuleType, source: ModuleType
) -> str:
    """The sentences beneath the table: estimators, intervals and what they rest on.

    ``task`` and ``source`` are the parts ``words`` of the two.
    """
    rest, first = bootstrap.iloc[0], entries.iloc[0]
    blocks = source.drawn(rest, first["spans"], task.INFORMATIVE)
    judged = task.JUDGED[0]
    if entries[f"{judged}_low"].notna().any():
        interval = (
            f"Brackets: {percent(rest['confidence'])} interval over {rest['replicates']:,.0f} "
            f"bootstrap draws of {blocks}."
        )
        if rest["informative"] < FEW_BLOCKS:
            few = source.few(task.FEW)
            interval += f" So few {few} give rough intervals that are too narrow."
    else:
        interval = f"No intervals: {blocks}, are too few to resample."
    spread = (
        " \N{PLUS-MINUS SIGN}: standard deviation over the seeds of a model."
        if entries[f"{judged}_sd"].notna().any()
        else ""
    )
    tested = task.tested_words(first, source.UNITS["units"], source.HIDDEN)
    return f"{tested} {interval}{spread} {task.NOTE} Bold: the best of a column."


def split_rows(splits: pd.DataFrame, task: ModuleType) -> list[list[str]]:
    """The splits under the task's ``SPLIT_COLUMNS``, as text."""
    return [[str(row["split"]), *task.split_cells(row)] for _, row in splits.iterrows()]
