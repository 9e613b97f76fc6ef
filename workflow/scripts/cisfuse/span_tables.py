"""The table of a sample's spans: gathered from the parts of the genome, and written.

That of labelled sequences has the columns `SEQUENCE_COLUMNS` and no coordinates.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from cisfuse.errors import DamagedFileError
from cisfuse.files import PIECE_ROWS, read_table, table_writer
from cisfuse.spans import span_names

COLUMNS = ["chrom", "start", "end", "label", "split", "accessibility"]
SEQUENCE_COLUMNS = ["name", "label", "split", "sequence"]


def placed(table: pd.DataFrame) -> pd.DataFrame:
    """A table of spans or of their predictions with coordinates, for what reckons by place.

    A sequence without a place becomes a chromosome of its own: ``chrom`` is its name, ``start``
    0 and ``end`` the length of ``sequence``, or 1 where the table lacks it. A table with
    coordinates comes back as it is.
    """
    if "chrom" in table:
        return table
    end = table["sequence"].str.len() if "sequence" in table else 1
    places = {"chrom": table["name"], "start": 0, "end": end}
    return table.assign(**{name: places[name] for name in places}).astype(
        {"start": "int64", "end": "int64"}
    )


def read_parts(
    spans_paths: Iterable[str | Path], signals_paths: Iterable[str | Path]
) -> pd.DataFrame:
    """Labelled spans with their signals beside them, over all parts in their order.

    Raises `DamagedFileError` when a part's two files differ in their number of rows.
    """
    parts = [_read_part(*paths) for paths in zip(spans_paths, signals_paths, strict=True)]
    # A part without rows, of a chromosome shorter than a span, has no type for its signal.
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)


def _read_part(spans_path: str | Path, signals_path: str | Path) -> pd.DataFrame:
    spans, signals = read_table(spans_path), read_table(signals_path)
    if len(spans) != len(signals):
        raise DamagedFileError(
            f"{signals_path}: {len(signals):,} rows, {spans_path} has {len(spans):,}; delete both "
            "and run again, and their rules make them anew"
        )
    return pd.concat([spans, signals], axis=1)


def write_spans(spans: pd.DataFrame, path: str | Path) -> None:
    """Write ``name`` and `COLUMNS` of a table of spans, in pieces: names take much memory."""
    with table_writer(path) as write:
        for start in range(0, len(spans), PIECE_ROWS):
            piece = spans[COLUMNS].iloc[start : start + PIECE_ROWS]
            piece.insert(0, "name", span_names(piece))
            write(piece)
