"""Tables of predictions: written beside the spans that they are of, and averaged.

Every table has the columns name, chrom, start, end, label and logit, and holds one split in the
order of the span table; one of labelled sequences has no chrom, start and end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_header, read_pieces, read_table
from cisfuse.sources.sequence_tables import placed

PLACE = ["chrom", "start", "end"]
SPAN_COLUMNS = ["name", *PLACE, "label"]
COLUMNS = [*SPAN_COLUMNS, "logit"]


def has_places(columns: Iterable[str]) -> bool:
    """Tell by its columns whether a table is of places on a genome, not of sequences."""
    return "chrom" in columns


def span_columns(columns: Iterable[str]) -> list[str]:
    """Those of `SPAN_COLUMNS` that a table with these columns has."""
    return SPAN_COLUMNS if has_places(columns) else ["name", "label"]


def read_predictions(path: str | Path) -> tuple[pd.DataFrame, np.ndarray]:
    """The spans of a table, with chrom, start, end and label, and their logits, (n,) float64.

    A sequence has the place that `cisfuse.sources.sequence_tables.placed` gives it. Raises
    `DamagedFileError`, also for a logit that is no finite number.
    """
    given = PLACE if has_places(read_header(path)) else ["name"]
    table = read_table(path, [*given, "label", "logit"])
    logits = pd.to_numeric(table["logit"], errors="coerce").to_numpy(float)
    if not np.isfinite(logits).all():
        row = int(np.argmin(np.isfinite(logits)))
        raise DamagedFileError(
            f"{path}: the logit of row {row + 1} is {table['logit'].iloc[row]!r}, not a finite "
            "number; delete the file and run again, and its rule makes it anew"
        )
    return placed(table)[[*PLACE, "label"]], logits


def spans_of_examples(
    spans_path: str | Path, manifest_path: str | Path, names: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, slice, pd.DataFrame]]:
    """Find the spans of examples, in pieces: split, slice of the split's examples, their spans.

    ``names`` holds the examples' names by split, dtype S (n,). Spans have the columns
    `SPAN_COLUMNS` that the table has. Raises `DamagedFileError` where shards hold other spans
    than the table.
    """
    other_spans = DamagedFileError(
        f"{manifest_path}: its shards hold other spans than {spans_path}; delete the manifest and "
        "run again"
    )
    done = dict.fromkeys(names, 0)
    for spans in read_pieces(spans_path):
        for split in names:
            rows = spans.loc[spans["split"] == split, span_columns(spans)]
            part = slice(done[split], done[split] + len(rows))
            if names[split][part].tolist() != [name.encode() for name in rows["name"]]:
                raise other_spans
            done[split] = part.stop
            yield split, part, rows
    if done != {split: len(found) for split, found in names.items()}:
        raise other_spans


def average_pieces(paths: Sequence[str | Path]) -> Iterator[pd.DataFrame]:
    """The mean of the logits of tables of the same spans, in pieces.

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
        yield pieces[0].assign(logit=np.mean([piece["logit"] for piece in pieces], axis=0))


def _same_names(table: pd.DataFrame, other: pd.DataFrame) -> bool:
    return table["name"].tolist() == other["name"].tolist()
