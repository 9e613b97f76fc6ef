"""Figures are written twice alike, without dates, as a picture and as text."""

import numpy as np
import pytest

from cisfuse.figures.style import COLOURS, DIGITS, LINES, new_figure, save_figure, settle, style_of


def draw(path):
    figure = new_figure(3, 2)
    axes = figure.subplots()
    axes.plot([0, 1], [1, 0], label="a line", **style_of(1))
    axes.legend()
    save_figure(figure, path)


def test_two_writes_are_alike_and_words_stay_text(tmp_path):
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        draw(folder / "figure.png")
        contents.append([(folder / f"figure{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    png, svg = contents[0]
    assert png.startswith(b"\x89PNG")
    assert b"a line" in svg
    assert b"<dc:date>" not in svg


def test_edges_are_round_after_settling_and_stay(tmp_path):
    figure = new_figure(4, 3)
    axes = figure.subplots(2, 2, width_ratios=[1, 3]).ravel()
    for place, each in enumerate(axes):
        each.set_ylabel("label " * place)
    before = axes[3].get_position().bounds
    settle(figure)
    edges = np.array([each.get_position().bounds for each in axes])
    np.testing.assert_allclose(edges, edges.round(DIGITS), rtol=0, atol=1e-12)
    # It was laid out before.
    assert not np.allclose(edges[3], before, atol=1e-3)
    save_figure(figure, tmp_path / "figure.png")
    after = [each.get_position().bounds for each in axes]
    np.testing.assert_array_equal(edges, after)


@pytest.mark.parametrize("position", [0, 3, len(COLOURS), 20])
def test_any_number_of_models_has_a_style(position):
    style = style_of(position)
    assert style["color"] in COLOURS
    assert style["linestyle"] in LINES


def test_models_of_one_figure_differ_in_colour_and_line():
    styles = [style_of(position) for position in range(len(COLOURS))]
    assert len({style["color"] for style in styles}) == len(COLOURS)
    assert len({str(style["linestyle"]) for style in styles}) == len(LINES)
