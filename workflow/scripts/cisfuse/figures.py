"""What all figures share: their style, and how they are written.

Curves are drawn in `cisfuse.curves`, so that saliency maps need not import scikit-learn,
which is slow to import (benchmarks/startup.py).
"""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

GREY = "#767676"
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


def new_figure(width: float, height: float) -> Figure:
    """An empty figure in the house style; sizes in inches."""
    with mpl.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained")


def save_figure(figure: Figure, png: str | Path) -> None:
    """Write PNG for looking and SVG for papers, beside each other and without dates."""
    with mpl.rc_context(STYLE):
        figure.savefig(png, metadata={"Software": None})
        # The layout found for the PNG holds for the SVG, and takes long to find.
        figure.set_layout_engine(None)
        figure.savefig(Path(png).with_suffix(".svg"), metadata={"Date": None, "Creator": None})
