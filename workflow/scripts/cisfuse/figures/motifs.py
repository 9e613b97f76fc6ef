"""Pictures of discovered motifs and of first-layer filters, beside what JASPAR has."""

from collections.abc import Mapping
from textwrap import fill

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cisfuse.figures.logos import draw_letters, information_heights
from cisfuse.figures.style import GREY, STYLE, new_figure

MOST_PATTERNS, MOST_FILTERS = 10, 30
FILTER_COLUMNS = 3
TITLE_LETTERS = 30  # over a logo, in a line
# Matches with a higher q-value are written in grey.
MATCH_Q = 0.05
BITS = 2.0


def place_on(pattern: np.ndarray, target: np.ndarray) -> tuple[bool, int]:
    """How a matrix lies on a pattern: whether on the other strand, and from which column.

    pattern, target: shares of the bases, (width, 4), channels A, C, G, T. Of both strands and
    all overlaps the one with the highest sum of products of the differences from a quarter.
    The number is the pattern's column that the matrix begins on, turned where it is to be; it
    is negative when the matrix begins before the pattern.
    """
    best, chosen = -np.inf, (False, 0)
    for reverse in (False, True):
        turned = target[::-1, ::-1] if reverse else target
        products = (pattern - 0.25) @ (turned - 0.25).T
        for offset in range(1 - len(turned), len(pattern)):
            score = float(np.trace(products, -offset))
            # Sums of a palindrome's two strands differ in their last digits.
            if score > best + 1e-9:
                best, chosen = score, (reverse, offset)
    return chosen


def plot_motifs(
    table: pd.DataFrame,
    patterns: Mapping[str, np.ndarray],
    matrices: Mapping[str, np.ndarray],
    note: str,
    title: str,
) -> Figure:
    """A row per discovered pattern: contributions, information, and the nearest matrix.

    table and patterns are what the rule match_motifs writes, note is of discover_motifs;
    matrices: counts (width, 4) by JASPAR ID. Without patterns the note is written.
    """
    drawn = table.head(MOST_PATTERNS)
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 0.85 + 0.85 * len(drawn) if len(drawn) else 0.95)
        heading = "Motifs that the model uses (TF-MoDISco)"
        if len(table) > len(drawn):
            heading += f", the first {len(drawn)} of {len(table)}"
        figure.suptitle(f"{heading}\n{title}", fontsize=10)
        if not len(drawn):
            sentence = fill(note or "No motif was found.", 105)
            figure.text(0.5, 0.08, sentence, ha="center", color=GREY, fontsize=8)
            return figure
        ratios = [0.66, 1, 1, 1]
        grid = figure.subplots(len(drawn), 4, squeeze=False, width_ratios=ratios)
        for panels, row in zip(grid, drawn.to_dict("records"), strict=True):
            _draw_pattern(panels, row, patterns, matrices)
        for axes, name in zip(
            grid[0, 1:3], ("mean contribution (logits)", "information (bits)"), strict=True
        ):
            axes.set_title(name, fontsize=8)
        grid[0, 3].set_title(f"nearest matrix (bits)\n{grid[0, 3].get_title()}", fontsize=8)
    return figure


def _draw_pattern(
    panels: np.ndarray,
    row: Mapping,
    patterns: Mapping[str, np.ndarray],
    matrices: Mapping[str, np.ndarray],
) -> None:
    words, contributions, information, nearest = panels
    number, seqlets = row["pattern"], int(row["seqlets"])
    ppm, cwm = patterns[f"ppm_{number}"], patterns[f"cwm_{number}"]
    words.set_axis_off()
    text = f"{number}  {row['sign']}\n{seqlets:,} seqlets\n{fill(row['consensus'], 16)}"
    words.text(0, 0.5, text, fontsize=7, va="center", transform=words.transAxes)
    draw_letters(contributions, cwm)
    draw_letters(information, information_heights(ppm * seqlets))
    information.set_ylim(0, BITS)
    shown = (0, len(ppm))
    name = row["id_1"]
    if name in matrices:
        counts = matrices[name]
        reverse, offset = place_on(ppm, counts / counts.sum(axis=1, keepdims=True))
        draw_letters(nearest, information_heights(counts[::-1, ::-1] if reverse else counts))
        nearest.set_ylim(0, BITS)
        _write_match(nearest, row["match_1"], name, row["q_1"])
        shown = (min(0, offset), max(len(ppm), offset + len(counts)))
        nearest.set_xlim(shown[0] - offset - 0.5, shown[1] - offset - 0.5)
    else:
        nearest.set_axis_off()
        nearest.set_title("no match", fontsize=8, color=GREY)
    for axes in (contributions, information):
        axes.set_xlim(shown[0] - 0.5, shown[1] - 0.5)
    for axes in panels[1:]:
        axes.set_xticks([])
        axes.tick_params(axis="y", labelsize=7)
        axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(2, steps=[1, 2, 5, 10]))


def _write_match(axes: Axes, match: str, name: str, q: float) -> None:
    colour = "black" if float(q) < MATCH_Q else GREY
    words = fill(f"{match} {name}, q {float(q):.1g}", TITLE_LETTERS)
    axes.set_title(words, fontsize=8, color=colour, pad=3)


def plot_filters(table: pd.DataFrame, counts: np.ndarray, title: str) -> Figure:
    """Logos of the windows that fire the filters of the first layer, with the best matches.

    table is what the rule match_motifs writes, counts, (filters, width, 4), is of probe_model. Of
    more than `MOST_FILTERS` those with the most windows are drawn. Without filters a sentence is.
    """
    order = np.argsort(-table["windows"].to_numpy(int), kind="stable")
    drawn = np.sort(order[:MOST_FILTERS])
    lines = -(-len(drawn) // FILTER_COLUMNS)
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 0.6 + 1.0 * lines if lines else 0.95)
        heading = "Filters of the first layer: windows that fire them"
        if len(table) > len(drawn):
            heading += f", the busiest {len(drawn)} of {len(table)}"
        figure.suptitle(f"{heading}\n{title}", fontsize=10)
        if not lines:
            sentence = "This model does not read sequence through a convolution."
            figure.text(0.5, 0.15, sentence, ha="center", color=GREY)
            return figure
        grid = figure.subplots(lines, FILTER_COLUMNS, squeeze=False)
        for axes in grid.flat[len(drawn) :]:
            axes.set_axis_off()
        for axes, place in zip(grid.flat, drawn, strict=False):
            _draw_filter(axes, table.iloc[place], counts[place])
        for axes in grid[:, 0]:
            axes.set_ylabel("bits", fontsize=8)
    return figure


def _draw_filter(axes: Axes, row: pd.Series, counts: np.ndarray) -> None:
    draw_letters(axes, information_heights(counts))
    axes.set_ylim(0, BITS)
    axes.set_yticks([0, 1, 2])
    axes.set_xticks([])
    axes.tick_params(labelsize=7)
    q = pd.to_numeric(row["q"], errors="coerce")
    match = f"{row['match']} {row['id']}, q {q:.1g}" if np.isfinite(q) else "no match"
    colour = "black" if np.isfinite(q) and q < MATCH_Q else GREY
    if not counts.any():
        axes.text(0.5, 0.5, "never fires", ha="center", color=GREY, transform=axes.transAxes)
    axes.set_title(
        f"filter {row['filter']}: {int(row['windows']):,} windows\n{match}",
        fontsize=7.5,
        color=colour,
        pad=2,
    )
