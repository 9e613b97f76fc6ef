"""A row of bars above a span's maps: known sites, and matches of matrices."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from cisfuse.figures.style import COLOURS, GREY

LANES = 2  # rows of bars that a track has room for
# Name, face and edge of each source of sites.
SOURCES = {
    "known": ("known site", COLOURS[3], COLOURS[3]),
    "matrix": ("matrix match", "white", "black"),
}


def draw_sites(axes: Axes, sites: pd.DataFrame, start: int, length: int, size: float) -> None:
    """Draw named bars that point along their strand; what finds no room is counted.

    sites: rows with ``start end strand site source`` in genome coordinates; start: of the span,
    whose first base is drawn at 0; size: of the text, in points. Axes are as wide as the span.
    """
    axes.set_axis_off()
    axes.set_ylim(LANES, 0)
    if not len(sites):
        words = "no known site or matrix match"
        axes.text(0, LANES / 2, words, color=GREY, fontsize=size, va="center")
    ends, left_out, share = [-np.inf] * LANES, 0, length / 100
    for site in sites.sort_values(["source", "start"], kind="stable").itertuples():
        left, right = max(site.start - start, 0), min(site.end - start, length)
        lane = next((lane for lane, end in enumerate(ends) if end < left - share), None)
        if lane is None:
            left_out += 1
            continue
        _, face, edge = SOURCES[site.source]
        shape = _arrow(left, right, lane, site.strand, 2 * share)
        axes.add_patch(Polygon(shape, facecolor=face, edgecolor=edge, linewidth=0.8))
        # The name stands beside the bar, on the side that has room, if one has.
        wide = 1.25 * share * len(site.site)
        before, ends[lane] = ends[lane], right
        if right + wide <= length:
            axes.text(right, lane + 0.5, site.site, fontsize=size, va="center")
            ends[lane] += wide
        elif before < left - wide - share:
            words = {"fontsize": size, "va": "center", "ha": "right"}
            axes.text(left - 1.2 * share, lane + 0.5, site.site, **words)
    if left_out:
        words = f"and {left_out}\nmore"
        axes.text(
            -0.01, 0.5, words, fontsize=size, ha="right", va="center", transform=axes.transAxes
        )


def _arrow(left: int, right: int, lane: int, strand: str, tip: float) -> np.ndarray:
    """Corners of a bar on its lane, (corners, 2), pointed at its strand's end."""
    width = right - left
    tip = min(tip, width / 2) if strand in ("+", "-") else 0.0
    upper = np.array([(0, 0), (width - tip, 0), (width, 0.5)])
    corners = np.vstack([upper, (upper * (1, -1) + (0, 1))[::-1]])
    along = right - corners[:, 0] if strand == "-" else left + corners[:, 0]
    return np.column_stack([along - 0.5, lane + 0.12 + 0.76 * corners[:, 1]])


def draw_legend(axes: Axes, sites: pd.DataFrame, size: float) -> None:
    """Name the kinds of sites that there are."""
    axes.set_axis_off()
    axes.set_ylim(len(SOURCES), 0)
    axes.set_xlim(0, 1)
    present = [SOURCES[source] for source in SOURCES if (sites["source"] == source).any()]
    for line, (name, face, edge) in enumerate(present):
        square = [(0, line + 0.2), (0.07, line + 0.2), (0.07, line + 0.75), (0, line + 0.75)]
        axes.add_patch(Polygon(square, facecolor=face, edgecolor=edge, linewidth=0.8))
        axes.text(0.1, line + 0.5, name, fontsize=size, va="center")
