"""Predictions of all folds of a cross-validation as one set."""

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_pieces, read_table


def pool_folds(
    paths: Iterable[tuple[str | Path, str | Path]],
    target: ModuleType,
    scores: ModuleType,
    one_scale: bool = False,
) -> tuple[pd.DataFrame, list[Any]]:
    """Pool the test predictions of folds, whose spans are disjoint; the scaling of each fold.

    ``paths`` are those of a fold's test and valid predictions; ``target`` and ``scores`` are the
    parts of those names of the study's task, whose ``fit_folds`` gives the scalings.
    Chromosomes come in the order of their first span, fold after fold, spans by
    start. A run without rows in any fold has none pooled, and no scalings. Raises
    `DamagedFileError` when two folds have a span in common.
    """
    pairs = list(paths)
    columns = [target.TARGET, target.OUTPUT]
    if all(next(read_pieces(path)).empty for pair in pairs for path in pair):
        return read_table(pairs[0][0]), []
    valids = [read_table(valid_path, columns) for _, valid_path in pairs]
    scalings = scores.fit_folds(valids, one_scale)
    tables = []
    seen: dict[str, str | Path] = {}
    for (test_path, _), scaling in zip(pairs, scalings, strict=True):
        table = read_table(test_path)
        both = [name for name in table["name"] if name in seen]
        if both:
            raise DamagedFileError(
                f"{test_path}: {both[0]} is a test span of {seen[both[0]]} too; delete both and "
                "run again, and their rules make them anew"
            )
        seen.update(dict.fromkeys(table["name"], test_path))
        outputs = scores.rescale(table[target.OUTPUT], scaling)
        tables.append(table.assign(**{target.OUTPUT: outputs}))
    pooled = pd.concat(tables, ignore_index=True)
    chrom = pd.factorize(pooled["chrom"])[0]
    order = np.lexsort((pooled["end"], pooled["start"], chrom))
    return pooled.iloc[order].reset_index(drop=True), scalings
