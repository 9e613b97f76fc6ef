"""Scores of maps are those of loops; a method that ignores the weights fails."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import permutation_test, spearmanr
from sklearn.metrics import average_precision_score

from cisfuse.base.errors import DamagedFileError
from cisfuse.interpretation import method_scores as attribution_scores
from cisfuse.interpretation.contributions import project
from cisfuse.interpretation.method_scores import (
    COLUMNS,
    Sites,
    base_precision,
    completeness,
    enrichment,
    medians_by_outcome,
    score_methods,
    shift_test,
    sign_flip_test,
    similarity,
    site_mask,
)

COUNT, LENGTH, WIDTH = 30, 41, 7


def make_mask(seed: int = 0) -> np.ndarray:
    mask = np.zeros((COUNT, LENGTH), dtype=bool)
    starts = np.random.default_rng(seed).integers(LENGTH - WIDTH, size=COUNT)
    for row, start in enumerate(starts):
        mask[row, start : start + WIDTH] = True
    return mask


def make_maps(seed: int = 0, height: float = 2.0) -> np.ndarray:
    noise = np.random.default_rng([seed, 1]).normal(size=(COUNT, LENGTH))
    return (noise + height * make_mask(seed)).astype(np.float32)


def enrichment_by_loop(values: np.ndarray, inside: np.ndarray) -> float:
    total, part = 0.0, 0.0
    for value, is_inside in zip(values.tolist(), inside, strict=True):
        total += abs(value)
        part += abs(value) if is_inside else 0
    return 1.0 if total == 0 else part / total / (sum(inside) / len(inside))


def make_files(seed: int = 0) -> tuple[dict, dict, Sites]:
    """Arrays of two methods: of ``learned`` the maps follow the weights, of ``edges`` not."""
    generator = np.random.default_rng(seed)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (COUNT + 5, LENGTH))
    rows = np.arange(5, COUNT + 5)
    maps, edges = np.zeros((COUNT + 5, LENGTH)), np.zeros((COUNT + 5, LENGTH))
    maps[rows] = make_maps(seed)
    # What an edge detector would show, whatever the weights.
    edges[:, 1:] = sequences[:, 1:] != sequences[:, :-1]
    edges += 0.01 * generator.normal(size=edges.shape)
    found, randomised = {"sequences": sequences}, {"rows": rows}
    for method, trained, random in (
        ("learned", maps, make_maps(seed + 1, height=0)),
        ("edges", edges, edges[rows] + 0.01 * generator.normal(size=(COUNT, LENGTH))),
    ):
        found[method] = np.repeat(trained[..., None], 4, axis=2).astype(np.float32)
        randomised[method] = np.repeat(random[..., None], 4, axis=2).astype(np.float32)
        nothing = np.full(len(sequences), np.nan, np.float32)
        found[f"{method}_completeness_error"] = found[f"{method}_explained"] = nothing
    mask = np.zeros((COUNT + 5, LENGTH), dtype=bool)
    mask[rows] = make_mask(seed)
    return found, randomised, Sites(rows, mask, mask)


def test_sites_are_marked_where_they_lie_also_over_the_ends():
    spans = pd.DataFrame({"name": ["a", "b", "c"], "start": [100, 200, 300]})
    sites = pd.DataFrame(
        [("a", 103, 105), ("a", 104, 107), ("b", 195, 202), ("b", 208, 215), ("b", 190, 195)],
        columns=["name", "start", "end"],
    )
    expected = ["...xxxx...", "xx......xx", ".........."]
    found = ["".join("x" if at else "." for at in row) for row in site_mask(spans, sites, 10)]
    assert found == expected
    assert not site_mask(spans, sites[:0], 10).any()


def test_the_projection_is_of_the_observed_base():
    hypothetical = np.arange(24, dtype=np.float32).reshape(1, 6, 4)
    found = project(hypothetical, np.frombuffer(b"ACGTNA", np.uint8)[None])
    assert found.tolist() == [[0, 5, 10, 15, 0, 20]]


def test_average_precision_is_of_the_bases_of_all_spans_and_signed():
    maps, mask = make_maps(), make_mask()
    found, shuffled = base_precision(maps, mask, np.random.default_rng(0))
    values = [value for row in maps for value in row]
    assert found == average_precision_score([at for row in mask for at in row], values)
    assert shuffled == pytest.approx(mask.mean(), abs=0.03)
    turned, _ = base_precision(-maps, mask, np.random.default_rng(0))
    assert turned < mask.mean() < found
    assert np.isnan(base_precision(maps, mask & False, np.random.default_rng(0))).all()


def test_enrichment_equals_a_loop():
    maps, mask = make_maps(), make_mask()
    maps[3] = 0
    expected = [enrichment_by_loop(*pair) for pair in zip(maps, mask, strict=True)]
    np.testing.assert_allclose(enrichment(maps, mask), expected, rtol=1e-6)
    assert enrichment(maps, mask)[3] == 1


def test_shifts_equal_rolled_maps(monkeypatch):
    monkeypatch.setattr(attribution_scores, "PERMUTATIONS", 200)
    maps, mask = make_maps(height=0.2), make_mask()
    maps[3] = 0
    null, p = shift_test(maps, mask, np.random.default_rng(5))
    draws = np.random.default_rng(5).integers(LENGTH, size=(200, COUNT))
    means = [
        np.mean(
            [
                enrichment_by_loop(np.roll(row, shift), inside)
                for row, shift, inside in zip(maps, draw, mask, strict=True)
            ]
        )
        for draw in draws
    ]
    observed = enrichment(maps, mask).mean()
    assert null == pytest.approx(np.mean(means))
    assert p == pytest.approx((1 + sum(mean >= observed for mean in means)) / 201)
    assert 0.005 < p < 0.5


def test_random_numbers_in_pieces_are_those_at_once(monkeypatch):
    maps, mask = make_maps(height=0.1), make_mask()
    whole = shift_test(maps, mask, np.random.default_rng(5))
    flips = sign_flip_test(maps[:, 0], np.random.default_rng(5))
    monkeypatch.setattr(attribution_scores, "AT_ONCE", 7 * COUNT)
    assert shift_test(maps, mask, np.random.default_rng(5)) == pytest.approx(whole)
    assert sign_flip_test(maps[:, 0], np.random.default_rng(5)) == flips


def test_p_values_are_those_of_maps_that_know_the_sites_or_do_not():
    mask = make_mask()
    assert shift_test(make_maps(height=2), mask, np.random.default_rng(0))[1] < 0.001
    assert shift_test(np.zeros((COUNT, LENGTH)), mask, np.random.default_rng(0))[1] == 1
    without = [
        shift_test(make_maps(seed, height=0), make_mask(seed), np.random.default_rng(0))[1]
        for seed in range(20)
    ]
    assert 0.2 < np.mean(without) < 0.8


def test_sign_flips_equal_all_flips_of_scipy():
    differences = np.array([0.5, -0.2, 0.9, 0.3, -0.1, 0.4, 0.7])
    exact = permutation_test(
        (differences,), np.mean, permutation_type="samples", alternative="greater"
    )
    found = sign_flip_test(differences, np.random.default_rng(0))
    assert found == pytest.approx(exact.pvalue, abs=0.01)
    assert sign_flip_test(-differences, np.random.default_rng(0)) > 0.9
    assert sign_flip_test(np.zeros(5), np.random.default_rng(0)) == 1


def test_similarity_is_the_mean_correlation_of_ranks():
    maps, others = make_maps(0).round(1), make_maps(0).round(1) + make_maps(3).round(0)
    expected = [
        spearmanr(np.abs(one), np.abs(other)).statistic
        for one, other in zip(maps, others, strict=True)
    ]
    assert similarity(maps, others) == pytest.approx(np.mean(expected))
    assert similarity(maps, -maps) == pytest.approx(1)


def test_maps_without_ranks_are_alike_when_equal_and_left_out_when_zero():
    maps, flat = make_maps(), np.ones((COUNT, LENGTH))
    assert np.isnan(similarity(0 * flat, 0 * flat))
    assert similarity(flat, flat) == 1
    assert similarity(flat, 2 * flat) == similarity(maps, 0 * maps) == 0
    half = np.where(np.arange(COUNT)[:, None] < 10, maps, 0)
    assert similarity(half, half) == pytest.approx(1)


def test_contributions_add_up_within_a_hundredth_or_so():
    error = np.array([0.01, 0.011, -0.02, 0.03, np.nan])
    explained = np.array([0.1, 0.1, -2.0, 2.0, np.nan])
    within, largest = completeness(error, explained)
    assert (within, largest) == (0.5, 0.03)
    assert np.isnan(completeness(error * np.nan, explained * np.nan)).all()


def test_a_method_that_ignores_the_weights_fails():
    table = score_methods(["learned", "edges"], "learned", *make_files(), seed=0)
    assert table.columns.tolist() == list(COLUMNS)
    learned, edges = table.to_dict("records")
    assert (learned["default"], edges["default"]) == (1, 0)
    assert (learned["failed"], edges["failed"]) == (0, 1)
    assert learned["similarity_randomised"] < 0.2 < 0.8 < edges["similarity_randomised"]
    assert (learned["spans"], learned["site_spans"], learned["matched_spans"]) == (30, 30, 30)
    assert learned["average_precision"] > 0.6 > 0.3 > learned["average_precision_shuffled"]
    assert learned["enrichment"] > 1.6 > 1.3 > learned["enrichment_randomised"]
    assert learned["p_shuffled"] < 0.001
    assert learned["p_randomised"] < 0.001
    assert edges["p_randomised"] > 0.001
    assert np.isnan(learned["completeness_within"])


def test_scores_are_the_same_again_and_by_themselves():
    files = make_files()
    both = score_methods(["learned", "edges"], "edges", *files, seed=4)
    pd.testing.assert_frame_equal(both, score_methods(["learned", "edges"], "edges", *files, 4))
    alone = score_methods(["edges"], "edges", *files, seed=4)
    pd.testing.assert_frame_equal(both[1:].reset_index(drop=True), alone)


def test_what_does_not_apply_is_empty():
    found, randomised, sites = make_files()
    nowhere = Sites(sites.rows, sites.known & False, sites.matched & False)
    row = score_methods(["learned"], "learned", found, randomised, nowhere, 0).iloc[0]
    assert (row["site_spans"], row["matched_spans"]) == (0, 0)
    empty = ["average_precision", "enrichment", "enrichment_shuffled", "p_shuffled"]
    assert row[[*empty, "enrichment_randomised", "p_randomised"]].isna().all()
    blind = {name: 0 * values if name == "learned" else values for name, values in found.items()}
    other = {**randomised, "learned": 0 * randomised["learned"]}
    row = score_methods(["learned"], "learned", blind, other, sites, 0).iloc[0]
    assert (row["enrichment"], row["p_shuffled"], row["p_randomised"]) == (1, 1, 1)
    assert np.isnan(row["failed"])


def test_maps_of_other_spans_are_refused():
    found, randomised, sites = make_files()
    randomised["rows"] = randomised["rows"] - 1
    with pytest.raises(DamagedFileError, match=r"randomised\.npz"):
        score_methods(["learned"], "learned", found, randomised, sites, 0)


def test_medians_by_outcome_are_those_of_a_loop():
    generator = np.random.default_rng(4)
    spans = pd.DataFrame(
        {
            "outcome": generator.choice(["true_positive", "false_positive", "true_negative"], 60),
            "split": generator.choice(["train", "test"], 60),
        }
    )
    roles = {"true_positive": "positive", "false_positive": "false_positive"}
    spans["role"] = [roles.get(outcome, "background") for outcome in spans["outcome"]]
    found = {f"m_{name}": generator.normal(size=60) for name in ("accessibility", "explained")}
    table = medians_by_outcome(spans, found, "m")
    assert table["outcome"].tolist() == ["false_positive", "true_positive"]
    for row in table.itertuples():
        chosen = (spans["outcome"] == row.outcome) & (spans["split"] == "test")
        rows = [number for number in range(60) if chosen[number]]
        assert row.spans == len(rows) > 3
        assert row.accessibility == pytest.approx(np.median(found["m_accessibility"][rows]))
        bases = found["m_explained"][rows] - found["m_accessibility"][rows]
        assert row.bases == pytest.approx(np.median(bases))
