"""Scores as dots with intervals: what each input is worth, and all samples at a glance.

Sizes are those of print on A4, with no text below 8 pt.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import ModuleType

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cisfuse.base.wording import ENSEMBLE, capitalised, name_of
from cisfuse.evaluation.drawing import Drawing
from cisfuse.evaluation.entries import input_words, model_of
from cisfuse.figures.style import COLOURS, GREY, STYLE, new_figure

ROW = 0.2  # inches
INPUT_COLOURS = dict(
    zip(
        ("accessibility only", "sequence only", "sequence and accessibility", "not stated"),
        (COLOURS[1], COLOURS[2], COLOURS[0], GREY),
        strict=True,
    )
)


def group_rows(groups: Mapping[str, Sequence[str]]) -> tuple[list[float], list[float]]:
    """Heights of rows beneath headings, from the top down: of the rows, of the headings."""
    rows, headings, height = [], [], 0.0
    for names in groups.values():
        headings.append(height)
        rows += [height - 1 - place for place in range(len(names))]
        height -= len(names) + 1.4
    return rows, headings


def draw_groups(axes: Axes, groups: Mapping[str, Sequence[str]]) -> list[float]:
    """Write row names and bold headings at the left of the axes; returns the rows' heights."""
    rows, headings = group_rows(groups)
    axes.set_yticks(rows, [name for names in groups.values() for name in names], fontsize=8)
    axes.tick_params(axis="y", length=0)
    for name, height in zip(groups, headings, strict=True):
        axes.annotate(
            name,
            (0, height),
            xycoords=("axes fraction", "data"),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=8,
            fontweight="bold",
        )
    axes.set_ylim(min(rows, default=0) - 0.7, 0.7)
    return rows


def draw_dots(
    axes: Axes,
    heights: Iterable[float],
    table: pd.DataFrame,
    names: tuple[str, str, str],
    colours: Sequence[str],
    hollow: Sequence[bool],
) -> None:
    """Draw a dot and its interval per row; ``names`` are the columns of value, low and high."""
    columns = (table[name] for name in names)
    for height, value, low, high, colour, open_dot in zip(
        heights, *columns, colours, hollow, strict=True
    ):
        axes.plot([low, high], [height, height], color=colour, linewidth=1.4, zorder=2)
        face = "white" if open_dot else colour
        axes.plot(value, height, "o", markersize=4.5, color=colour, mfc=face, zorder=3)


def plot_ablation(
    metrics: pd.DataFrame,
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    inputs: Mapping[str, Sequence[str]],
    main: str,
    words: ModuleType,
    title: str,
    named: Sequence[str] = (),
) -> Figure:
    """What each input is worth: the entries by what they read, and the main model minus each.

    ``words``, the part of that name of the study's task, says which two scores are drawn.

    ``metrics`` and ``comparisons`` are what the rule score_predictions writes, ``entries``
    those of `cisfuse.evaluation.entries.scored_entries`. Of the ensembles only the main model's
    and ``named`` ones are drawn, and no entry that reads nothing. An open dot is a difference
    whose interval holds 0, or that has none. Ticks are the seeds.
    """
    shown = (entries["model"] == model_of(main)) | entries["entry"].isin(named)
    kept = entries[shown | (entries["seed"] != ENSEMBLE)]
    reads = kept["model"].map(lambda model: input_words(inputs.get(model)))
    order = [kept[reads == read] for read in INPUT_COLOURS]
    kept = pd.concat(order, ignore_index=True)
    groups = {
        capitalised(read): [name_of(name) for name in part["entry"]]
        for read, part in zip(INPUT_COLOURS, order, strict=True)
        if len(part)
    }
    colours = [
        colour
        for colour, part in zip(INPUT_COLOURS.values(), order, strict=True)
        for _ in range(len(part))
    ]
    hollow = [False] * len(kept)
    against = comparisons[comparisons["model"] == main]
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 1.05 + ROW * (len(kept) + 1.4 * len(groups)))
        panels = figure.subplots(1, 4, sharey=True, width_ratios=[1.15, 1, 1.15, 1])
        rows = draw_groups(panels[0], groups)
        for metric, axes, beside in zip(words.JUDGED, panels[::2], panels[1::2], strict=True):
            _draw_seeds(axes, rows, kept["entry"], metrics, metric)
            names = (metric, f"{metric}_low", f"{metric}_high")
            draw_dots(axes, rows, kept, names, colours, hollow)
            axes.set_title(capitalised(words.METRIC_NAMES[metric]), fontsize=9)
            axes.set_xlabel("Score on test", fontsize=8)
            _draw_differences(beside, rows, kept["entry"], against, metric)
            beside.set_xlabel(f"{name_of(main)}\nminus the entry", fontsize=8)
        if words.REFERENCE:
            share = float(entries[words.REFERENCE].iloc[0])
            panels[0].axvline(share, color=GREY, linewidth=0.8, linestyle=":", zorder=1)
        _finish(panels, rows, kept["entry"].tolist().index(main))
        inputs_differ = len([name for name in groups if name != "Not stated"]) > 1
        heading = "What each input is worth" if inputs_differ else "All entries"
        figure.suptitle(f"{heading}\n{title}", fontsize=10)
    return figure


def _draw_seeds(
    axes: Axes, rows: Sequence[float], names: Iterable[str], metrics: pd.DataFrame, metric: str
) -> None:
    """Ticks for the single trainings of each model that has several."""
    seeds = metrics[(metrics["split"] == "test") & metrics["seed"].str.isdecimal()]
    for height, name in zip(rows, names, strict=True):
        values = seeds.loc[seeds["model"] == name, metric]
        if len(values) > 1:
            style = {"marker": "|", "markersize": 7, "markeredgewidth": 0.8, "linestyle": "none"}
            axes.plot(values, [height] * len(values), color="black", zorder=4, **style)


def _draw_differences(
    axes: Axes,
    rows: Sequence[float],
    names: pd.Series,
    comparisons: pd.DataFrame,
    metric: str,
) -> None:
    found = comparisons[comparisons["metric"] == metric].set_index("other")
    table = found.reindex(names)
    holds_zero = ~((table["low"] > 0) | (table["high"] < 0))
    colours = [GREY if zero else "black" for zero in holds_zero]
    columns = ("difference", "low", "high")
    axes.axvline(0, color="black", linewidth=0.8, zorder=1)
    draw_dots(axes, rows, table, columns, colours, holds_zero.tolist())
    axes.set_title("Difference", fontsize=9)


def _finish(panels: Sequence[Axes], rows: Sequence[float], main: int) -> None:
    for axes in panels:
        axes.margins(x=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
        axes.tick_params(axis="x", labelsize=8)
        axes.axhspan(rows[main] - 0.5, rows[main] + 0.5, color="#f0f4f8", zorder=0)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)


def plot_summary(
    tables: Mapping[str, pd.DataFrame], drawn: Sequence[str], words: ModuleType, title: str
) -> Figure:
    """The two judged scores of the drawn entries of several samples.

    ``tables`` holds the entries (`cisfuse.evaluation.entries.scored_entries`) of each group of
    rows. An ensemble is an open dot in its model's colour.
    """
    colours = entry_colours(drawn)
    kept = {
        name: table[table["entry"].isin(drawn)].reset_index(drop=True)
        for name, table in tables.items()
    }
    groups = {
        name.replace("/folds", ", folds pooled"): [name_of(entry) for entry in table["entry"]]
        for name, table in kept.items()
    }
    rows_table = pd.concat(kept.values(), ignore_index=True)
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 0.9 + ROW * (len(rows_table) + 1.4 * len(groups)))
        panels = figure.subplots(1, 2, sharey=True)
        rows = draw_groups(panels[0], groups)
        painted = [colours[entry] for entry in rows_table["entry"]]
        hollow = [entry.endswith(f"/{ENSEMBLE}") for entry in rows_table["entry"]]
        for metric, axes in zip(words.JUDGED, panels, strict=True):
            names = (metric, f"{metric}_low", f"{metric}_high")
            draw_dots(axes, rows, rows_table, names, painted, hollow)
            axes.set_xlabel(capitalised(words.METRIC_NAMES[metric]))
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="y", length=0)
            axes.grid(axis="x", color="#dddddd", linewidth=0.6, zorder=0)
            axes.set_axisbelow(True)
        start = 0
        for table in kept.values():
            heights = rows[start : start + len(table)]
            start += len(table)
            if words.REFERENCE:
                share = float(table[words.REFERENCE].iloc[0])
                panels[0].plot([share] * 2, [heights[0] + 0.4, heights[-1] - 0.4], ":", color=GREY)
        figure.suptitle(title, fontsize=10)
    return figure


def entry_colours(drawn: Sequence[str]) -> dict[str, str]:
    """A colour for each entry; an ensemble has its model's."""
    models = list(dict.fromkeys(map(model_of, drawn)))
    return {name: COLOURS[models.index(model_of(name)) % len(COLOURS)] for name in drawn}


def draw_ablation(drawing: Drawing) -> Figure:
    """`plot_ablation` of a sample's scores."""
    return plot_ablation(
        drawing.tables["metrics"],
        drawing.entries,
        drawing.tables["comparisons"],
        drawing.reads,
        drawing.main,
        drawing.words,
        drawing.title,
        drawing.named,
    )
