"""Tables of predictions: written beside the spans that they are of, and averaged.

Every table has the columns name, chrom, start, end, the target and the output, which the task
names (label and logit of binding), and holds one split in the order of the table of examples; one
of examples without a place has no chrom, start and end.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_header, read_pieces, read_table
from cisfuse.examples.features import name_feature, target_feature
from cisfuse.examples.shards import Examples
from cisfuse.readers.intervals import parse_span_names
from cisfuse.sources.places import placed

PLACE = ["chrom", "start", "end"]


def has_places(columns: Iterable[str]) -> bool:
    """Tell by its columns whether a table is of places on a genome, not of sequences."""
    return "chrom" in columns


def example_columns(columns: Iterable[str], target: str) -> list[str]:
    """Name, place and target: those of a table of examples with these columns."""
    return ["name", *(PLACE if has_places(columns) else []), target]


def read_predictions(path: str | Path, task: ModuleType) -> tuple[pd.DataFrame, np.ndarray]:
    """The examples of a table, with chrom, start, end and target, and outputs, (n,) float64.

    ``task`` is the part ``target`` of the study's task.

    A sequence has the place that `cisfuse.sources.places.placed` gives it. Raises
    `DamagedFileError`, also for an output that is no finite number.
    """
    given = PLACE if has_places(read_header(path)) else ["name"]
    table = read_table(path, [*given, task.TARGET, task.OUTPUT])
    outputs = pd.to_numeric(table[task.OUTPUT], errors="coerce").to_numpy(float)
    if not np.isfinite(outputs).all():
        row = int(np.argmin(np.isfinite(outputs)))
        raise DamagedFileError(
            f"{path}: the {task.OUTPUT} of row {row + 1} is {table[task.OUTPUT].iloc[row]!r}, not "
            "a finite number; delete the file and run again, and its rule makes it anew"
        )
    table = table.astype({task.TARGET: task.DTYPE})  # as the examples have it
    return placed(table)[[*PLACE, task.TARGET]], outputs


def table_of(examples: Examples) -> pd.DataFrame:
    """Name, place where the examples have one, and target: the first columns of predictions."""
    naming, target = name_feature(examples.features), target_feature(examples.features)
    names = pd.Series([name.decode() for name in examples.names], dtype="str")
    columns: dict[str, Any] = {"name": names}
    if naming.role == "place":
        columns |= dict(parse_span_names(names).items())
    return pd.DataFrame({**columns, target.name: examples[target.name]})


def average_pieces(paths: Sequence[str | Path], output: str) -> Iterator[pd.DataFrame]:
    """The mean of the column ``output`` of tables of the same examples, in pieces.

    Raises `DamagedFileError` that names the table whose spans are not those of the first.
    """
    for pieces in zip_longest(*map(read_pieces, paths)):
        for path, piece in zip(paths, pieces, strict=True):
            first = pieces[0]
            if piece is None or first is None or not _same_names(piece, first):
                raise DamagedFileError(
                    f"{path}: holds other spans than {paths[0]}; delete both and run again, and "
                    "their rules make them anew"
                )
        mean = np.mean([piece[output] for piece in pieces], axis=0)
        yield pieces[0].assign(**{output: mean})


def _same_names(table: pd.DataFrame, other: pd.DataFrame) -> bool:
    return table["name"].tolist() == other["name"].tolist()
