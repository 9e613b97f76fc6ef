"""A tiny study that is made in a second, and runs of Snakemake on copies of the workflow."""

import gzip
import os
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyBigWig
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ("Snakefile", "workflow", "profiles", "config", "environment.yml")
MODELS = ("fusion_cnn", "sequence_cnn", "accessibility_logistic")
SEQUENCE_MODELS = ("fusion_cnn", "sequence_cnn")
SPLITS = ("train", "valid", "test")
EXPLANATION_RULES = (
    *("choose_spans", "compute_attributions", "attribute_controls", "score_attributions"),
    *("discover_motifs", "probe_model", "match_motifs"),
    *("plot_saliency", "plot_motifs", "plot_probes"),
)

LENGTH = 80_000
SPAN = 101
MOTIF = "TGACTCA"
FASTA = "data/genome.fa.gz"
PEAKS = "data/peaks.bed"
BLACKLIST = "data/blacklist.bed"
ATAC = "data/accessibility.bw"
SHEET = "samples.tsv"
COLUMNS = ("sample", "factor", "cell", "peaks", "spans", "atac")
LATER_COLUMNS = ("ambiguous", "trained_on", "external_predictions")
RESULTS = Path("results/tiny")
SPANS = RESULTS / "spans/jund/spans.tsv.gz"
LABELLED = RESULTS / "spans/jund/labelled/chr22.tsv.gz"
SIGNALS = RESULTS / "spans/jund/signals/chr22.tsv.gz"


def copy_workflow(folder: Path) -> Path:
    """Copy what a run needs of the repository, and nothing that a run makes."""
    folder.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", ".snakemake", "results", "resources")
    for name in WORKFLOW:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignore)
        else:
            shutil.copy2(source, folder / name)
    return folder


def make_study(folder: Path) -> Path:
    """A copy of the workflow with a tiny study: chr22 of 80 kb, and a chr21 that is not asked for.

    Sites of TGACTCA lie every 1,500 bp or so, peaks and a high signal upon them.
    """
    copy_workflow(folder)
    (folder / "data").mkdir()
    generator = np.random.default_rng(22)
    sequence = generator.choice(list("ACGTacgt"), LENGTH)
    sequence[:2500] = "N"
    sites = np.arange(3000, LENGTH - 500, 1500) + generator.integers(0, 700, 51)
    for site in sites:
        sequence[site : site + len(MOTIF)] = list(MOTIF)
    other = "".join(generator.choice(list("ACGT"), 3000))
    write_text(folder / FASTA, fasta({"chr22": "".join(sequence), "chr21": other}))
    peaks = [(site - 100, site + 107) for site in sites]
    write_bed(folder / PEAKS, [("chr22", start, end) for start, end in peaks])
    write_bed(folder / BLACKLIST, [("chr22", 40_000, 41_000)])
    write_bigwig(
        folder / ATAC, signal_intervals(peaks, generator), {"chr22": LENGTH, "chr21": 3000}
    )
    write_sheet(folder, [sample_row()])
    write_config(folder, tiny_config())
    return folder


def tiny_config() -> dict:
    return {
        "study": "tiny",
        "samples": SHEET,
        "references": {"genome": FASTA, "blacklist": BLACKLIST},
        "spans": {"chromosomes": ["chr22"]},
        "splits": {"method": "blocks", "block_size": 5000, "gap": 200, "seed": 0},
        "examples": {"shards": 2},
        "training": {
            "models": {name: {} for name in MODELS},
            "rounds": 2,
            "sequence_rounds": 1,
            "epochs_per_round": 1,
            "batch_size": 100,
        },
    }


def sample_row(**changes: str) -> dict[str, str]:
    row = {"sample": "jund", "factor": "JUND", "cell": "tiny cell", "peaks": PEAKS, "atac": ATAC}
    return row | changes


def signal_intervals(peaks: list, generator: np.random.Generator) -> list[tuple]:
    """Intervals of 50 bp with values in quarters, some of them uncovered: (start, end, value)."""
    middle = np.array([(start + end) / 2 for start, end in peaks])
    rows = []
    for start in range(2500, LENGTH - 50, 50):
        near = np.abs(middle - start).min() < 150
        value = generator.integers(8, 40) if near else generator.integers(0, 12)
        if value:
            rows.append((start, start + 50, value / 4))
    return rows


def fasta(sequences: dict[str, str], width: int = 60) -> str:
    """FASTA text with lines of one length."""
    lines = []
    for name, bases in sequences.items():
        lines.append(f">{name}")
        lines += [bases[start : start + width] for start in range(0, len(bases), width)]
    return "\n".join(lines) + "\n"


def write_text(path: Path, text: str) -> None:
    """Write text; gzipped when the path ends in ``.gz``."""
    content = text.encode()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def write_bed(path: Path, rows: list[tuple]) -> None:
    write_text(path, "".join("\t".join(map(str, row)) + "\n" for row in rows))


def write_bigwig(
    path: Path, rows: list[tuple], sizes: dict[str, int], chrom: str = "chr22"
) -> None:
    """Write (start, end, value)s on one chromosome."""
    with pyBigWig.open(str(path), "w") as bigwig:
        bigwig.addHeader(list(sizes.items()))
        starts, ends, values = map(list, zip(*rows, strict=True))
        bigwig.addEntries([chrom] * len(rows), starts, ends=ends, values=[float(v) for v in values])


def bgzip(content: bytes) -> bytes:
    """Compress as bgzip does (SAM specification, section 4.1)."""
    blocks = [content[start : start + 60_000] for start in range(0, len(content), 60_000)]
    parts = []
    for block in [*blocks, b""]:
        compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
        data = compressor.compress(block) + compressor.flush()
        header = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x06\x00BC\x02\x00"
        parts.append(header + struct.pack("<H", len(data) + 25) + data)
        parts.append(struct.pack("<II", zlib.crc32(block), len(block)))
    return b"".join(parts)


def write_sheet(folder: Path, rows: list[dict[str, str]]) -> None:
    later = [name for name in LATER_COLUMNS if any(name in row for row in rows)]
    columns = [*COLUMNS, *later]
    lines = ["\t".join(columns)]
    lines += ["\t".join(row.get(column, "") for column in columns) for row in rows]
    write_text(folder / SHEET, "\n".join(lines) + "\n")


def read_config(folder: Path) -> dict:
    return yaml.safe_load((folder / "tiny.yaml").read_text())


def write_config(folder: Path, config: dict) -> None:
    write_text(folder / "tiny.yaml", yaml.safe_dump(config, sort_keys=False))


def set_config(folder: Path, key: str, value: object) -> None:
    """Set one key of the config, written as ``training.rounds``."""
    config = read_config(folder)
    *sections, last = key.split(".")
    section = config
    for name in sections:
        section = section.setdefault(name, {})
    section[last] = value
    write_config(folder, config)


def copy_study(study: Path, folder: Path) -> Path:
    """Copy a study with its times and what Snakemake recorded about it."""
    return shutil.copytree(study, folder, symlinks=True)


def environment() -> dict[str, str]:
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path}


def command(*arguments: str, config: str | None = "tiny.yaml") -> list[str]:
    """A command of Snakemake on the config; `--cores` ends the values of `--configfile`."""
    configfile = ["--configfile", config] if config else []
    return [sys.executable, "-m", "snakemake", *configfile, "--cores", "2", *arguments]


def snakemake(
    folder: Path, *arguments: str, config: str | None = "tiny.yaml", check: bool = True
) -> subprocess.CompletedProcess:
    """Run Snakemake in a folder; ``stdout`` of the result holds both streams."""
    result = subprocess.run(
        command(*arguments, config=config),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if check:
        assert result.returncode == 0, result.stdout
    return result


def start(folder: Path, log: Path, *arguments: str) -> subprocess.Popen:
    """Start Snakemake in a folder and a process group of its own; both its streams go to a log."""
    with open(log, "wb") as output:
        return subprocess.Popen(
            command(*arguments),
            cwd=folder,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def rule_counts(output: str) -> dict[str, int]:
    """The table of job counts that a dry run prints; empty when there is nothing to do."""
    rows = re.search(r"^Job stats:\njob +count\n[- ]+\n(.*?)^total ", output, re.M | re.S)
    if rows is None:
        assert "Nothing to be done" in output, output
        return {}
    counts = (line.split() for line in rows[1].splitlines())
    return {name: int(count) for name, count in counts}


def plan(folder: Path, *arguments: str, config: str | None = "tiny.yaml") -> Counter:
    """Jobs that a dry run would run: ``RULE`` or, where it has one, ``RULE[MODEL]``.

    The rule all is left out.
    """
    output = snakemake(folder, "-n", "--quiet", "host", *arguments, config=config).stdout
    jobs = Counter()
    for block in re.split(r"^(?:local)?rule (?=\w+:$)", output, flags=re.M)[1:]:
        block = block.split("\n\n")[0]
        name = block[: block.index(":")]
        model = re.search(r"^ +wildcards: .*\bmodel=([^,\n]+)", block, re.M)
        jobs[f"{name}[{model[1]}]" if model else name] += 1
    by_rule = Counter()
    for job, count in jobs.items():
        by_rule[job.partition("[")[0]] += count
    counts = rule_counts(output)
    counts.pop("all", None)
    by_rule.pop("all", None)
    jobs.pop("all", None)
    assert by_rule == counts, output
    return jobs


def read_table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype={"chrom": str}, keep_default_na=False)


def names_of(spans: pd.DataFrame) -> pd.Series:
    """Names ``CHROM:START-END`` of the rows of a table of spans."""
    return spans["chrom"] + ":" + spans["start"].astype(str) + "-" + spans["end"].astype(str)


def cases(table: dict[str, tuple], quick: set[str]) -> list:
    """Parameters of a test, named by the keys of a table; those that are not quick are slow."""
    assert quick <= table.keys()
    return [
        pytest.param(*values, id=name, marks=[] if name in quick else [pytest.mark.slow])
        for name, values in table.items()
    ]
