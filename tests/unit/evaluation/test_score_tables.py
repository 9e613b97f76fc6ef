"""The tables of scores: runs, their means, differences, and curves."""

import numpy as np
import pytest
from scored_runs import BOOTSTRAP, RUNS, draw, make_logits, make_spans, squared

from cisfuse.evaluation.score_tables import (
    comparisons_table,
    curves_table,
    group_runs,
    metrics_row,
    metrics_table,
)
from cisfuse.statistics.scores import GRIDS, METRICS, Scores, mean_scores, score
from cisfuse.tasks.activity import scores as activity
from cisfuse.tasks.binding import scores as binding
from cisfuse.tasks.binding.scores import COMPARED, counts


@pytest.fixture(scope="module")
def spans():
    return make_spans()


@pytest.fixture(scope="module")
def resamples(spans):
    return draw(spans)


@pytest.fixture(scope="module")
def scored(spans, resamples):
    """The scores of every run."""
    logits = {run: make_logits(spans, seed) for seed, run in enumerate(RUNS)}
    return {run: score(spans, of, squared(spans, of), resamples) for run, of in logits.items()}


@pytest.fixture(scope="module")
def entries(scored):
    groups = group_runs(RUNS)
    return {key: mean_scores([scored[run] for run in runs]) for key, runs in groups.items()}


@pytest.fixture(scope="module")
def table(spans, resamples, scored, entries):
    rows = {run: [metrics_row(run, "test", counts(spans), scored[run], resamples)] for run in RUNS}
    return metrics_table(rows, entries, resamples, binding)


@pytest.mark.parametrize("label", [0, 1])
def test_spans_of_one_label_have_a_brier_score_alone(spans, label):
    same = spans.assign(label=label)
    resamples = draw(same)
    assert resamples.left_out == BOOTSTRAP["replicates"]
    found = score(same, make_logits(spans, 0), np.full(len(same), 0.25), resamples)
    row = metrics_row("by_hand", "test", counts(same), found, resamples)
    assert row.pop("brier") == 0.25
    assert (row["prevalence"], row["peaks"]) == (label, label)
    ends = [f"{name}{end}" for name in METRICS for end in ("_low", "_high")]
    assert all(np.isnan(row[name]) for name in (*METRICS, *ends) if name != "brier")


def test_runs_are_gathered_by_model():
    assert group_runs(RUNS) == {
        ("net", "mean"): ["net/seed-0", "net/seed-1"],
        ("net", "ensemble"): ["net/ensemble"],
        ("small", "0"): ["small/seed-0"],
        ("by_hand", ""): ["by_hand"],
    }


def test_the_mean_stands_after_its_seeds_with_their_spread(table, scored, resamples):
    assert list(zip(table["model"], table["seed"], strict=True)) == [
        ("net", "0"),
        ("net", "1"),
        ("net", "mean"),
        ("net", "ensemble"),
        ("small", "0"),
        ("by_hand", ""),
    ]
    mean = table.iloc[2]
    for name in METRICS:
        both = [scored[run].metrics[name] for run in RUNS[:2]]
        assert mean[name] == pytest.approx((both[0][0] + both[1][0]) / 2)
        assert mean[f"{name}_sd"] == pytest.approx(abs(both[0][0] - both[1][0]) / np.sqrt(2))
        # The interval of the mean, and not the mean of the intervals.
        ends = resamples.interval((both[0] + both[1])[1:] / 2)
        assert (mean[f"{name}_low"], mean[f"{name}_high"]) == pytest.approx(ends)
        assert table[f"{name}_sd"].isna().tolist() == [True, True, False, True, True, True]


def test_rows_hold_their_counts(table, spans):
    assert (table["spans"] == 800).all()
    assert (table["positives"] == spans["label"].sum()).all()
    assert table["prevalence"].to_numpy() == pytest.approx(np.full(6, spans["label"].mean()))
    runs = np.sum(np.diff(spans["label"], prepend=0) == 1)
    assert (table["peaks"] == runs).all()


def test_columns_are_those_of_the_task(table, spans, resamples):
    """What is counted, every metric with its interval and spread, and what is fitted."""
    names = ["model", "seed", "split", "spans", "positives", "prevalence", "peaks"]
    ends = [f"{name}{end}" for name in METRICS for end in ("", "_low", "_high", "_sd")]
    assert table.columns.tolist() == [*names, *ends, "platt_slope", "platt_intercept"]
    values = spans[["chrom", "start", "end"]].assign(
        activity=np.random.default_rng(0).normal(size=len(spans))
    )
    predicted = {run: values["activity"].to_numpy() + seed for seed, run in enumerate(RUNS[:2])}
    scored = {run: activity.score(values, of, None, resamples) for run, of in predicted.items()}
    rows = {
        run: [metrics_row(run, "test", activity.counts(values), of, resamples)]
        for run, of in scored.items()
    }
    entries = {("net", "mean"): mean_scores(list(scored.values()))}
    found = metrics_table(rows, entries, resamples, activity)
    ends = [f"{name}{end}" for name in activity.METRICS for end in ("", "_low", "_high", "_sd")]
    names = ["model", "seed", "split", "spans", "mean", "standard_deviation"]
    assert found.columns.tolist() == [*names, *ends]
    assert found["mean_squared_error"].tolist() == pytest.approx([0, 1, 0.5])
    assert found["mean_squared_error_sd"].iloc[2] == pytest.approx(1 / np.sqrt(2))
    assert found["pearson"].tolist() == pytest.approx([1, 1, 1])
    assert found["mean"].nunique() == 1


def test_a_metric_that_a_rival_lacks_has_no_difference(resamples):
    """A constant prediction has no correlation."""
    replicates = resamples.weights.shape[1]
    scores = {
        ("net", "0"): Scores({"pearson": np.full(1 + replicates, 0.5)}, {}),
        ("mean", ""): Scores({"pearson": np.full(1 + replicates, np.nan)}, {}),
    }
    (row,) = comparisons_table(scores, "net", ["pearson"], resamples).itertuples()
    assert (row.model, row.other) == ("net", "mean")
    assert np.isnan([row.difference, row.low, row.high]).all()


def test_comparisons_are_of_the_main_model_and_its_ensemble(entries, scored, resamples):
    found = comparisons_table(entries, "net", COMPARED, resamples)
    assert len(found) == 2 * 3 * len(COMPARED)
    pairs = list(dict.fromkeys(zip(found["model"], found["other"], strict=True)))
    others = ["net/ensemble", "small", "by_hand"], ["net", "small", "by_hand"]
    assert pairs == [
        *(("net", other) for other in others[0]),
        *(("net/ensemble", other) for other in others[1]),
    ]
    row = found[(found["other"] == "small") & (found["metric"] == "roc_auc")].iloc[0]
    values = [scored[run].metrics["roc_auc"] for run in (*RUNS[:2], "small/seed-0")]
    differences = (values[0] + values[1]) / 2 - values[2]
    assert row["difference"] == pytest.approx(differences[0])
    ends = resamples.interval(differences[1:])
    assert (row["low"], row["high"]) == pytest.approx(ends)


def test_a_model_does_not_differ_from_its_copy(scored, resamples):
    same = {("net", "0"): scored[RUNS[0]], ("copy", "0"): scored[RUNS[0]]}
    found = comparisons_table(same, "net", COMPARED, resamples)
    assert found["other"].tolist() == ["copy"] * len(COMPARED)
    assert (found[["difference", "low", "high"]] == 0).all(axis=None)


def test_curves_have_a_band_around_them(entries, resamples):
    found = curves_table(entries, GRIDS, resamples)
    assert len(found) == len(entries) * sum(len(grid) for grid in GRIDS.values())
    assert (found["low"] <= found["high"]).all()
    assert ((found["low"] <= found["y"]) & (found["y"] <= found["high"])).mean() > 0.9
    roc = found[(found["model"] == "net") & (found["seed"] == "mean") & (found["curve"] == "roc")]
    assert roc["x"].to_numpy() == pytest.approx(GRIDS["roc"])
    assert roc["y"].is_monotonic_increasing
    # The area under the points is the metric, but for what lies between them.
    area = np.trapezoid(roc["y"], roc["x"])
    assert area == pytest.approx(entries["net", "mean"].metrics["roc_auc"][0], abs=0.005)
