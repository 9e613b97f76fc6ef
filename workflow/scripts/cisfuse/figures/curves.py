"""ROC and precision-recall curves with their bands, calibration, the course of the rounds.

Sizes are those of print on A4, with no text below 8 pt.
"""

from collections.abc import Mapping, Sequence
from textwrap import fill

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from cisfuse.base.wording import capitalised, interval_words, name_of
from cisfuse.evaluation.drawing import Drawing
from cisfuse.evaluation.entries import entry_names
from cisfuse.figures.style import COLOURS, GREY, STYLE, new_figure, style_of

WIDTH = 3.5  # inches; two figures stand side by side on a page
TITLE_LETTERS = 42  # that have room in a line of it


def draw_curves(axes: Axes, curves: pd.DataFrame, curve: str, labels: Mapping[str, str]) -> None:
    """Draw one kind of curve of the entries that ``labels`` names, each in its band."""
    curves = curves[curves["curve"] == curve]
    names = entry_names(curves)
    for position, (entry, label) in enumerate(labels.items()):
        points = curves[names == entry]
        style = style_of(position)
        axes.fill_between(
            points["x"],
            points["low"],
            points["high"],
            color=style["color"],
            alpha=0.1,
            linewidth=0,
            zorder=1,
        )
        # The main model lies over the others.
        axes.plot(points["x"], points["y"], label=label, zorder=3 - 0.1 * position, **style)


def legend_labels(entries: pd.DataFrame, drawn: Sequence[str], metric: str) -> dict[str, str]:
    """The label of each drawn entry: its name, the metric and its interval."""
    rows = entries.set_index("entry").loc[list(drawn)]
    return {
        entry: f"{name_of(entry)}: "
        + interval_words(row[metric], row[f"{metric}_low"], row[f"{metric}_high"])
        for entry, row in rows.iterrows()
    }


def plot_roc(
    curves: pd.DataFrame, entries: pd.DataFrame, drawn: Sequence[str], title: str
) -> Figure:
    """ROC curves of the drawn entries.

    ``curves`` is what the rule score_predictions writes; ``entries`` are those of
    `cisfuse.evaluation.entries.scored_entries`.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTH, _height(drawn, title))
        axes = figure.add_subplot()
        draw_curves(axes, curves, "roc", legend_labels(entries, drawn, "roc_auc"))
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, label="chance: 0.500")
        axes.set(
            xlabel="False positive rate",
            ylabel="True positive rate (recall)",
            title=f"ROC on test\n{_folded(title)}",
        )
        _finish(figure, axes, "ROC-AUC")
    return figure


def plot_precision_recall(
    curves: pd.DataFrame, entries: pd.DataFrame, drawn: Sequence[str], title: str
) -> Figure:
    """Precision-recall curves at natural prevalence, with the prevalence as a line."""
    with mpl.rc_context(STYLE):
        figure = new_figure(WIDTH, _height(drawn, title))
        axes = figure.add_subplot()
        labels = legend_labels(entries, drawn, "average_precision")
        draw_curves(axes, curves, "precision_recall", labels)
        share = float(entries["prevalence"].iloc[0])
        axes.axhline(share, color=GREY, linewidth=0.8, label=f"prevalence: {share:.4f}")
        axes.set(
            xlabel="Recall",
            ylabel="Precision",
            title=f"Precision and recall on test\n{_folded(title)}",
        )
        _finish(figure, axes, "average precision")
    return figure


def _folded(title: str) -> str:
    """A title over several lines where one would run out of the figure."""
    return fill(title, TITLE_LETTERS)


def _height(drawn: Sequence[str], title: str) -> float:
    """Inches for square axes with a legend of one line per entry beneath them."""
    return WIDTH + 0.6 + 0.165 * (len(drawn) + _folded(title).count("\n"))


def _finish(figure: Figure, axes: Axes, metric_name: str) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1.01), aspect="equal")
    figure.legend(
        title=f"{capitalised(metric_name)} [interval]",
        title_fontsize=8,
        loc="outside lower center",
        handlelength=2.6,
        labelspacing=0.3,
    )


def plot_calibration(calibration: pd.DataFrame, models: Sequence[str], title: str) -> Figure:
    """Predicted against observed shares of positives, a panel per trained model.

    ``calibration`` is what the rule score_predictions writes; of each model the first seed
    is drawn. Bars are the intervals of the observed share. A triangle at the lower edge is a
    bin without any positive.
    """
    with mpl.rc_context(STYLE):
        columns = min(len(models), 4)
        lines = -(-len(models) // columns)
        figure = new_figure(7.1, 1 + 1.6 * lines)
        panels = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
        drawn = {model: _first_seed(calibration, model) for model in models}
        shares = pd.concat(drawn.values())[["predicted", "observed"]].to_numpy()
        lowest = shares[shares > 0].min() / 2 if (shares > 0).any() else 1e-3
        for axes, (model, bins) in zip(panels.flat, drawn.items(), strict=False):
            axes.plot([lowest, 1], [lowest, 1], color=GREY, linewidth=0.8, zorder=1)
            some = bins["observed"] > 0
            height = bins["observed"].where(some, lowest)
            axes.vlines(
                bins["predicted"],
                bins["low"].clip(lower=lowest),
                bins["high"],
                color=COLOURS[0],
                linewidth=1.2,
            )
            style = {"linestyle": "none", "color": COLOURS[0], "markersize": 4}
            axes.plot(bins["predicted"][some], height[some], marker="o", **style)
            axes.plot(bins["predicted"][~some], height[~some], marker="^", mfc="white", **style)
            axes.set(xscale="log", yscale="log", xlim=(lowest, 1), ylim=(lowest, 1))
            axes.set_box_aspect(1)
            axes.set_title(name_of(model), fontsize=9)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_locator(LogLocator(numticks=12))
                axis.set_minor_locator(NullLocator())
                axis.set_tick_params(labelsize=8)
        for axes in panels.flat[len(models) :]:
            axes.set_visible(False)
        figure.supxlabel("Predicted probability of binding (mean of a bin)", fontsize=9)
        figure.supylabel("Observed share bound", fontsize=9)
        figure.suptitle(f"Calibration on test\n{title}", fontsize=10)
    return figure


def _first_seed(calibration: pd.DataFrame, model: str) -> pd.DataFrame:
    bins = calibration[(calibration["model"] == model) & calibration["seed"].str.isdecimal()]
    return bins[bins["seed"] == bins["seed"].iloc[0]] if len(bins) else bins


def plot_rounds(
    rounds: Mapping[str, pd.DataFrame],
    losses: Mapping[str, str],
    names: Mapping[str, str],
    title: str,
) -> Figure:
    """Scores and loss after every round, train thin and valid thick.

    ``rounds`` are tables by run (``fusion_cnn/seed-0``); the seeds of a model share a colour.
    ``losses`` says what the loss of each model is, ``names`` how the two scores are called, by
    their columns without the split.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(7.1, 3.2)
        panels = figure.subplots(1, 3)
        models = list(dict.fromkeys(run.partition("/")[0] for run in rounds))
        for run, table in rounds.items():
            model = run.partition("/")[0]
            style = style_of(models.index(model))
            epochs = table["epochs"]
            for axes, metric in zip(panels, names, strict=False):
                thin = {**style, "linewidth": 0.7, "alpha": 0.8}
                axes.plot(epochs, table[f"train_{metric}"], **thin)
                axes.plot(epochs, table[f"valid_{metric}"], label=name_of(model), **style)
            panels[2].plot(epochs, table["loss"], **style)
        kinds = set(losses.values())
        loss = kinds.pop() if len(kinds) == 1 else "Loss, of each model its own"
        for axes, label in zip(panels, [*names.values(), loss], strict=True):
            axes.set(xlabel="Epochs", ylabel=label)
            axes.margins(x=0.02)
        last = float(max(table["epochs"].max() for table in rounds.values()))
        for axes in panels:
            axes.set_xlim(0, last * 1.02)
        found = dict(zip(*reversed(panels[0].get_legend_handles_labels()), strict=True))
        figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=4)
        figure.suptitle(f"Training rounds (thick: valid, thin: train)\n{title}", fontsize=10)
    return figure


def draw_roc(drawing: Drawing) -> Figure:
    """`plot_roc` of a sample's scores."""
    curves = drawing.tables["curves"]
    return plot_roc(curves, drawing.entries, drawing.drawn, drawing.title)


def draw_precision_recall(drawing: Drawing) -> Figure:
    """`plot_precision_recall` of a sample's scores."""
    curves = drawing.tables["curves"]
    return plot_precision_recall(curves, drawing.entries, drawing.drawn, drawing.title)


def draw_calibration(drawing: Drawing) -> Figure:
    """`plot_calibration` of a sample's scores."""
    return plot_calibration(drawing.tables["calibration"], drawing.models, drawing.title)
