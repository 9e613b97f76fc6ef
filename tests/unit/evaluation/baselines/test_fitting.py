"""Train and its blocks: every row once, in order, and the same work however it is cut."""

import numpy as np
from baseline_examples import (
    COUNTS,
    MATRIX,
    PSEUDOCOUNT,
    SIGNAL,
    bound_by_product,
    bound_by_site,
    fit_binding,
    make_examples,
    make_rows,
    train_on,
    write_examples,
)
from sklearn.metrics import roc_auc_score

from cisfuse.dna.kmers import kmer_features
from cisfuse.dna.matrices import best_scores
from cisfuse.evaluation.baselines import fitting
from cisfuse.evaluation.baselines.fitting import (
    Block,
    fit_baselines,
    predict_examples,
    read_train,
)
from cisfuse.evaluation.baselines.registry import BASELINES
from cisfuse.examples.shards import concatenate, iterate_shards, read_split


def test_train_gathers_what_is_in_the_shards(tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, "BLOCK", 77)
    manifest = write_examples(tmp_path / "examples", bound_by_product)
    train, whole = read_train(manifest, [MATRIX], 0), read_split(manifest, "train")
    blocks = list(train.blocks())
    assert max(map(len, blocks)) == 77
    assert (
        np.concatenate([block.sequences for block in blocks]).tolist() == whole["sequence"].tolist()
    )
    assert train.targets.tolist() == whole.targets.tolist()
    assert train.scalar(SIGNAL).tolist() == whole[SIGNAL].tolist()
    assert train.best_scores.tolist() == best_scores(whole["sequence"], [MATRIX]).tolist()
    assert train.lowest.tolist() == [train.best_scores.min()]
    assert train.length == whole["sequence"].shape[1]
    assert train.pseudocount(SIGNAL) == PSEUDOCOUNT
    assert sum(map(len, train.valid_blocks())) == COUNTS["valid"]


def test_rows_of_train_come_in_order_over_shards_and_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, "BLOCK", 77)
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    rows = np.flatnonzero(np.random.default_rng(1).random(COUNTS["train"]) < 0.3)
    blocks = list(read_train(manifest, [], 0).blocks(rows))
    found = np.concatenate([block.sequences for block in blocks])
    assert found.tolist() == read_split(manifest, "train")["sequence"][rows].tolist()


def test_a_block_scans_and_counts_once_for_all_baselines(monkeypatch):
    calls = []

    def counted(function):
        def call(*arguments):
            calls.append(function.__name__)
            return function(*arguments)

        return call

    for function in (best_scores, kmer_features):
        monkeypatch.setattr(fitting, function.__name__, counted(function))
    sequences, bears, signal = make_rows(20, 0)
    block = Block(make_examples(sequences, bears, signal), [MATRIX])
    for _ in range(2):
        assert block.best_scores.shape == (20, 1)
        assert block.kmers.shape[0] == 20
    assert calls == ["best_scores", "kmer_features"]
    assert Block(block.examples, []).best_scores.shape == (20, 0)
    assert len(calls) == 2


def test_all_fits_of_train_share_one_scan(monkeypatch):
    calls = []
    monkeypatch.setattr(
        fitting, "best_scores", lambda *given: calls.append(len(given[0])) or best_scores(*given)
    )
    sequences, bears, signal = make_rows(300, 0)
    train = train_on({"train": make_examples(sequences, bears, signal)})
    for _ in range(3):
        assert len(train.best_scores) == len(train.targets) == len(train.scalar(SIGNAL)) == 300
    assert sum(calls) == 300


def test_what_cannot_be_fitted_is_named_with_its_reason(tmp_path):
    manifest = write_examples(tmp_path / "examples", bound_by_site)
    modules = {name: BASELINES[name].module for name in ("prevalence", "jaspar_best_match")}
    fitted, unavailable = fit_baselines(modules, read_train(manifest, [], 0))
    assert set(fitted) == {"prevalence"}
    assert set(unavailable) == {"jaspar_best_match"}
    assert "no matrix" in unavailable["jaspar_best_match"]
    fitted, unavailable = fit_baselines(modules, read_train(manifest, [MATRIX], 0))
    assert (set(fitted), unavailable) == (set(modules), {})


def test_predictions_of_another_sample_are_those_of_the_fit(tmp_path):
    fit = write_examples(tmp_path / "fit", bound_by_product)
    target = write_examples(tmp_path / "target", bound_by_product, seed=1)
    fitted = fit_binding(fit, [MATRIX])
    examples = read_split(target, "test")
    predicted = predict_examples(fitted, examples, [MATRIX])
    assert roc_auc_score(examples.targets, predicted["matrix_regression"]) > 0.9
    for name, baseline in fitted.items():
        whole = baseline.predict(Block(examples, [MATRIX]))
        np.testing.assert_allclose(predicted[name], whole, rtol=1e-5, atol=1e-5)
        assert predicted[name].dtype == np.float32


def test_two_fits_are_the_same_and_blocks_do_not_matter(tmp_path, monkeypatch):
    manifest = write_examples(tmp_path / "examples", bound_by_site)

    def predictions():
        test = concatenate(iterate_shards(manifest, "test"))
        return predict_examples(fit_binding(manifest, [MATRIX], 3), test, [MATRIX])

    found, again = predictions(), predictions()
    monkeypatch.setattr(fitting, "BLOCK", 77)
    pieces = predictions()
    for name in found:
        assert found[name].tobytes() == again[name].tobytes()
        np.testing.assert_allclose(found[name], pieces[name], rtol=1e-4, atol=1e-4)
