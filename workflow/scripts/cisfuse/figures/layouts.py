"""Figures of parts that stand one below the other."""

from collections.abc import Sequence
from textwrap import fill

import matplotlib as mpl
from matplotlib.figure import Figure, SubFigure

from cisfuse.figures.style import GREY, STYLE, new_figure

TITLE = 0.45  # inches
SHADE = "#E4E4E4"  # of a part of an axis that is set apart
NOTE_WIDTH = 100  # letters of a line


def stack_parts(
    width: float, heights: Sequence[float], title: str
) -> tuple[Figure, list[SubFigure]]:
    """A figure with a title of two lines, and parts of it from the top down; sizes in inches.

    No engine lays it out: parts place their axes themselves.
    """
    figure = new_figure(width, TITLE + sum(heights))
    figure.set_layout_engine(None)
    top = 1 - 0.06 / (TITLE + sum(heights))
    figure.text(0.5, top, title, fontsize=10, ha="center", va="top")
    if not heights:
        return figure, []
    parts = figure.subfigures(len(heights) + 1, 1, height_ratios=[TITLE, *heights])
    return figure, parts[1:].tolist()


def plot_note(heading: str, note: str, title: str) -> Figure:
    """A figure of one sentence, which says why there is no picture; title: of two lines."""
    with mpl.rc_context(STYLE):
        figure, parts = stack_parts(7.1, [0.5], f"{heading}\n{title}")
        words = fill(note, NOTE_WIDTH)
        parts[0].text(0.5, 0.5, words, ha="center", va="center", color=GREY, fontsize=9)
    return figure
