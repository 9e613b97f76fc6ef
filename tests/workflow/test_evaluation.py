"""A study with replicates, folds, a transfer and another program's predictions."""

import numpy as np
import pandas as pd
import pytest
from study import (
    RESULTS,
    SPLITS,
    copy_study,
    make_study,
    plan,
    read_table,
    sample_row,
    set_config,
    snakemake,
    write_sheet,
)

GAP = 200
FOLDS = 3
OTHER = "data/other.program.tsv"
EXTERNAL = "other.program"
MODEL = "accessibility_logistic"


def write_other_program(study, spans: pd.DataFrame) -> pd.DataFrame:
    """Predictions of test and valid, shuffled, whose logit is the accessibility."""
    chosen = spans[spans["split"] != "train"].assign(logit=lambda table: table["accessibility"])
    chosen = chosen[["name", "chrom", "start", "end", "label", "logit"]]
    chosen.sample(frac=1, random_state=0).to_csv(study / OTHER, sep="\t", index=False)
    return chosen


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The finished study; do not change it."""
    folder = make_study(tmp_path_factory.mktemp("scores") / "study")
    set_config(folder, "training.models", {MODEL: {}})
    set_config(folder, "training.seeds", [0, 1])
    set_config(folder, "splits.folds", FOLDS)
    set_config(folder, "evaluation", {"block_size": 1000, "replicates": 200})
    transfer = sample_row(sample="other", cell="other cell", trained_on="jund")
    write_sheet(folder, [sample_row(), transfer])
    snakemake(folder, str(RESULTS / "spans/jund/spans.tsv.gz"))
    write_other_program(folder, read_table(folder / RESULTS / "spans/jund/spans.tsv.gz"))
    write_sheet(folder, [sample_row(external_predictions=OTHER), transfer])
    snakemake(folder)
    return folder


@pytest.fixture(scope="module")
def results(study):
    return study / RESULTS


def metrics_of(results, sample: str) -> pd.DataFrame:
    table = read_table(results / f"evaluation/{sample}/metrics.tsv")
    return table[table["split"] == "test"].set_index(["model", "seed"])


def test_a_second_run_has_nothing_to_do(study):
    assert not plan(study)


def test_every_span_is_tested_once_by_models_that_saw_none_near_it(results):
    tested = []
    for number in range(FOLDS):
        spans = read_table(results / f"spans/jund/fold-{number}/spans.tsv.gz")
        start, end = (spans[column].to_numpy() for column in ("start", "end"))
        for first, second in (("test", "train"), ("test", "valid"), ("valid", "train")):
            one, other = (np.flatnonzero(spans["split"] == split) for split in (first, second))
            apart = np.maximum(start[one][:, None] - end[other], start[other] - end[one][:, None])
            assert apart.min() >= GAP, (number, first, second)
        tested += spans.loc[spans["split"] == "test", "name"].tolist()
    labelled = read_table(results / "spans/jund/labelled/chr22.tsv.gz")
    names = labelled["chrom"] + ":" + labelled["start"].astype(str)
    assert sorted(name.split("-")[0] for name in tested) == sorted(names)


def test_folds_are_pooled_to_one_prediction_a_span(results):
    for run in (f"{MODEL}/seed-1", f"{MODEL}/ensemble", "kmer_regression"):
        pooled = read_table(results / f"evaluation/jund/folds/{run}/test.tsv.gz")
        labelled = read_table(results / "spans/jund/labelled/chr22.tsv.gz")
        columns = ["chrom", "start", "end", "label"]
        assert pooled[columns].equals(labelled[columns])
        assert len(read_table(results / f"evaluation/jund/folds/{run}/valid.tsv.gz")) == 0
    scores = metrics_of(results, "jund/folds")
    assert set(scores["spans"]) == {len(labelled)}


def test_pooling_leaves_the_order_of_what_was_not_fitted(results):
    pooled = read_table(results / "evaluation/jund/folds/raw_accessibility/test.tsv.gz")
    signal = read_table(results / "spans/jund/signals/chr22.tsv.gz")["accessibility"]
    order = np.argsort(signal.to_numpy(), kind="stable")
    assert (np.diff(pooled["logit"].to_numpy()[order]) >= 0).all()


def test_the_ensemble_is_the_mean_of_the_replicates(results):
    folder = results / f"evaluation/jund/{MODEL}"
    for split in SPLITS:
        logits = [read_table(folder / f"seed-{seed}/{split}.tsv.gz")["logit"] for seed in (0, 1)]
        ensemble = read_table(folder / f"ensemble/{split}.tsv.gz")["logit"]
        np.testing.assert_allclose(ensemble, np.mean(logits, axis=0), rtol=1e-6)
    scores = metrics_of(results, "jund")
    seeds = [scores.loc[(MODEL, seed)] for seed in ("0", "1")]
    for metric in ("average_precision", "roc_auc", "brier"):
        values = [float(seed[metric]) for seed in seeds]
        assert float(scores.loc[(MODEL, "mean"), metric]) == pytest.approx(np.mean(values))
        assert float(scores.loc[(MODEL, "mean"), f"{metric}_sd"]) == pytest.approx(
            np.std(values, ddof=1), abs=1e-6
        )


def test_another_programs_predictions_stand_in_the_same_table(results):
    scores = metrics_of(results, "jund")
    own, other = scores.loc[("raw_accessibility", "")], scores.loc[(EXTERNAL, "")]
    assert own.equals(other)
    comparisons = read_table(results / "evaluation/jund/comparisons.tsv")
    assert EXTERNAL in set(comparisons["other"])


def test_a_transfer_is_scored_where_its_models_were_not_trained(results):
    assert not (results / "training/other").exists()
    source = read_table(results / "spans/jund/spans.tsv.gz").set_index("name")["split"]
    target = read_table(results / "spans/other/spans.tsv.gz").set_index("name")["split"]
    both = target.index.intersection(source.index)
    assert len(both) > 600
    assert target[both].equals(source[both])
    assert set(read_table(results / "spans/other/splits.tsv")["method"]) == {"as jund"}
    scores = metrics_of(results, "other")
    assert ("average_accessibility", "") in scores.index
    # Here both cells have the same signal.
    own, average = scores.loc[("raw_accessibility", "")], scores.loc[("average_accessibility", "")]
    assert float(own["roc_auc"]) == float(average["roc_auc"])


def test_the_page_names_every_sample_and_what_it_was_trained_on(results):
    page = (results / "report.html").read_text(encoding="utf-8")
    for words in ("JUND in tiny cell", "JUND in other cell", EXTERNAL, "3 folds"):
        assert words in page
    assert 'src="http' not in page
    summary = read_table(results / "summary.tsv")
    assert set(summary["sample"]) == {"jund", "jund/folds", "other"}


def test_other_predictions_rerun_scores_and_train_nothing(study, tmp_path):
    copy = copy_study(study, tmp_path / "study")
    table = read_table(copy / OTHER)
    table["logit"] *= 2
    table.to_csv(copy / OTHER, sep="\t", index=False)
    page = {"score_predictions", "plot_scores", "summarise_study", "write_report"}
    assert set(plan(copy)) == {"import_predictions", "record_provenance"} | page


def test_other_predictions_that_lack_a_span_end_the_run(study, tmp_path):
    copy = copy_study(study, tmp_path / "study")
    table = read_table(copy / OTHER)
    spans = read_table(copy / RESULTS / "spans/jund/spans.tsv.gz")
    lost = spans.loc[spans["split"] == "test", "name"].iloc[3]
    table[table["name"] != lost].to_csv(copy / OTHER, sep="\t", index=False)
    result = snakemake(copy, check=False)
    assert result.returncode != 0
    assert OTHER in result.stdout
    assert lost in result.stdout
    assert not (copy / RESULTS / f"evaluation/jund/{EXTERNAL}/test.tsv.gz").exists()
