"""A study of labelled sequences, from their files to the page: no genome, no accessibility."""

import gzip
import re

import numpy as np
import pytest
from study import (
    ROOT,
    copy_study,
    copy_workflow,
    plan,
    read_table,
    snakemake,
    write_config,
    write_text,
)

from cisfuse.base.files import read_json
from cisfuse.examples.shards import read_split
from cisfuse.simulation.sequences import simulate_sequences

COUNT, LENGTH, MOTIF = 240, 30, "ACCTGCAG"
FOLDER = "results/tiny"
SPANS = f"{FOLDER}/spans/selex/spans.tsv.gz"
EVALUATION = f"{FOLDER}/evaluation/selex"
EXPLAINED = f"{FOLDER}/interpretation/selex/tfbs_cnn/seed-0"
MODELS = ("tfbs_cnn", "tfbs_cnn_deep")
# Captions of what other studies have not.
OF_SEQUENCES = ("sequences/audit", "binding/called_labels", "deletion", "learning_curves")


def simulated() -> list[tuple[str, str, int]]:
    settings = {
        "seed": 3,
        "count": COUNT,
        "length": LENGTH,
        "motif": MOTIF,
        "positive_fraction": 0.5,
    }
    table = simulate_sequences(settings).sequences
    return list(zip(table["name"], table["sequence"], table["label"].tolist(), strict=True))


def write_files(folder, kind: str) -> None:
    """The same sequences as a TSV, as a FASTA with a table, or as two parallel files."""
    rows = simulated()
    if kind == "tsv":
        lines = ["name\tsequence\tlabel", *("\t".join(map(str, row)) for row in rows)]
        files = {"selex.tsv": lines}
    elif kind == "fasta":
        lines = [line for name, bases, _ in rows for line in (f">{name}", bases[:20], bases[20:])]
        labels = [f"{name}\t{label}" for name, _, label in reversed(rows)]
        files = {"selex.fa.gz": lines, "labels.tsv": labels}
    else:
        lines = [bases for _, bases, _ in rows]
        files = {"selex.txt": lines, "labels.txt": [str(label) for _, _, label in rows]}
    for name, content in files.items():
        write_text(folder / name, "\n".join(content) + "\n")
    row = ["selex", "JUND", "in vitro", *files, *[""] * (2 - len(files))]
    sheet = "sample\tfactor\tcell\tsequences\tlabels\n" + "\t".join(row) + "\n"
    write_text(folder / "samples.tsv", sheet)


def config() -> dict:
    return {
        "study": "tiny",
        "samples": "samples.tsv",
        "spans": {"length": LENGTH},
        "splits": {"fractions": {"train": 0.6, "valid": 0.2, "test": 0.2}},
        "examples": {"shards": 2},
        "training": {
            "protocol": "tutorial",
            "models": {"tfbs_cnn": {}, "tfbs_cnn_deep": {"loss": "cross_entropy"}},
            "seeds": [0, 1],
            "rounds": 2,
            "selection_metric": "none",
        },
        "evaluation": {
            "published": {"tfbs_cnn": {"convention": "scores", "roc_auc": 0.9971}},
        },
        "interpretation": {
            "methods": ["deletion", "gradient", "mutagenesis"],
            "motifs": [MOTIF],
            "sites": "sites.bed",
        },
    }


def make_sequence_study(folder, kind: str = "tsv"):
    copy_workflow(folder)
    write_files(folder, kind)
    sites = [
        f"{name}\t{bases.index(MOTIF)}\t{bases.index(MOTIF) + len(MOTIF)}\n"
        for name, bases, label in simulated()
        if label
    ]
    write_text(folder / "sites.bed", "".join(sites))
    write_config(folder, config())
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The finished study, not to be changed, and what its run printed."""
    folder = make_sequence_study(tmp_path_factory.mktemp("sequences") / "study")
    return folder, snakemake(folder).stdout


def test_the_table_has_names_and_bases_and_no_places(finished):
    table = read_table(finished[0] / SPANS)
    assert list(table.columns) == ["name", "label", "split", "sequence"]
    assert list(zip(table["name"], table["sequence"], table["label"], strict=True)) == simulated()
    shares = table["split"].value_counts()
    assert shares.to_dict() == {"train": 144, "valid": 48, "test": 48}
    assert set(table.groupby("split")["label"].mean()) == {0.5}


def test_examples_hold_the_bases_and_no_signal(finished):
    manifest = finished[0] / FOLDER / "examples/selex/manifest.json"
    content = read_json(manifest)
    assert [feature["name"] for feature in content["features"]] == ["name", "sequence", "label"]
    assert content["transforms"] == {}
    examples = read_split(manifest, "test")
    table = read_table(finished[0] / SPANS).query("split == 'test'")
    assert [bytes(row).decode() for row in examples["sequence"]] == table["sequence"].tolist()
    assert examples.targets.tolist() == table["label"].tolist()


def test_predictions_and_scores_need_no_place(finished):
    predictions = read_table(finished[0] / EVALUATION / "tfbs_cnn/seed-0/test.tsv.gz")
    assert list(predictions.columns) == ["name", "label", "logit"]
    metrics = read_table(finished[0] / EVALUATION / "metrics.tsv").query("split == 'test'")
    entries = set(metrics["model"])
    assert {*MODELS, "string_search", "kmer_regression", "prevalence"} <= entries
    assert not entries & {"raw_accessibility", "matrix_regression"}
    search = metrics[metrics["model"] == "string_search"].iloc[0]
    assert float(search["average_precision"]) == float(search["roc_auc"]) == 1
    bootstrap = read_table(finished[0] / EVALUATION / "bootstrap.tsv").iloc[0]
    assert (bootstrap["blocks"], bootstrap["informative"]) == (48, 24)


def test_both_conventions_are_told_apart(finished):
    called = read_table(finished[0] / EVALUATION / "called_labels.tsv")
    for row in called[called["seed"].astype(str).isin(["0", "1"])].itertuples():
        path = finished[0] / EVALUATION / row.model / f"seed-{row.seed}/test.tsv.gz"
        table = read_table(path)
        positive, label = table["logit"] >= 0, table["label"] == 1
        assert row.true_positives == (positive & label).sum()
        assert row.false_positives == (positive & ~label).sum()
        assert row.accuracy == pytest.approx((positive == label).mean())
    page = (finished[0] / FOLDER / "report.html").read_text()
    assert "0.9971: " in page


def test_rounds_have_the_loss_and_accuracy_of_each_epoch(finished):
    rounds = read_table(finished[0] / FOLDER / "training/selex/tfbs_cnn_deep/seed-1/rounds.tsv")
    assert rounds["epochs"].tolist() == [1, 2]
    assert rounds["loss"].iloc[0] == pytest.approx(np.log(2), abs=0.02)
    assert rounds[["train_accuracy", "valid_accuracy"]].to_numpy().max() <= 1
    assert (finished[0] / EVALUATION / "learning_curves.svg").is_file()


def test_explanations_have_the_tutorials_saliency_and_no_accessibility(finished):
    folder = finished[0] / EXPLAINED
    names = {path.stem for path in folder.glob("*.png")}
    assert {"deletion", "true_positives", "motifs", "filters", "margins"} <= names
    assert not names & {"closed_motifs", "accessibility"}
    methods = read_table(folder / "methods.tsv")
    assert methods["method"].tolist() == ["deletion", "gradient", "mutagenesis", "matrix_scan"]
    assert (methods["site_spans"] == 24).all()


def test_the_page_says_nothing_of_what_there_is_not(finished):
    page = (finished[0] / FOLDER / "report.html").read_text()
    text = re.sub(r"<style>.*?</style>|src=\"[^\"]*\"", "", page, flags=re.S)
    for word in ("chromatin", "Genome", "accessibility", "peak"):
        assert word not in text, word
    assert MOTIF in text


def test_a_second_run_has_nothing_to_do(finished):
    assert plan(finished[0]) == {}


def test_nothing_of_a_genome_was_made(finished):
    assert not (finished[0] / "resources").exists()
    assert not list((finished[0] / FOLDER).rglob("*tiles*"))


@pytest.mark.parametrize("kind", ["fasta", "parallel"])
def test_other_kinds_of_files_give_the_same_shards(finished, kind, tmp_path):
    study = make_sequence_study(tmp_path / "study", kind)
    shards = [f"{FOLDER}/examples/selex/test-0000{n}-of-00002.tfrecord" for n in (0, 1)]
    snakemake(study, *shards)
    first = [
        read_split(root / FOLDER / "examples/selex/manifest.json", "test")
        for root in (finished[0], study)
    ]
    np.testing.assert_array_equal(first[0]["sequence"], first[1]["sequence"])
    np.testing.assert_array_equal(first[0].names, first[1].names)
    np.testing.assert_array_equal(first[0].targets, first[1].targets)


def test_a_wrong_letter_ends_the_run_before_anything_is_made(finished, tmp_path):
    study = copy_study(finished[0], tmp_path / "study")
    path = study / "selex.tsv"
    lines = path.read_text().splitlines()
    lines[7] = lines[7].replace("A", "U", 1)
    path.write_text("\n".join(lines) + "\n")
    output = snakemake(study, check=False)
    assert output.returncode != 0
    log = (study / FOLDER / "logs/spans/selex/label_sequences.log").read_text()
    assert re.search(r"selex\.tsv: line 8: 'U' is none of A, C, G, T and N; this is RNA", log)
    assert not (study / SPANS).exists()


def test_another_seed_of_the_split_trains_anew(finished, tmp_path):
    study = copy_study(finished[0], tmp_path / "study")
    content = config()
    content["splits"]["seed"] = 5
    write_config(study, content)
    jobs = plan(study)
    assert jobs["label_sequences"] == 1
    assert sum(count for job, count in jobs.items() if job.startswith("train_model")) == 4


def test_lengths_are_cropped_and_padded_where_the_config_says_so(tmp_path):
    study = make_sequence_study(tmp_path / "study")
    path = study / "selex.tsv"
    lines = path.read_text().splitlines()
    name, bases, label = lines[1].split("\t")
    lines[1] = f"{name}\tGG{bases}T\t{label}"
    name, short, label = lines[2].split("\t")
    lines[2] = f"{name}\t{short[:-3]}\t{label}"
    path.write_text("\n".join(lines) + "\n")
    refused = snakemake(study, SPANS, check=False)
    assert refused.returncode != 0
    assert "line 2: the sequence is 33 bases long, spans.length is 30" in refused.stdout
    content = config()
    content["spans"]["other_lengths"] = "crop_and_pad"
    write_config(study, content)
    snakemake(study, SPANS)
    checks = read_table(study / FOLDER / "spans/selex/checks.tsv").set_index("check")["result"]
    assert (checks["cropped"], checks["padded"]) == ("1 sequences, to 30 bp",) * 2
    with gzip.open(study / SPANS, "rt") as handle:
        found = [line.rstrip("\n").split("\t")[-1] for line in handle][1:3]
    assert found == [("GG" + bases + "T")[1:31], f"N{short[:-3]}NN"]


def test_the_report_of_snakemake_has_the_captions_of_sequences(finished, tmp_path):
    study = copy_study(finished[0], tmp_path / "study")
    snakemake(study, "--report", "report.html")
    # The captions lie in the page as JSON, with line ends written as \\n.
    report = " ".join((study / "report.html").read_text().replace("\\n", " ").split())
    for name in OF_SEQUENCES:
        text = (ROOT / f"workflow/report/{name}.rst").read_text()
        phrases = re.split(r"\{[{%].*?[%}]\}|``.*?``", " ".join(text.split()))
        assert max(phrases, key=len).strip()[:60] in report, name
