"""Baselines of gapped k-mers: they find a planted site, and the ridge is that of its formula."""

import numpy as np
import pytest
from baseline_examples import (
    MATRIX,
    PSEUDOCOUNT,
    SIGNAL,
    bound_by_product,
    bound_by_site,
    fit_baseline,
    make_examples,
    make_rows,
    predict,
    train_on,
    write_examples,
)
from sklearn.metrics import average_precision_score

from cisfuse.dna.kmers import kmer_features
from cisfuse.evaluation.baselines import kmers
from cisfuse.evaluation.baselines.fitting import read_train
from cisfuse.evaluation.baselines.kmers import ALPHAS, WITHOUT_VALID
from cisfuse.examples.shards import read_split


def make_activity(count: int, seed: int, noise: float):
    """Activity that the site adds 3 to."""
    sequences, bears, signal = make_rows(count, seed)
    targets = -1 + 3 * bears + np.random.default_rng(seed).normal(0, noise, count)
    return make_examples(sequences, targets, signal)


def exact_ridge(train, examples, alpha: float) -> np.ndarray:
    """Predictions by the closed form of the dual problem, float64 and dense."""
    rows = kmer_features(train["sequence"]).toarray().astype(float)
    targets = train.targets.astype(float)
    centre, mean = rows.mean(axis=0), targets.mean()
    rows -= centre
    dual = np.linalg.solve(rows @ rows.T + alpha * np.eye(len(rows)), targets - mean)
    return mean + (kmer_features(examples["sequence"]).toarray() - centre) @ (rows.T @ dual)


def test_a_regression_fitted_on_a_draw_finds_the_site_too(tmp_path, monkeypatch):
    monkeypatch.setattr(kmers, "MOST", 600)
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    test = read_split(manifest, "test")
    fitted = fit_baseline("kmer_regression", read_train(manifest, [MATRIX], 0))
    assert average_precision_score(test.targets, predict(fitted, test)) > 0.85


def test_k_mers_and_accessibility_find_a_site_that_counts_in_open_chromatin(tmp_path, monkeypatch):
    """The product of the two is what decides; and a draw of train suffices."""
    manifest = write_examples(tmp_path / "examples", bound_by_product)
    test = read_split(manifest, "test")

    def score(name):
        fitted = fit_baseline(name, read_train(manifest, [MATRIX], 0))
        return average_precision_score(test.targets, predict(fitted, test))

    whole = score("kmer_accessibility_regression")
    assert whole > score("kmer_regression") + 0.2
    monkeypatch.setattr(kmers, "MOST_WITH_SIGNAL", 600)
    assert whole > score("kmer_accessibility_regression") > 0.6


def test_k_mers_and_accessibility_are_a_logistic_regression_on_both_and_their_products(tmp_path):
    manifest = write_examples(tmp_path / "examples", bound_by_product)
    train, test = read_train(manifest, [MATRIX], 0), read_split(manifest, "test")
    fitted = fit_baseline("kmer_accessibility_regression", train)
    logs = [np.log(signal + PSEUDOCOUNT) for signal in (train.scalar(SIGNAL), test[SIGNAL])]
    signal = (logs[1] - logs[0].mean()) / logs[0].std()
    rows = kmer_features(test["sequence"]).toarray()
    features = np.column_stack([rows, kmers.SIGNAL_SCALE * signal, rows * signal[:, None]])
    expected = features @ fitted.model.coef_[0] + fitted.model.intercept_
    np.testing.assert_allclose(predict(fitted, test), expected, rtol=1e-3, atol=1e-3)


def test_the_ridge_is_that_of_its_formula_and_its_penalty_the_best_on_valid():
    splits = {"train": make_activity(250, 0, 1.0), "valid": make_activity(150, 1, 1.0)}
    splits["test"] = make_activity(50, 2, 1.0)
    errors = []
    for alpha in ALPHAS:
        residuals = exact_ridge(splits["train"], splits["valid"], alpha) - splits["valid"].targets
        errors.append(np.mean(residuals**2))
    fitted = fit_baseline("kmer_ridge", train_on(splits))
    assert fitted.alpha == ALPHAS[int(np.argmin(errors))]
    expected = exact_ridge(splits["train"], splits["test"], fitted.alpha)
    np.testing.assert_allclose(predict(fitted, splits["test"]), expected, rtol=1e-3, atol=1e-3)


def test_more_noise_takes_a_stronger_penalty():
    chosen = []
    for noise in (0.05, 8.0):
        splits = {"train": make_activity(500, 0, noise), "valid": make_activity(200, 1, noise)}
        chosen.append(fit_baseline("kmer_ridge", train_on(splits)).alpha)
    assert chosen[0] < chosen[1]


def test_without_valid_the_penalty_is_fixed():
    splits = {"train": make_activity(100, 0, 1.0), "valid": make_activity(100, 1, 1.0)}
    splits["valid"] = splits["valid"].take(slice(0, 0))
    assert fit_baseline("kmer_ridge", train_on(splits)).alpha == WITHOUT_VALID


@pytest.mark.parametrize(("name", "value"), [("MOST", 300), ("MOST_BASES", 300 * 40)])
def test_a_large_train_is_drawn_from(monkeypatch, name, value):
    splits = {"train": make_activity(900, 0, 0.5), "valid": make_activity(200, 1, 0.5)}
    test = make_activity(300, 2, 0.5)
    whole = predict(fit_baseline("kmer_ridge", train_on(splits)), test)
    monkeypatch.setattr(kmers, name, value)
    drawn = [
        predict(fit_baseline("kmer_ridge", train_on(splits, seed=seed)), test) for seed in (0, 0, 1)
    ]
    assert drawn[0].tobytes() == drawn[1].tobytes() != drawn[2].tobytes()
    correlations = [np.corrcoef(of, test.targets)[0, 1] for of in (whole, *drawn)]
    assert correlations[0] > max(correlations[1:])
    assert min(correlations) > 0.6


def test_the_ridge_reads_sequence_alone():
    splits = {"train": make_activity(200, 0, 0.5), "valid": make_activity(100, 1, 0.5)}
    fitted, test = fit_baseline("kmer_ridge", train_on(splits, [])), splits["valid"]
    before = predict(fitted, test, [])
    test[SIGNAL][:] = 0
    assert predict(fitted, test, []).tobytes() == before.tobytes()
