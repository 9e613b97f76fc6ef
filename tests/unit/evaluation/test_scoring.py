"""All predictions of a sample scored: the tables, the warnings, and the rule that writes them."""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearsonr, spearmanr
from scored_runs import BOOTSTRAP as SETTINGS
from scored_runs import make_logits, make_spans
from sklearn.metrics import average_precision_score
from stand_ins import Named, stand_in

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_table, write_table
from cisfuse.evaluation.scoring import Sample
from cisfuse.jobs import digest
from cisfuse.tasks.registry import part_of

OUTPUTS = ("metrics", "comparisons", "calibration", "curves", "bootstrap")


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
    params = {"runs": runs, "splits": ["train", "valid", "test"], "main": "net", "task": "binding"}
    return stand_in(
        "score_predictions",
        str(tmp_path / "logs/job.log"),
        input=Named(predictions=[str(path) for path in paths.values()]),
        output=Named(**{name: str(tmp_path / f"{name}.tsv") for name in OUTPUTS}),
        params=Named(**params, units="spans", bootstrap=SETTINGS),
        tables=tables,
        paths=paths,
    )


def call(job: SimpleNamespace) -> dict[str, pd.DataFrame]:
    runpy.run_path(str(digest.SCRIPTS / "score_predictions.py"), {"snakemake": job})
    return {name: read_table(path) for name, path in job.output.items()}


def test_a_run_without_rows_is_in_no_table(job):
    expected = call(job)
    for split in job.params["splits"]:
        path = job.paths["by_hand", split]
        write_table(read_table(path).iloc[:0], path)
    found = call(job)
    assert set(expected["metrics"]["model"]) - set(found["metrics"]["model"]) == {"by_hand"}
    for name in OUTPUTS[:-1]:
        assert not (found[name].astype(str) == "by_hand").any(axis=None), name
    kept = expected["metrics"].query("model != 'by_hand'")
    assert found["metrics"].to_dict("records") == kept.to_dict("records")


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
    assert "rest on 6 blocks of test (1,000 bp each), 6 that count" in Path(job.log[0]).read_text()


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
    assert (
        f"{path}: its test examples are not those of {job.paths['net/seed-0', 'test']}" in message
    )


def test_a_logit_that_is_no_number_is_refused(job):
    path = job.paths["by_hand", "test"]
    table = job.tables["by_hand", "test"].assign(logit="nan")
    write_table(table, path)
    assert f"{path}: the logit of row 1 is 'nan', not a finite number" in failure(job)


def make_sample(folder: Path, task: str, changes=lambda table: table, **settings) -> Sample:
    """A sample of three runs, of 120 spans in each split; outputs tell something of targets."""
    target, scores = part_of(task, "target"), part_of(task, "scores")
    paths = {}
    for number, run in enumerate(("net/seed-0", "net/seed-1", "flat")):
        for split in ("valid", "test"):
            spans = make_spans(120, seed=split == "test")
            values = make_logits(spans, 7)
            if task == "activity":
                spans = spans.drop(columns="label").assign(activity=values)
            outputs = make_logits(make_spans(120, seed=split == "test"), number) + values
            outputs = np.full(120, 0.25) if run == "flat" else outputs
            table = spans.assign(**{"name": [f"s{row}" for row in range(120)]})
            paths[run, split] = folder / f"{run.replace('/', '-')}-{split}.tsv"
            write_table(changes(table.assign(**{target.OUTPUT: outputs})), paths[run, split])
    bootstrap = {"block_size": 100, "replicates": 50, "confidence": 0.9, "seed": 1, **settings}
    return Sample(paths, target, scores, bootstrap, "spans")


RUNS = ["net/seed-0", "net/seed-1", "flat"]


@pytest.mark.filterwarnings("error")
def test_activities_are_scored_as_numpy_and_scipy_do(tmp_path):
    sample = make_sample(tmp_path, "activity")
    tables = sample.score(RUNS, ["valid", "test"], "net")
    assert sorted(tables) == ["bootstrap", "comparisons", "metrics", "points"]
    metrics = tables["metrics"].set_index(["model", "seed", "split"])
    for run in RUNS:
        model, _, seed = run.partition("/seed-")
        for split in ("valid", "test"):
            given = read_table(sample.paths[run, split])
            y, p = given["activity"].to_numpy(), given["predicted"].to_numpy()
            row = metrics.loc[model, seed, split]
            assert row["spans"] == 120
            assert row["mean"] == pytest.approx(y.mean())
            assert row["standard_deviation"] == pytest.approx(np.std(y))
            assert row["mean_squared_error"] == pytest.approx(np.mean((y - p) ** 2))
            assert row["mean_absolute_error"] == pytest.approx(np.mean(np.abs(y - p)))
            correlations = (pearsonr, "pearson"), (spearmanr, "spearman")
            for function, name in correlations if run != "flat" else ():
                assert row[name] == pytest.approx(function(y, p).statistic)
    flat = metrics.loc["flat", "", "test"]
    assert flat[["pearson", "spearman", "pearson_low", "pearson_high"]].isna().all()
    assert flat["mean_squared_error_low"] < flat["mean_squared_error"]
    mean = metrics.loc["net", "mean", "test"]
    assert mean["pearson_low"] < mean["pearson"] < mean["pearson_high"]
    compared = tables["comparisons"].set_index(["other", "metric"])
    assert compared.loc[("flat", "mean_squared_error"), "high"] < 0, "less is better"
    assert np.isnan(compared.loc[("flat", "pearson"), "difference"])
    points = tables["points"]
    assert points.columns.tolist() == ["model", "seed", "activity", "predicted"]
    assert len(points) == 3 * 120
    (row,) = tables["bootstrap"].to_dict("records")
    assert row == {"blocks": 12, "informative": 12, **sample.settings}


@pytest.mark.parametrize("task", ["binding", "activity"])
def test_intervals_come_from_scoring_drawn_examples_again(tmp_path, task):
    """Each replicate is the score of the examples of the blocks that it drew."""
    sample = make_sample(tmp_path, task, replicates=20)
    spans, outputs = sample._read("net/seed-0", "test")
    fitted = sample._fit("net/seed-0")
    found = sample.scores.score(spans, outputs, fitted, sample.resamples)
    metric = {"binding": "average_precision", "activity": "mean_squared_error"}[task]
    for column, drawn in enumerate(sample.resamples.weights.T, start=1):
        rows = np.repeat(np.arange(len(spans)), drawn[sample.resamples.blocks].astype(int))
        y, p = spans.iloc[rows, -1].to_numpy(), outputs[rows]
        expected = average_precision_score(y, p) if task == "binding" else np.mean((y - p) ** 2)
        assert found.metrics[metric][column] == pytest.approx(expected)


def of_sequences(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=["chrom", "start", "end"])


@pytest.mark.parametrize("task", ["binding", "activity"])
def test_sequences_are_drawn_one_by_one(tmp_path, task, caplog):
    sample = make_sample(tmp_path, task, of_sequences)
    with caplog.at_level("INFO"):
        tables = sample.score(RUNS, ["valid", "test"], "net")
    row = tables["bootstrap"].iloc[0]
    assert "block_size" not in tables["bootstrap"]
    assert row["blocks"] == 120
    needed = part_of(task, "scores").needed(sample.spans.iloc[:, -1].to_numpy())
    assert row["informative"] == needed[0].sum()
    assert "net/seed-1: " + part_of(task, "scores").FIRST.replace("_", " ") in caplog.text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda table: table,
            r"rest on 2 blocks of test \(600 bp each\), 2 that count: .* more of the genome for",
        ),
        (lambda table: of_sequences(table[:6]), "rest on 6 spans of test, 6 .*; take more spans "),
    ],
)
def test_too_few_blocks_for_intervals_are_warned_of(tmp_path, caplog, change, words):
    make_sample(tmp_path, "activity", change, block_size=600)
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert re.search(words, record.getMessage())


def test_other_activities_than_those_of_the_first_run_are_refused(tmp_path):
    sample = make_sample(tmp_path, "activity")
    path = sample.paths["net/seed-1", "test"]
    table = read_table(path)
    table.loc[5, "activity"] += 1e-6
    write_table(table, path)
    message = rf"^{re.escape(str(path))}: its test examples are not those of .*net-seed-0-test.*;"
    with pytest.raises(DamagedFileError, match=message):
        sample.score(RUNS, ["valid", "test"], "net")
