"""A variant is drawn as both of its alleles, on one scale."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from panels import LENGTH as WIDTH
from panels import make_arrays
from requested_rows import LENGTH, PLACE, START, make_rows

from cisfuse.figures.requests import panel_heading, plot_request, request_panels
from cisfuse.figures.saliency import SpanMaps
from cisfuse.interpretation.request_effects import Calling, rows_by_number

CALLING = Calling(threshold=1.5, median=0.4)


def test_a_variant_is_drawn_as_two_panels_on_one_scale():
    rows = make_rows("ATGACTCAT", PLACE - 1, "C")
    generator = np.random.default_rng(0)
    none = pd.DataFrame(columns=["name", "start", "end", "strand", "site", "score", "source"])
    panels = [
        SpanMaps(
            *("chr1", START, np.frombuffer(text.encode(), np.uint8)),
            *(scale * generator.normal(size=LENGTH), generator.normal(size=(LENGTH, 4)), none),
            place=PLACE,
        )
        for text, scale in zip(rows["sequence"], (1, 5), strict=True)
    ]
    headings = [panel_heading(row, 2.0, CALLING) for _, row in rows.iterrows()]
    assert "reference T" in headings[0]
    assert "alternative C" in headings[1]
    figure = plot_request(panels, headings, "chr1:1016:T>C", "fusion_cnn, simulated data")
    assert isinstance(figure, Figure)
    assert [text.get_text() for text in figure.texts] == [
        "chr1:1016:T>C\nfusion_cnn, simulated data"
    ]
    letters = [axes for axes in figure.axes if axes.get_ylabel().startswith("contribution")]
    assert len(letters) == 2
    assert letters[0].get_ylim() == letters[1].get_ylim()


@pytest.mark.parametrize("chrom", ["chr1", "1"])
def test_panels_show_the_rows_of_a_request(chrom):
    """A chromosome may be called as a row is numbered."""
    rows = make_rows("ATGACTCAT", PLACE - 1, "C").assign(chrom=chrom)
    sites = pd.DataFrame({"name": ["row 1", "row 2"], "start": [1014, 1014]})
    arrays = make_arrays(3)
    panels = request_panels(rows, arrays, "gradient", sites, margin=4)
    assert len(panels) == 2
    for number, panel in enumerate(panels):
        assert (panel.chrom, panel.start, panel.place) == (chrom, START, PLACE)
        assert (panel.letters == arrays["sequences"][number]).all()
        assert panel.projection.shape == (WIDTH,)
        assert (panel.sites["name"] == f"row {number}").all()
        assert panel.margin == 4
    assert [len(panel.sites) for panel in panels] == [0, 1]
    (panel,) = request_panels(rows.iloc[:1].assign(place=-1), arrays, "gradient", sites, margin=0)
    assert panel.place is None
    assert rows_by_number(rows)["name"].tolist() == ["row 0", "row 1"]
