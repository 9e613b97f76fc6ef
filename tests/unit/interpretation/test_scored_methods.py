"""Methods are scored on the positives of test, and told in words with their numbers."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.dna.matrices import choose_matrices
from cisfuse.interpretation.contributions import SCAN, project
from cisfuse.interpretation.method_controls import compare_with_scan, likeness, scan_row
from cisfuse.interpretation.method_scores import COLUMNS as SCORES
from cisfuse.interpretation.method_scores import Sites, score_methods
from cisfuse.interpretation.scan import scan_maps
from cisfuse.interpretation.scored_methods import (
    COLUMNS,
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
            "chrom": "chr1",
            "start": 100 * np.arange(10),
            "end": 100 * np.arange(10) + LENGTH,
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
    controls = {"rows": np.array([6, 9])}
    for method in METHODS:
        maps = project(found[method], found["sequences"])[[6, 9]]
        controls[f"{method}_random"] = np.stack([maps, -maps] if method == "edges" else [maps - 3])
        controls[f"{method}_replicates"] = maps[None]
    controls["learned_random"] = generator.normal(size=(2, 2, LENGTH))
    return spans, sites, found, randomised, controls


@pytest.fixture(scope="module")
def matrices():
    return choose_matrices("JUND", [])


def score(files, matrices):
    return score_explained(*files, matrices, METHODS, "learned", 0)


def test_scores_are_those_of_the_positives_of_test_on_their_sites(files, matrices):
    spans, _, found, randomised, controls = files
    table = score(files, matrices)
    known = np.zeros((10, LENGTH), bool)
    known[:, 10:17] = True
    matched = np.zeros((10, LENGTH), bool)
    matched[:, 12:17] = True
    rows = np.arange(5, 10)
    scored = Sites(rows, known, matched)
    expected = score_methods(METHODS, "learned", found, randomised, scored, 0)
    pd.testing.assert_frame_equal(table.loc[:1, list(SCORES)], expected, check_dtype=False)
    assert table.columns.tolist() == list(COLUMNS)
    assert table["default"].tolist() == [1, 0, 0]
    assert table["average_precision"][0] > 0.9 > table["average_precision"][1]
    alike = likeness(METHODS, found, controls, rows)
    pd.testing.assert_frame_equal(
        table.loc[:1, list(alike)], alike.reset_index(drop=True), check_dtype=False
    )
    scan = scan_maps(found["sequences"], matrices)
    maps = {name: project(found[name][rows], found["sequences"][rows]) for name in METHODS}
    beside = compare_with_scan(maps, scan[rows], known[rows], spans.iloc[rows], 0)
    pd.testing.assert_frame_equal(table.loc[:1, list(beside)], beside.reset_index(drop=True))
    last, row = table.iloc[-1], scan_row(scan, scored, 0)
    assert last["method"] == SCAN
    assert last[list(row)].tolist() == list(row.values())
    assert last.drop(list(row)).isna().all()


def test_a_factor_without_a_matrix_has_no_scan(files, matrices):
    table = score(files, [])
    assert table["method"].tolist() == METHODS
    assert table[["scan_difference", "scan_low", "scan_high"]].isna().all(axis=None)
    shared = [name for name in table if not name.startswith("scan_")]
    pd.testing.assert_frame_equal(
        table[shared], score(files, matrices).loc[:1, shared], check_dtype=False
    )


def test_a_method_in_words_and_the_failed_ones(files, matrices):
    table = score(files, matrices)
    row, _, scan = table.to_dict("records")
    words = method_words(row)
    for number in (
        f"{row['average_precision']:.3f} on",
        f"(p {row['p_shuffled']:.2g})",
        f"({row['scan_difference']:+.3f} against the scan)",
        f"to 1 other seed(s) {row['similarity_replicates']:.2f}",
    ):
        assert number in words
    assert words.startswith("learned: average precision ")
    assert method_words(scan).endswith(f"{scan['average_precision']:.3f} on known sites")
    (warning,) = failure_words(table)
    assert warning.startswith("edges: its maps look the same for random weights")


def test_a_method_fails_by_several_draws_too(files, matrices):
    *rest, controls = files
    controls["learned_random"] = controls["learned_replicates"]
    table = score((*rest, controls), matrices)
    assert table["similarity_randomised"][0] < 0.5 < table["similarity_random"][0]
    assert table["failed"][:2].tolist() == [1, 1]


def test_medians_are_told_where_contributions_add_up(files):
    spans, _, found, *_ = files
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
