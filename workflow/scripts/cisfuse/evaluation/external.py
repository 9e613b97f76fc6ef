"""Predictions of other programs: read from a user's file and matched with the study's spans.

Those of labelled sequences have the columns name, label and logit and no coordinates.
"""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.prediction.tables import example_columns, has_places
from cisfuse.readers.text import Text, parse_columns, read_text

DTYPES = {"name": "str", "chrom": "str", "start": "int64", "end": "int64"}


def read_external(
    path: str | Path, columns: Sequence[str], target: ModuleType
) -> tuple[Text, pd.DataFrame]:
    """Read a table whose first line names its columns, in any order and others among them.

    ``columns`` are those of the study's examples that the file must have too, beside the output;
    ``target`` is the part of that name of the study's task. Returns the text, for the line
    numbers of messages, and a row per line with these columns and the output. Raises `InputError`,
    also for a name that is there twice.
    """
    wanted = [*columns, target.OUTPUT]
    numbers = {**DTYPES, target.OUTPUT: "float64"}
    numbers[target.TARGET] = "int64" if target.DTYPE == "int64" else "float64"
    text = read_text(path, "predictions")
    header = [field.strip() for field in text.first]
    for column in wanted:
        if header.count(column) != 1:
            found = "is there twice" if column in header else "is missing"
            text.fail(
                0,
                f"the column '{column}' {found} in the header",
                f"name the columns in the first line: {' '.join(wanted)}",
            )
    text = text.without_first()
    last = max(header.index(column) for column in wanted)
    # Other columns get names that no column of a header has.
    dtypes = {
        column if column in wanted else f"\t{place}": numbers.get(column, "str")
        for place, column in enumerate(header[: last + 1])
    }
    table = parse_columns(text, dtypes)[wanted]
    text.check(
        table["name"].duplicated().to_numpy(dtype=bool),
        lambda row: f"{table['name'].iloc[row]} is there twice",
        "keep one line per span",
    )
    return text, table


def match_spans(
    text: Text,
    table: pd.DataFrame,
    spans: pd.DataFrame,
    spans_path: str | Path,
    target: ModuleType,
) -> np.ndarray:
    """The output of each of the study's examples, float64 (n,), NaN where the file has none.

    ``spans`` has the columns name, the target and, unless these have no place, chrom, start and
    end. Raises `InputError` where the file says otherwise about a span.
    """
    rows = pd.Index(table["name"]).get_indexer(spans["name"])
    found = np.flatnonzero(rows >= 0)
    rows = rows[found]
    wanted = "names, coordinates" if has_places(spans) else "names"
    wanted += f" and {target.NOUNS}"
    for column in example_columns(spans, target.TARGET)[1:]:
        given, known = table[column].to_numpy()[rows], spans[column].to_numpy()[found]
        differs = np.flatnonzero(np.asarray(given != known, dtype=bool))
        if len(differs):
            first = differs[np.argmin(rows[differs])]
            text.fail(
                int(rows[first]),
                f"{column} {given[first]} of {table['name'].iloc[rows[first]]} is {known[first]} "
                "in the study",
                f"give {wanted} of {spans_path}",
            )
    logits = np.full(len(spans), np.nan)
    logits[found] = table[target.OUTPUT].to_numpy()[rows]
    return logits


def complete_splits(
    path: str | Path,
    spans: pd.DataFrame,
    logits: np.ndarray,
    needed: Sequence[str],
    spans_path: str | Path,
) -> list[str]:
    """The splits whose spans all have a logit; ``spans`` has the columns name and split.

    Raises `InputError` that names the first span that is missing of a ``needed`` split.
    """
    complete = []
    missing = np.isnan(logits)
    splits = spans["split"].to_numpy()
    for split in sorted(set(splits)):
        lacking = np.flatnonzero(missing & (splits == split))
        if not len(lacking):
            complete.append(split)
        elif split in needed:
            raise InputError(
                f"{path}: lacks the {split} span {spans['name'].iloc[lacking[0]]} "
                f"({len(lacking):,} of {int((splits == split).sum()):,} {split} spans are "
                f"missing); give a line for every {split} span of {spans_path}"
            )
    return complete
