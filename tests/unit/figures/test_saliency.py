"""A span's panel shows the numbers that it is given, and bears missing ones."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from panels import LENGTH, make_arrays, make_maps, make_sites

from cisfuse.figures.saliency import (
    HYPOTHETICAL,
    SUBSTITUTION,
    coordinate_ticks,
    draw_span,
    round_below,
    shared_scale,
    span_maps,
    substitution_changes,
)
from cisfuse.figures.style import new_figure, save_figure

BASES = "ACGT"


def test_changes_equal_a_loop():
    arrays = make_arrays()
    letters, hypothetical = arrays["sequences"][0], arrays["mutagenesis"][0]
    found = substitution_changes(hypothetical, letters)
    for place, base in np.ndindex(LENGTH, 4):
        observed = BASES.find(chr(letters[place]))
        if observed < 0:
            assert np.isnan(found[place, base])
        else:
            expected = hypothetical[place, base] - hypothetical[place, observed]
            assert found[place, base] == pytest.approx(expected, abs=1e-6)
    assert np.isnan(found).any()


@pytest.mark.parametrize("method", ["gradient", "mutagenesis"])
def test_a_panel_holds_the_numbers_of_its_row(method):
    arrays = make_arrays()
    maps = make_maps(1, method, arrays)
    for place, letter in enumerate(arrays["sequences"][1].tobytes().decode()):
        value = arrays[method][1, place, BASES.index(letter)] if letter in BASES else 0
        assert maps.projection[place] == pytest.approx(value)
    np.testing.assert_array_equal(
        maps.changes, substitution_changes(arrays["mutagenesis"][1], arrays["sequences"][1])
    )
    # Sums are of the method that adds up, whatever the method of the letters.
    assert maps.sums["accessibility"] == arrays["expected_gradients_accessibility"][1]
    assert sum(maps.sums.values()) == pytest.approx(arrays["expected_gradients_explained"][1])
    assert maps.sites["site"].tolist() == ["AP1", "JUND"]
    assert maps.heat == SUBSTITUTION


def test_without_mutagenesis_the_heat_map_is_hypothetical_and_says_so():
    arrays = make_arrays()
    del arrays["mutagenesis"]
    maps = make_maps(1, "gradient", arrays)
    np.testing.assert_array_equal(maps.changes, arrays["gradient"][1])
    assert maps.heat == HYPOTHETICAL


def test_a_model_that_reads_no_accessibility_has_no_bar_of_it():
    arrays = make_arrays()
    arrays["expected_gradients_accessibility"][:] = 0
    assert list(make_maps(1, "mutagenesis", arrays).sums) == ["bases"]
    # One span at the median is no reason to leave its bar out.
    arrays["expected_gradients_accessibility"][2] = 1
    assert make_maps(1, "mutagenesis", arrays).sums["accessibility"] == 0


def test_without_a_method_that_adds_up_there_are_no_sums(tmp_path):
    arrays = make_arrays()
    del arrays["expected_gradients"]
    maps = make_maps(1, "mutagenesis", arrays)
    assert maps.sums == {}
    svg = written(tmp_path, lambda figure: draw_span(figure, maps, "heading"))
    assert "against shuffled" not in svg


def test_a_shared_scale_holds_all_panels():
    panels = [make_maps(row) for row in range(3)]
    scale = shared_scale(panels)
    assert scale.heat == max(np.nanmax(np.abs(maps.changes)) for maps in panels)
    for maps in panels:
        assert scale.letters[0] < maps.projection.min()
        assert scale.letters[1] > maps.projection.max()
        for value in maps.sums.values():
            assert scale.sums[0] < value < scale.sums[1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, 1), (1.99, 1), (2, 2), (4.9, 2), (0.43, 0.2), (87, 50), (5e-4, 5e-4)],
)
def test_a_tick_is_round_and_on_the_scale(value, expected):
    assert round_below(value) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("start", "length"), [(0, 101), (1583579, 101), (93, 200), (7, 1), (5, 30)]
)
def test_coordinates_are_round_and_keep_off_the_ends(start, length):
    ticks = coordinate_ticks(start, length)
    assert len(ticks) <= 6
    assert all(start < tick < start + length - 1 for tick in ticks)
    assert length < 10 or len(ticks) >= 3
    assert len(set(np.diff(ticks).tolist())) <= 1


def written(tmp_path, draw, name="panel"):
    contents = []
    for folder in (tmp_path / f"{name}-one", tmp_path / f"{name}-two"):
        folder.mkdir()
        figure = new_figure(7.1, 1.75)
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            draw(figure)
            save_figure(figure, folder / "panel.png")
        contents.append([(folder / f"panel{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    return contents[0][1].decode()


def test_a_panel_says_what_it_shows_and_two_writes_are_alike(tmp_path):
    maps = replace(make_maps(), place=12)
    svg = written(tmp_path, lambda figure: draw_span(figure, maps, "chr22:1000-1040 (+)"))
    words = ["chr22:1000-1040 (+)", "chr22 position (bp); grey: within 5 bp", "1,010", "(logits)"]
    words += ["AP1", "JUND", "known site", "matrix match", "the logit by", "accessibility "]
    for word in words:
        assert word in svg, word
    assert "elsewhere" not in svg


def test_a_panel_without_margin_sites_and_accessibility_is_drawn(tmp_path):
    maps = replace(make_maps(), margin=0, sites=make_sites().iloc[:0], sums={"bases": 1.0})
    svg = written(tmp_path, lambda figure: draw_span(figure, maps, "heading"))
    assert "no known site or matrix match" in svg
    for word in ("grey", "accessibility ", "matrix match</text>\n  <text"):
        assert word not in svg


def test_a_labelled_sequence_stands_on_no_chromosome(tmp_path):
    span = pd.Series({"name": "span-1", "chrom": "span-1", "start": 0})
    maps = span_maps(make_arrays(), 1, "mutagenesis", span, make_sites().iloc[:0], 0)
    assert maps.chrom == ""
    svg = written(tmp_path, lambda figure: draw_span(figure, maps, "heading"))
    assert ">position (bp)<" in svg
    assert "span-1" not in svg


def test_a_variant_is_framed_at_its_place():
    frames = []
    for place in (None, 12):
        figure = new_figure(7.1, 1.75)
        draw_span(figure, replace(make_maps(), place=place), "heading")
        lines = [line for axes in figure.axes[:2] for line in axes.collections]
        frames.append([segment[0, 0] for line in lines for segment in line.get_segments()])
    assert frames == [[], [11.5, 12.5] * 2]


def test_maps_of_zeros_and_of_unknown_bases_are_drawn_without_a_warning(tmp_path):
    arrays = {name: values * 0 for name, values in make_arrays().items()}
    arrays["sequences"] = np.full((3, LENGTH), ord("N"), np.uint8)
    written(tmp_path, lambda figure: draw_span(figure, make_maps(1, arrays=arrays), "zeros"))
