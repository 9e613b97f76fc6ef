"""Baselines of matrices find what is planted, and nothing where nothing is."""

import numpy as np
import pytest
from baseline_examples import (
    LENGTH,
    MATRIX,
    PSEUDOCOUNT,
    bound_by_product,
    bound_by_site,
    fit_baseline,
    fit_binding,
    make_examples,
    make_rows,
    predict,
    train_on,
    write_examples,
)
from scipy.stats import linregress
from sklearn.metrics import average_precision_score, roc_auc_score

from cisfuse.dna.matrices import best_scores
from cisfuse.evaluation.baselines import matrices
from cisfuse.evaluation.baselines.fitting import Unavailable, read_train
from cisfuse.examples.shards import read_split


def standardised(of: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return (of - reference.mean()) / reference.std()


def test_only_what_the_site_decides_is_found_by_the_best_match(tmp_path):
    for bound, by_match in ((bound_by_site, True), (bound_by_product, False)):
        manifest = write_examples(tmp_path / bound.__name__, bound)
        fitted, test = fit_binding(manifest, [MATRIX]), read_split(manifest, "test")
        found = {
            name: roc_auc_score(test.targets, predict(of, test)) for name, of in fitted.items()
        }
        assert found.pop("matrix_regression") > (0.97 if by_match else 0.9)
        assert found.pop("boosted_trees") > (0.97 if by_match else 0.9)
        both = found.pop("kmer_accessibility_regression")
        assert both > (0.97 if by_match else 0.8)
        for name in ("jaspar_best_match", "kmer_regression"):
            score = found.pop(name)
            assert score > 0.97 if by_match else abs(score - 0.5) < 0.1, name
        assert found.pop("prevalence") == 0.5
        assert all(abs(score - 0.5) < 0.1 for score in found.values())
        assert set(found) == {"gc_content", "raw_accessibility"}


def test_the_matrix_regression_is_that_of_its_formula(tmp_path):
    """Logits rise with each of the standardised features as fitted, and with their product."""
    manifest = write_examples(tmp_path / "examples", bound_by_product)
    fitted = fit_binding(manifest, [MATRIX])
    parts = [read_split(manifest, split) for split in ("test", "train")]
    best = [predict(fitted["jaspar_best_match"], part) for part in parts]
    logs = [np.log(part["accessibility"] + PSEUDOCOUNT) for part in parts]
    first, second = standardised(*logs), standardised(*best)
    features = np.column_stack([first, second, first * second])
    model = fitted["matrix_regression"].pipeline[-1]
    expected = features @ model.coef_[0] + model.intercept_
    found = predict(fitted["matrix_regression"], parts[0])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_boosted_trees_find_what_no_product_says(tmp_path):
    """Bound where accessibility lies between two bounds and the site is there."""

    def bound_between(bears, signal):
        low, high = np.quantile(signal, [0.3, 0.7])
        return bears & (signal > low) & (signal < high)

    manifest = write_examples(tmp_path / "examples", bound_between)
    train, test = read_train(manifest, [MATRIX], 0), read_split(manifest, "test")
    found = {
        name: average_precision_score(test.targets, predict(fit_baseline(name, train), test))
        for name in ("boosted_trees", "matrix_regression")
    }
    assert found["boosted_trees"] > 0.9
    assert found["matrix_regression"] < 0.75
    first, second = (predict(fit_baseline("boosted_trees", train), test) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_several_matrices_and_none(tmp_path):
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    test = read_split(manifest, "test")

    def scores(of):
        fitted = fit_binding(manifest, of)
        return {name: predict(baseline, test, of) for name, baseline in fitted.items()}

    both, one, none = scores([MATRIX[::-1].copy(), MATRIX]), scores([MATRIX]), scores([])
    assert (both["jaspar_best_match"] >= one["jaspar_best_match"]).all()
    # What reads both would be accessibility alone under another name.
    assert set(one) - set(none) == {"jaspar_best_match", "matrix_regression", "boosted_trees"}


def test_spans_of_unknown_bases_get_the_lowest_score_and_finite_logits(tmp_path):
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    both = [MATRIX, np.zeros((LENGTH + 1, 4), np.float32)]
    fitted, examples = fit_binding(manifest, both), read_split(manifest, "test")
    examples["sequence"][0] = ord("N")
    found = {name: predict(baseline, examples, both) for name, baseline in fitted.items()}
    scores = best_scores(read_split(manifest, "train")["sequence"], [MATRIX])
    assert found["jaspar_best_match"][0] == scores.min()
    assert found["gc_content"][0] == 0
    assert all(np.isfinite(of).all() for of in found.values())


def test_a_regression_fitted_on_a_draw_finds_the_site_too(tmp_path, monkeypatch):
    monkeypatch.setattr(matrices, "MOST", 300)
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    test = read_split(manifest, "test")
    fitted = fit_baseline("matrix_regression", read_train(manifest, [MATRIX], 0))
    assert average_precision_score(test.targets, predict(fitted, test)) > 0.85


@pytest.fixture
def activity():
    """Activity of which the site counts only in open chromatin."""
    parts = {}
    for number, split in enumerate(("train", "test")):
        sequences, bears, signal = make_rows(800, number)
        targets = 2 + bears * np.log(signal + PSEUDOCOUNT)
        targets += np.random.default_rng(number).normal(0, 0.2, 800)
        parts[split] = make_examples(sequences, targets, signal)
    return parts


def test_the_best_match_regression_is_least_squares_on_the_best_match(activity):
    train, other = train_on(activity), MATRIX[::-1].copy()
    line = linregress(train.best_scores[:, 0].astype(float), train.targets.astype(float))
    found = predict(fit_baseline("best_match_regression", train), activity["test"])
    best = best_scores(activity["test"]["sequence"], [MATRIX])[:, 0]
    np.testing.assert_allclose(found, line.intercept + line.slope * best, rtol=1e-6)
    both = fit_baseline("best_match_regression", train_on(activity, [other, MATRIX]))
    best = best_scores(activity["test"]["sequence"], [other, MATRIX]).max(axis=1)
    expected = both.intercept + both.slope * best
    np.testing.assert_allclose(predict(both, activity["test"], [other, MATRIX]), expected)


TOO_LONG = np.zeros((LENGTH + 1, 4), np.float32)


@pytest.mark.parametrize(
    "name", ["jaspar_best_match", "best_match_regression", "matrix_linear_regression"]
)
@pytest.mark.parametrize(
    ("of", "why"),
    [
        ([], "JASPAR has no matrix of the factor"),
        ([TOO_LONG, TOO_LONG], f"no matrix of the factor fits into {LENGTH} known bases"),
    ],
)
def test_without_a_match_what_reads_it_is_not_available(activity, name, of, why):
    with pytest.raises(Unavailable, match=why):
        fit_baseline(name, train_on(activity, of))


def test_the_linear_regression_with_accessibility_is_least_squares(activity):
    train, test = train_on(activity), activity["test"]
    found = predict(fit_baseline("matrix_linear_regression", train), test)

    def columns(part):
        logarithm = np.log(part["accessibility"].astype(float) + PSEUDOCOUNT)
        best = best_scores(part["sequence"], [MATRIX])[:, 0].astype(float)
        # Products of unstandardised features span the same space, with the constant.
        return np.column_stack([np.ones(len(part)), logarithm, best, logarithm * best])

    weights = np.linalg.lstsq(columns(activity["train"]), activity["train"].targets, rcond=None)[0]
    np.testing.assert_allclose(found, columns(test) @ weights, rtol=1e-5, atol=1e-5)
    alone = predict(fit_baseline("accessibility_regression", train), test)
    errors = [np.mean((of - test.targets) ** 2) for of in (found, alone)]
    assert errors[0] < 0.3 * errors[1]
