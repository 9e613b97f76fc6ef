"""What all figures share: their style, and how they are written.

Figures are drawn elsewhere, each kind in a module of its own, so that none imports what it
does not need (benchmarks/startup.py).
"""

import importlib
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from cisfuse.base.files import complete_or_absent

GREY = "#767676"
# Of Okabe and Ito (2008), safe for colour-blind readers; line styles differ too, for print
# without colour.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
LINES = [
    "-",
    "--",
    "-.",
    (0, (1, 1)),
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (8, 1.5)),
    (0, (3, 1, 1, 1)),
]
DIGITS = 6  # of an edge as a share of the figure: far below a pixel
STYLE = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "svg.hashsalt": "cisfuse",
    "svg.fonttype": "none",
}


def style_of(position: int) -> dict:
    """Colour and line style of the model at a position of the legend."""
    return {
        "color": COLOURS[position % len(COLOURS)],
        "linestyle": LINES[position % len(LINES)],
        "linewidth": 1.6,
    }


def new_figure(width: float, height: float) -> Figure:
    """An empty figure in the house style; sizes in inches."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained")


def settle(figure: Figure) -> None:
    """Lay a figure out, round the edges of its axes, and keep them from here on.

    Constrained layout solves for its edges in an order that differs between processes, so that
    they differ in their last digits; SVG names clips by a hash of them, and two writes differ.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine(None)
    for axes in figure.axes:
        axes.set_position([round(edge, DIGITS) for edge in axes.get_position().bounds])


def save_figure(figure: Figure, png: str | Path) -> None:
    """Write PNG for looking and SVG for papers, beside each other and without dates."""
    with mpl.rc_context(STYLE):
        if figure.get_layout_engine():
            settle(figure)
        for path, metadata in (
            (Path(png), {"Software": None}),
            (Path(png).with_suffix(".svg"), {"Date": None, "Creator": None}),
        ):
            with complete_or_absent(path) as output:
                figure.savefig(output, format=path.suffix[1:], metadata=metadata)


def load_drawer(name: str) -> Callable[..., Figure]:
    """The function that a dotted name such as ``cisfuse.figures.curves:draw_roc`` stands for."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
