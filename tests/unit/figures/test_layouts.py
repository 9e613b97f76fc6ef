"""Parts stack up to the figure."""

import pytest

from cisfuse.figures.layouts import TITLE, stack_parts


@pytest.mark.parametrize("heights", [[], [1.0], [1.75, 0.35, 2.5]])
def test_parts_have_their_heights_from_the_top_down(heights):
    figure, parts = stack_parts(7.1, heights, "a title")
    assert figure.get_size_inches().tolist() == pytest.approx([7.1, TITLE + sum(heights)])
    top = TITLE
    for part, height in zip(parts, heights, strict=True):
        box = part.bbox.transformed(figure.dpi_scale_trans.inverted())
        assert (box.width, box.height) == pytest.approx((7.1, height))
        assert box.y1 == pytest.approx(TITLE + sum(heights) - top)
        top += height
    assert [text.get_text() for text in figure.texts] == ["a title"]
