"""Predicted against measured activity, and what is left over.

Sizes are those of print on A4, with no text below 8 pt.
"""

from collections.abc import Mapping, Sequence
from textwrap import fill, wrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from cisfuse.base.wording import ENSEMBLE, interval_words, name_of
from cisfuse.evaluation.drawing import Drawing
from cisfuse.figures.style import COLOURS, GREY, LINES, STYLE, new_figure

MOST_PANELS = 4
DENSE = 1000  # examples; more hide each other as dots and are counted by hexagon
HEXAGONS = 45  # across the axes
# One hue from light to dark reads the same for all eyes and in grey.
SHADES = LinearSegmentedColormap.from_list("shades", ["#C6DDEE", COLOURS[0], "#00263C"])
WINDOWS = 10  # a window of the running mean holds this part of the examples,
SMALLEST_WINDOW = 10  # though no fewer than this many
STEPS = 5  # windows begin a fifth of a window apart
BINS = 40  # of the histogram
DASHED = {"color": GREY, "linewidth": 0.8, "linestyle": "--"}
# Inches of width, and letters in a line of the title, of figures with one panel and with two.
WIDTHS = {1: (3.5, 42), 2: (6.6, 80)}
# Inches of square panels under their scores, and what a scale beside them takes from that.
ROW = {1: (3.9, 0.6), 2: (3.95, 0.35)}
UNIT_FREE = {"pearson": "Pearson", "spearman": "Spearman"}


def plot_scatter(
    predictions: Mapping[str, pd.DataFrame],
    entries: pd.DataFrame,
    drawn: Sequence[str],
    title: str,
    reachable: float | None = None,
) -> Figure:
    """Predicted against measured activity on test, a panel per drawn entry, `MOST_PANELS` at most.

    ``predictions`` are tables by entry with columns activity and predicted; ``entries`` are
    those of `cisfuse.evaluation.entries.scored_entries` with pearson, spearman and
    mean_squared_error, and their ends. ``reachable`` is the highest reachable Pearson.
    """
    drawn = list(drawn)[:MOST_PANELS]
    columns = min(len(drawn), 2)
    lines = -(-len(drawn) // 2)
    width, letters = WIDTHS[columns]
    words = ["Predicted and measured activity on test", *wrap(title, letters)]
    if reachable is not None:
        words.append(f"Highest reachable Pearson: {reachable:.3f}")
    with mpl.rc_context(STYLE):
        height, less = ROW[columns]
        if max(len(predictions[entry]) for entry in drawn) > DENSE:
            height -= less
        figure = new_figure(width, 0.4 + 0.17 * len(words) + height * lines)
        panels = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
        limits = _limits([predictions[entry][["activity", "predicted"]] for entry in drawn])
        rows = entries.set_index("entry")
        hexagons = []
        for axes, entry in zip(panels.flat, drawn, strict=False):
            hexagons += _draw_panel(axes, predictions[entry], limits)
            axes.set_title("\n".join([name_of(entry), *score_lines(rows.loc[entry])]), fontsize=8)
        for axes in panels.flat[len(drawn) :]:
            axes.set_visible(False)
        _draw_counts(figure, list(panels.flat), hexagons)
        for axes in panels[:, 0]:
            axes.set_ylabel("Predicted activity")
        figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside lower center")
        figure.suptitle("\n".join(words), fontsize=10)
    return figure


def _draw_panel(
    axes: Axes, table: pd.DataFrame, limits: tuple[float, float]
) -> list[PolyCollection]:
    """The examples of one entry around the line of right predictions; returns the hexagons."""
    axes.plot(limits, limits, label="predicted = measured", zorder=3, **DASHED)
    axes.set(xlim=limits, ylim=limits, xlabel="Measured activity")
    axes.set_box_aspect(1)
    axes.tick_params(labelsize=8, labelbottom=True, labelleft=True)
    return _draw_examples(axes, table["activity"], table["predicted"], limits, limits)


def score_lines(row: pd.Series) -> list[str]:
    """Pearson, Spearman and MSE of an entry, each with its interval, if it has one."""
    lines = []
    for metric, name in UNIT_FREE.items():
        value, low, high = (row[f"{metric}{end}"] for end in ("", "_low", "_high"))
        lines.append(f"{name} {interval_words(value, low, high) or 'undefined'}")
    # In the unit of the data, so of any size.
    value, low, high = (row[f"mean_squared_error{end}"] for end in ("", "_low", "_high"))
    interval = "" if np.isnan([low, high]).any() else f" [{low:.3g}, {high:.3g}]"
    return [*lines, f"MSE {value:.3g}{interval}"]


def _limits(tables: Sequence[pd.DataFrame | pd.Series]) -> tuple[float, float]:
    """Both ends of an axis that holds all numbers, with room around them."""
    low = min(float(np.min(table.to_numpy())) for table in tables)
    high = max(float(np.max(table.to_numpy())) for table in tables)
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room


def _draw_examples(
    axes: Axes,
    x: pd.Series,
    y: pd.Series,
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    height: float = 1,
) -> list[PolyCollection]:
    """Dots, or of many examples hexagons, which are returned for `_draw_counts`.

    ``height`` is that of the axes as a share of their width, so that hexagons are regular.
    """
    if len(x) <= DENSE:
        axes.plot(x, y, "o", markersize=2.5, color=COLOURS[0], alpha=0.5, mew=0, zorder=2)
        return []
    cells = axes.hexbin(
        x,
        y,
        gridsize=(HEXAGONS, max(1, round(HEXAGONS * height / np.sqrt(3)))),
        extent=(*x_limits, *y_limits),
        mincnt=1,
        cmap=SHADES,
        linewidths=0.2,
        zorder=2,
    )
    return [cells]


def _draw_counts(figure: Figure, panels: list[Axes], hexagons: list[PolyCollection]) -> None:
    """Give the hexagons of all panels one scale of shades, and draw it."""
    if not hexagons:
        return
    most = max(float(cells.get_array().max()) for cells in hexagons)
    norm = LogNorm(1, max(most, 2))
    for cells in hexagons:
        cells.set_norm(norm)
    bar = figure.colorbar(hexagons[0], ax=panels, location="right", aspect=40, shrink=0.7)
    bar.locator = LogLocator(subs=(1, 2, 5))
    bar.formatter = StrMethodFormatter("{x:,.0f}")
    bar.minorlocator = NullLocator()
    bar.set_label("Examples in a hexagon", fontsize=8)
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_visible(False)


def running_mean(x: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Mean of y in windows of x's order, with its 95 % band: columns x, mean, low, high.

    ``x`` of a row is the mean in the window. The band is the mean and 1.96 standard errors of
    it, as of independent examples. No rows where x is constant, or with fewer than two examples.
    """
    if len(x) < 2 or np.ptp(x) == 0:
        return pd.DataFrame(columns=["x", "mean", "low", "high"], dtype=float)
    order = np.argsort(x, kind="stable")
    size = min(len(x), max(SMALLEST_WINDOW, len(x) // WINDOWS))
    step = max(1, size // STEPS)
    x_windows, y_windows = (
        np.lib.stride_tricks.sliding_window_view(values[order], size)[::step] for values in (x, y)
    )
    mean = y_windows.mean(axis=1)
    half = 1.96 * y_windows.std(axis=1, ddof=1) / np.sqrt(size)
    return pd.DataFrame(
        {"x": x_windows.mean(axis=1), "mean": mean, "low": mean - half, "high": mean + half}
    )


def plot_residuals(predictions: pd.DataFrame, title: str) -> Figure:
    """Residuals of one entry against its predictions, and their histogram beside them.

    ``predictions`` has columns activity and predicted. A residual is measured minus predicted:
    a running mean off 0 is what the model gets wrong on average there.
    """
    predicted = predictions["predicted"]
    residuals = predictions["activity"] - predicted
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 3.4)
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[2, 1])
        x_limits, y_limits = _limits([predicted]), _limits([residuals])
        hexagons = _draw_examples(left, predicted, residuals, x_limits, y_limits, 0.6)
        left.axhline(0, zorder=3, **DASHED)
        _draw_running_mean(left, running_mean(predicted.to_numpy(), residuals.to_numpy()))
        left.set(xlim=x_limits, ylim=y_limits, xlabel="Predicted activity")
        left.set_ylabel("Residual (measured - predicted)")
        _draw_histogram(right, residuals.to_numpy(), y_limits)
        for axes in (left, right):
            axes.tick_params(labelsize=8)
        _draw_counts(figure, [left, right], hexagons)
        keys = [axes.get_legend_handles_labels() for axes in (left, right)]
        handles, labels = ([*first, *second] for first, second in zip(*keys, strict=True))
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
        figure.suptitle(f"Residuals on test\n{fill(title, WIDTHS[2][1])}", fontsize=10)
    return figure


def _draw_running_mean(axes: Axes, running: pd.DataFrame) -> None:
    if not len(running):
        return
    # A white edge keeps the line apart from dark hexagons.
    axes.plot(running["x"], running["mean"], color="white", linewidth=3, zorder=4)
    style = {"color": COLOURS[1], "zorder": 5}
    axes.fill_between(running["x"], running["low"], running["high"], alpha=0.35, lw=0, **style)
    axes.plot(
        running["x"], running["mean"], linewidth=1.6, label="running mean, 95 % band", **style
    )


def _draw_histogram(axes: Axes, residuals: np.ndarray, limits: tuple[float, float]) -> None:
    """Counts of residuals, sideways, and the normal curve of the same mean and spread."""
    edges = np.linspace(*limits, BINS + 1)
    axes.hist(residuals, bins=edges, orientation="horizontal", color=COLOURS[5], ec="white", lw=0.3)
    mean, spread = float(residuals.mean()), float(residuals.std())
    axes.axhline(0, **DASHED)
    # What rounding leaves of a mean of 0 is not worth a power of ten.
    shown = mean if abs(mean) > 1e-6 * spread else 0.0
    axes.set_title(f"mean {shown:.3g}, SD {spread:.3g}", fontsize=8)
    axes.set_xlabel("Examples")
    if spread > 0:
        places = np.linspace(*limits, 200)
        height = np.exp(-(((places - mean) / spread) ** 2) / 2) / (spread * np.sqrt(2 * np.pi))
        height *= len(residuals) * (edges[1] - edges[0])
        style = {"color": COLOURS[6], "linestyle": LINES[2], "linewidth": 1.2}
        axes.plot(height, places, label="normal, of the same mean and SD", **style)


def points_of(points: pd.DataFrame, entry: str) -> pd.DataFrame:
    """The points of an entry; of a model with several seeds those of the first.

    ``points`` has the columns model, seed, activity and predicted of all runs.
    """
    model, _, kind = entry.partition("/")
    own = points[(points["model"] == model) & ((points["seed"] == ENSEMBLE) == (kind == ENSEMBLE))]
    return own[own["seed"] == own["seed"].iloc[0]]


def draw_scatter(drawing: Drawing) -> Figure:
    """`plot_scatter` of a sample's scores; entries without a correlation are left out."""
    scores = drawing.entries.set_index("entry")["pearson"]
    ceiling = drawing.words.CEILING
    drawn = [name for name in drawing.drawn if np.isfinite(scores[name]) and name != ceiling]
    drawn = drawn or list(drawing.drawn)
    predictions = {entry: points_of(drawing.tables["points"], entry) for entry in drawn}
    reachable = float(scores[ceiling]) if ceiling in scores else None
    return plot_scatter(predictions, drawing.entries, drawn, drawing.title, reachable)


def draw_residuals(drawing: Drawing) -> Figure:
    """`plot_residuals` of the main model."""
    main = points_of(drawing.tables["points"], drawing.models[0])
    return plot_residuals(main, drawing.title)
