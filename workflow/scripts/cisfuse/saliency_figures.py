"""Pictures of attributions: letters over a heat map, and mean maps aligned on a motif."""

from collections.abc import Mapping

import logomaker
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cisfuse.figures import GREY, STYLE, new_figure
from cisfuse.motifs import gradient_times_input, spell

BASES = ["A", "C", "G", "T"]
# Okabe and Ito's colours, in the customary order of a sequence logo.
LETTER_COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}
HEAT = "RdBu_r"


def draw_letters(axes: Axes, values: np.ndarray) -> None:
    """Draw letters as high as their values, (length, 4); NaN counts as 0."""
    table = pd.DataFrame(np.nan_to_num(values), columns=BASES)
    axes.axhline(0, color=GREY, linewidth=0.5)
    if table.to_numpy().any():
        logomaker.Logo(table, ax=axes, color_scheme=LETTER_COLOURS, flip_below=False)
    axes.set_xlim(-0.5, len(table) - 0.5)


def draw_heat(axes: Axes, values: np.ndarray) -> mpl.image.AxesImage:
    """Draw (length, 4) as a heat map with bases as rows, white at 0."""
    limit = float(np.nanmax(np.abs(values))) or 1.0
    image = axes.imshow(
        values.T, aspect="auto", cmap=HEAT, vmin=-limit, vmax=limit, interpolation="nearest"
    )
    axes.set_yticks(range(4), BASES)
    axes.tick_params(axis="y", length=0, labelsize=7)
    return image


def plot_saliency_maps(
    maps: Mapping[str, np.ndarray], spans: pd.DataFrame, rows: np.ndarray, title: str
) -> Figure:
    """A band per span: gradient x input as letters, the gradient at all four bases as a heat
    map, and the accessibility's gradient and gradient x input as bars beside them.

    ``maps`` has the arrays that the rule compute_attributions writes; ``rows`` are rows of
    them and of ``spans``.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(10, 0.8 + 1.75 * max(len(rows), 1))
        figure.suptitle(title, fontsize=10)
        if len(rows) == 0:
            figure.text(0.5, 0.4, "no such span in this sample", ha="center", color=GREY)
            return figure
        grid = figure.add_gridspec(
            2 * len(rows), 3, width_ratios=[30, 0.5, 4], height_ratios=[2, 1] * len(rows)
        )
        for band, row in enumerate(rows):
            span = spans.iloc[row]
            gradient = maps["sequence_gradient"][row]
            letters = figure.add_subplot(grid[2 * band, 0])
            draw_letters(letters, gradient_times_input(gradient, maps["sequences"][row]))
            letters.set_xticks([])
            letters.set_ylabel("grad. x input\n(logits)", fontsize=7)
            letters.set_title(
                f"{span['name']}   logit {span['logit']:.2f}   "
                f"{'bound' if span['label'] else 'not bound'}   "
                f"accessibility {span['accessibility']:.4g}",
                fontsize=8,
                loc="left",
            )
            heat = figure.add_subplot(grid[2 * band + 1, 0])
            image = draw_heat(heat, gradient)
            _label_coordinates(heat, span["name"], len(gradient))
            bar = figure.colorbar(image, cax=figure.add_subplot(grid[2 * band + 1, 1]))
            bar.ax.tick_params(labelsize=6)
            _draw_accessibility(figure.add_subplot(grid[2 * band : 2 * band + 2, 2]), maps, row)
        heat.set_xlabel(
            "Position (bp, 0-based); colour: gradient of the logit per base", fontsize=8
        )
    return figure


def _label_coordinates(axes: Axes, name: str, length: int) -> None:
    """Label positions by their genomic coordinate where the span's name holds one."""
    ticks = np.arange(0, length, 20)
    start = name.rpartition(":")[2].partition("-")[0]
    offset = int(start) if start.isdigit() else 0
    axes.set_xticks(ticks, [f"{offset + tick:,}" for tick in ticks], fontsize=7)


def _draw_accessibility(axes: Axes, maps: Mapping[str, np.ndarray], row: int) -> None:
    gradient = float(maps["accessibility_gradient"][row])
    product = gradient * float(maps["accessibility_transformed"][row])
    axes.bar([0, 1], [gradient, product], color=["#56B4E9", "#CC79A7"], width=0.7)
    axes.axhline(0, color=GREY, linewidth=0.5)
    axes.set_xticks([0, 1], ["grad.", "x input"], fontsize=7)
    axes.tick_params(axis="y", labelsize=7)
    axes.set_title("accessibility\n(logits)", fontsize=7)


def aligned_table(motif: str, aligned: Mapping[str, np.ndarray], flank: int) -> pd.DataFrame:
    """Mean maps as a table: motif, position (0 is the motif's first base), attribution,
    spans (that reach this position), A, C, G, T."""
    tables = []
    for name, windows in aligned.items():
        counts = np.isfinite(windows[..., 0]).sum(axis=0)
        means = _mean(windows)
        table = pd.DataFrame(means, columns=BASES)
        table.insert(0, "motif", motif)
        table.insert(1, "position", np.arange(len(table)) - flank)
        table.insert(2, "attribution", name)
        table.insert(3, "spans", counts)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def plot_aligned_mean(
    means: Mapping[str, Mapping[str, np.ndarray]], flank: int, title: str
) -> Figure:
    """For each motif the mean gradient x input as letters and the mean gradient as heat map.

    ``means`` has for each motif ``gradient`` and ``gradient_times_input``, (hits, length, 4),
    aligned and turned to the motif's strand.
    """
    with mpl.rc_context(STYLE):
        figure = new_figure(7.2, 0.8 + 2.6 * len(means))
        figure.suptitle(f"Mean saliency over motif-bearing positives of test\n{title}", fontsize=10)
        grid = figure.add_gridspec(
            2 * len(means), 2, width_ratios=[40, 1], height_ratios=[2, 1] * len(means)
        )
        for band, (motif, aligned) in enumerate(means.items()):
            letters = figure.add_subplot(grid[2 * band, 0])
            hits = len(aligned["gradient"])
            if hits == 0:
                letters.set_axis_off()
                letters.text(0, 0.5, f"{motif}: in no positive span of test", color=GREY)
                continue
            gradient = _mean(aligned["gradient"])
            spelt = spell(gradient[flank : flank + len(motif)])
            draw_letters(letters, _mean(aligned["gradient_times_input"]))
            letters.axvspan(flank - 0.5, flank + len(motif) - 0.5, color="#E8E8E8", zorder=-5)
            letters.set_xticks([])
            letters.set_ylabel("grad. x input\n(logits)", fontsize=8)
            letters.set_title(
                f"{motif} (shaded), {hits} spans; bases of the highest mean gradient: {spelt}",
                fontsize=8,
                loc="left",
            )
            heat = figure.add_subplot(grid[2 * band + 1, 0])
            image = draw_heat(heat, gradient)
            ticks = np.arange(0, len(gradient), 5)
            heat.set_xticks(ticks, [str(tick - flank) for tick in ticks])
            heat.set_xlabel("Position from the motif's first base (bp)", fontsize=8)
            bar = figure.colorbar(image, cax=figure.add_subplot(grid[2 * band + 1, 1]))
            bar.ax.tick_params(labelsize=6)
            bar.set_label("gradient", fontsize=7)
    return figure


def _mean(windows: np.ndarray) -> np.ndarray:
    """Mean over hits, ignoring positions beyond a span's end: (hits, length, 4) to (length, 4)."""
    finite = np.isfinite(windows)
    counts = finite.sum(axis=0)
    return np.where(finite, windows, 0).sum(axis=0) / np.maximum(counts, 1)
