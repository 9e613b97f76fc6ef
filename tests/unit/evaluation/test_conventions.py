"""Published figures are placed against the spread of the seeds by the numbers."""

import pytest

from cisfuse.evaluation.conventions import Spread


@pytest.mark.parametrize(
    ("figure", "low", "high", "place"),
    [
        (0.9971, 0.99712, 0.998, "inside"),  # 0.9971 as it is rounded
        (0.99710001, 0.99714, 0.998, "below"),
        (0.9971, 0.99716, 0.998, "below"),
        (0.9971, 0.99, 0.99706, "inside"),
        (0.9971, 0.99, 0.99704, "above"),
        (0.997, 0.99714, 0.998, "below"),  # four decimals at least
        (1, 0.99999, 1.0, "inside"),
        (0.99035, 0.990347, 0.990347, "inside"),
    ],
)
def test_a_figure_is_placed_as_exactly_as_it_was_published(figure, low, high, place):
    assert Spread((low + high) / 2, low, high).place_of(figure) == place


def test_one_seed_has_no_range():
    assert str(Spread(0.99, 0.99, 0.99)) == "0.9900"
