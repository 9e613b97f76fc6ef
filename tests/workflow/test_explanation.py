"""Explained models: the files of a run, requests, and mistakes in them."""

import base64
import gzip
import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from study import (
    BLACKLIST,
    MOTIF,
    PEAKS,
    RESULTS,
    SEQUENCE_MODELS,
    SPAN,
    SPLITS,
    copy_study,
    copy_workflow,
    plan,
    read_config,
    read_table,
    set_config,
    snakemake,
    write_config,
)

from cisfuse.dna.motifs import IUPAC

METHODS = (
    "gradient",
    "gradient_times_input",
    "integrated_gradients",
    "expected_gradients",
    "mutagenesis",
)


@pytest.fixture(params=SEQUENCE_MODELS)
def folder(request, finished_study):
    return finished_study / RESULTS / "interpretation/jund" / request.param / "seed-0"


def test_explained_spans_are_those_of_the_predictions(folder, finished_study):
    spans = read_table(folder / "spans.tsv.gz")
    choice = json.loads((folder / "choice.json").read_text())
    run = folder.relative_to(finished_study / RESULTS / "interpretation/jund")
    positives = 0
    for split in SPLITS:
        table = read_table(finished_study / RESULTS / f"evaluation/jund/{run}/{split}.tsv.gz")
        positives += table["label"].sum()
        of_split = spans[spans["split"] == split].merge(table, on="name", suffixes=("", "_other"))
        assert len(of_split) == (spans["split"] == split).sum()
        np.testing.assert_allclose(of_split["logit"], of_split["logit_other"])
    assert (spans["role"] == "positive").sum() == (spans["label"] == 1).sum() == positives
    called = spans["outcome"].str.endswith("_positive")
    assert (called == (spans["logit"] >= choice["threshold"])).all()
    right = spans["outcome"].str.startswith("true_")
    assert (right == (called == (spans["label"] == 1))).all()
    assert (spans["sequence"].str.len() == SPAN).all()
    closed = spans[spans["role"] == "closed_motif"]
    assert (closed["accessibility"] <= choice["median_accessibility"]).all()
    assert choice["planted_motif"] == choice["motifs"][0] == MOTIF
    patterns = ["".join(f"[{IUPAC[letter]}]" for letter in motif) for motif in choice["motifs"]]
    for sequence in closed["sequence"]:
        partner = sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))
        assert any(re.search(each, text) for each in patterns for text in (sequence, partner))


def test_attributions_keep_their_contract(folder):
    spans = read_table(folder / "spans.tsv.gz")
    with np.load(folder / "attributions.npz", allow_pickle=False) as arrays:
        names = [name.decode() for name in arrays["names"]]
        assert names == spans["name"].tolist()
        texts = [row.tobytes().decode() for row in arrays["sequences"]]
        assert texts == spans["sequence"].tolist()
        np.testing.assert_allclose(arrays["logits"], spans["logit"], atol=1e-5)
        for method in METHODS:
            assert arrays[method].shape == (len(spans), SPAN, 4)
            for suffix in ("", "_accessibility", "_slope", "_completeness_error", "_explained"):
                assert arrays[method + suffix].dtype == np.float32
                assert len(arrays[method + suffix]) == len(spans)
        error, explained = (
            arrays[f"integrated_gradients_{what}"] for what in ("completeness_error", "explained")
        )
    assert (np.abs(error) <= np.maximum(0.01 * np.abs(explained), 0.01)).mean() >= 0.99
    with np.load(folder / "randomised.npz", allow_pickle=False) as arrays:
        chosen = spans.iloc[arrays["rows"]]
        assert set(chosen["role"]) == {"positive"}
        assert set(chosen["split"]) == {"test"}
        assert all(len(arrays[method]) == len(chosen) for method in METHODS)
    with np.load(folder / "controls.npz", allow_pickle=False) as arrays:
        assert set(arrays["rows"]) <= set(chosen.index)
        for method in METHODS:
            assert arrays[f"{method}_random"].shape == (3, len(arrays["rows"]), SPAN)
            assert arrays[f"{method}_replicates"].shape == (0, len(arrays["rows"]), SPAN)


def test_methods_are_scored_and_one_is_the_default(folder):
    table = read_table(folder / "methods.tsv")
    assert table["method"].tolist() == [*METHODS, "matrix_scan"]
    assert table["default"].tolist() == [0, 0, 0, 0, 1, 0]
    assert set(table["average_precision"]) == {""}, "no known sites in this study"
    assert (table["matched_spans"] > 0).all()


def test_motifs_in_closed_chromatin_are_counted_for_every_entry(finished_study):
    folder = finished_study / RESULTS / "interpretation/jund"
    table = read_table(folder / "closed_motifs.tsv").set_index("run")
    facts = json.loads((folder / "closed_motifs.json").read_text())
    assert facts["run"] == table.index[0] == "fusion_cnn/seed-0"
    assert {"raw_accessibility", "matrix_regression", "sequence_cnn/seed-0"} < set(table.index)
    choice = json.loads((folder / "fusion_cnn/seed-0/choice.json").read_text())
    assert facts["median_accessibility"] == choice["median_accessibility"]
    assert set(table["unbound"]) == {choice["closed_motif"]["spans"]}
    main = table.loc["fusion_cnn/seed-0"]
    assert float(main["threshold"]) == pytest.approx(choice["threshold"], abs=1e-4)
    assert int(main["unbound_called"]) == choice["closed_motif"]["called_bound"]
    assert float(main["recall_valid"]) == pytest.approx(facts["recall"], abs=1e-5)
    page = (finished_study / RESULTS / "report.html").read_text()
    assert facts["closed"]["spans"] == 0, "the tiny study has no such span"
    assert "in closed chromatin, at one recall" not in page
    assert "trained from one seed, so there is no replicate" in page


def test_too_few_seqlets_are_said_and_are_no_failure(folder):
    discovery = json.loads((folder / "discovery.json").read_text())
    motifs = read_table(folder / "motifs.tsv")
    assert bool(discovery["note"]) == motifs.empty
    assert (folder / "motifs.meme").read_text().startswith("MEME version")


SPAN_ASKED, VARIANT = "chr22:30,000-30,040", "chr22:3100:{}>{}"


@pytest.fixture(scope="module")
def requests(finished_study, tmp_path_factory):
    """A finished study that is then asked for a span and a variant of one model, and has sites."""
    folder = copy_study(finished_study, tmp_path_factory.mktemp("requests") / "study")
    base = base_at(folder, 3100)
    other = "A" if base != "A" else "C"
    set_config(folder, "interpretation.models", ["fusion_cnn"])
    set_config(folder, "interpretation.methods", ["gradient"])
    set_config(folder, "interpretation.method", "gradient")
    set_config(folder, "interpretation.sites", PEAKS)
    set_config(folder, "interpretation.spans", [SPAN_ASKED])
    set_config(folder, "interpretation.variants", [VARIANT.format(base, other)])
    snakemake(folder)
    return folder, f"chr22-3100-{base}-{other}"


def base_at(folder, position: int) -> str:
    """The base of the FASTA at a position counted from 1, upper case."""
    text = gzip.decompress((folder / "data/genome.fa.gz").read_bytes()).decode()
    record = next(part for part in text.split(">") if part.startswith("chr22"))
    return "".join(record.split("\n")[1:])[position - 1].upper()


def test_requests_have_a_page_with_their_pictures(requests):
    folder, variant = requests
    place = folder / RESULTS / "interpretation/jund/fusion_cnn/seed-0"
    page = (place / "requested.html").read_text(encoding="utf-8")
    assert SPAN_ASKED in page
    assert 'src="http' not in page
    for name in ("chr22-30-000-30-040", variant):
        png = (place / f"requested/{name}.png").read_bytes()
        assert png.startswith(b"\x89PNG")
        assert base64.b64encode(png).decode() in page
        assert "<svg" in (place / f"requested/{name}.svg").read_text()
    table = read_table(folder / RESULTS / "interpretation/jund/requested.tsv")
    assert table["allele"].tolist() == ["span", "reference", "alternative"]
    assert set(table["end"] - table["start"]) == {SPAN}
    reference, alternative = table["sequence"].iloc[1], table["sequence"].iloc[2]
    different = [place for place in range(SPAN) if reference[place] != alternative[place]]
    assert different == [int(table["place"].iloc[1])]
    assert table["start"].iloc[1] + different[0] == 3100 - 1
    assert "known" in set(read_table(place / "sites.tsv")["source"])
    methods = read_table(place / "methods.tsv")
    assert methods["method"].tolist() == ["gradient", "matrix_scan"]
    assert -1 < float(methods["scan_difference"].iloc[0]) < 1
    assert 0 < methods["average_precision"].iloc[0] <= 1


def test_a_request_asked_for_later_trains_nothing(requests):
    folder, _ = requests
    config = read_config(folder)
    config["interpretation"]["spans"].append("chr22:40100-40201")
    write_config(folder, config)
    planned = set(plan(folder))
    config["interpretation"]["spans"].pop()
    write_config(folder, config)
    assert {"place_requests", "write_requests[fusion_cnn]"} <= planned
    assert not {job for job in planned if job.startswith(("train_model", "compute_attr"))}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("spans", "chr23:100-201", "chr23"),
        ("spans", "chr22:79990-80091", "ends at 80,000|80,000|80000"),
        ("variants", "chr22:3100:N>A", "'N' is not one of A, C, G and T"),
        ("variants", "chr22:3100A>C", "write for example chr22:20209000:A>G"),
        ("variants", "chr22:100:A>C", "has N at chr22:100"),
        ("variants", "chr22:3100:A>A", "both alleles are the same"),
        ("spans", "chr22:3100-3100", "its end is not after its start"),
    ],
)
def test_a_wrong_request_is_one_line_that_names_it(study, key, value, message):
    set_config(study, f"interpretation.{key}", [value])
    result = snakemake(study, check=False)
    assert result.returncode != 0
    output = result.stdout
    lines = [line for line in output.splitlines() if value in line and re.search(message, line)]
    assert lines, output
    assert f"interpretation.{key}" in lines[0]
    assert not list((study / RESULTS / "interpretation/jund").glob("requested.tsv"))


def test_a_missing_file_of_sites_is_named(study):
    set_config(study, "interpretation.sites", "data/sites.bed")
    result = snakemake(study, "-n", check=False)
    assert result.returncode != 0
    assert "interpretation.sites: data/sites.bed: no such file" in result.stdout


def test_an_interval_of_another_file_does_for_sites(study):
    set_config(study, "interpretation.sites", BLACKLIST)
    planned = set(plan(study))
    assert "choose_spans[fusion_cnn]" in planned
    assert "train_model[fusion_cnn]" not in planned


@pytest.mark.slow
def test_runs_in_two_folders_give_the_same_explanations(finished_study, tmp_path):
    other = copy_study(finished_study, tmp_path / "study")
    place = RESULTS / "interpretation/jund/fusion_cnn/seed-0"
    for name in ("attributions.npz", "controls.npz", "motifs.tsv", "methods.tsv"):
        (other / place / name).unlink()
    snakemake(other)
    names = ("attributions.npz", "randomised.npz", "controls.npz", "motifs.tsv", "methods.tsv")
    for name in (*names, "margins.svg"):
        assert (other / place / name).read_bytes() == (finished_study / place / name).read_bytes()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """The embedded study with one model and one seed, explained."""
    folder = copy_workflow(tmp_path_factory.mktemp("embedded") / "study")
    path = folder / "config/config.yaml"
    config = yaml.safe_load(path.read_text())
    config["training"] |= {"seeds": [0], "models": {"fusion_cnn": {}}}
    path.write_text(yaml.safe_dump(config))
    snakemake(folder, config=None)
    return folder / "results/jund_simulated/interpretation/jund/fusion_cnn/seed-0"


@pytest.mark.slow
def test_attributions_find_the_true_sites_of_the_embedded_study(embedded):
    table = read_table(embedded / "methods.tsv").set_index("method")
    scan = float(table.loc["matrix_scan", "average_precision"])
    assert scan == pytest.approx(0.878, abs=0.001)
    methods = table.drop("matrix_scan").drop(columns="default").apply(pd.to_numeric)
    assert methods.loc["gradient", "scan_high"] < 0 < scan
    assert (methods["similarity_random_high"] < 0.2).all()
    best = methods.loc["mutagenesis"]
    assert best["average_precision"] >= 0.5
    assert best["average_precision"] >= 5 * best["average_precision_shuffled"]
    assert (methods["average_precision"] > 4 * methods["average_precision_shuffled"]).all()
    assert (methods[["p_shuffled", "p_randomised"]] < 0.001).all(axis=None)
    assert (methods["failed"] == 0).all()
    assert float(methods.loc["integrated_gradients", "completeness_within"]) >= 0.99


@pytest.mark.slow
def test_the_first_motif_of_the_embedded_study_is_that_of_the_factor(embedded):
    motifs = read_table(embedded / "motifs.tsv")
    first = motifs.iloc[0]
    assert re.search("JUN|FOS", first["match_1"])
    assert first["q_1"] < 0.01
    assert "TGACTCA" in first["consensus"] or "TGAGTCA" in first["consensus"]
    assert any("TGACGTCA" in consensus for consensus in motifs["consensus"])


@pytest.mark.slow
def test_a_motif_in_closed_chromatin_is_mostly_not_called(embedded):
    closed = json.loads((embedded / "choice.json").read_text())["closed_motif"]
    assert closed["spans"] >= 30
    assert closed["called_bound"] < 0.3 * closed["spans"]
