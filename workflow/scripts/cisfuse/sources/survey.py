"""One pass over a table of examples, of any source, before its features are made."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cisfuse.base.files import read_pieces


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
