"""Draws keep to their size and depend on the seed alone."""

import numpy as np
import pytest

from cisfuse.evaluation.baselines.draws import draw_by_label, draw_evenly


@pytest.mark.parametrize(
    ("positives", "negatives", "most", "expected"),
    [(5, 20, 100, (5, 20)), (5, 20, 12, (5, 7)), (20, 20, 12, (6, 6)), (20, 3, 12, (9, 3))],
)
def test_positives_are_drawn_up_to_half(positives, negatives, most, expected):
    labels = np.random.default_rng(0).permutation(np.repeat([1, 0], [positives, negatives]))
    rows = draw_by_label(labels, most, seed=1)
    assert (np.diff(rows) > 0).all()
    assert (int(labels[rows].sum()), int((labels[rows] == 0).sum())) == expected
    assert rows.tolist() == draw_by_label(labels, most, seed=1).tolist()
    if len(rows) < len(labels):
        others = [draw_by_label(labels, most, seed=seed).tolist() for seed in range(2, 6)]
        assert any(other != rows.tolist() for other in others)


def test_an_even_draw_takes_each_row_as_often():
    assert draw_evenly(5, 10, seed=0).tolist() == list(range(5))
    draws = [draw_evenly(30, 10, seed) for seed in range(600)]
    assert all(len(rows) == 10 and (np.diff(rows) > 0).all() for rows in draws)
    times = np.bincount(np.concatenate(draws), minlength=30)
    # 200 on average, with a standard deviation of 11.5.
    assert abs(times - 200).max() < 50
