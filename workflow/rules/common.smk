# Needs: the config and the sample sheet.
# Makes: `config` checked and with its defaults, SAMPLES, and the functions of the rules.

import os
import sys
from pathlib import Path

LIBRARY = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(LIBRARY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from snakemake.exceptions import WorkflowError

from cisfuse.errors import ConfigError
from cisfuse.models import architecture_of
from cisfuse.provenance import code_digest
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
MODELS = list(config["training"]["models"])
SEEDS = config["training"]["seeds"]


wildcard_constraints:
    study=config["study"].replace(".", r"\."),
    sample="|".join(name.replace(".", r"\.") for name in SAMPLES),
    model="|".join(name.replace(".", r"\.") for name in MODELS),
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


def sample_files(wildcards):
    """The files of one row of the sample sheet."""
    row = SAMPLES[wildcards.sample]
    return [row[column] for column in ("peaks", "spans", "atac") if row[column]]


def labelling_inputs(wildcards):
    """What label_spans reads: tiles and peaks, or a BED of labelled spans and what checks it."""
    row = SAMPLES[wildcards.sample]
    folder = f"results/{wildcards.study}"
    if row["peaks"]:
        return {
            "peaks": row["peaks"],
            "tiles": f"{folder}/spans/tiles.tsv.gz",
            "dropped": f"{folder}/spans/tiles.dropped.tsv",
        }
    return {
        "spans": row["spans"],
        "blacklist": blacklist(wildcards),
        "fasta": f"resources/{wildcards.study}/genome/genome.fa",
        "fai": f"resources/{wildcards.study}/genome/genome.fa.fai",
        "checks": f"{folder}/references/{wildcards.sample}/checks.tsv",
    }


def tiled_checks(wildcards):
    """The checks of all samples whose spans are tiled."""
    tiled = [name for name, row in SAMPLES.items() if row["peaks"]]
    return [f"results/{wildcards.study}/references/{name}/checks.tsv" for name in tiled]


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
    architectures = {name: model_settings(config["training"], name) for name in MODELS}
    return [
        name for name in MODELS if reads_sequence(architectures[name]["architecture"])
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
    saliency = [f"{model}/seed-{SEEDS[0]}" for model in models_to_explain()]
    paths = []
    for sample in SAMPLES:
        for name in ("roc", "precision_recall", "rounds"):
            paths.append(f"{folder}/evaluation/{sample}/{name}.png")
        for run in saliency:
            for name in ("top_true_positives", "aligned_mean"):
                paths.append(f"{folder}/interpretation/{sample}/{run}/{name}.png")
            if config["interpretation"]["spans"]:
                paths.append(
                    f"{folder}/interpretation/{sample}/{run}/requested_spans.png"
                )
    return paths


def headline():
    """The end of a successful run: the table of scores and where the figures are."""
    summary = Path("results", config["study"], "summary.txt")
    return summary.read_text(encoding="utf-8") if summary.is_file() else ""
