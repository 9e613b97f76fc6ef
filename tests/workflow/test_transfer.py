"""A sample that is scored and explained by the models of another."""

import json

import numpy as np
import pyBigWig
import pytest
from study import (
    ATAC,
    RESULTS,
    SPANS,
    copy_study,
    plan,
    read_table,
    sample_row,
    set_config,
    snakemake,
    write_bigwig,
    write_sheet,
)

pytestmark = pytest.mark.slow

OTHER_ATAC = "data/other.bw"
SCALE = 8  # of the other cell's signal, against that of the first
PLACE = "interpretation/{}/fusion_cnn/seed-0"


def scaled_signal(path) -> tuple[list[tuple], dict[str, int]]:
    """Intervals of a bigWig with `SCALE` times their values, and the chromosomes' sizes."""
    with pyBigWig.open(str(path)) as bigwig:
        rows = [(start, end, SCALE * value) for start, end, value in bigwig.intervals("chr22")]
        return rows, bigwig.chroms()


@pytest.fixture(scope="module")
def results(finished_study, tmp_path_factory):
    """A finished study that then gets a sample of another cell, and a request."""
    folder = copy_study(finished_study, tmp_path_factory.mktemp("transfer") / "study")
    write_bigwig(folder / OTHER_ATAC, *scaled_signal(folder / ATAC))
    other = sample_row(sample="other", cell="other cell", trained_on="jund", atac=OTHER_ATAC)
    write_sheet(folder, [sample_row(), other])
    set_config(folder, "interpretation.models", ["fusion_cnn"])
    asked = read_table(folder / SPANS).query("split == 'train'").iloc[5]
    set_config(folder, "interpretation.spans", [asked["name"]])
    planned = set(plan(folder))
    assert "compute_attributions[fusion_cnn]" in planned
    assert not [job for job in planned if job.startswith("train_model")]
    snakemake(folder)
    assert not plan(folder)
    return folder / RESULTS


def test_its_own_spans_are_explained_with_a_threshold_and_a_median_of_its_own(results):
    assert not (results / "training/other").exists()
    folder = results / PLACE.format("other")
    explained = read_table(folder / "spans.tsv.gz")
    choice = json.loads((folder / "choice.json").read_text())
    own = read_table(results / "spans/other/spans.tsv.gz")
    medians = {
        sample: read_table(results / f"spans/{sample}/spans.tsv.gz")
        .query("split == 'train'")["accessibility"]
        .median()
        for sample in ("jund", "other")
    }
    assert medians["other"] > 2 * medians["jund"]
    assert choice["median_accessibility"] == pytest.approx(medians["other"])
    closed = json.loads((results / "interpretation/other/closed_motifs.json").read_text())
    assert closed["median_accessibility"] == choice["median_accessibility"]
    merged = explained.merge(own, on="name", suffixes=("", "_own"))
    assert len(merged) == len(explained)
    assert (merged["accessibility"] == merged["accessibility_own"]).all()
    assert set(explained["split"]) == {"train", "valid", "test"}


def test_attributions_are_those_of_the_other_samples_model(results):
    folder = results / PLACE.format("other")
    spans = read_table(folder / "spans.tsv.gz")
    with np.load(folder / "attributions.npz", allow_pickle=False) as arrays:
        logits = arrays["logits"]
    np.testing.assert_allclose(logits, spans["logit"], atol=1e-4)
    for name in ("methods.tsv", "motifs.tsv", "controls.npz", "true_positives.png", "margins.svg"):
        assert (folder / name).exists(), name


def test_pages_and_figures_say_whose_models_explain(results):
    page = (results / "report.html").read_text(encoding="utf-8")
    assert page.count("Why the fusion CNN decides as it does") == 2
    assert page.count("Explained with the models trained on jund") == 1
    words = "fusion CNN, JUND in other cell, trained on jund"
    assert words in (results / PLACE.format("other") / "requested.html").read_text()
    own = (results / PLACE.format("jund") / "requested.html").read_text()
    assert "trained on jund" not in own


def test_a_request_knows_what_the_models_were_trained_on(results):
    pages = [
        (results / PLACE.format(sample) / "requested.html").read_text()
        for sample in ("jund", "other")
    ]
    seen = "the model was trained on these bases"
    assert [f"{seen}<" in page for page in pages] == [True, False]
    assert [f"{seen} in jund<" in page for page in pages] == [False, True]
