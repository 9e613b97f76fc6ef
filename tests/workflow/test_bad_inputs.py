"""Mistakes in a user's files: one line that says where and how to fix it, and nothing half-made.

Each case is a copy of the finished study with one mistake; the rules before the mistake are
up to date, so that little runs.
"""

import gzip
import random
import re
import shutil

import pytest
from study import (
    ATAC,
    BLACKLIST,
    FASTA,
    LABELLED,
    LENGTH,
    PEAKS,
    RESULTS,
    SHEET,
    SPAN,
    SPANS,
    cases,
    make_study,
    names_of,
    read_config,
    read_table,
    sample_row,
    set_config,
    snakemake,
    write_bigwig,
    write_config,
    write_sheet,
    write_text,
)

CHECKS = ("check_inputs", "references/jund/check_inputs.log", "references/jund/checks.tsv")
EXTRACT = (
    "extract_signal",
    "spans/jund/extract_signal/chr22.log",
    "spans/jund/signals/chr22.tsv.gz",
)
SPLIT = ("split_spans", "spans/jund/split_spans.log", "spans/jund/spans.tsv.gz")
LABEL = (
    "label_spans",
    "spans/jund/label_spans/chr22.log",
    "spans/jund/labelled/chr22.tsv.gz",
)
INDEX = ("index_genome", "references/index_genome.log", None)


def edit_peaks(*lines):
    """Add lines to the peaks."""

    def edit(study):
        with open(study / PEAKS, "a") as handle:
            handle.write("".join(line + "\n" for line in lines))

    return edit


def one_base(coordinates: re.Match) -> str:
    """The first base of an interval."""
    return f"\t{coordinates[1]}\t{int(coordinates[1]) + 1}"


def rewrite_peaks(change):
    return lambda study: (study / PEAKS).write_text(change((study / PEAKS).read_text()))


def other_signal(rows, sizes, chrom="chr22"):
    return lambda study: write_bigwig(study / ATAC, rows, sizes, chrom)


def text_signal(name, text):
    def edit(study):
        write_text(study / "data" / name, text)
        write_sheet(study, [sample_row(atac=f"data/{name}")])

    return edit


def truncate(path):
    def edit(study):
        content = (study / path).read_bytes()
        (study / path).write_bytes(content[: len(content) * 2 // 3])

    return edit


def truncated_table(study):
    rows = [f"chr22:{start}-{start + SPAN}\t0.5\n" for start in range(0, LENGTH - SPAN, SPAN)]
    text_signal("signal.txt.gz", "".join(rows))(study)
    truncate("data/signal.txt.gz")(study)


def table_without_a_span(study):
    names = names_of(read_table(study / LABELLED))
    text_signal("signal.txt", "".join(f"{name}\t0.5\n" for name in names[1:]))(study)


RUN_TIME = {
    "peaks_use_22": (
        rewrite_peaks(lambda text: text.replace("chr22", "22")),
        CHECKS,
        rf"{PEAKS}: peaks use '22', {FASTA} uses 'chr22'; rename",
    ),
    "signal_of_another_build": (
        other_signal([(3000, 4000, 1)], {"chr22": LENGTH + 7}),
        CHECKS,
        rf"{ATAC}: 'chr22' has 80,007 bp, in {FASTA} 80,000 bp; .*build",
    ),
    "signal_without_a_value": (
        other_signal([(100, 200, 1)], {"chr22": LENGTH, "chr21": 3000}, "chr21"),
        CHECKS,
        rf"{ATAC}: the signal has no value other than 0 on 'chr22'; give",
    ),
    "signal_that_is_negative": (
        other_signal([(3000, 4000, 1), (5000, 5001, -1)], {"chr22": LENGTH}),
        CHECKS,
        rf"{ATAC}: the signal is negative on chr22:5000-5001 \(-1\), .*; give coverage",
    ),
    "peak_past_the_end": (
        edit_peaks("chr22\t79990\t80001", "chr22\t79990\t80301"),
        CHECKS,
        rf"{PEAKS}: chr22:79990-80301 is past the end of 'chr22' \(80,000 bp\); .*301.*build",
    ),
    "end_before_start": (
        edit_peaks("chr22\t500\t400"),
        CHECKS,
        rf"{PEAKS}: line 52: end 400 is not after start 500; correct",
    ),
    "text_for_a_number": (
        edit_peaks("chr22\tfive\t600"),
        CHECKS,
        rf"{PEAKS}: line 52: start 'five' is not a whole number; correct",
    ),
    "windows_line_ends": (
        rewrite_peaks(lambda text: text.replace("\n", "\r\n")),
        CHECKS,
        rf"{PEAKS}: line 1: Windows line ends \(CRLF\); convert them: sed",
    ),
    "header_line": (
        rewrite_peaks(lambda text: "chrom\tstart\tend\n" + text),
        CHECKS,
        rf"{PEAKS}: line 1: start 'start' is not a whole number; .*if the line is a header",
    ),
    "empty_bed": (
        rewrite_peaks(lambda text: ""),
        CHECKS,
        rf"{PEAKS}: the file is empty; correct",
    ),
    "chromosome_not_in_the_fasta": (
        lambda study: set_config(study, "spans.chromosomes", ["chr7"]),
        INDEX,
        rf"{FASTA}: the config asks for chromosome 'chr7', the FASTA has 'chr22', 'chr21'; correct",
    ),
    "truncated_fasta": (
        truncate(FASTA),
        INDEX,
        rf"{FASTA}: the gzip file is truncated or damaged .*; fetch",
    ),
    "truncated_table": (
        truncated_table,
        CHECKS,
        r"data/signal.txt.gz: the gzip file is truncated or damaged .*; fetch",
    ),
    "span_table_lacks_a_span": (
        table_without_a_span,
        EXTRACT,
        r"data/signal.txt: lacks the span chr22:\d+-\d+ \(1 of \d+ spans are missing\); add",
    ),
    "peaks_of_1_bp": (
        rewrite_peaks(lambda text: re.sub(r"\t(\d+)\t\d+", one_base, text)),
        LABEL,
        rf"{PEAKS}: no span is positive: peaks must cover 51 of its 101 bases .* 1 to 1 bp wide "
        r"\(median 1\); widen them by spans\.peak_width .* peak_width: 102, or",
    ),
    "a_split_without_positives": (
        rewrite_peaks(lambda text: text.splitlines()[0] + "\n"),
        SPLIT,
        r"sample jund: the split '\w+' \(blocks\) has no positive span among \d+; change",
    ),
}


QUICK_RUN_TIME = {
    "peaks_use_22",
    "peaks_of_1_bp",
    "signal_of_another_build",
    "end_before_start",
    "windows_line_ends",
    "truncated_fasta",
    "span_table_lacks_a_span",
}


@pytest.mark.parametrize(("edit", "rule", "message"), cases(RUN_TIME, QUICK_RUN_TIME))
def test_a_mistake_in_a_file_stops_the_run_with_one_line(study, edit, rule, message, survived):
    name, log, output = rule
    edit(study)
    result = snakemake(study, "--until", name, check=False)
    assert result.returncode != 0
    assert re.search(message, result.stdout), result.stdout
    lines = (study / RESULTS / "logs" / log).read_text()
    assert "Traceback" not in lines
    errors = [line for line in lines.splitlines() if " ERROR " in line]
    assert len(errors) == 1, lines
    assert re.search(message, errors[0])
    if output:
        assert not (study / RESULTS / output).exists()
    else:
        assert not list((study / "resources/tiny").glob("genome/*"))
    survived("bad inputs")


def config_with(key, value):
    return lambda study: set_config(study, key, value)


def config_text_with(lines):
    def edit(study):
        with open(study / "tiny.yaml", "a") as handle:
            handle.write(lines)

    return edit


def sheet_with(text):
    header = "sample\tfactor\tcell\tpeaks\tspans\tatac\n"
    return lambda study: (study / SHEET).write_text(header + text)


def without_required(study):
    config = read_config(study)
    del config["references"]["genome"]
    write_config(study, config)


def without_peaks(study):
    """Before the first run: later Snakemake does not look for what made results that are there."""
    (study / PEAKS).unlink()
    shutil.rmtree(study / "results")


PARSE_TIME = {
    "unknown_key": (
        config_with("colour", "red"),
        r"tiny\.yaml: the top level: unknown key 'colour'; known are study, samples",
    ),
    "mistyped_key": (
        config_with("training.learning_rat", 0.1),
        r"tiny\.yaml: training: unknown key 'learning_rat'; did you mean 'learning_rate'\?",
    ),
    "mistyped_model_key": (
        config_with("training.models.fusion_cnn", {"batchsize": 10}),
        r"tiny\.yaml: training\.models\.fusion_cnn: unknown key 'batchsize'; .*'batch_size'",
    ),
    "empty_section": (
        config_with("spans", None),
        r"tiny\.yaml: spans: the section is empty; give it keys, or delete its line",
    ),
    "missing_key": (
        without_required,
        r"tiny\.yaml: references: the key 'genome' is missing; add it",
    ),
    "text_for_a_number": (
        config_with("training.rounds", "twenty"),
        r"tiny\.yaml: training\.rounds: 'twenty' is not a whole number; write",
    ),
    "unknown_architecture": (
        config_with("training.models.deep", {}),
        r"tiny\.yaml: training\.models\.deep: no architecture is called 'deep'; there are fusion",
    ),
    "fractions_that_do_not_add_up": (
        config_with("splits.fractions", {"train": 0.8, "valid": 0.15, "test": 0.15}),
        r"tiny\.yaml: splits\.fractions: they add up to 1\.1; change",
    ),
    "key_twice": (
        config_text_with("study: other\n"),
        r"tiny\.yaml: line \d+: the key 'study' is there twice; keep one of them",
    ),
    "learning_rate_that_is_no_number": (
        config_with("training.learning_rate", float("nan")),
        r"tiny\.yaml: training\.learning_rate: nan is not a finite number; write",
    ),
    "address_of_peaks": (
        sheet_with(f"jund\tJUND\tcell\thttps://example.org/peaks.bed\t\t{ATAC}\n"),
        r"sample 'jund', peaks: https://example\.org/peaks\.bed: an address stands under",
    ),
    "missing_sheet": (
        config_with("samples", "sheet.tsv"),
        r"sheet\.tsv: no such sample sheet; correct the config's key 'samples'",
    ),
    "sheet_with_spaces": (
        sheet_with(f"jund JUND cell {PEAKS} {ATAC}\n"),
        r"samples\.tsv: line 2: has 1 columns, the header has 6; separate",
    ),
    "sheet_with_peaks_and_spans": (
        sheet_with(f"jund\tJUND\tcell\t{PEAKS}\t{PEAKS}\t{ATAC}\n"),
        r"samples\.tsv: line 2: give either peaks or spans",
    ),
    "sheet_with_a_sample_twice": (
        sheet_with(2 * f"jund\tJUND\tcell\t{PEAKS}\t\t{ATAC}\n"),
        r"samples\.tsv: line 3: the sample 'jund' is there twice; rename one",
    ),
    "missing_input_file": (
        without_peaks,
        rf"samples\.tsv: sample 'jund', peaks: {PEAKS}: no such file; correct the path",
    ),
}


QUICK_PARSE_TIME = {
    "mistyped_key",
    "key_twice",
    "empty_section",
    "sheet_with_peaks_and_spans",
    "missing_input_file",
}


@pytest.mark.parametrize(("edit", "message"), cases(PARSE_TIME, QUICK_PARSE_TIME))
def test_a_mistake_in_config_or_sheet_stops_the_dry_run(study, edit, message, survived):
    edit(study)
    result = snakemake(study, "-n", check=False)
    assert result.returncode != 0
    assert re.search(message, result.stdout, re.S), result.stdout
    assert "Traceback" not in result.stdout
    survived("bad inputs")


@pytest.mark.slow
def test_one_wrong_file_among_several_is_found_before_anything_is_trained(tmp_path, survived):
    study = make_study(tmp_path / "study")
    (study / "data/other.bed").write_text((study / PEAKS).read_text() + "chr22\t-5\t100\n")
    other = sample_row(sample="other", peaks="data/other.bed")
    write_sheet(study, [sample_row(), other])
    result = snakemake(study, check=False)
    assert result.returncode != 0
    assert "data/other.bed: line 52: start -5 is negative; BED counts from 0" in result.stdout
    assert not (study / RESULTS / "spans/other").exists()
    assert not (study / RESULTS / "training").exists()
    survived("bad inputs")


@pytest.mark.slow
def test_unsorted_and_repeated_intervals_give_the_same_labels(study, finished_study):
    for path in (PEAKS, BLACKLIST):
        lines = (study / path).read_text().splitlines(keepends=True)
        lines += lines[:10]
        random.Random(0).shuffle(lines)
        (study / path).write_text("# comment\ntrack name=peaks\n" + "".join(lines))
    snakemake(study, "--until", "split_spans")
    assert (study / SPANS).stat().st_mtime > (finished_study / SPANS).stat().st_mtime
    assert gzip.decompress((study / SPANS).read_bytes()) == gzip.decompress(
        (finished_study / SPANS).read_bytes()
    )
