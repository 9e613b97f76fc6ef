"""Scores of called labels are scikit-learn's of the labels, and those that were published."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score

from cisfuse.evaluation.called_labels import (
    COUNTS,
    balanced_accuracy,
    called,
    called_precision,
    called_row,
    called_table,
    compare_conventions,
    count_calls,
)
from cisfuse.statistics.bootstrap import draw_blocks
from cisfuse.statistics.scores import score
from cisfuse.tasks.binding.scores import needed


def test_the_published_labels_of_the_deep_net_give_its_published_figures():
    """241 true and 5 false positives, none missed, among 500."""
    counts = dict(zip(COUNTS, (241, 5, 0, 254), strict=True))
    assert balanced_accuracy(counts) == pytest.approx(0.99035, abs=5e-6)
    assert called_precision(counts) == pytest.approx(0.97967, abs=5e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shift", [-30, -2, 0, 1, 30])
def test_scores_are_those_of_scikit_learn_on_labels(seed, shift):
    """The shift makes all, none or some of the calls positive."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, 80)
    logits = generator.normal(shift, 1, 80) + labels
    logits[:3] = 0  # on the threshold: called bound
    calls = [int(logit >= 0) for logit in logits]
    row = called_row("deep/seed-4", labels, logits)
    assert (row["model"], row["seed"], row["spans"]) == ("deep", "4", 80)
    assert sum(row[name] for name in COUNTS) == 80
    assert row["true_positives"] + row["false_positives"] == sum(calls)
    assert row["accuracy"] == pytest.approx(accuracy_score(labels, calls))
    assert row["roc_auc"] == pytest.approx(roc_auc_score(labels, calls))
    assert row["average_precision"] == pytest.approx(average_precision_score(labels, calls))


def test_without_any_call_average_precision_is_the_prevalence():
    counts = count_calls(np.array([1, 0, 0, 0]), np.full(4, -1.0))
    assert counts == dict(zip(COUNTS, (0, 0, 1, 3), strict=True))
    assert called_precision(counts) == 0.25
    assert balanced_accuracy(counts) == 0.5


def test_one_label_alone_has_no_score():
    none = count_calls(np.zeros(3), np.array([1.0, -1, 2]))
    assert np.isnan(called_precision(none))
    assert np.isnan(balanced_accuracy(none))
    assert np.isnan(balanced_accuracy(count_calls(np.ones(3), np.array([1.0, -1, 2]))))


def test_the_table_has_a_row_per_run_and_labels_are_floats():
    labels, logits = np.array([1, 0, 1, 0]), np.array([0.0, -0.5, -0.1, 2.0])
    table = called_table(called_row(f"m/seed-{seed}", labels, logits) for seed in range(2))
    assert table["seed"].tolist() == ["0", "1"]
    assert table["learned"].tolist() == [1, 1]
    assert called_row("m/seed-0", labels, np.full(4, 0.3))["learned"] == 0
    assert table[list(COUNTS)].to_numpy().tolist() == [[1, 1, 1, 1]] * 2
    assert called(logits).tolist() == [1.0, 0.0, 0.0, 1.0]


def test_conventions_are_compared_with_and_without_seeds_that_learned_nothing():
    """Differences of means over seeds are those of scikit-learn's scores."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 120)
    names = [f"sequence-{row}" for row in range(120)]
    spans = pd.DataFrame({"chrom": names, "start": 0, "end": 1, "label": labels})
    resamples = draw_blocks(spans, needed(labels), 1000, 100, 0.95, 0)
    logits = {f"{m}/seed-{s}": generator.normal(labels - 0.5) for m in "ab" for s in range(2)}
    logits["b/seed-1"][:] = 0.3
    scored = {
        name: {
            run: score(spans, of(value), np.zeros(120), resamples) for run, value in logits.items()
        }
        for name, of in (("scores", np.asarray), ("labels", called))
    }
    learned = [run for run in logits if run != "b/seed-1"]
    table = compare_conventions(scored, learned, "a", resamples)
    assert table.shape == (2 * 2 * 2, 8)
    for row in table.itertuples():
        of = np.asarray if row.convention == "scores" else called
        metric = {"roc_auc": roc_auc_score, "average_precision": average_precision_score}
        means = {
            model: np.mean(
                [
                    metric[row.metric](labels, of(logits[f"{model}/seed-{seed}"]))
                    for seed in range(2)
                    if row.seeds == "all" or f"{model}/seed-{seed}" in learned
                ]
            )
            for model in "ab"
        }
        assert (row.model, row.other) == ("a", "b")
        assert row.difference == pytest.approx(means["a"] - means["b"])
        assert row.low < row.difference < row.high
    none = compare_conventions(scored, learned[:2], "a", resamples)
    assert set(none["seeds"]) == {"all"}
