"""What readers need to know of the column that a study predicts.

A module ``cisfuse.tasks.TASK.target`` is a `Target`: readers, which lie below the tasks, are
given one.
"""

from typing import Protocol

import numpy as np
import pandas as pd


class Target(Protocol):
    """The column that is predicted, as users write it."""

    TARGET: str  # its name in the study's tables
    DTYPE: str
    COLUMNS: tuple[str, ...]  # its names in users' tables
    NOUN: str  # what one is called, then with its article, then several
    A_NOUN: str
    NOUNS: str

    def parse(self, cells: pd.Series) -> tuple[np.ndarray, np.ndarray]:
        """Values of cells, (n,) of `DTYPE`, and where a cell has none, bool (n,)."""

    def describe_bad(self, cell: str, where: str = "") -> tuple[str, str]:
        """What is wrong with a cell, ``where`` it stands (" in column 4"), and how to fix it."""

    def is_value(self, cell: str) -> bool:
        """Tell whether a cell has a value, and so its line is no header."""
