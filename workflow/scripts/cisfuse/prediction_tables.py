"""Tables of predictions: written beside the spans that they are of, and averaged.

Every table has the columns name, chrom, start, end, label and logit, and holds one split in the
order of the span table.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.errors import DamagedFileError
from cisfuse.files import read_pieces

SPAN_COLUMNS = ["name", "chrom", "start", "end", "label"]
COLUMNS = [*SPAN_COLUMNS, "logit"]


def spans_of_examples(
    spans_path: str | Path, manifest_path: str | Path, names: Mapping[str, np.ndarray]
) -> Iterator[tuple[str, slice, pd.DataFrame]]:
    """Find the spans of examples, in pieces: split, slice of the split's examples, their spans.

    ``names`` holds the examples' names by split, dtype S (n,). Spans have the columns
    `SPAN_COLUMNS`. Raises `DamagedFileError` where shards hold other spans than the table.
    """
    other_spans = DamagedFileError(
        f"{manifest_path}: its shards hold other spans than {spans_path}; delete the manifest and "
        "run again"
    )
    done = dict.fromkeys(names, 0)
    for spans in read_pieces(spans_path):
        for split in names:
            rows = spans.loc[spans["split"] == split, SPAN_COLUMNS]
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
