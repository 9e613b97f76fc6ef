"""Baselines find what is planted, and nothing where nothing is."""

from pathlib import Path

import numpy as np
import pytest
from example_builders import sequence_examples, span_examples, write_examples
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from cisfuse.config.settings import SEQUENCE_BASELINES
from cisfuse.dna.sequences import reverse_complement
from cisfuse.evaluation import baselines
from cisfuse.evaluation.baselines import (
    draw_spans,
    fit_baselines,
    gc_content,
    predict,
    predict_split,
    word_table,
)
from cisfuse.examples.shards import read_split

LENGTH = 40
SITE = np.frombuffer(b"TGACTCAGCA", np.uint8)
SITES = [strand.tobytes().decode() for strand in (SITE, reverse_complement(SITE))]
MATRIX = np.where(SITE[:, None] == np.frombuffer(b"ACGT", np.uint8), 2.0, -4.0).astype(np.float32)
PSEUDOCOUNT = 0.25
COUNTS = {"train": 1500, "valid": 400, "test": 600}


def make_rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sequences, half of them with the site on a random strand, whether, and accessibility."""
    generator = np.random.default_rng(seed)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH))
    bears = generator.random(count) < 0.5
    for row in np.flatnonzero(bears):
        start = generator.integers(0, LENGTH - len(SITE) + 1)
        turned = generator.random() < 0.5
        sequences[row, start : start + len(SITE)] = reverse_complement(SITE) if turned else SITE
    return sequences, bears, np.exp(generator.normal(0, 2, count)).astype(np.float32)


def bound_by_site(bears: np.ndarray, signal: np.ndarray) -> np.ndarray:
    return bears.astype(np.int64)


def bound_by_product(bears: np.ndarray, signal: np.ndarray) -> np.ndarray:
    """Neither the site nor the accessibility says anything alone."""
    return (bears == (signal > 1)).astype(np.int64)


def make_manifest(folder: Path, bound, seed: int = 0, genomic: bool = True) -> str:
    """Examples by split in three shards: of spans, or of labelled sequences."""
    splits = {}
    for number, (split, count) in enumerate(COUNTS.items()):
        sequences, bears, signal = make_rows(count, 10 * seed + number)
        label = bound(bears, signal)
        splits[split] = (
            span_examples(sequences, label, signal)
            if genomic
            else sequence_examples(sequences, label)
        )
    transforms = {"log": {"pseudocount": PSEUDOCOUNT}}
    return write_examples(folder, splits, 3, {"accessibility": transforms} if genomic else None)


def scores_on_test(manifest: str, matrices: list[np.ndarray]) -> dict[str, float]:
    """ROC-AUC on test of each baseline."""
    fitted = fit_baselines(manifest, matrices, seed=0)
    labels = read_split(manifest, "test").targets
    logits = predict_split(fitted, manifest, "test")[1]
    return {baseline: roc_auc_score(labels, found) for baseline, found in logits.items()}


def test_what_the_site_decides_is_found_by_matrix_and_words(tmp_path):
    found = scores_on_test(make_manifest(tmp_path / "examples", bound_by_site), [MATRIX])
    for baseline in ("jaspar_best_match", "matrix_regression", "kmer_regression"):
        assert found[baseline] > 0.97, baseline
    for baseline in ("gc_content", "raw_accessibility"):
        assert abs(found[baseline] - 0.5) < 0.1, baseline
    assert found["prevalence"] == 0.5


def test_what_site_and_accessibility_decide_together_is_found_by_their_product(tmp_path):
    found = scores_on_test(make_manifest(tmp_path / "examples", bound_by_product), [MATRIX])
    assert found.pop("matrix_regression") > 0.9
    assert all(abs(score - 0.5) < 0.1 for score in found.values())


def test_the_matrix_regression_is_that_of_its_formula(tmp_path):
    """Logits rise with each of the standardised features as fitted, and with their product."""
    manifest = make_manifest(tmp_path / "examples", bound_by_product)
    fitted = fit_baselines(manifest, [MATRIX], seed=0)
    train, test = read_split(manifest, "train"), read_split(manifest, "test")

    def standardised(of, reference):
        return (of - reference.mean()) / reference.std()

    best = {
        split: predict(fitted, examples)["jaspar_best_match"]
        for split, examples in (("train", train), ("test", test))
    }
    logs = [np.log(part["accessibility"] + PSEUDOCOUNT) for part in (test, train)]
    first, second = standardised(*logs), standardised(best["test"], best["train"])
    features = np.column_stack([first, second, first * second])
    model = fitted.matrix_regression[-1]
    expected = features @ model.coef_[0] + model.intercept_
    found = predict(fitted, test)["matrix_regression"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_several_matrices_and_none(tmp_path):
    manifest = make_manifest(tmp_path / "examples", bound_by_site)
    other = MATRIX[::-1].copy()
    both = predict_split(fit_baselines(manifest, [other, MATRIX], 0), manifest, "test")[1]
    one = predict_split(fit_baselines(manifest, [MATRIX], 0), manifest, "test")[1]
    assert (both["jaspar_best_match"] >= one["jaspar_best_match"]).all()
    none = predict_split(fit_baselines(manifest, [], 0), manifest, "test")[1]
    assert (none["jaspar_best_match"] == 0).all()
    # Without matrices the order is that of accessibility, or its reverse.
    signal, logits = none["raw_accessibility"], none["matrix_regression"]
    assert abs(np.corrcoef(signal.argsort().argsort(), logits.argsort().argsort())[0, 1]) > 0.99


def test_the_prevalence_is_that_of_the_training_split(tmp_path):
    manifest = make_manifest(tmp_path / "examples", bound_by_site)
    share = read_split(manifest, "train").targets.mean()
    found = predict_split(fit_baselines(manifest, [], 0), manifest, "test")[1]["prevalence"]
    np.testing.assert_allclose(found, np.log(share / (1 - share)), rtol=1e-5)


def test_predictions_of_another_sample_are_those_of_the_fit(tmp_path):
    fit = make_manifest(tmp_path / "fit", bound_by_product)
    target = make_manifest(tmp_path / "target", bound_by_product, seed=1)
    fitted = fit_baselines(fit, [MATRIX], 0)
    names, logits = predict_split(fitted, target, "test")
    examples = read_split(target, "test")
    assert names.tolist() == examples.names.tolist()
    assert roc_auc_score(examples.targets, logits["matrix_regression"]) > 0.9
    for baseline, whole in predict(fitted, examples).items():
        np.testing.assert_allclose(logits[baseline], whole, rtol=1e-5, atol=1e-5)
        assert logits[baseline].dtype == np.float32


def test_spans_of_unknown_bases_get_the_lowest_score_and_finite_logits(tmp_path):
    manifest = make_manifest(tmp_path / "examples", bound_by_site)
    wide = np.zeros((LENGTH + 1, 4), np.float32)
    fitted = fit_baselines(manifest, [MATRIX, wide], 0)
    examples = read_split(manifest, "test")
    examples["sequence"][0] = ord("N")
    logits = predict(fitted, examples)
    scores = baselines.best_scores(read_split(manifest, "train")["sequence"], [MATRIX])
    assert logits["jaspar_best_match"][0] == scores.min()
    assert logits["gc_content"][0] == 0
    assert all(np.isfinite(found).all() for found in logits.values())


def test_two_fits_are_the_same_and_blocks_do_not_matter(tmp_path, monkeypatch):
    manifest = make_manifest(tmp_path / "examples", bound_by_site)
    found = predict_split(fit_baselines(manifest, [MATRIX], 3), manifest, "test")[1]
    again = predict_split(fit_baselines(manifest, [MATRIX], 3), manifest, "test")[1]
    monkeypatch.setattr(baselines, "BLOCK", 77)
    pieces = predict_split(fit_baselines(manifest, [MATRIX], 3), manifest, "test")[1]
    for baseline in found:
        assert found[baseline].tobytes() == again[baseline].tobytes()
        np.testing.assert_allclose(found[baseline], pieces[baseline], rtol=1e-4, atol=1e-4)


def test_regressions_fitted_on_a_draw_find_the_site_too(tmp_path, monkeypatch):
    monkeypatch.setattr(baselines, "MATRIX_SPANS", 300)
    monkeypatch.setattr(baselines, "KMER_SPANS", 600)
    manifest = make_manifest(tmp_path / "examples", bound_by_site)
    labels = read_split(manifest, "test").targets
    logits = predict_split(fit_baselines(manifest, [MATRIX], 0), manifest, "test")[1]
    for baseline in ("matrix_regression", "kmer_regression"):
        assert average_precision_score(labels, logits[baseline]) > 0.85, baseline


@pytest.mark.parametrize(
    ("positives", "negatives", "most", "expected"),
    [(5, 20, 100, (5, 20)), (5, 20, 12, (5, 7)), (20, 20, 12, (6, 6)), (20, 3, 12, (9, 3))],
)
def test_positives_are_drawn_up_to_half(positives, negatives, most, expected):
    labels = np.random.default_rng(0).permutation(np.repeat([1, 0], [positives, negatives]))
    rows = draw_spans(labels, most, seed=1)
    assert (np.diff(rows) > 0).all()
    assert (int(labels[rows].sum()), int((labels[rows] == 0).sum())) == expected
    assert rows.tolist() == draw_spans(labels, most, seed=1).tolist()
    if len(rows) < len(labels):
        others = [draw_spans(labels, most, seed=seed).tolist() for seed in range(2, 6)]
        assert any(other != rows.tolist() for other in others)


def test_sequences_have_a_string_search_and_nothing_of_accessibility(tmp_path, monkeypatch):
    manifest = make_manifest(tmp_path / "examples", bound_by_site, genomic=False)
    fitted = fit_baselines(manifest, [MATRIX], 0)
    f1 = {word: float(word_table(manifest, word)["f1"].iloc[0]) for word in (fitted.word, *SITES)}
    assert f1[fitted.word] == max(f1.values()) > 0.6
    train, test = read_split(manifest, "train"), read_split(manifest, "test")
    logits = predict_split(fitted, manifest, "test")[1]
    assert set(logits) == set(SEQUENCE_BASELINES)
    held = [fitted.word.encode() in row.tobytes() for row in test["sequence"]]
    assert logits["string_search"].tolist() == held
    row = word_table(manifest, fitted.word).iloc[0]
    held = np.array([fitted.word.encode() in row.tobytes() for row in train["sequence"]])
    bound = train.targets == 1
    assert row["word"] == fitted.word
    assert row["length"] == len(fitted.word)
    assert row["positives_found"] == (held & bound).sum()
    assert row["negatives_found"] == (held & ~bound).sum()
    assert (row["positives"], row["negatives"]) == (bound.sum(), (~bound).sum())
    assert row["f1"] == pytest.approx(f1_score(bound, held))
    monkeypatch.setattr(baselines, "MOST_BASES", 600 * LENGTH)
    drawn = fit_baselines(manifest, [MATRIX], 0).word
    assert word_table(manifest, drawn)["f1"].iloc[0] > 0.6


def test_gc_content_counts_known_bases_only():
    sequences = np.array([list(b"ACGT"), list(b"GGCN"), list(b"ANNN"), list(b"NNNN")], np.uint8)
    assert gc_content(sequences).tolist() == [0.5, 1.0, 0.0, 0.0]
