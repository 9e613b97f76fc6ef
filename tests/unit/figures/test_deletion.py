"""Letters of deletions are differences of probabilities, and sure calls say that they are sure."""

from dataclasses import replace
from fractions import Fraction
from math import asinh, exp

import numpy as np
import pandas as pd
import pytest
from panels import make_arrays, make_maps

from cisfuse.figures.deletion import (
    HEADING,
    deletion_heading,
    deletion_maps,
    plot_deletions,
    probability_changes,
)
from cisfuse.figures.style import save_figure


def logistic(logit: float) -> Fraction:
    """Of numbers that doubles hold, without rounding after the exponential."""
    return 1 / (1 + Fraction(exp(-logit)))


@pytest.mark.parametrize("logit", [-45.0, -3.5, 0.0, 0.25, 4.0, 30.0, 45.0])
def test_changes_are_differences_of_logistic_functions(logit):
    contributions = np.array([[0.0, 1.0], [-2.5, 8.0]], np.float32)
    found = probability_changes(logit, contributions)
    assert found.dtype == np.float64
    for place, value in np.ndenumerate(contributions):
        expected = logistic(logit) - logistic(logit - float(value))
        assert found[place] == pytest.approx(float(expected), rel=1e-9, abs=0)
    assert found[0, 0] == 0
    assert (np.sign(found) == np.sign(contributions)).all()


def test_letters_are_as_high_as_the_arcsinh():
    arrays = make_arrays()
    maps = make_maps(1, "gradient", arrays)
    heights = deletion_maps(maps, 1.5).projection
    for place, value in enumerate(maps.projection):
        change = float(logistic(1.5) - logistic(1.5 - float(value)))
        assert heights[place] == pytest.approx(asinh(change), abs=1e-12)
    unknown = arrays["sequences"][1] == ord("N")
    assert unknown.any()
    assert not heights[unknown].any()
    assert deletion_maps(maps, 1.5).sites is maps.sites


@pytest.mark.parametrize(
    ("logit", "words"),
    [(-2.0, "0.119"), (0.0, "0.500"), (5.0, "0.993"), (9.5, "1 \N{MINUS SIGN} 7e-05")],
)
def test_a_heading_names_the_probability(logit, words):
    span = pd.Series({"name": "seq-7", "chrom": "seq-7", "outcome": "true_positive"})
    heading = deletion_heading(pd.concat([span, pd.Series({"logit": logit})]))
    assert heading.startswith("seq-7    true positive    logit ")
    assert heading.endswith(f"probability {words}")


def test_each_panel_has_its_scale_and_a_sure_one_says_so(tmp_path):
    maps = replace(make_maps(1, "gradient"), margin=0)
    panels = [deletion_maps(maps, logit) for logit in (40.0, 1.0)]
    figure = plot_deletions(panels, ["sure", "less so"], "seven, simulated data")
    for part, panel in zip(figure.subfigs[1:], panels, strict=True):
        low, high = part.axes[0].get_ylim()
        assert low < panel.projection.min()
        assert panel.projection.max() < high < 1.2 * np.ptp(panel.projection)
    contents = []
    for copy in ("one", "two"):
        figure = plot_deletions(panels, ["sure", "less so"], "seven, simulated data")
        save_figure(figure, tmp_path / f"{copy}.png")
        contents.append([(tmp_path / f"{copy}{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    svg = contents[0][1].decode()
    words = [HEADING, "seven, simulated data", "sure", "less so", "chr22 position (bp)"]
    for word in [*words, "AP1", "known site", "arcsinh of the", "change of the"]:
        assert word in svg, word
    assert svg.count("largest change") == 2
    assert svg.count("below 0.01") == 1


def test_nothing_to_draw_is_drawn(tmp_path):
    figure = plot_deletions([], [], "JUND")
    save_figure(figure, tmp_path / "none.png")
    assert "No bound span of test" in (tmp_path / "none.svg").read_text()
    maps = make_maps()
    zeros = deletion_maps(replace(maps, projection=np.zeros_like(maps.projection)), 3.0)
    save_figure(plot_deletions([zeros], ["zeros"], "JUND"), tmp_path / "zeros.png")
    assert "below 0.01" in (tmp_path / "zeros.svg").read_text()
