"""Learning curves: loss and a score of train and valid after each round, model by model."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cisfuse.base.wording import capitalised, name_of
from cisfuse.figures.style import COLOURS, LINES, STYLE, new_figure

ABREAST = 4  # models beside each other; more begin another pair of rows
SPLIT_NAMES = {"train": "train", "valid": "validation"}


def plot_learning(
    rounds: Mapping[str, pd.DataFrame],
    losses: Mapping[str, str],
    score: str,
    title: str,
) -> Figure:
    """Loss above a score, a column per model; each seed a thin line, their mean a thick one.

    ``rounds`` are tables by run (``tfbs_cnn/seed-0``) with the columns epochs, and of train and
    valid the loss and the ``score``. ``losses`` says what the loss of each model is.
    """
    with mpl.rc_context(STYLE):
        columns = min(len(losses), ABREAST)
        bands = -(-len(losses) // ABREAST)
        figure = new_figure(max(5.0, min(7.1, 1 + 2.4 * columns)), 0.9 + 3.6 * bands)
        panels = figure.subplots(2 * bands, columns, squeeze=False, sharex=True)
        for place, (model, loss) in enumerate(losses.items()):
            band, column = divmod(place, ABREAST)
            above, below = panels[2 * band, column], panels[2 * band + 1, column]
            tables = [table for run, table in rounds.items() if run.partition("/")[0] == model]
            _draw(above, tables, "loss")
            _draw(below, tables, score)
            above.set_title(name_of(model), fontsize=9)
            above.set_ylabel(loss)
            # Room above for a loss that hardly changes, too.
            above.set_ylim(0, 1.05 * above.dataLim.ymax)
            below.set(xlabel="Epochs", ylabel=capitalised(score.replace("_", " ")))
        for axes in panels.flat:
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
            axes.tick_params(labelsize=8, labelbottom=True)
            axes.set_visible(axes.has_data())
        figure.legend(
            *panels[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2
        )
        figure.suptitle(f"Learning curves (thin: seeds, thick: their mean)\n{title}", fontsize=10)
    return figure


def _draw(axes: Axes, tables: Sequence[pd.DataFrame], measure: str) -> None:
    for place, (split, words) in enumerate(SPLIT_NAMES.items()):
        style = {"color": COLOURS[place], "linestyle": LINES[place]}
        lines = [table.set_index("epochs")[f"{split}_{measure}"] for table in tables]
        for line in lines if len(lines) > 1 else []:
            axes.plot(line.index, line, linewidth=0.6, alpha=0.6, **style)
        mean = pd.concat(lines, axis=1).mean(axis=1)
        marker = "o" if len(mean) == 1 else None
        axes.plot(mean.index, mean, linewidth=1.8, label=words, marker=marker, **style)
