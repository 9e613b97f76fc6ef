"""Sites lie where they should, point along their strand, and never over each other."""

import numpy as np
import pandas as pd

from cisfuse.figures.site_tracks import LANES, draw_legend, draw_sites
from cisfuse.figures.style import new_figure

START, LENGTH = 1000, 100


def make_sites(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["start", "end", "strand", "site", "source"])


def draw(sites: pd.DataFrame):
    axes = new_figure(5, 0.3).subplots()
    draw_sites(axes, sites, START, LENGTH, 7)
    return axes


def corners_of(axes) -> list[np.ndarray]:
    return [patch.get_xy() for patch in axes.patches]


def words_of(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_bars_cover_their_bases_and_point_along_the_strand():
    axes = draw(make_sites((1010, 1020, "+", "one", "matrix"), (1060, 1070, "-", "two", "matrix")))
    forward, backward = corners_of(axes)
    assert (forward[:, 0].min(), forward[:, 0].max()) == (9.5, 19.5)
    assert (backward[:, 0].min(), backward[:, 0].max()) == (59.5, 69.5)
    # The tip is the one corner at half height.
    tips = [corners[np.isclose(corners[:, 1] % 1, 0.5), 0] for corners in (forward, backward)]
    assert set(tips[0]) == {19.5}
    assert set(tips[1]) == {59.5}
    assert words_of(axes) == ["one", "two"]


def test_what_hangs_over_an_end_is_cut_and_named_on_the_side_with_room():
    axes = draw(make_sites((995, 1005, "+", "left", "known"), (1095, 1110, "+", "right", "known")))
    left, right = corners_of(axes)
    assert left[:, 0].min() == -0.5
    assert right[:, 0].max() == LENGTH - 0.5
    assert [text.get_ha() for text in axes.texts] == ["left", "right"]
    assert axes.texts[1].get_position()[0] < 95


def test_names_never_stand_on_each_other():
    first, last = (1060, 1070, "+", "AP1_closed", "known"), (1088, 1097, "+", "AP1_closed", "known")
    axes = draw(make_sites(first, last))
    assert len(corners_of(axes)) == 2
    assert words_of(axes) == ["AP1_closed"]
    # With room in between both are named.
    assert len(words_of(draw(make_sites((1040, 1050, *first[2:]), last)))) == 2


def test_sites_that_overlap_get_rows_of_their_own_and_the_rest_is_counted():
    rows = [(1020 + k, 1032 + k, "+", f"S{k}", "matrix") for k in range(LANES + 3)]
    axes = draw(make_sites(*rows))
    lanes = [int(corners[:, 1].min()) for corners in corners_of(axes)]
    assert sorted(lanes) == list(range(LANES))
    assert words_of(axes)[-1] == "and 3\nmore"


def test_known_sites_come_first():
    axes = draw(make_sites((1020, 1030, "+", "M", "matrix"), (1021, 1031, ".", "K", "known")))
    assert words_of(axes) == ["K", "M"]
    known, matrix = corners_of(axes)
    assert known[:, 1].max() < matrix[:, 1].min()
    assert axes.patches[0].get_facecolor() != axes.patches[1].get_facecolor()


def test_no_site_is_said_and_has_no_legend():
    assert words_of(draw(make_sites())) == ["no known site or matrix match"]
    for sites, names in (
        (make_sites(), []),
        (make_sites((1, 2, "+", "M", "matrix")), ["matrix match"]),
    ):
        axes = new_figure(1, 0.3).subplots()
        draw_legend(axes, sites, 7)
        assert words_of(axes) == names
