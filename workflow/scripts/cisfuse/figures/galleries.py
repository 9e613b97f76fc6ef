"""Galleries: the spans that say most about a model, by outcome, a panel each."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cisfuse.figures.layouts import stack_parts
from cisfuse.figures.saliency import SPAN_SIZE, SpanMaps, draw_span, shared_scale
from cisfuse.figures.style import GREY, STYLE


@dataclass(frozen=True)
class Gallery:
    """Spans of test whose ``column`` is ``value``, by logit; ``empty`` is said for none."""

    heading: str
    column: str
    value: str
    highest_first: bool
    empty: str


GALLERIES = {
    "true_positives": Gallery(
        "True positives: bound and called, highest logits first",
        *("outcome", "true_positive", True),
        "No bound span of test has a logit at the threshold or above.",
    ),
    "false_positives": Gallery(
        "False positives: not bound but called, highest logits first",
        *("outcome", "false_positive", True),
        "No unbound span of test has a logit at the threshold or above.",
    ),
    "false_negatives": Gallery(
        "False negatives: bound but not called, lowest logits first",
        *("outcome", "false_negative", False),
        "Every bound span of test has a logit at the threshold or above.",
    ),
    "closed_motifs": Gallery(
        "A motif in closed chromatin, not bound and not called, highest logits first",
        *("role", "closed_motif", True),
        "No span of test that is rightly called unbound holds a motif in closed chromatin.",
    ),
}


def choose_rows(spans: pd.DataFrame, gallery: Gallery, top: int) -> np.ndarray:
    """Rows of the gallery's first ``top`` spans, int64; of equal logits the first in the table.

    spans: the table that the rule choose_spans writes.
    """
    rows = np.flatnonzero((spans["split"] == "test") & (spans[gallery.column] == gallery.value))
    logits = spans["logit"].to_numpy()[rows]
    order = np.argsort(-logits if gallery.highest_first else logits, kind="stable")
    return rows[order][:top]


def heading_of(span: pd.Series, threshold: float, median: float | None) -> str:
    """A panel's heading; ``span`` is a row of the table of spans with places.

    threshold: the logit from which a span is called; median: the accessibility of train, none
    of labelled sequences.
    """
    heading = (
        f"{name_and_outcome(span)}    logit {span['logit']:z.2f} (called from {threshold:z.2f})"
    )
    if median is None:
        return heading
    return f"{heading}    accessibility {span['accessibility']:.3g} (median of train {median:.3g})"


def name_and_outcome(span: pd.Series) -> str:
    """How the headings of a span begin; a labelled sequence has no other strand in a genome."""
    strand = "" if span["chrom"] == span["name"] else " (+)"
    return f"{span['name']}{strand}    {str(span['outcome']).replace('_', ' ')}"


def plot_gallery(
    gallery: Gallery, panels: Sequence[SpanMaps], headings: Sequence[str], title: str
) -> Figure:
    """A panel per span on one scale, or the gallery's sentence when there is none."""
    width, height = SPAN_SIZE
    heights = [height] * len(panels) or [0.4]
    with mpl.rc_context(STYLE):
        figure, parts = stack_parts(width, heights, f"{gallery.heading}\n{title}")
        if not panels:
            parts[0].text(0.5, 0.5, gallery.empty, ha="center", va="center", color=GREY)
            return figure
        scale = shared_scale(panels)
        for part, maps, heading in zip(parts, panels, headings, strict=True):
            draw_span(part, maps, heading, scale)
    return figure
