"""The pictures of single explained spans, by their names in `cisfuse.interpretation.figures`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cisfuse.figures.aligned_maps import align_maps, aligned_table, plot_aligned_mean, spelt
from cisfuse.figures.deletion import deletion_heading, deletion_maps, plot_deletions
from cisfuse.figures.galleries import GALLERIES, choose_rows, heading_of, plot_gallery
from cisfuse.figures.layouts import plot_note
from cisfuse.figures.saliency import SpanMaps, span_maps
from cisfuse.interpretation.explained import positives_of_test
from cisfuse.interpretation.figures import NEED_MOTIFS


@dataclass(frozen=True)
class ExplainedSpans:
    """What is drawn of an explained model.

    spans: with coordinates, a row per row of ``maps``, the arrays of attributions.npz; sites: on
    them. threshold: the logit from which a span is called; median: the accessibility of train,
    None without any. reach: bases at each end that padding reaches. method: of the pictures;
    motifs: IUPAC, each with ``flank`` bases on either side; top: spans of a gallery; note: why
    there are no motifs, empty where there are.
    """

    spans: pd.DataFrame
    sites: pd.DataFrame
    maps: Mapping[str, np.ndarray]
    threshold: float
    median: float | None
    reach: int
    method: str
    motifs: Sequence[str]
    top: int
    flank: int
    note: str = ""

    def panels(self, rows: np.ndarray, method: str) -> list[SpanMaps]:
        """The panels of some rows by a method."""
        return [
            span_maps(self.maps, row, method, self.spans.iloc[row], self.sites, self.reach)
            for row in rows
        ]

    def aligned(self) -> dict[str, dict[str, np.ndarray]]:
        """For each motif the maps around it in the bound spans of test, as `align_maps` does."""
        rows = positives_of_test(self.spans)
        sequences = self.maps["sequences"][rows]
        return align_maps(self.maps[self.method][rows], sequences, self.motifs, self.flank)


Drawn = tuple[Figure, list[str]]


def draw_gallery(name: str, explained: ExplainedSpans, title: str) -> Drawn:
    """A gallery of `GALLERIES`."""
    gallery = GALLERIES[name]
    rows = choose_rows(explained.spans, gallery, explained.top)
    headings = [
        heading_of(explained.spans.iloc[row], explained.threshold, explained.median) for row in rows
    ]
    figure = plot_gallery(gallery, explained.panels(rows, explained.method), headings, title)
    return figure, [f"{name}: {len(rows)} spans drawn"]


def draw_deletions(explained: ExplainedSpans, title: str) -> Drawn:
    """The gallery of true positives by what the deletion of each base does."""
    rows = choose_rows(explained.spans, GALLERIES["true_positives"], explained.top)
    panels = [
        deletion_maps(panel, explained.maps["logits"][row])
        for panel, row in zip(explained.panels(rows, "deletion"), rows, strict=True)
    ]
    headings = [deletion_heading(explained.spans.iloc[row]) for row in rows]
    largest = [float(np.sinh(np.abs(panel.projection).max())) for panel in panels]
    words = ", ".join(f"{change:.2g}" for change in largest) or "none"
    figure = plot_deletions(panels, headings, title)
    return figure, [f"deletion: largest changes of the probability {words}"]


def draw_aligned_mean(explained: ExplainedSpans, title: str) -> Drawn:
    """The mean over the bound spans of test that bear a motif."""
    means, flank, lines = explained.aligned(), explained.flank, []
    for motif, aligned in means.items():
        hits = len(aligned["projection"])
        lines.append(
            f"{motif}: {hits} bound spans of test, spelt {spelt(aligned, flank)}"
            if hits
            else f"{motif}: in no bound span of test"
        )
    return plot_aligned_mean(means, flank, explained.method, title), lines


def aligned_means(explained: ExplainedSpans) -> pd.DataFrame:
    """The numbers of `draw_aligned_mean` as a table, motif by motif."""
    nothing = dict.fromkeys(("hypothetical", "projection"), np.zeros((0, 0, 4)))
    tables = [aligned_table("", nothing, 0)]
    tables += [
        aligned_table(motif, aligned, explained.flank)
        for motif, aligned in explained.aligned().items()
    ]
    return pd.concat(tables[len(tables) > 1 :], ignore_index=True)


# Each gives its picture and lines for the log.
DRAWINGS: dict[str, Callable[[ExplainedSpans, str], Drawn]] = {
    **{name: partial(draw_gallery, name) for name in GALLERIES},
    "deletion": draw_deletions,
    "aligned_mean": draw_aligned_mean,
}


def draw(name: str, explained: ExplainedSpans, title: str) -> Drawn:
    """A figure of `DRAWINGS`, or a sentence in its place where it needs motifs and has none."""
    if name in NEED_MOTIFS and explained.note:
        return plot_note(NEED_MOTIFS[name], explained.note, title), [f"{name}: {explained.note}"]
    return DRAWINGS[name](explained, title)
