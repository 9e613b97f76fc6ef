"""Mean attributions over the spans that bear a motif, aligned on it."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cisfuse.dna.motifs import align_on_hits, first_hits, spell
from cisfuse.dna.sequences import one_hot
from cisfuse.figures.layouts import SHADE, stack_parts
from cisfuse.figures.logos import BASE_LETTERS, draw_letters
from cisfuse.figures.saliency import HEAT
from cisfuse.figures.style import GREY, STYLE

ROW = 2.5  # inches


def align_maps(
    hypothetical: np.ndarray, sequences: np.ndarray, motifs: Sequence[str], flank: int
) -> dict[str, dict[str, np.ndarray]]:
    """For each IUPAC motif the maps around its first match in each span that has one.

    hypothetical: (n, length, 4), logits; sequences: uint8 ASCII (n, length). Gives
    ``hypothetical`` and ``projection`` of each motif, float64 (hits, flank + width + flank, 4),
    turned to the motif's strand, NaN beyond a span's ends.
    """
    maps = {"hypothetical": hypothetical, "projection": hypothetical * one_hot(sequences)}
    found = {motif: first_hits(sequences, motif) for motif in motifs}
    return {
        motif: {
            name: align_on_hits(values, hits, len(motif), flank) for name, values in maps.items()
        }
        for motif, hits in found.items()
    }


def aligned_table(motif: str, aligned: Mapping[str, np.ndarray], flank: int) -> pd.DataFrame:
    """Mean maps as a table: motif, position (0 is the motif's first base), attribution,
    spans (that reach this position), A, C, G, T in logits."""
    tables = []
    for name, windows in aligned.items():
        table = pd.DataFrame(mean_map(windows), columns=BASE_LETTERS)
        table.insert(0, "motif", motif)
        table.insert(1, "position", np.arange(len(table)) - flank)
        table.insert(2, "attribution", name)
        table.insert(3, "spans", np.isfinite(windows[..., 0]).sum(axis=0))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def mean_map(windows: np.ndarray) -> np.ndarray:
    """Mean over hits that reach a position: (hits, length, 4) to (length, 4); 0 where none does."""
    finite = np.isfinite(windows)
    counts = finite.sum(axis=0)
    return np.where(finite, windows, 0).sum(axis=0) / np.maximum(counts, 1)


def spelt(aligned: Mapping[str, np.ndarray], flank: int) -> str:
    """The base of the highest mean hypothetical contribution at each position of the motif."""
    means = mean_map(aligned["hypothetical"])
    return spell(means[flank : len(means) - flank])


def plot_aligned_mean(
    means: Mapping[str, Mapping[str, np.ndarray]], flank: int, method: str, title: str
) -> Figure:
    """For each motif the mean hypothetical contributions as a heat map over the mean
    contributions of the observed bases as letters; ``means`` as `align_maps` gives them."""
    heights = [ROW if len(aligned["projection"]) else 0.35 for aligned in means.values()]
    with mpl.rc_context(STYLE):
        heading = "Mean contributions around motifs, bound spans of test"
        figure, parts = stack_parts(7.1, heights, f"{heading}\n{title}")
        for part, (motif, aligned) in zip(parts, means.items(), strict=True):
            if not len(aligned["projection"]):
                part.text(0.02, 0.4, f"{motif}: in no bound span of test", color=GREY, fontsize=9)
                continue
            _draw_motif(part, motif, aligned, flank, method)
    return figure


def _draw_motif(
    part: mpl.figure.SubFigure,
    motif: str,
    aligned: Mapping[str, np.ndarray],
    flank: int,
    method: str,
) -> None:
    heat = part.add_axes((0.115, 0.63, 0.75, 0.26))
    letters = part.add_axes((0.115, 0.19, 0.75, 0.4), sharex=heat)
    values = mean_map(aligned["hypothetical"])
    limit = float(np.abs(values).max()) or 1.0
    image = heat.imshow(
        values.T, aspect="auto", cmap=HEAT, vmin=-limit, vmax=limit, interpolation="nearest"
    )
    heat.set_yticks(range(len(BASE_LETTERS)), BASE_LETTERS)
    heat.tick_params(axis="y", length=0, labelsize=8)
    heat.tick_params(axis="x", bottom=False, labelbottom=False)
    count = len(aligned["projection"])
    heading = f"{motif} (shaded), {count} span{'s' if count > 1 else ''}; the highest mean"
    heading += f" contributions spell {spelt(aligned, flank)}"
    heat.set_title(heading, fontsize=8, loc="left")
    bar = part.colorbar(image, cax=part.add_axes((0.875, 0.63, 0.015, 0.26)))
    bar.ax.tick_params(labelsize=7)
    bar.set_label("if this base\nwere here\n(logits)", fontsize=7)
    _draw_mean_letters(letters, mean_map(aligned["projection"]), flank, len(motif))
    letters.set_ylabel(f"mean contribution\n(logits, {method.replace('_', ' ')})", fontsize=8)
    letters.yaxis.set_label_coords(-0.085, 0.5)


def _draw_mean_letters(axes: Axes, values: np.ndarray, flank: int, width: int) -> None:
    draw_letters(axes, values)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.05 * (high - low))
    axes.axvspan(flank - 0.5, flank + width - 0.5, color=SHADE, linewidth=0, zorder=-5)
    ticks = np.arange(flank % 5, len(values), 5)
    axes.set_xticks(ticks, [str(tick - flank) for tick in ticks])
    axes.tick_params(labelsize=8)
    axes.set_xlabel("Position from the motif's first base (bp)", fontsize=8)
