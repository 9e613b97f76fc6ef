"""The table of a sample's spans: gathered from the parts of the genome, and written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import PIECE_ROWS, read_pieces, read_table, table_writer
from cisfuse.readers.spans import span_names

COLUMNS = ["chrom", "start", "end", "label", "split", "accessibility"]


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


def survey_splits(
    path: str | Path, signals: Sequence[str]
) -> tuple[Counter, dict[str, np.ndarray]]:
    """Count the rows of each split of a table, and gather what train has of each signal, (n,).

    The table is read in pieces, so that memory holds these columns of train alone.
    """
    counts: Counter = Counter()
    train: dict[str, list[np.ndarray]] = {signal: [] for signal in signals}
    for piece in read_pieces(path, ["split", *signals]):
        counts.update(piece["split"].value_counts().to_dict())
        for signal, parts in train.items():
            parts.append(piece.loc[piece["split"] == "train", signal].to_numpy())
    return counts, {signal: np.concatenate(parts) for signal, parts in train.items()}
