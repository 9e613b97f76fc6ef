"""Wrong inputs that people really give: each gets one line with the file, the place, the fix.

tests/data/wrong_inputs/index.yaml lists them. Each goes through the functions that the workflow
calls, in their order; binary files are made here.
"""

import bz2
import gzip
import io
import lzma
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pytest
import yaml
from configs import CONFIG_SCHEMA, check_study, load, load_sheet
from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError

from cisfuse.base.errors import CisfuseError
from cisfuse.config.schemas import check_repeats, load_schema
from cisfuse.config.sheet import check_files
from cisfuse.evaluation.external import complete_splits, match_spans, read_external
from cisfuse.interpretation.requests import parse_requests
from cisfuse.readers.genome import check_requested, decompress_fasta, index_fasta
from cisfuse.readers.intervals import read_sites
from cisfuse.readers.signal_files import make_average
from cisfuse.readers.signals import check_not_negative
from cisfuse.readers.spans import span_names
from cisfuse.sources.registry import file_columns
from cisfuse.sources.sequences.reading import fit_lengths, read_labelled_sequences
from cisfuse.sources.spans.checks import check_sample
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

FOLDER = Path(__file__).resolve().parents[2] / "data" / "wrong_inputs"
CASES = yaml.safe_load((FOLDER / "index.yaml").read_text(encoding="utf-8"))
SIZES = {"chr22": 1000, "chrM": 200}
LENGTH = 100
BED = b"chr22\t100\t200\nchr22\t300\t400\n"
SHEET = b"sample\tfactor\tcell\tpeaks\tatac\nhepg2\tJUND\tHepG2\tpeaks.bed\tatac.bw\n"
BIGBED = bytes.fromhex("ebf28987") + bytes(60)


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("peaks.bed", content)
    return buffer.getvalue()


def bigwig(value: float, chrom: str = "chr22", length: int = 1000):
    def make(path: Path) -> None:
        with pyBigWig.open(str(path), "w") as handle:
            handle.addHeader([(chrom, length)])
            handle.addEntries([chrom], [0], ends=[500], values=[value])

    return make


def infinite_after_nan(path: Path) -> None:
    with pyBigWig.open(str(path), "w") as handle:
        handle.addHeader([("chr1", 500), ("chr22", 1000)])
        chroms = ["chr1", "chr22", "chr22"]
        handle.addEntries(
            chroms, [0, 0, 100], ends=[9, 100, 200], values=[1.0, float("nan"), float("inf")]
        )


def rewritten(change):
    """A maker of a bigWig whose bytes are changed."""

    def make(path: Path) -> None:
        bigwig(1.0)(path)
        path.write_bytes(change(path.read_bytes()))

    return make


MADE = {
    "peaks/truncated.bed.gz": gzip.compress(BED)[:-12],
    "peaks/trailing.bed.gz": gzip.compress(BED) + b"chr22\t500\t600\n",
    "peaks/twice.bed.gz": gzip.compress(gzip.compress(BED)),
    "peaks/zip.bed.gz": zipped(BED),
    "peaks/bzip2.bed": bz2.compress(BED),
    "peaks/xz.bed": lzma.compress(BED),
    "peaks/utf16.bed": BED.decode().encode("utf-16"),
    "peaks/latin1.bed": BED.replace(b"chr22\t300", b"chr\xe9\t300"),
    "peaks/nul.bed": BED + b"\x00",
    "peaks/bigbed.bed": BIGBED,
    "peaks/folder.bed": Path.mkdir,
    "peaks/missing.bed": lambda path: None,
    "bedGraph/reads.bam": gzip.compress(b"BAM\x01\x00\x00\x00\x00"),
    "bigWig/truncated.bw": rewritten(lambda content: content[:300]),
    "bigWig/other_build.bw": bigwig(1.0, length=1001),
    "bigWig/infinite.bw": bigwig(np.inf),
    "bigWig/infinite_after_nan.bw": infinite_after_nan,
    "bigWig/negative.bw": bigwig(-0.5),
    "bigWig/nan.bw": bigwig(np.nan),
    "bigWig/without_chr.bw": bigwig(1.0, chrom="22"),
    "bigWig/gzipped.bw": rewritten(gzip.compress),
    "bigWig/bigbed.bw": BIGBED,
    "genome/hg38.2bit": bytes.fromhex("4327411a00000000"),
    "sample_sheet/workbook.tsv": zipped(SHEET),
    "sample_sheet/utf16.tsv": SHEET.decode().encode("utf-16"),
    "sample_sheet/latin1.tsv": SHEET.replace(b"HepG2", b"H\xe9pG2"),
    "sample_sheet/folder.tsv": Path.mkdir,
}


def run_genome(path: Path) -> None:
    unpacked = path.with_name("unpacked.fa")
    decompress_fasta(path, unpacked)
    sizes = index_fasta(unpacked, path)
    check_requested(["chr22"], sizes, path)
    check(sizes=sizes, genome_path=path)


def check(
    sizes=SIZES, genome_path="good/genome.fa", blacklist=None, target=binding, **files
) -> None:
    check_sample(
        {"peaks": "good/peaks.bed", "atac": "good/signal.bedgraph", **files},
        sizes=sizes,
        chromosomes=["chr22"],
        genome_path=genome_path,
        blacklist=blacklist,
        span_length=LENGTH,
        target=target,
    )


def run_spans(path: Path) -> None:
    check(spans=path, peaks="")


def study_spans():
    """Two spans, both of test, the first bound."""
    columns = {"chrom": "chr22", "start": [0, 100], "end": [100, 200], "label": [1, 0]}
    spans = pd.DataFrame(columns).assign(split="test")
    return spans.assign(name=span_names(spans))


def run_signal(path: Path) -> None:
    check(atac=path)
    spans = study_spans()
    check_not_negative(make_average(str(path), ["chr22"])(spans), spans, str(path))


def run_predictions(path: Path) -> None:
    spans = study_spans()
    text, table = read_external(path, ["name", "chrom", "start", "end", "label"], binding)
    logits = match_spans(text, table, spans, "spans.tsv.gz", binding)
    complete_splits(path, spans, logits, ["test"], "spans.tsv.gz")


def run_config(path: Path) -> None:
    """As workflow/rules/common.smk does."""
    content = load_configfile(path)
    check_repeats(path)
    config = load(content, str(path))
    samples = load_sheet(config["samples"])
    config = check_study(config, samples, str(path))
    check_files(config, samples, file_columns(), str(path))
    parse_requests(config["interpretation"]["spans"], config["interpretation"]["variants"])


def run_sequences(path: Path) -> None:
    """Of parallel files the labels are good; a FASTA and a table come alone."""
    text = path.suffix == ".txt"
    labels = "good/labels.txt" if text else "good/fasta_labels.tsv"
    labels = None if "no_" in path.name or path.suffix == ".tsv" else labels
    table, _ = read_labelled_sequences(path, labels, binding)
    fit_lengths(table, 10, "error", path)


def run_activities(path: Path) -> None:
    """A file of activities alone, of parallel sequences or of a FASTA; or a table of both."""
    if path.name == "huge.tsv":
        read_labelled_sequences("good/sequences.fa", path, activity)
    elif path.suffix == ".tsv":
        read_labelled_sequences(path, None, activity)
    else:
        read_labelled_sequences("good/sequences.txt", path, activity)


RUNS = {
    "sequences": run_sequences,
    "labels": lambda path: read_labelled_sequences("good/sequences.txt", path, binding),
    "genome": run_genome,
    "peaks": lambda path: check(peaks=path),
    "ambiguous": lambda path: check(ambiguous=path),
    "blacklist": lambda path: check(blacklist=path),
    "spans": run_spans,
    "activities": run_activities,
    "activity spans": lambda path: check(spans=path, peaks="", target=activity),
    "sites": read_sites,
    "bedGraph": run_signal,
    "signal table": run_signal,
    "bigWig": run_signal,
    "external predictions": run_predictions,
    "sample sheet": load_sheet,
    "config": run_config,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the folder, with the binary files."""
    copy = shutil.copytree(FOLDER, tmp_path_factory.mktemp("wrong") / "inputs")
    for name, content in MADE.items():
        path = copy / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content(path)
    return copy


@pytest.fixture
def inputs(folder, monkeypatch):
    """Work in that folder, as a user does, by relative paths."""
    monkeypatch.chdir(folder)


def message_of(case: dict) -> str:
    with pytest.raises(CisfuseError) as caught:
        RUNS[case["kind"].partition(":")[0]](Path(case["file"]))
    return str(caught.value)


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_a_wrong_input_gets_one_line(case, inputs, survived):
    message = message_of(case)
    assert len(message.splitlines()) == 1
    place = re.escape(case["file"])
    if case["kind"] == "config: requests":
        place = "config"
    if case["file"] == "config/sheet_missing.yaml":
        place = r"(?=sheet\.tsv)"
    if case["file"] == "config/activity_peaks.yaml":
        place = r"(?=good/samples\.tsv)"
    assert re.match(f"{place}(: |, |){case['message']}", message), message
    survived("bad inputs")


def test_what_is_good_passes(inputs):
    run_genome(Path("good/genome.fa"))
    check()
    assert load_sheet("good/samples.tsv")
    check(spans="good/activity_spans.bed", peaks="", target=activity)
    table, warning = read_labelled_sequences("good/sequences.txt", "good/activities.txt", activity)
    assert (table["activity"].tolist(), warning) == ([0.5, -1.5, 2], "")
    for sheet in ("good/activity_samples.tsv", "good/reporters.tsv"):
        assert load_sheet(sheet)


def test_labels_for_activities_are_a_warning_and_no_error(inputs, caplog):
    """Somebody may well regress on them."""
    _, warning = read_labelled_sequences("good/sequences.txt", "good/labels.txt", activity)
    assert len(warning.splitlines()) == 1
    assert "remove 'task: activity' from the config" in warning
    Path("labelled.bed").write_text("chr22\t0\t100\t1\nchr22\t100\t200\t0\n")
    check(spans="labelled.bed", peaks="", target=activity)
    (record,) = caplog.records
    assert record.getMessage() == f"labelled.bed: {warning}"


def test_every_kind_of_file_and_every_section_is_there():
    assert len(CASES) >= 60
    assert len({case["file"] for case in CASES}) == len(CASES)
    kinds = [case["kind"] for case in CASES]
    assert {kind.partition(":")[0] for kind in kinds} == RUNS.keys()
    sections = {kind.removeprefix("config: ") for kind in kinds if kind.startswith("config: ")}
    known = load_schema(CONFIG_SCHEMA)["properties"]
    named = {key for key, rule in known.items() if rule.get("type") == "object"}
    assert sections == named | {"top level", "simulation", "models", "requests"}


def test_every_file_is_listed():
    there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    there = {name for name in there if not name.startswith("good/")} - {"index.yaml"}
    assert there | MADE.keys() == {case["file"] for case in CASES}


@pytest.mark.parametrize("text", ["study:\n\tjund\n", "", "- study\n", "study: [jund\n"])
def test_what_is_no_config_is_refused_by_snakemake_in_one_line(text, tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text(text)
    with pytest.raises(
        WorkflowError, match=r"^Config file (is not valid|must be given as)"
    ) as caught:
        load_configfile(path)
    assert len(str(caught.value).splitlines()) == 1
