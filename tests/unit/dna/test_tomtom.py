"""Matrices find themselves among those of JASPAR, and noise finds nothing."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.dna.tomtom import (
    COLUMNS,
    MEAN_BITS,
    information,
    jaspar_targets,
    match_matrices,
    trim,
)

FLAT = np.full((1, 4), 0.25)


def matrix(wanted: str) -> np.ndarray:
    ids, _, targets = jaspar_targets()
    return targets[ids.index(wanted)]


def best(table: pd.DataFrame, query: int = 0) -> pd.Series:
    return table[(table["query"] == query) & (table["rank"] == 1)].iloc[0]


def test_targets_are_the_newest_matrices_without_long_gaps():
    ids, names, targets = jaspar_targets()
    assert len(ids) == len(names) == len(targets) > 1000
    assert len(set(ids)) == len(ids)
    assert names[ids.index("MA0491.3")] == "JUND"
    assert matrix("MA0491.3").shape == (9, 4)
    assert all(np.allclose(target.sum(axis=1), 1) for target in targets)
    # The long forms of CTCF and GATA1::TAL1 have flat stretches.
    assert not {"MA1929.2", "MA1930.2", "MA0140.3"} & set(ids)
    assert "CTCF" in names


def test_another_group_has_targets_and_matches_of_its_own():
    ids, names, targets = jaspar_targets(("fungi",))
    query = targets[ids.index("MA0363.3")]
    assert not set(ids) & set(jaspar_targets()[0])
    assert "REB1" not in set(match_matrices([query])["match"])
    found = match_matrices([query], groups=["fungi"])
    assert best(found)["match"] == "REB1"
    assert set(found["match"]) <= set(names)
    both = jaspar_targets(("vertebrates", "fungi"))[0]
    assert both == jaspar_targets()[0] + ids


def test_information_equals_the_formula():
    ppm = np.array([[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25] * 4, [0] * 4, [0.7, 0.1, 0.1, 0.1]])
    entropy = -0.7 * np.log2(0.7) - 3 * 0.1 * np.log2(0.1)
    np.testing.assert_allclose(information(ppm), [2, 1, 0, 0, 2 - entropy])


def test_flat_ends_are_cut_off_and_flat_middles_kept():
    core = np.eye(4)[[0, 1, 2]]
    ppm = np.concatenate([FLAT, FLAT, core, FLAT, core, FLAT, 0 * FLAT])
    assert np.array_equal(trim(ppm), ppm[2:9])
    assert trim(np.repeat(FLAT, 5, axis=0)).shape == (0, 4)
    assert trim(np.zeros((0, 4))).shape == (0, 4)


def test_a_stray_column_keeps_no_flat_ones_before_it():
    core = np.eye(4)[[3, 2, 0, 1, 3, 1, 0]]
    stray = np.array([[0.61, 0.13, 0.13, 0.13]])
    assert 0.4 < information(stray)[0] < 0.55
    flat = np.repeat(FLAT, 10, axis=0)
    ppm = np.concatenate([core, flat, stray])
    assert np.array_equal(trim(ppm), core)
    assert np.array_equal(trim(ppm[::-1]), core[::-1])
    near = np.concatenate([stray, core, FLAT, core, stray])
    assert np.array_equal(trim(near), near)
    assert best(match_matrices([ppm], n_best=1))["q"] < 0.05


def test_a_matrix_finds_itself_on_either_strand_and_within_flat_ends():
    jund = matrix("MA0491.3")
    padded = np.concatenate([np.repeat(FLAT, 10, axis=0), jund, np.repeat(FLAT, 8, axis=0)])
    table = match_matrices([jund, jund[::-1, ::-1], padded, jund[1:]], n_best=2)
    assert table.columns.tolist() == list(COLUMNS)
    assert table["query"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert table["rank"].tolist() == [1, 2] * 4
    for query, strand in enumerate("+-++"):
        found = best(table, query)
        assert (found["match"], found["id"], found["strand"]) == ("JUND", "MA0491.3", strand)
        assert found["q"] < 1e-6
    assert best(table, 2)["p"] == best(table, 0)["p"]
    assert table.loc[table["rank"] == 2, "match"].isin(["JUNB", "FOSL1", "FOS", "FOSL2"]).all()


def test_q_values_are_those_of_benjamini_and_hochberg():
    table = match_matrices([matrix("MA0491.3")], n_best=10**6)
    count = len(table)
    assert count == len(jaspar_targets()[0])
    assert table["p"].is_monotonic_increasing
    expected, smallest = [], 1.0
    for rank in range(count, 0, -1):
        smallest = min(smallest, table["p"].iloc[rank - 1] * count / rank)
        expected.append(smallest)
    np.testing.assert_allclose(table["q"], expected[::-1])


def test_p_values_of_random_queries_are_those_of_chance():
    generator = np.random.default_rng(0)
    columns = np.concatenate(jaspar_targets()[2])
    queries = [columns[generator.integers(len(columns), size=10)] for _ in range(100)]
    table = match_matrices(queries, n_best=10**6)
    for level in (0.01, 0.1):
        assert (table["p"] < level).mean() == pytest.approx(level, rel=0.5)
    assert (table[table["rank"] == 1]["q"] < 0.01).mean() < 0.05


@pytest.mark.parametrize("evenness", [0.5, 1, 2, 200])
def test_noise_near_equal_shares_matches_nothing(evenness):
    generator = np.random.default_rng(1)
    queries = [generator.dirichlet([evenness] * 4, width) for width in (8, 19) for _ in range(50)]
    table = match_matrices(queries, n_best=1)
    assert (table["q"] < 0.01).sum() <= 3
    if evenness > 0.5:
        assert len(table) < 10


def test_a_query_without_information_has_no_rows_and_shifts_no_number():
    nothing = [np.zeros((8, 4)), np.repeat(FLAT, 8, axis=0), np.zeros((0, 4)), np.eye(4)[:2]]
    table = match_matrices([*nothing, matrix("MA0491.3")], n_best=1)
    assert table["query"].tolist() == [4]
    for queries in (nothing, []):
        empty = match_matrices(queries)
        assert empty.empty
        assert empty.columns.tolist() == list(COLUMNS)
    assert information(matrix("MA0491.3")).mean() > MEAN_BITS


def test_matches_do_not_depend_on_threads_or_other_queries():
    queries = [matrix("MA0491.3"), matrix("MA0139.2"), matrix("MA0506.3")]
    table = match_matrices(queries)
    pd.testing.assert_frame_equal(table, match_matrices(queries, threads=2))
    alone = match_matrices(queries[2:]).assign(query=2)
    pd.testing.assert_frame_equal(table[table["query"] == 2].reset_index(drop=True), alone)
