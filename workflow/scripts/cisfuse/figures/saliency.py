"""Pictures of attributions: letters under a heat map of substitutions, span by span."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure

from cisfuse.dna.sequences import one_hot
from cisfuse.figures.layouts import SHADE
from cisfuse.figures.logos import BASE_LETTERS, draw_letters
from cisfuse.figures.site_tracks import draw_legend, draw_sites
from cisfuse.figures.style import COLOURS, STYLE
from cisfuse.interpretation.contributions import SUMMED

HEAT = "RdBu_r"
SPAN_SIZE = (7.1, 1.75)  # inches; six of them fill a page of A4
SMALL = 7  # points
# Left, width of the maps, and left and width of what stands beside them, in shares of a panel.
LEFT, WIDTH, BESIDE, BESIDE_WIDTH = 0.08, 0.75, 0.85, 0.14
SUBSTITUTION, HYPOTHETICAL = (
    "change of\nthe logit by\nsubstitution",
    "contribution\nif this base\nwere here",
)


@dataclass(frozen=True)
class SpanMaps:
    """What a panel shows of a span.

    chrom: empty for a labelled sequence, which is no part of a genome. start: genome coordinate
    of the first base, 0-based. letters: uint8 ASCII (length,).
    projection: (length,), contributions of the observed bases, logits. changes: (length, 4),
    channels A, C, G, T, as `substitution_changes` gives them, or hypothetical contributions when
    ``heat`` is `HYPOTHETICAL`. sites: rows with ``start end strand site source``, genome
    coordinates that may hang over the span's ends. margin: bases at each end that padding
    reaches. place: index of a variant. sums: contributions of all bases and of accessibility,
    in logits, by a method that adds up; empty when there is none.
    """

    chrom: str
    start: int
    letters: np.ndarray
    projection: np.ndarray
    changes: np.ndarray
    sites: pd.DataFrame
    margin: int = 0
    place: int | None = None
    sums: Mapping[str, float] = field(default_factory=dict)
    heat: str = SUBSTITUTION


@dataclass(frozen=True)
class Scale:
    """Limits of panels that are to be compared, in logits: the heat map is symmetric about 0,
    letters and the bars of the sums reach from low to high."""

    heat: float
    letters: tuple[float, float]
    sums: tuple[float, float]


def substitution_changes(hypothetical: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """What each base in place of the observed one would change: (length, 4), NaN where unknown.

    hypothetical: (length, 4), of the method mutagenesis; letters: uint8 ASCII (length,).
    """
    observed = one_hot(letters)
    changes = hypothetical - (hypothetical * observed).sum(axis=1, keepdims=True)
    return np.where(observed.any(axis=1, keepdims=True), changes, np.nan)


def span_maps(
    arrays: Mapping[str, np.ndarray],
    row: int,
    method: str,
    span: pd.Series,
    sites: pd.DataFrame,
    margin: int,
) -> SpanMaps:
    """The panel of a row of attributions.npz; ``span`` is its row of the table of spans.

    sites: of any spans, told apart by ``name``. The heat map shows substitutions when the
    arrays hold mutagenesis, else the method's hypothetical contributions.
    """
    letters = arrays["sequences"][row]
    mutated = "mutagenesis" in arrays
    return SpanMaps(
        chrom="" if span["chrom"] == span["name"] else span["chrom"],
        start=int(span["start"]),
        letters=letters,
        projection=(arrays[method][row] * one_hot(letters)).sum(axis=1),
        changes=(
            substitution_changes(arrays["mutagenesis"][row], letters)
            if mutated
            else arrays[method][row]
        ),
        sites=sites[sites["name"] == span["name"]],
        margin=margin,
        sums=_sums(arrays, row),
        heat=SUBSTITUTION if mutated else HYPOTHETICAL,
    )


def _sums(arrays: Mapping[str, np.ndarray], row: int) -> dict[str, float]:
    """What sets the logit apart from that of shuffles of the span at median accessibility.

    Single substitutions, say, do not add up to a logit.
    """
    if SUMMED not in arrays:
        return {}
    accessibility = float(arrays[f"{SUMMED}_accessibility"][row])
    sums = {"bases": float(arrays[f"{SUMMED}_explained"][row]) - accessibility}
    if np.any(arrays[f"{SUMMED}_accessibility"]):
        sums["accessibility"] = accessibility
    return sums


def shared_scale(panels: Sequence[SpanMaps]) -> Scale:
    """Limits that fit all panels."""
    heat = max(float(np.nanmax(np.abs(maps.changes), initial=0)) for maps in panels)
    values = np.concatenate([maps.projection for maps in panels])
    sums = [0.0, *(value for maps in panels for value in maps.sums.values())]
    return Scale(heat or 1.0, around_zero(values), around_zero(np.array(sums)))


def around_zero(values: np.ndarray) -> tuple[float, float]:
    low, high = min(float(np.min(values)), 0), max(float(np.max(values)), 0)
    room = 0.05 * (high - low) or 1.0
    return low - room if low < 0 else 0.0, high + room


def draw_span(
    host: Figure | SubFigure, maps: SpanMaps, heading: str, scale: Scale | None = None
) -> None:
    """Draw a span into a figure or a part of one, of about `SPAN_SIZE`.

    From the top: the heading; sites, pointing along their strand; the heat map with a dot at
    the observed base; letters as high as their contribution, grey where padding reaches.
    Beside them: sums of the contributions. ``scale`` makes panels comparable (`shared_scale`).
    """
    scale = scale or shared_scale([maps])
    if isinstance(host, Figure):
        host.set_layout_engine(None)  # everything has its place, and the engine would say so
    with mpl.rc_context(STYLE):
        host.text(0.012, 0.985, heading, fontsize=8, va="top")
        letters = host.add_axes((LEFT, 0.21, WIDTH, 0.31))
        heat = host.add_axes((LEFT, 0.55, WIDTH, 0.21), sharex=letters)
        track = host.add_axes((LEFT, 0.77, WIDTH, 0.13), sharex=letters)
        draw_letter_panel(letters, maps, scale.letters, "contribution\n(logits)")
        _draw_heat_panel(host, heat, maps, scale)
        draw_sites(track, maps.sites, maps.start, len(maps.letters), SMALL)
        draw_legend(host.add_axes((BESIDE, 0.77, BESIDE_WIDTH, 0.13)), maps.sites, SMALL)
        if maps.sums:
            _draw_sums(host.add_axes((BESIDE, 0.21, BESIDE_WIDTH, 0.2)), maps, scale)
        if maps.place is not None:
            for axes in (letters, heat):
                edges = (maps.place - 0.5, maps.place + 0.5)
                axes.vlines(edges, 0, 1, "black", lw=0.8, transform=axes.get_xaxis_transform())


def draw_letter_panel(axes: Axes, maps: SpanMaps, limits: tuple[float, float], label: str) -> None:
    """Draw the letters of a span over its coordinates, grey where padding reaches."""
    length = len(maps.letters)
    draw_letters(axes, maps.projection[:, None] * one_hot(maps.letters))
    axes.set_ylim(limits)
    axes.yaxis.set_major_locator(mpl.ticker.MaxNLocator(3, steps=[1, 2, 5, 10]))
    for edges in ((-0.5, maps.margin - 0.5), (length - maps.margin - 0.5, length - 0.5)):
        if maps.margin:
            axes.axvspan(*edges, color=SHADE, linewidth=0, zorder=-5)
    ticks = coordinate_ticks(maps.start, length)
    axes.set_xticks(ticks - maps.start, [f"{tick:,}" for tick in ticks])
    axes.tick_params(labelsize=SMALL, pad=2)
    axes.set_ylabel(label, fontsize=SMALL)
    axes.get_yaxis().set_label_coords(-0.06, 0.5)
    reach = f"; grey: within {maps.margin} bp of an end, where padding reaches"
    place = f"{maps.chrom} position (bp)".lstrip()
    axes.set_xlabel(f"{place}{reach if maps.margin else ''}", fontsize=SMALL, labelpad=1)


def round_below(value: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above a positive value."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(nice * power for nice in (1, 2, 5) if nice * power <= value))


def coordinate_ticks(start: int, length: int) -> np.ndarray:
    """Round coordinates within a span, six at the most, none so near an end that its number
    would reach over the neighbour's; int64."""
    step = next(
        nice * 10**power
        for power in range(9)
        for nice in (1, 2, 5)
        if nice * 10**power * 6 >= length
    )
    room = -(-length // 25)
    return np.arange(-(-(start + room) // step) * step, start + length - room, step)


def _draw_heat_panel(host: Figure | SubFigure, axes: Axes, maps: SpanMaps, scale: Scale) -> None:
    colours = mpl.colormaps[HEAT].with_extremes(bad=SHADE)
    image = axes.imshow(
        np.ma.masked_invalid(maps.changes).T,
        aspect="auto",
        cmap=colours,
        vmin=-scale.heat,
        vmax=scale.heat,
        interpolation="nearest",
    )
    place, base = np.nonzero(one_hot(maps.letters))
    axes.plot(place, base, ".", color="black", markersize=1.8, markeredgewidth=0)
    axes.set_yticks(range(len(BASE_LETTERS)), BASE_LETTERS)
    axes.tick_params(axis="y", length=0, labelsize=SMALL, pad=2)
    axes.tick_params(axis="x", bottom=False, labelbottom=False)
    bar = host.colorbar(image, cax=host.add_axes((BESIDE, 0.58, 0.012, 0.18)))
    bar.ax.tick_params(labelsize=SMALL, length=2, pad=1)
    tick = round_below(scale.heat)
    bar.set_ticks([-tick, 0, tick], labels=[f"\N{MINUS SIGN}{tick:g}", "0", f"{tick:g}"])
    bar.outline.set_linewidth(0.5)
    host.text(BESIDE + 0.06, 0.655, maps.heat, fontsize=SMALL, va="center", linespacing=1.0)


def _draw_sums(axes: Axes, maps: SpanMaps, scale: Scale) -> None:
    for line, (name, value) in enumerate(maps.sums.items()):
        axes.barh(line + 0.8, value, 0.26, color=COLOURS[5 if line else 0])
        place = {"transform": axes.get_yaxis_transform(), "fontsize": SMALL}
        number = f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
        axes.text(0, line + 0.54, f"{name} {number}", **place)
        axes.vlines(0, line + 0.65, line + 0.95, color="black", linewidth=0.8)
    axes.set_ylim(2, 0)
    axes.set_xlim(scale.sums)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.tick_params(labelsize=SMALL, pad=2)
    axes.set_title("against shuffled\nsequences (logits)", fontsize=SMALL, loc="left", pad=2)
