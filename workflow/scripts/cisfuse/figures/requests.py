"""Pictures of requested spans and variants, of a variant both alleles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cisfuse.base.wording import two_decimals
from cisfuse.figures.layouts import stack_parts
from cisfuse.figures.saliency import SPAN_SIZE, SpanMaps, draw_span, shared_scale, span_maps
from cisfuse.figures.style import STYLE
from cisfuse.interpretation.request_effects import Calling, rows_by_number


def request_panels(
    rows: pd.DataFrame,
    arrays: Mapping[str, np.ndarray],
    method: str,
    sites: pd.DataFrame,
    margin: int,
) -> list[SpanMaps]:
    """The panel of each row of a request, of a variant with its base between two lines.

    rows: of ``requested.tsv``, by their number in the arrays of ``requested.npz``; sites: as
    `cisfuse.interpretation.request_effects.sites_on_requests` gives them; margin: bases at each
    end that padding reaches.
    """
    return [
        replace(
            span_maps(arrays, number, method, row, sites, margin),
            place=int(row["place"]) if row["place"] >= 0 else None,
        )
        for number, row in rows_by_number(rows).iterrows()
    ]


def plot_request(
    panels: Sequence[SpanMaps], headings: Sequence[str], text: str, title: str
) -> Figure:
    """A request's panels on one scale, of a variant the reference above the alternative."""
    with mpl.rc_context(STYLE):
        width, height = SPAN_SIZE
        figure, parts = stack_parts(width, [height] * len(panels), f"{text}\n{title}")
        for part, maps, heading in zip(parts, panels, headings, strict=True):
            draw_span(part, maps, heading, shared_scale(panels))
    return figure


def panel_heading(row: pd.Series, logit: float, calling: Calling) -> str:
    """Name, allele, logit and accessibility of a panel."""
    what = "" if row["allele"] == "span" else f"    {row['allele']} {row['sequence'][row['place']]}"
    called = f"(called from {two_decimals(calling.threshold)})"
    return (
        f"{row['name']} (+){what}    logit {two_decimals(logit)} {called}"
        f"    accessibility {row['accessibility']:.3g} (median of train {calling.median:.3g})"
    )
