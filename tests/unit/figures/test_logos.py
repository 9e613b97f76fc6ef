"""Letters are as high as their values; bits are those of Schneider and Stephens."""

import numpy as np
import pytest

from cisfuse.figures.logos import LETTER_COLOURS, draw_letters, information_heights
from cisfuse.figures.style import new_figure


def heights_by_loop(counts: np.ndarray) -> np.ndarray:
    heights = np.zeros(counts.shape)
    for place, column in enumerate(counts.tolist()):
        total = sum(column)
        if total == 0:
            continue
        entropy = sum(-(n / total) * np.log2(n / total) for n in column if n)
        bits = max(2 - (entropy + 3 / (2 * np.log(2) * total)), 0)
        heights[place] = [bits * n / total for n in column]
    return heights


def test_information_equals_a_loop():
    counts = np.random.default_rng(1).integers(0, 30, (40, 4))
    counts[3], counts[4], counts[5] = 0, (7, 0, 0, 0), (5, 5, 5, 5)
    found = information_heights(counts)
    np.testing.assert_allclose(found, heights_by_loop(counts), atol=1e-12)
    assert not found[[3, 5]].any()
    assert found[4, 0] == pytest.approx(2 - 3 / (2 * np.log(2) * 7))


def test_letters_reach_as_far_as_their_values():
    values = np.zeros((6, 4), np.float32)
    values[0, 2], values[1, 0], values[4, 3], values[5] = 2.0, -1.5, 0.5, np.nan
    axes = new_figure(4, 1).subplots()
    draw_letters(axes, values)
    boxes = {
        (round(box.x0 + box.width / 2), round(box.y0, 3), round(box.y1, 3))
        for box in (patch.get_path().get_extents() for patch in axes.patches)
        if box.height > 1e-6
    }
    assert boxes == {(0, 0.0, 2.0), (1, -1.5, 0.0), (4, 0.0, 0.5)}
    assert axes.get_xlim() == (-0.5, 5.5)
    assert set(LETTER_COLOURS) == set("ACGT")


def test_no_letter_at_all_is_drawn_as_a_line():
    axes = new_figure(4, 1).subplots()
    draw_letters(axes, np.zeros((6, 4)))
    assert not axes.patches
    assert axes.get_xlim() == (-0.5, 5.5)
