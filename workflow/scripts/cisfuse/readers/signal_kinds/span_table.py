"""Table of spans: a text with the name of each span, and its mean."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.readers.intervals import parse_span_names, read_signal_table
from cisfuse.readers.signal_kinds.kind import (
    Average,
    SignalKind,
    check_values,
    list_first,
    read_on,
)
from cisfuse.readers.spans import span_names


def check_signal_table(
    path: str | Path, sizes: dict[str, int], chromosomes: list[str], genome_path: str | Path
) -> list[str]:
    """See `cisfuse.readers.signal_kinds.kind.check_values`."""
    table = read_signal_table(path)
    places = parse_span_names(table["name"]).assign(value=table["value"])
    return check_values(places, sizes, chromosomes, path, genome_path)


def values_from_table(table: pd.Series, spans: pd.DataFrame, path: str) -> np.ndarray:
    """Look up each span's value by its name, float64 (n_spans,).

    ``table`` holds values and has the names as its index, each once. Raises `InputError` that
    names the first span which the table lacks.
    """
    names = span_names(spans)
    values = table.reindex(names).to_numpy(np.float64)
    missing = np.isnan(values)
    if missing.any():
        first = names.iloc[int(np.argmax(missing))]
        raise InputError(
            f"{path}: lacks the span {first} ({int(missing.sum()):,} of {len(spans):,} spans are "
            "missing); add a line per span, with the very coordinates of the spans"
        )
    return values


def make_average(path: str, chromosomes: list[str]) -> Average:
    """A function that looks up what the file holds on the chromosomes."""
    table = read_on(chromosomes, path, read_signal_table)
    return partial(values_from_table, table.set_index("name")["value"], path=path)


def list_chromosomes(path: str | Path) -> list[str]:
    """The chromosomes that the names of the spans begin with, each once."""
    return list_first(path, b":")


SPAN_TABLE = SignalKind(
    "table",
    "span name and value",
    check_signal_table,
    make_average,
    columns=2,
    spans_only=True,
    list_chromosomes=list_chromosomes,
)
