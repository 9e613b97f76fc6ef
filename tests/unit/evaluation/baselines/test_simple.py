"""Baselines of one number: what they are fitted to, and their formulas."""

import numpy as np
import pytest
from baseline_examples import (
    PSEUDOCOUNT,
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

from cisfuse.evaluation.baselines.simple import gc_content
from cisfuse.examples.shards import read_split


def slow_gc_content(sequence: np.ndarray) -> float:
    text = sequence.tobytes().decode()
    known = [base for base in text if base in "ACGT"]
    return sum(base in "CG" for base in known) / max(len(known), 1)


@pytest.fixture
def examples():
    """Activity that rises with GC content and with the logarithm of accessibility."""
    parts = {}
    for number, split in enumerate(("train", "test")):
        sequences, _, signal = make_rows(400, number)
        noise = np.random.default_rng(number).normal(0, 0.1, 400)
        activity = 7 + 3 * gc_content(sequences) + 0.5 * np.log(signal + PSEUDOCOUNT) + noise
        parts[split] = make_examples(sequences, activity, signal)
    return parts


def test_the_prevalence_is_that_of_the_training_split(tmp_path):
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    share = read_split(manifest, "train").targets.mean()
    examples = read_split(manifest, "test")
    found = predict(fit_binding(manifest, [])["prevalence"], examples)
    np.testing.assert_allclose(found, np.log(share / (1 - share)), rtol=1e-5)
    assert found.shape == (len(examples),)


def test_scores_that_need_no_fit_are_what_was_measured(examples):
    train, test = train_on(examples), examples["test"]
    raw = predict(fit_baseline("raw_accessibility", train), test)
    assert raw.tolist() == test["accessibility"].tolist()
    content = predict(fit_baseline("gc_content", train), test)
    assert content.tolist() == [slow_gc_content(row) for row in test["sequence"]]


def test_gc_content_counts_known_bases_only():
    sequences = np.array([list(b"ACGT"), list(b"GGCN"), list(b"ANNN"), list(b"NNNN")], np.uint8)
    assert gc_content(sequences).tolist() == [0.5, 1.0, 0.0, 0.0]
    assert [slow_gc_content(row) for row in sequences] == [0.5, 1.0, 0.0, 0.0]


def test_the_mean_is_that_of_train_and_has_its_variance_as_error(examples):
    found = predict(fit_baseline("mean", train_on(examples)), examples["train"])
    targets = examples["train"].targets.astype(float)
    np.testing.assert_allclose(found, targets.mean(), rtol=1e-12)
    assert np.mean((found - targets) ** 2) == pytest.approx(targets.var())


@pytest.mark.parametrize(
    ("name", "feature"),
    [
        ("gc_regression", lambda of: np.array([slow_gc_content(row) for row in of["sequence"]])),
        (
            "accessibility_regression",
            lambda of: np.log(of["accessibility"].astype(float) + PSEUDOCOUNT),
        ),
    ],
)
def test_regressions_on_one_number_are_least_squares(examples, name, feature):
    line = linregress(feature(examples["train"]), examples["train"].targets.astype(float))
    found = predict(fit_baseline(name, train_on(examples)), examples["test"])
    expected = line.intercept + line.slope * feature(examples["test"])
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    targets = examples["test"].targets
    assert np.mean((found - targets) ** 2) < 0.95 * targets.var()


def test_a_regression_on_a_constant_predicts_the_mean():
    sequences, _, signal = make_rows(50, 0)
    targets = np.linspace(-1, 5, 50)
    examples = make_examples(sequences, targets, np.full_like(signal, 0.1))
    found = predict(
        fit_baseline("accessibility_regression", train_on({"train": examples})), examples
    )
    np.testing.assert_allclose(found, targets.mean(), rtol=1e-6)
