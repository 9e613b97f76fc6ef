"""The two real studies up to their baselines, and a tutorial's data, against known numbers."""

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from study import MOTIF, copy_workflow, read_table, snakemake

FOLDER = os.environ.get("CISFUSE_REAL_DATA")
PLACE = "test_positives_next_to_train_positive"
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not FOLDER, reason="CISFUSE_REAL_DATA names no folder of real data"),
]


def run_to_the_baselines(folder: Path, study: str, source: str) -> Path:
    """Link the data into ``resources/STUDY``, run up to the baselines, return the results."""
    copy_workflow(folder)
    target = folder / "resources" / study
    target.mkdir(parents=True)
    for path in Path(FOLDER, source).resolve().iterdir():
        (target / path.name).symlink_to(path)
    snakemake(folder, "--until", "predict_baselines", "audit_splits", config=f"config/{study}.yaml")
    return folder / "results" / study


@pytest.fixture(scope="module")
def hepg2(tmp_path_factory):
    return run_to_the_baselines(tmp_path_factory.mktemp("hepg2"), "jund_hepg2", "jund_hepg2_hg19")


@pytest.fixture(scope="module")
def k562(tmp_path_factory):
    return run_to_the_baselines(tmp_path_factory.mktemp("k562"), "jund_k562", "jund_k562_hg38")


def baseline_scores(path: Path) -> tuple[float, float]:
    table = read_table(path)
    labels, scores = table["label"], table["logit"]
    return roc_auc_score(labels, scores), average_precision_score(labels, scores)


def motif_share(spans, fasta: Path) -> float:
    """Share of spans that hold the motif on either strand."""
    lines = fasta.read_text().split("\n")
    assert lines[0].startswith(">chr22")
    bases = "".join(lines[1:]).upper()
    reverse = MOTIF[::-1].translate(str.maketrans("ACGT", "TGCA"))
    sequences = [bases[start:end] for start, end in zip(spans["start"], spans["end"], strict=True)]
    return float(np.mean([MOTIF in text or reverse in text for text in sequences]))


def test_hepg2_keeps_the_published_splits(hepg2):
    splits = read_table(hepg2 / "spans/hepg2/splits.tsv").set_index("split")
    assert list(splits.index) == ["train", "valid", "test"]
    assert set(splits["method"]) == {"given"}
    assert splits.loc["test", ["spans", "positives"]].tolist() == [34_528, 146]
    assert splits.loc["valid", "spans"] == 34_525


def test_hepg2_accessibility_scores_as_published(hepg2):
    roc_auc, precision = baseline_scores(hepg2 / "evaluation/hepg2/raw_accessibility/test.tsv.gz")
    assert round(roc_auc, 3) == 0.812
    assert round(precision, 3) == 0.091


def test_the_motif_is_enriched_in_hepg2_positives(hepg2):
    spans = read_table(hepg2 / "spans/hepg2/spans.tsv.gz")
    # The published sequence is that of valid and test; train was lifted from hg38.
    spans = spans[spans["split"] != "train"]
    fasta = hepg2.parents[1] / "resources/jund_hepg2/genome/genome.fa"
    positive = motif_share(spans[spans["label"] == 1], fasta)
    negative = motif_share(spans[spans["label"] == 0], fasta)
    assert positive == pytest.approx(0.185, abs=0.005)
    assert positive / negative == pytest.approx(12.8, abs=0.4)


@pytest.mark.parametrize("sample", ["hepg2", pytest.param("k562", marks=pytest.mark.slow)])
def test_the_inputs_pass_their_checks(sample, request):
    results = request.getfixturevalue(sample)
    checks = read_table(results / f"references/{sample}/checks.tsv")
    assert list(checks.columns) == ["file", "kind", "check", "result"]
    assert "genome" in set(checks["kind"])


@pytest.mark.slow
def test_k562_accessibility_ranks_tiled_spans_well(k562):
    roc_auc, _ = baseline_scores(k562 / "evaluation/k562/raw_accessibility/test.tsv.gz")
    assert 0.85 < roc_auc < 0.95


def test_the_regression_of_matrices_scores_as_known(hepg2):
    """0.849 and 0.121 are known for a scan with other pseudocounts."""
    folder = hepg2 / "evaluation/hepg2/matrix_regression"
    roc_auc, precision = baseline_scores(folder / "test.tsv.gz")
    assert roc_auc == pytest.approx(0.849, abs=0.01)
    assert precision == pytest.approx(0.121, abs=0.01)
    matrices = read_table(hepg2 / "evaluation/hepg2/matrices.tsv")
    assert [name.split(".")[0] for name in matrices["matrix"]] == ["MA0491", "MA0492"]


def test_the_published_split_leaks(hepg2):
    published = read_table(hepg2 / "spans/hepg2/audit.tsv").set_index("check")
    # Train spans of unknown sequence are dropped; with them it is 128.
    assert published.loc[PLACE, ["count", "of"]].tolist() == [127, 146]
    assert float(published.loc["neighbour_lookup_roc_auc", "value"]) > 0.9


@pytest.mark.slow
def test_blocks_do_not_leak(k562):
    blocks = read_table(k562 / "spans/k562/audit.tsv").set_index("check")
    assert blocks.loc[PLACE, "count"] == blocks.loc["peaks_cut", "count"] == 0
    assert float(blocks.loc["neighbour_lookup_roc_auc", "value"]) == 0.5


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tutorial")
    return run_to_the_baselines(folder, "tfbs_tutorial", "tfbs_50bp")


def test_the_tutorial_is_split_as_it_was(tutorial):
    splits = read_table(tutorial / "spans/tutorial/splits.tsv").set_index("split")
    assert splits["spans"].to_dict() == {"train": 1350, "valid": 150, "test": 500}
    assert splits["positives"].sum() == 987
    assert splits.loc["test", "positives"] == 241


def test_a_string_search_knows_all_of_the_tutorial(tutorial):
    found = read_table(tutorial / "evaluation/tutorial/string_search.tsv").iloc[0]
    assert (found["word"], found["f1"], found["negatives_found"]) == ("AAAGAGGAAGTT", 1, 0)
    for split in ("train", "valid", "test"):
        path = tutorial / f"evaluation/tutorial/string_search/{split}.tsv.gz"
        assert baseline_scores(path) == (1, 1)


@pytest.mark.slow
def test_the_figures_of_the_tutorial_are_found_again(tutorial):
    """Published figures lie inside the spread of seeds, and the planted motif is found."""
    snakemake(tutorial.parents[1], config="config/tfbs_tutorial.yaml")
    page = (tutorial / "report.html").read_text()
    assert "lie all of the published figures (4)" in " ".join(page.split())
    called = read_table(tutorial / "evaluation/tutorial/called_labels.tsv")
    metrics = read_table(tutorial / "evaluation/tutorial/metrics.tsv").query("split == 'test'")
    seeds = metrics[metrics["seed"].astype(str).str.isdecimal()]
    small = seeds[seeds["model"] == "tfbs_cnn"]
    assert small["roc_auc"].min() <= 0.9971 <= small["roc_auc"].max()
    assert small["average_precision"].min() <= 0.9969 <= small["average_precision"].max()
    deep = called[called["model"].eq("tfbs_cnn_deep") & called["roc_auc"].gt(0.5)]
    assert deep["roc_auc"].min() <= 0.99035 <= deep["roc_auc"].max()
    assert deep["average_precision"].min() <= 0.97968 <= deep["average_precision"].max()
    for model in ("tfbs_cnn", "tfbs_cnn_deep"):
        folder = tutorial / f"interpretation/tutorial/{model}/seed-0"
        methods = read_table(folder / "methods.tsv").set_index("method")
        assert methods.loc["deletion", "average_precision"] > 0.9
        assert "AAAGAGGAAGTT" in read_table(folder / "motifs.tsv")["consensus"].iloc[0]
