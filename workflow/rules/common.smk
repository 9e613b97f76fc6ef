# Needs: the config and the sample sheet.
# Makes: `config` checked and with its defaults, SAMPLES, and the functions of the rules.

import os
import re
import sys
from pathlib import Path

LIBRARY = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(LIBRARY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from snakemake.exceptions import WorkflowError

from cisfuse.errors import ConfigError
from cisfuse.models import architecture_of
from cisfuse.provenance import code_digest, library_digest
from cisfuse.settings import (
    check_files,
    load_config,
    load_samples,
    model_settings,
    reads_sequence,
)

SCHEMAS = Path(workflow.basedir) / "workflow" / "schemas"
SPLITS = ["train", "valid", "test"]
BASELINE = "raw_accessibility"

PLACE = ", ".join(os.path.relpath(path) for path in workflow.configfiles)

try:
    config = load_config(config, SCHEMAS / "config.schema.yaml", PLACE)
    SAMPLES = load_samples(config["samples"], SCHEMAS / "samples.schema.yaml")
    check_files(config, SAMPLES, PLACE)
except ConfigError as error:
    raise WorkflowError(str(error)) from None

TOTAL = f"{config['examples']['shards']:05d}"
SHARDS = [
    f"results/{{study}}/examples/{{sample}}/{split}-{shard:05d}-of-{TOTAL}.tfrecord"
    for split in SPLITS
    for shard in range(config["examples"]["shards"])
]
CHECKPOINTS = [
    f"round-{number:02d}.keras" for number in range(1, config["training"]["rounds"] + 1)
]
# Spans are made in parts: one per chromosome where the config lists them, else one for the
# whole genome, since nothing is read at parse time. Parts name files.
WHOLE = {"genome": config["spans"]["chromosomes"]}
PARTS = {chrom: [chrom] for chrom in config["spans"]["chromosomes"]}
if not PARTS or not all(re.fullmatch(r"[A-Za-z0-9._-]+", part) for part in PARTS):
    PARTS = WHOLE
MODELS = list(config["training"]["models"])
SEEDS = config["training"]["seeds"]


wildcard_constraints:
    study=config["study"].replace(".", r"\."),
    sample="|".join(name.replace(".", r"\.") for name in SAMPLES),
    model="|".join(name.replace(".", r"\.") for name in MODELS),
    part="|".join(name.replace(".", r"\.") for name in [*PARTS, *WHOLE]),
    seed=r"\d+",
    split="|".join(SPLITS),


def genome_source(wildcards):
    """The FASTA as the user gave it, or where an address is downloaded to."""
    genome = config["references"]["genome"]
    if "://" not in genome:
        return genome
    return f"resources/{wildcards.study}/download/{genome.rsplit('/', 1)[-1]}"


def blacklist(wildcards):
    return config["references"]["blacklist"] or []


def files_of(sample):
    """The files of one row of the sample sheet."""
    row = SAMPLES[sample]
    return [row[column] for column in ("peaks", "spans", "atac") if row[column]]


def parts_of(sample):
    """The parts of a sample's spans, and the chromosomes of each; a BED of spans is read once."""
    return PARTS if SAMPLES[sample]["peaks"] else WHOLE


def chromosomes_of(wildcards):
    """The chromosomes of a part; an empty list means all of the FASTA."""
    return parts_of(wildcards.sample)[wildcards.part]


def gather_parts(pattern):
    """An input function: the file of each part of a sample, in the order of the config."""
    return lambda wildcards: expand(
        pattern, part=parts_of(wildcards.sample), **wildcards
    )


def labelling_inputs(wildcards):
    """What label_spans reads: tiles and peaks, or a BED of labelled spans and what checks it."""
    row = SAMPLES[wildcards.sample]
    folder = f"results/{wildcards.study}"
    checks = f"{folder}/references/{wildcards.sample}/checks.tsv"
    if row["peaks"]:
        return {
            "checks": checks,
            "peaks": row["peaks"],
            "tiles": f"{folder}/spans/tiles/{wildcards.part}.tsv.gz",
            "dropped": f"{folder}/spans/tiles/{wildcards.part}.dropped.tsv",
        }
    return {
        "checks": checks,
        "spans": row["spans"],
        "blacklist": blacklist(wildcards),
        "fasta": f"resources/{wildcards.study}/genome/genome.fa",
        "fai": f"resources/{wildcards.study}/genome/genome.fa.fai",
    }


def settings_of(wildcards):
    return model_settings(config["training"], wildcards.model)


def training_digest(wildcards):
    """Covers the model's own architecture and no other."""
    architecture = settings_of(wildcards)["architecture"]
    return code_digest("train_model", [architecture_of(architecture).module])


def models_to_explain():
    """The models that the config names, or each that reads sequence."""
    if config["interpretation"]["models"]:
        return config["interpretation"]["models"]
    return [
        name
        for name in MODELS
        if reads_sequence(model_settings(config["training"], name)["architecture"])
    ]


def runs_of(models):
    """Folders MODEL/seed-SEED of trained models."""
    return [f"{model}/seed-{seed}" for model in models for seed in SEEDS]


def title_of(wildcards):
    """What a figure shows, with the word simulated where it applies."""
    row = SAMPLES[wildcards.sample]
    simulated = ", simulated data" if config["references"]["simulation"] else ""
    return f"{row['factor']} in {row['cell']}{simulated}"


def figures():
    """Every figure of the study, as PNG."""
    folder = f"results/{config['study']}"
    names = ["top_true_positives", "aligned_mean"]
    if config["interpretation"]["spans"]:
        names.append("requested_spans")
    curves = expand(
        f"{folder}/evaluation/{{sample}}/{{name}}.png",
        sample=SAMPLES,
        name=["roc", "precision_recall", "rounds"],
    )
    saliency = expand(
        f"{folder}/interpretation/{{sample}}/{{model}}/seed-{SEEDS[0]}/{{name}}.png",
        sample=SAMPLES,
        model=models_to_explain(),
        name=names,
    )
    return curves + saliency


def results():
    """Every result that a run leaves. A missing file is made again only if it stands here:
    Snakemake does not look for what lies between, and more rounds would train nothing.
    """
    folder = f"results/{config['study']}"
    tables = expand(
        f"{folder}/spans/{{sample}}/{{table}}",
        sample=SAMPLES,
        table=["spans.tsv.gz", "splits.tsv", "dropped.tsv"],
    )
    shards = expand(SHARDS, study=config["study"], sample=SAMPLES)
    rounds = expand(
        f"{folder}/training/{{sample}}/{{run}}/{{file}}",
        sample=SAMPLES,
        run=runs_of(MODELS),
        file=["best.keras", "last.keras", *CHECKPOINTS],
    )
    predictions = expand(
        f"{folder}/evaluation/{{sample}}/{{run}}/{{split}}.tsv.gz",
        sample=SAMPLES,
        run=[*runs_of(MODELS), BASELINE],
        split=SPLITS,
    )
    pictures = [
        path.removesuffix("png") + ending
        for path in figures()
        for ending in ("png", "svg")
    ]
    return tables + shards + rounds + predictions + pictures


def headline():
    """The end of a successful run: the table of scores and where the figures are."""
    summary = Path("results", config["study"], "summary.txt")
    return summary.read_text(encoding="utf-8") if summary.is_file() else ""
