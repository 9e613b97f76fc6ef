"""The words that every task has for its figures, the columns of its table and its glossary."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureOfScores:
    """A figure of the scores on test: drawn by a function, titled, and read by a caption.

    ``draw`` is the dotted name of a function of `cisfuse.evaluation.drawing.Drawing`; ``title``
    is what Snakemake's report calls the figure, ``heading`` and ``note`` stand under it on the
    page. Words may hold ``{unit}`` and ``{units}``. ``half``: two such stand side by side.
    """

    name: str
    draw: str
    title: str
    heading: str
    note: str
    half: bool = False


@dataclass(frozen=True)
class Column:
    """A column of the page's table of scores: a column of metrics.tsv and how it is written.

    ``digits`` are decimals; ``interval``: whether its interval stands beside it.
    """

    metric: str
    heading: str
    digits: int = 3
    interval: bool = False
