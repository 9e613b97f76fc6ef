"""Scores of runs and their means, the tables of them, and the rule that writes them."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from stand_ins import Named, stand_in

from cisfuse.base.files import read_table, write_table
from cisfuse.evaluation.score_tables import (
    COMPARED,
    comparisons_table,
    curves_table,
    group_runs,
    metrics_row,
    metrics_table,
)
from cisfuse.jobs import digest as provenance
from cisfuse.statistics import scores
from cisfuse.statistics.bootstrap import draw_blocks
from cisfuse.statistics.scores import GRIDS, METRICS, mean_scores, score

RUNS = ["net/seed-0", "net/seed-1", "net/ensemble", "small/seed-0", "by_hand"]
LENGTH = 10
BLOCK = 500
SETTINGS = {"block_size": BLOCK, "replicates": 60, "confidence": 0.9, "seed": 5}
OUTPUTS = ("metrics", "comparisons", "calibration", "curves", "bootstrap")


def make_spans(count: int = 800, seed: int = 0) -> pd.DataFrame:
    label = (np.random.default_rng(seed).random(count) < 0.12).astype(np.int64)
    start = LENGTH * np.arange(count)
    return pd.DataFrame({"chrom": "chr1", "start": start, "end": start + LENGTH, "label": label})


def make_logits(spans: pd.DataFrame, seed: int) -> np.ndarray:
    return np.random.default_rng([seed, 1]).normal(1.5 * spans["label"] - 2)


@pytest.fixture(scope="module")
def spans():
    return make_spans()


@pytest.fixture(scope="module")
def resamples(spans):
    return draw_blocks(spans, BLOCK, 60, 0.9, 5)


def squared(spans: pd.DataFrame, logits: np.ndarray) -> np.ndarray:
    return (1 / (1 + np.exp(-logits)) - spans["label"].to_numpy()) ** 2


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
    rows = {run: [metrics_row(run, "test", spans, scored[run], resamples)] for run in RUNS}
    return metrics_table(rows, entries, resamples)


def test_the_first_row_is_of_the_data_and_the_others_of_the_draws(spans, resamples, scored):
    logits = make_logits(spans, 0)
    found = scored[RUNS[0]].metrics
    assert set(found) == set(METRICS)
    draws = np.concatenate([np.ones((len(resamples.weights), 1)), resamples.weights], axis=1)
    for column, drawn in enumerate(draws.T):
        rows = np.repeat(np.arange(len(spans)), drawn[resamples.blocks].astype(int))
        label, logit = spans["label"].to_numpy()[rows], logits[rows]
        brier = brier_score_loss(label, 1 / (1 + np.exp(-logit)))
        assert found["roc_auc"][column] == pytest.approx(roc_auc_score(label, logit))
        expected = average_precision_score(label, logit)
        assert found["average_precision"][column] == pytest.approx(expected)
        assert found["brier"][column] == pytest.approx(brier)
        skill = 1 - brier / (label.mean() * (1 - label.mean()))
        assert found["brier_skill"][column] == pytest.approx(skill)


def test_scores_do_not_depend_on_the_pieces(spans, resamples, scored, monkeypatch):
    monkeypatch.setattr(scores, "PIECE", 700)
    logits = make_logits(spans, 0)
    found = score(spans, logits, squared(spans, logits), resamples)
    for name in METRICS:
        assert found.metrics[name].tolist() == scored[RUNS[0]].metrics[name].tolist()
    for curve in GRIDS:
        assert (found.curves[curve] == scored[RUNS[0]].curves[curve]).all()


def test_without_resamples_there_is_the_score_alone(spans, scored):
    logits = make_logits(spans, 0)
    found = score(spans, logits, squared(spans, logits))
    assert found.curves == {}
    assert {name: len(values) for name, values in found.metrics.items()} == dict.fromkeys(
        METRICS, 1
    )
    assert found.metrics["roc_auc"] == scored[RUNS[0]].metrics["roc_auc"][0]


@pytest.mark.parametrize("label", [0, 1])
def test_spans_of_one_label_have_a_brier_score_alone(spans, label):
    same = spans.assign(label=label)
    resamples = draw_blocks(same, BLOCK, 20, 0.9, 5)
    assert resamples.left_out == 20
    found = score(same, make_logits(spans, 0), np.full(len(same), 0.25), resamples)
    row = metrics_row("by_hand", "test", same, found, resamples)
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


def test_comparisons_are_of_the_main_model_and_its_ensemble(entries, scored, resamples):
    found = comparisons_table(entries, "net", resamples)
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
    found = comparisons_table(same, "net", resamples)
    assert found["other"].tolist() == ["copy"] * len(COMPARED)
    assert (found[["difference", "low", "high"]] == 0).all(axis=None)


def test_curves_have_a_band_around_them(entries, resamples):
    found = curves_table(entries, resamples)
    assert len(found) == len(entries) * sum(len(grid) for grid in GRIDS.values())
    assert (found["low"] <= found["high"]).all()
    assert ((found["low"] <= found["y"]) & (found["y"] <= found["high"])).mean() > 0.9
    roc = found[(found["model"] == "net") & (found["seed"] == "mean") & (found["curve"] == "roc")]
    assert roc["x"].to_numpy() == pytest.approx(GRIDS["roc"])
    assert roc["y"].is_monotonic_increasing
    # The area under the points is the metric, but for what lies between them.
    area = np.trapezoid(roc["y"], roc["x"])
    assert area == pytest.approx(entries["net", "mean"].metrics["roc_auc"][0], abs=0.005)


@pytest.fixture
def job(tmp_path):
    """A call of the rule with predictions of two models with two seeds and another program."""
    runs = ["net/seed-0", "net/seed-1", "by_hand"]
    tables = {}
    for seed, run in enumerate(runs):
        for number, split in enumerate(("train", "valid", "test")):
            of_split = make_spans(600, number)
            if run == "by_hand" and split != "test":
                of_split = of_split[:0]
            logits = make_logits(of_split, seed)
            tables[run, split] = of_split.assign(name="", logit=logits)
    paths = {key: tmp_path / f"{'_'.join(key).replace('/', '_')}.tsv.gz" for key in tables}
    for key, table in tables.items():
        write_table(table, paths[key])
    (tmp_path / "logs").mkdir()
    params = {"runs": runs, "splits": ["train", "valid", "test"], "main": "net"}
    return stand_in(
        "score_predictions",
        str(tmp_path / "logs/job.log"),
        input=Named(predictions=[str(path) for path in paths.values()]),
        output=Named(**{name: str(tmp_path / f"{name}.tsv") for name in OUTPUTS}),
        params=Named(**params, bootstrap=SETTINGS),
        tables=tables,
        paths=paths,
    )


def call(job: SimpleNamespace) -> dict[str, pd.DataFrame]:
    runpy.run_path(str(provenance.SCRIPTS / "score_predictions.py"), {"snakemake": job})
    return {name: read_table(path) for name, path in job.output.items()}


def test_the_rule_writes_its_tables(job):
    found = call(job)
    metrics = found["metrics"]
    assert metrics["split"].tolist() == ["train", "valid", "test"] * 2 + ["test"] * 2
    test = metrics[metrics["split"] == "test"].set_index(["model", "seed"])
    for (run, split), table in job.tables.items():
        if split == "test":
            model, _, seed = run.partition("/seed-")
            expected = average_precision_score(table["label"], table["logit"])
            assert test.loc[model, seed]["average_precision"] == pytest.approx(expected, rel=1e-5)
    # Another program's logits count as log-odds; a mean has no calibration of its own.
    assert test["platt_slope"].tolist()[2:] == ["", "1"]
    assert set(metrics.loc[metrics["split"] == "train", "roc_auc_low"]) == {""}
    assert found["bootstrap"].to_dict("records") == [
        {"blocks": 12, "informative": 12, **SETTINGS},
    ]
    calibration = found["calibration"].groupby(["model", "seed"])["spans"].sum()
    assert calibration.to_dict() == {("net", "0"): 600, ("net", "1"): 600, ("by_hand", ""): 600}
    assert set(found["comparisons"]["other"]) == {"by_hand"}
    assert set(found["curves"]["seed"]) == {"mean", ""}


def test_the_rule_writes_the_same_twice(job):
    first = {name: table.to_csv() for name, table in call(job).items()}
    assert first == {name: table.to_csv() for name, table in call(job).items()}


def test_few_blocks_are_warned_of(job):
    job.params.named["bootstrap"] = {**SETTINGS, "block_size": 1000}
    call(job)
    assert "rest on 6 blocks of test, 6 with positives" in Path(job.log[0]).read_text()


def test_one_block_has_scores_without_intervals(job):
    job.params.named["bootstrap"] = {**SETTINGS, "block_size": 1_000_000}
    found = call(job)
    assert set(found["metrics"]["roc_auc_low"]) == {""}
    assert found["comparisons"]["difference"].abs().min() >= 0
    assert set(found["comparisons"]["low"]) == {""}


def failure(job: SimpleNamespace) -> str:
    with pytest.raises(SystemExit):
        call(job)
    with open(job.log[0], encoding="utf-8") as log:
        return log.read()


@pytest.mark.parametrize("change", ["order", "label", "fewer"])
def test_runs_of_other_spans_are_refused(job, change):
    path = job.paths["net/seed-1", "test"]
    table = job.tables["net/seed-1", "test"].copy()
    if change == "label":
        table.loc[3, "label"] = 1 - table.loc[3, "label"]
    write_table({"order": table[::-1], "label": table, "fewer": table[1:]}[change], path)
    message = failure(job)
    assert f"{path}: its spans are not those of {job.paths['net/seed-0', 'test']}" in message


def test_a_logit_that_is_no_number_is_refused(job):
    path = job.paths["by_hand", "test"]
    table = job.tables["by_hand", "test"].assign(logit="nan")
    write_table(table, path)
    assert f"{path}: the logit of row 1 is 'nan', not a finite number" in failure(job)
