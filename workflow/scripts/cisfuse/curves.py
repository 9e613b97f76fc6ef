"""ROC and precision-recall curves, and the course of the rounds.

Colours are those of Okabe and Ito (2008), safe for colour-blind readers; line styles
differ too, for print without colour.
"""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import precision_recall_curve, roc_curve

from cisfuse.baselines import prevalence
from cisfuse.figures import GREY, STYLE, new_figure
from cisfuse.metrics import average_precision, roc_auc

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
LINES = ["-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1))]


def style_of(position: int) -> dict:
    """Colour and line style of the model at a position of the legend."""
    return {
        "color": COLOURS[position % len(COLOURS)],
        "linestyle": LINES[position % len(LINES)],
        "linewidth": 1.6,
    }


def name_of(run: str) -> str:
    """A run such as ``fusion_cnn/seed-0`` in words."""
    model, _, seed = run.partition("/seed-")
    return f"{model.replace('_', ' ')}{f' ({seed})' if seed not in ('', '0') else ''}"


def plot_roc(predictions: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """ROC curves of several predictions tables with the columns label and logit."""
    with mpl.rc_context(STYLE):
        figure = new_figure(4.8, 4.6)
        axes = figure.add_subplot()
        for position, (run, table) in enumerate(predictions.items()):
            false_positives, true_positives, _ = roc_curve(table["label"], table["logit"])
            area = roc_auc(table["label"], table["logit"])
            label = f"{name_of(run)}: {area:.3f}"
            axes.plot(false_positives, true_positives, label=label, **style_of(position))
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, label="chance: 0.500")
        axes.set(
            xlabel="False positive rate",
            ylabel="True positive rate (recall)",
            xlim=(0, 1),
            ylim=(0, 1.01),
            aspect="equal",
            title=f"ROC on test\n{title}",
        )
        axes.legend(title="ROC-AUC", loc="lower right")
    return figure


def plot_precision_recall(predictions: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """Precision-recall curves at natural prevalence, with the prevalence as a line."""
    with mpl.rc_context(STYLE):
        figure = new_figure(4.8, 4.6)
        axes = figure.add_subplot()
        for position, (run, table) in enumerate(predictions.items()):
            precision, recall, _ = precision_recall_curve(
                table["label"], table["logit"], drop_intermediate=True
            )
            area = average_precision(table["label"], table["logit"])
            label = f"{name_of(run)}: {area:.3f}"
            axes.step(recall, precision, where="post", label=label, **style_of(position))
        share = prevalence(next(iter(predictions.values()))["label"])
        axes.axhline(share, color=GREY, linewidth=0.8, label=f"prevalence: {share:.4f}")
        axes.set(
            xlabel="Recall",
            ylabel="Precision",
            xlim=(0, 1),
            ylim=(0, 1.01),
            title=f"Precision and recall on test\n{title}",
        )
        axes.legend(title="Average precision", loc="upper right")
    return figure


def plot_rounds(rounds: Mapping[str, pd.DataFrame], title: str) -> Figure:
    """ROC-AUC, average precision and loss after every round, train thin and valid thick."""
    with mpl.rc_context(STYLE):
        figure = new_figure(7.2, 3.2)
        panels = figure.subplots(1, 3)
        names = {"roc_auc": "ROC-AUC", "average_precision": "Average precision"}
        for position, (run, table) in enumerate(rounds.items()):
            style = style_of(position)
            epochs = table["epochs"]
            for axes, metric in zip(panels, names, strict=False):
                thin = {**style, "linewidth": 0.7, "alpha": 0.8}
                axes.plot(epochs, table[f"train_{metric}"], **thin)
                axes.plot(epochs, table[f"valid_{metric}"], label=name_of(run), **style)
            panels[2].plot(epochs, table["loss"], label=name_of(run), **style)
        for axes, label in zip(panels, [*names.values(), "Weighted cross-entropy"], strict=True):
            axes.set(xlabel="Epochs", ylabel=label)
            axes.margins(x=0.02)
        last = float(np.max([table["epochs"].max() for table in rounds.values()]))
        for axes in panels:
            axes.set_xlim(0, last * 1.02)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
        figure.suptitle(f"Training rounds (thick: valid, thin: train)\n{title}", fontsize=10)
    return figure
