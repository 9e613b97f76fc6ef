"""A run to the end: what it leaves, and that other forms of the same inputs give the same."""

import gzip
import hashlib
import json
import re
import shutil

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from study import (
    ATAC,
    BLACKLIST,
    FASTA,
    LABELLED,
    MODELS,
    PEAKS,
    RESULTS,
    ROOT,
    SEQUENCE_MODELS,
    SIGNALS,
    SPAN,
    SPANS,
    SPLITS,
    bgzip,
    copy_study,
    names_of,
    plan,
    read_table,
    sample_row,
    set_config,
    snakemake,
    write_bed,
    write_sheet,
    write_text,
)

BASELINES = (
    "prevalence",
    "gc_content",
    "jaspar_best_match",
    "raw_accessibility",
    "matrix_regression",
    "boosted_trees",
    "kmer_regression",
    "kmer_accessibility_regression",
    "late_stack",
)
EXPLANATIONS = (
    *("true_positives", "false_positives", "false_negatives", "closed_motifs", "aligned_mean"),
    *("accessibility", "margins", "motifs", "filters"),
)
RUNS = [*(f"{model}/seed-0" for model in MODELS), *BASELINES]


@pytest.fixture
def results(finished_study):
    return finished_study / RESULTS


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_run_ends_with_the_summary(finished_run):
    folder, output = finished_run
    summary = (folder / RESULTS / "summary.txt").read_text()
    for model in (*MODELS, *BASELINES):
        score = r"\d\.\d{3}(?: +\[\S+ \S+\])?"
        assert re.search(rf"^  {model} +1? +{score} +{score}$", summary, re.M)
    assert "SIMULATED" not in summary
    assert summary in output
    listed = summary.partition("Figures (each also as SVG):")[2]
    figures = re.findall(r"^  (results/\S+)/\n((?:    \S.*\n)+)", listed, re.M)
    paths = [f"{place}/{name}" for place, names in figures for name in names.split()]
    assert len(paths) == 1 + 5 + len(SEQUENCE_MODELS) * len(EXPLANATIONS)
    for path in paths:
        assert (folder / path).is_file()


def test_the_span_table_keeps_its_contract(results):
    spans = read_table(results / "spans/jund/spans.tsv.gz")
    columns = ["name", "chrom", "start", "end", "label", "split", "accessibility"]
    assert list(spans.columns) == columns
    assert spans["start"].is_monotonic_increasing
    assert spans["name"].is_unique
    assert (spans["name"] == names_of(spans)).all()
    assert set(spans["chrom"]) == {"chr22"}
    assert set(spans["end"] - spans["start"]) == {SPAN}
    assert set(spans["label"]) == {0, 1}
    splits = read_table(results / "spans/jund/splits.tsv").set_index("split")
    assert splits["spans"].to_dict() == spans["split"].value_counts().to_dict()
    dropped = read_table(results / "spans/jund/dropped.tsv").set_index("reason")["spans"]
    assert dropped["kept"] == len(spans)
    assert dropped["in the blacklist"] > 0
    assert dropped["too many N"] > 0


@pytest.mark.parametrize("run", RUNS)
def test_predictions_have_the_rows_of_the_span_table(results, run):
    spans = read_table(results / "spans/jund/spans.tsv.gz")
    for split in SPLITS:
        table = read_table(results / f"evaluation/jund/{run}/{split}.tsv.gz")
        assert list(table.columns) == ["name", "chrom", "start", "end", "label", "logit"]
        rows = spans[spans["split"] == split].reset_index(drop=True)
        assert table.drop(columns="logit").equals(rows[list(table.columns[:-1])])


def test_metrics_are_those_of_scikit_learn(results):
    metrics = read_table(results / "evaluation/jund/metrics.tsv")
    assert len(metrics) == len(RUNS) * len(SPLITS)
    for row in metrics.itertuples():
        run = f"{row.model}/seed-{row.seed}" if row.seed != "" else row.model
        table = read_table(results / f"evaluation/jund/{run}/{row.split}.tsv.gz")
        labels, scores = table["label"], table["logit"]
        assert (row.spans, row.positives) == (len(table), labels.sum())
        assert row.prevalence == pytest.approx(labels.mean(), rel=1e-5)
        assert row.roc_auc == pytest.approx(roc_auc_score(labels, scores), rel=1e-5)
        precision = average_precision_score(labels, scores)
        assert row.average_precision == pytest.approx(precision, rel=1e-5)


def test_the_page_stands_alone_and_says_what_was_found(results):
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "Study tiny" in page
    assert "JUND in tiny cell, test split: fusion CNN" in page
    assert "Nothing leaks: no span" in page
    assert page.count('src="data:image/png;base64,') == 5 + len(EXPLANATIONS)
    assert "Why the fusion CNN decides as it does" in page
    assert 'src="http' not in page


def test_blocks_leak_nothing(results):
    audit = read_table(results / "spans/jund/audit.tsv").set_index("check")
    assert set(audit["count"]) == {0}
    assert float(audit.loc["neighbour_lookup_roc_auc", "value"]) == 0.5


def test_the_manifest_keeps_its_contract(results):
    folder = results / "examples/jund"
    manifest = json.loads((folder / "manifest.json").read_text())
    features = {feature["name"]: feature for feature in manifest["features"]}
    assert list(features) == ["name", "sequence", "label", "accessibility"]
    assert (features["sequence"]["dtype"], features["sequence"]["shape"]) == ("uint8", [SPAN])
    roles = [feature["role"] for feature in features.values()]
    assert roles == ["place", "input", "target", "input"]
    assert (manifest["format_version"], manifest["task"]) == (2, "binding")
    transforms = manifest["transforms"]["accessibility"]
    assert list(transforms) == ["log", "log_standardise", "none"]
    assert set(transforms["log_standardise"]) == {"pseudocount", "mean", "standard_deviation"}
    assert manifest["configuration"]["splits"]["block_size"] == 5000
    assert manifest["inputs"]["spans.tsv.gz"]["sha256"] == digest(results.parents[1] / SPANS)
    counts = read_table(results / "spans/jund/splits.tsv").set_index("split")
    for split in SPLITS:
        entry = manifest["splits"][split]
        assert entry["examples"] == counts.loc[split, "spans"]
        assert len(entry["shards"]) == 2
        assert sum(shard["examples"] for shard in entry["shards"]) == entry["examples"]
        for shard in entry["shards"]:
            assert digest(folder / shard["file"]) == shard["sha256"]


@pytest.mark.parametrize("model", MODELS)
def test_training_leaves_its_rounds_and_models(results, model):
    folder = results / f"training/jund/{model}/seed-0"
    rounds = read_table(folder / "rounds.tsv")
    measured = ("loss", "accuracy", "roc_auc", "average_precision")
    scores = [f"{split}_{score}" for split in ("train", "valid") for score in measured]
    assert list(rounds.columns) == ["round", "epochs", "loss", *scores]
    assert rounds["round"].tolist() == [1, 2]
    assert rounds["epochs"].tolist() == [1, 2]
    timing = read_table(folder / "timing.tsv")
    assert list(timing.columns) == ["round", "train_seconds", "evaluate_seconds"]
    best = rounds.loc[rounds["valid_average_precision"].idxmax(), "round"]
    assert digest(folder / "best.keras") == digest(folder / f"round-{best:02d}.keras")
    assert digest(folder / "last.keras") == digest(folder / "round-02.keras")


def test_every_figure_is_there_as_png_and_svg(results):
    names = ("roc", "precision_recall", "ablation", "calibration", "rounds")
    paths = ["summary", *(f"evaluation/jund/{name}" for name in names)]
    for model in SEQUENCE_MODELS:
        folder = f"interpretation/jund/{model}/seed-0"
        paths += [f"{folder}/{name}" for name in EXPLANATIONS]
    for path in paths:
        assert (results / f"{path}.png").read_bytes().startswith(b"\x89PNG")
        svg = (results / f"{path}.svg").read_text()
        assert "<svg" in svg
        assert "<dc:date>" not in svg


def test_provenance_has_the_checksums_of_the_inputs(finished_study, results):
    provenance = json.loads((results / "provenance.json").read_text())
    assert {FASTA, PEAKS, ATAC} < set(provenance["inputs"])
    for path, checksum in provenance["inputs"].items():
        assert checksum == digest(finished_study / path)
    assert provenance["config"]["study"] == "tiny"
    assert provenance["config"]["spans"]["min_overlap"] == 0.5, "defaults are written too"
    assert provenance["samples"][0]["factor"] == "JUND"
    (environment,) = provenance["environments"]
    assert "snakemake" in environment["versions"]
    rules = {job["rule"] for job in provenance["jobs"].values()}
    assert {"index_genome", "train_model", "write_report"} <= rules


def test_each_folder_of_results_says_what_made_it(finished_study, results):
    users = {FASTA, PEAKS, BLACKLIST, ATAC}
    for stage in ("spans", "examples", "training", "evaluation", "interpretation"):
        provenance = json.loads((results / f"{stage}/jund/provenance.json").read_text())
        assert set(provenance["inputs"]) == users
        for path, checksum in provenance["inputs"].items():
            assert checksum == digest(finished_study / path)
        made = {}
        for job in provenance["jobs"].values():
            made |= job["outputs"]
        own = [path for path in made if path.startswith(str(RESULTS / stage / "jund"))]
        assert own
        assert all(made[path] == digest(finished_study / path) for path in own)
        assert [row["factor"] for row in provenance["samples"]] == ["JUND"]
        assert provenance["config"]["training"]["learning_rate"] == 0.001
        assert provenance["seeds"]["training.seeds"] == [0]
        (environment,) = provenance["environments"]
        assert environment["versions"]["keras"]
        assert set(environment["jobs"]) == set(provenance["jobs"])
    assert "training/jund/fusion_cnn/seed-0" in provenance["jobs"]


def test_every_job_has_a_log_and_a_benchmark(results):
    logs = list((results / "logs").rglob("*.log"))
    benchmarks = list((results / "benchmarks").rglob("*.tsv"))
    assert len(logs) == len(benchmarks) == 34 + 2 * 8
    for path in logs:
        assert "INFO cisfuse" in path.read_text()
        assert "ERROR" not in path.read_text()
    for path in benchmarks:
        assert path.read_text().startswith("s\t")


def signal_lines(study) -> list[str]:
    """The study's signal as lines of a bedGraph."""
    import pyBigWig

    with pyBigWig.open(str(study / ATAC)) as bigwig:
        return [
            f"chr22\t{start}\t{end}\t{value}\n" for start, end, value in bigwig.intervals("chr22")
        ]


def text_of(path) -> str:
    return gzip.decompress(path.read_bytes()).decode()


def test_every_source_of_signal_and_of_labels_gives_the_same_spans(study, finished_study):
    """A bigWig, a bedGraph, a table of spans; peaks, and a BED of labelled spans; other names."""
    spans = read_table(finished_study / LABELLED)
    means = read_table(finished_study / SIGNALS)["accessibility"]
    write_text(study / "data/signal.bedGraph.gz", "".join(signal_lines(study)))
    lines = [f"{name}\t{mean!r}\n" for name, mean in zip(names_of(spans), means, strict=True)]
    write_text(study / "data/signal.txt.gz", "".join(lines))
    rows = spans[["chrom", "start", "end", "label"]].astype(str)
    write_text(study / "data/spans.bed", "".join("\t".join(row) + "\n" for row in rows.to_numpy()))
    for path in (PEAKS, BLACKLIST, "data/signal.bedGraph.gz"):
        text = gzip.decompress if path.endswith(".gz") else bytes
        other = text((study / path).read_bytes()).decode().replace("chr22", "22")
        write_text(study / path.replace("data/", "data/other_"), other)
    set_config(study, "references.names", {22: "chr22", "21": "chr21"})
    set_config(study, "references.blacklist", BLACKLIST.replace("data/", "data/other_"))
    forms = {
        "renamed": sample_row(
            sample="renamed", peaks="data/other_peaks.bed", atac="data/other_signal.bedGraph.gz"
        ),
        "bedgraph": sample_row(sample="bedgraph", atac="data/signal.bedGraph.gz"),
        "table": sample_row(sample="table", atac="data/signal.txt.gz"),
        "spans": sample_row(sample="spans", peaks="", spans="data/spans.bed"),
    }
    write_sheet(study, [sample_row(), *forms.values()])
    snakemake(study, "--until", "split_spans")
    expected = text_of(finished_study / SPANS)
    for form in forms:
        found = study / RESULTS / f"spans/{form}/spans.tsv.gz"
        assert text_of(found) == expected, form


def run_on_two_chromosomes(study, chromosomes: list[str], other: str) -> dict[str, str]:
    """The tables of spans of chr22 and of chr21, which is named ``other``."""
    text = gzip.decompress((study / FASTA).read_bytes()).replace(b">chr21", f">{other}".encode())
    (study / FASTA).write_bytes(gzip.compress(text, mtime=0))
    lines = [*signal_lines(study), f"{other}\t1000\t2000\t0.1\n"]
    write_text(study / "data/signal.bedGraph", "".join(lines))
    write_sheet(study, [sample_row(atac="data/signal.bedGraph")])
    set_config(study, "spans.chromosomes", chromosomes)
    snakemake(study, "--until", "split_spans")
    folder = (study / SPANS).parent
    tables = {name: (folder / name).read_text() for name in ("splits.tsv", "dropped.tsv")}
    return {**tables, "spans": text_of(study / SPANS).replace(other, "chr21")}


def parts_of(study) -> set[str]:
    folders = (study / RESULTS / "spans/tiles", (study / LABELLED).parent, (study / SIGNALS).parent)
    parts = [{path.name.split(".")[0] for path in folder.glob("*.gz")} for folder in folders]
    assert parts[0] == parts[1] == parts[2]
    return parts[0]


def test_parts_by_chromosome_give_the_same_spans_as_the_whole_genome(study, tmp_path):
    """The whole is one part when no chromosome is listed, or one whose name suits no file."""
    shutil.rmtree(study / RESULTS)
    copies = [copy_study(study, tmp_path / name) for name in ("all", "odd")]
    expected = run_on_two_chromosomes(study, ["chr22", "chr21"], "chr21")
    assert expected["spans"].count("\nchr21:") == 29
    assert parts_of(study) == {"chr21", "chr22"}
    lists = [([], "chr21"), (["chr22", "HLA*21"], "HLA*21")]
    for copy, (chromosomes, other) in zip(copies, lists, strict=True):
        assert run_on_two_chromosomes(copy, chromosomes, other) == expected
        assert parts_of(copy) == {"genome"}


def test_the_bins_of_the_dream_challenge(study):
    """200 bp every 50 bp; bound by half in a peak; else dropped where a relaxed peak is touched."""
    peaks = [line.split("\t")[:3] for line in (study / PEAKS).read_text().splitlines()]
    peaks = np.array([[int(start), int(end)] for _, start, end in peaks])
    relaxed = [("chr22", start - 150, end + 150) for start, end in peaks.tolist()]
    write_bed(study / "data/relaxed.bed", relaxed)
    write_sheet(study, [sample_row(ambiguous="data/relaxed.bed")])
    set_config(study, "preset", "dream")
    snakemake(study, "--until", "label_spans")
    spans = read_table(study / LABELLED)
    start, end = (spans[column].to_numpy()[:, None] for column in ("start", "end"))
    assert set(spans["end"] - spans["start"]) == {200}
    assert set(spans["start"] % 50) == {0}
    shared = np.minimum(end, peaks[:, 1]) - np.maximum(start, peaks[:, 0])
    bound = (shared >= 100).any(axis=1)
    assert (bound == (spans["label"] == 1)).all()
    touched = (np.minimum(end, peaks[:, 1] + 150) > np.maximum(start, peaks[:, 0] - 150)).any(
        axis=1
    )
    assert (touched == bound).all()
    assert 100 < bound.sum() < len(spans) / 2
    dropped = read_table((study / LABELLED).parent / "chr22.dropped.tsv").set_index("reason")
    assert dropped.loc["touches an ambiguous interval", "spans"] > 100


@pytest.mark.slow
@pytest.mark.parametrize("form", ["plain", "bgzip"])
def test_every_form_of_the_fasta_gives_the_same_genome(study, finished_study, form):
    text = gzip.decompress((finished_study / FASTA).read_bytes())
    name = "data/genome.fa" if form == "plain" else "data/genome.fa.bgz"
    (study / name).write_bytes(text if form == "plain" else bgzip(text))
    set_config(study, "references.genome", name)
    snakemake(study, "--until", "index_genome")
    for ending in ("fa", "fa.fai"):
        path = f"resources/tiny/genome/genome.{ending}"
        assert (study / path).read_bytes() == (finished_study / path).read_bytes()
    assert (
        f"{name}: 2 sequences" in (study / RESULTS / "logs/references/index_genome.log").read_text()
    )


def test_two_samples_plan_side_by_side(study):
    write_sheet(study, [sample_row(), sample_row(sample="second.one", cell="other cell")])
    jobs = plan(study)
    assert jobs["train_model[fusion_cnn]"] == 2, "the split is shared out by both samples"
    assert jobs["score_predictions"] == 2
    assert jobs["check_inputs"] == jobs["share_splits"] == jobs["summarise_study"] == 1
    everything = plan(study, "--forceall")
    assert everything["train_model[fusion_cnn]"] == everything["split_spans"] == 2
    assert everything["tile_genome"] == everything["index_genome"] == 1


# Captions of what a study has where its config asks for it.
ASKED_FOR = ("requested", "called_labels", "deletion", "learning_curves")


def test_the_report_holds_every_caption(study):
    snakemake(study, "--report", "report.html")
    # The captions lie in the page as JSON, with line ends written as \\n.
    report = " ".join((study / "report.html").read_text().replace("\\n", " ").split())
    captions = ROOT / "workflow/report"
    for path in [path for of in ("", "spans", "binding") for path in (captions / of).glob("*.rst")]:
        if path.stem in ("workflow", *ASKED_FOR):
            continue
        phrases = re.split(r"\{[{%].*?[%}]\}|``.*?``", " ".join(path.read_text().split()))
        longest = max(phrases, key=len).strip()
        assert longest[:60] in report, path.stem
    assert "Study <strong>tiny</strong>" in report
