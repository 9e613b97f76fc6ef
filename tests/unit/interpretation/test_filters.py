"""The table of filters, with their matches; `test_first_layer` has the words that they spell."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.interpretation.filters import FilterWindows, filter_table, firing_ppms

WIDTH = 5


@pytest.fixture
def found():
    """Three filters, of which the second fires nowhere."""
    counts = np.random.default_rng(0).integers(1, 9, (3, WIDTH, 4)).astype(np.float32)
    counts[1] = 0
    windows = np.array([20, 0, 30])
    return FilterWindows(counts, counts, windows, np.float32([2, 0, 1]), np.array([0.5, 0, 0.2]))


def test_shares_are_of_the_filters_that_fire(found):
    first, third = firing_ppms(found)
    np.testing.assert_allclose(first.sum(axis=1), 1)
    np.testing.assert_allclose(third, found.counts[2] / found.counts[2].sum(axis=1, keepdims=True))


def test_matches_stand_at_the_filters_that_they_are_of(found):
    rows = [(1, 1, "FOS", "MA0476.1", 1e-5, 1e-3), (1, 2, "JUN", "MA0488.1", 1e-4, 1e-2)]
    matches = pd.DataFrame(rows, columns=["query", "rank", "match", "id", "p", "q"])
    table = filter_table(found, matches)
    assert table["match"].tolist() == ["", "", "FOS"]
    assert table["id"].tolist() == ["", "", "MA0476.1"]
    assert table["q"][2] == 1e-3
    assert table["p"].isna().tolist() == [True, True, False]
    assert filter_table(found, matches[:0])["match"].tolist() == ["", "", ""]
