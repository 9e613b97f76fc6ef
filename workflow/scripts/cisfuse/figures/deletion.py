"""Pictures of deletions: how much less probable binding is without each base of a span."""

from collections.abc import Sequence
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure, SubFigure
from scipy.special import expit

from cisfuse.figures.galleries import GALLERIES, name_and_outcome
from cisfuse.figures.layouts import stack_parts
from cisfuse.figures.saliency import (
    BESIDE,
    BESIDE_WIDTH,
    SMALL,
    SpanMaps,
    around_zero,
    draw_letter_panel,
)
from cisfuse.figures.site_tracks import draw_legend, draw_sites
from cisfuse.figures.style import COLOURS, GREY, STYLE

SIZE = (7.1, 1.6)  # inches, of a panel
LEFT, WIDTH = 0.12, 0.71  # of the letters, in shares of a panel
LEAST = 0.01  # a change of the probability below which a panel says that it is hardly any
HEADING = "True positives without one base: the change of probability, each on its own scale"
LABEL = "arcsinh of the\nchange of the\nprobability"


def probability_changes(logit: float, contributions: np.ndarray) -> np.ndarray:
    """The probability of a span minus that without each base: float64, of any shape.

    contributions: of the observed bases by the method deletion, in logits. The probability is
    the logistic function of the logit; of a sure call its complement is taken, since next to 1
    doubles lie too far apart.
    """
    without = logit - np.asarray(contributions, np.float64)
    if logit > 0:
        return expit(-without) - expit(-float(logit))
    return expit(float(logit)) - expit(without)


def deletion_maps(maps: SpanMaps, logit: float) -> SpanMaps:
    """The panel of a span by the method deletion, its letters as high as the arcsinh of
    `probability_changes`."""
    return replace(maps, projection=np.arcsinh(probability_changes(logit, maps.projection)))


def deletion_heading(span: pd.Series) -> str:
    """A panel's heading; ``span`` is a row of the table of spans with places."""
    logit = float(span["logit"])
    rest = expit(-logit)
    probability = f"{1 - rest:.3f}" if rest >= 0.001 else f"1 \N{MINUS SIGN} {rest:.1g}"
    return f"{name_and_outcome(span)}    logit {logit:z.2f}    probability {probability}"


def plot_deletions(panels: Sequence[SpanMaps], headings: Sequence[str], title: str) -> Figure:
    """A panel per span, each on a scale of its own: of the surest calls, which stand first, the
    changes may be a thousandth of those of the next. Gives a sentence when there is no span.
    """
    width, height = SIZE
    with mpl.rc_context(STYLE):
        figure, parts = stack_parts(width, [height] * len(panels) or [0.4], f"{HEADING}\n{title}")
        if not panels:
            words = GALLERIES["true_positives"].empty
            parts[0].text(0.5, 0.5, words, ha="center", va="center", color=GREY)
        for part, maps, heading in zip(parts, panels, headings, strict=bool(panels)):
            _draw_panel(part, maps, heading)
    return figure


def _draw_panel(part: SubFigure, maps: SpanMaps, heading: str) -> None:
    part.text(0.012, 0.985, heading, fontsize=8, va="top")
    letters = part.add_axes((LEFT, 0.24, WIDTH, 0.46))
    track = part.add_axes((LEFT, 0.72, WIDTH, 0.15), sharex=letters)
    draw_letter_panel(letters, maps, around_zero(maps.projection), LABEL)
    letters.yaxis.set_label_coords(-0.095, 0.5)
    letters.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}"))
    draw_sites(track, maps.sites, maps.start, len(maps.letters), SMALL)
    draw_legend(part.add_axes((BESIDE, 0.72, BESIDE_WIDTH, 0.15)), maps.sites, SMALL)
    largest = float(np.sinh(np.abs(maps.projection).max(initial=0)))
    words, colour = f"largest change\n{largest:.2g}", "black"
    if largest < LEAST:
        words += f"\nbelow {LEAST:g}: the call\nhardly depends on\nany single base"
        colour = COLOURS[1]
    part.text(BESIDE, 0.69, words, fontsize=SMALL, va="top", color=colour)
