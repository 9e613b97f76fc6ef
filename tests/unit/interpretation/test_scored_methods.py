"""Methods are scored on the positives of test, and told in words with their numbers."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.interpretation.method_scores import COLUMNS, Sites, score_methods
from cisfuse.interpretation.scored_methods import (
    failure_words,
    median_words,
    method_words,
    score_explained,
)

LENGTH = 30
METHODS = ["learned", "edges"]


@pytest.fixture
def files():
    """Ten spans, of which the last five are positives of test with a site at their tenth base."""
    generator = np.random.default_rng(0)
    spans = pd.DataFrame(
        {
            "name": [f"span-{row}" for row in range(10)],
            "start": 100 * np.arange(10),
            "split": ["train"] * 3 + ["test"] * 7,
            "role": ["positive"] * 3 + ["background"] * 2 + ["positive"] * 5,
            "outcome": ["true_positive"] * 9 + ["false_negative"],
            "accessibility": generator.random(10),
        }
    )
    sites = pd.DataFrame({"name": spans["name"], "start": spans["start"] + 10}).assign(
        end=lambda table: table["start"] + 7, source="known"
    )
    sites = pd.concat([sites, sites.assign(source="matrix", start=sites["start"] + 2)])
    found = {"sequences": generator.choice(np.frombuffer(b"ACGT", np.uint8), (10, LENGTH))}
    randomised = {"rows": np.arange(5, 10)}
    for method in METHODS:
        found[method] = generator.normal(size=(10, LENGTH, 4)).astype(np.float32)
        found[f"{method}_explained"] = np.ones(10, np.float32)
        found[f"{method}_completeness_error"] = np.zeros(10, np.float32)
        randomised[method] = generator.normal(size=(5, LENGTH, 4)).astype(np.float32)
    found["learned"][:, 10:17] += 5
    randomised["edges"] = found["edges"][5:]
    return spans, sites, found, randomised


def test_scores_are_those_of_the_positives_of_test_on_their_sites(files):
    spans, sites, found, randomised = files
    table = score_explained(spans, sites, found, randomised, METHODS, "learned", 0)
    known = np.zeros((10, LENGTH), bool)
    known[:, 10:17] = True
    matched = np.zeros((10, LENGTH), bool)
    matched[:, 12:17] = True
    scored = Sites(np.arange(5, 10), known, matched)
    expected = score_methods(METHODS, "learned", found, randomised, scored, 0)
    pd.testing.assert_frame_equal(table, expected)
    assert table.columns.tolist() == list(COLUMNS)
    assert table["default"].tolist() == [1, 0]
    assert table["average_precision"][0] > 0.9 > table["average_precision"][1]


def test_a_method_in_words_and_the_failed_ones(files):
    table = score_explained(*files, METHODS, "learned", 0)
    row = table.to_dict("records")[0]
    words = method_words(row)
    for number in (f"{row['average_precision']:.3f} on", f"(p {row['p_shuffled']:.2g})"):
        assert number in words
    assert words.startswith("learned: average precision ")
    (warning,) = failure_words(table)
    assert warning.startswith("edges: its maps look the same for random weights")


def test_medians_are_told_where_contributions_add_up(files):
    spans, _, found, _ = files
    assert list(median_words(spans, found)) == []
    found["expected_gradients"] = found["learned"]
    found["expected_gradients_explained"] = np.arange(10.0)
    found["expected_gradients_accessibility"] = np.full(10, 0.25)
    lines = list(median_words(spans, found))
    assert lines == [
        "false_negative: 1 spans of test, median contribution of bases 8.75, of accessibility 0.25",
        "true_positive: 4 spans of test, median contribution of bases 6.25, of accessibility 0.25",
    ]
    without = list(median_words(spans.drop(columns="accessibility"), found))
    assert without[0].endswith("of bases 8.75")
