# Needs: the config and the sample sheet.
# Makes: `config` checked and with its defaults, SAMPLES, and the functions of the rules.

import os
import re
import shlex
import sys
from pathlib import Path

# Not workflow.basedir, which is the folder of the main Snakefile: it may use this one as a module.
RULES = workflow.current_basedir
if RULES.is_local:
    WORKFLOW = Path(RULES).parent
else:
    # Of github() and its like Snakemake fetches the files that rules name, and no library.
    paths = RULES.hosted_repo.repo.git.ls_tree(
        "-r", "--name-only", RULES.ref, "workflow"
    )
    for path in paths.splitlines():
        workflow.sourcecache.get_path(RULES.join(f"../../{path}"))
    WORKFLOW = Path(workflow.source_path("common.smk")).parents[1]
sys.path.insert(0, str(WORKFLOW / "scripts"))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from snakemake.exceptions import WorkflowError

from cisfuse.errors import ConfigError
from cisfuse.files import sha256
from cisfuse.models import architecture_of
from cisfuse.provenance import code_digest
from cisfuse.records import OPTIONS_VARIABLE
from cisfuse.requests import file_name, parse_requests
from cisfuse.schemas import check_repeats
from cisfuse.settings import (
    GENOMIC_BASELINES,
    SEQUENCE_BASELINES,
    TRANSFER_BASELINE,
    UNFITTED,
    inputs_of,
    load_config,
    model_settings,
    reads_sequence,
)
from cisfuse.sheet import FILE_COLUMNS, check_files, external_runs, load_samples
from cisfuse.sources import check_source, of_sequences

PAGE = WORKFLOW / "report" / "page.html.j2"
REQUESTS_PAGE = PAGE.with_name("requested.html.j2")
SCHEMAS = WORKFLOW / "schemas"
STAGES = ["spans", "examples", "training", "evaluation", "interpretation"]
SPLITS = ["train", "valid", "test"]
SCORE_FIGURES = ["roc", "precision_recall", "ablation", "calibration"]

PLACE = (
    ", ".join(os.path.relpath(path) for path in workflow.configfiles)
    if MAIN
    else f"config of module {workflow.modifier.namespace}"
)
# Jobs name them in the commands that they tell a user.
CHOSEN = [
    ("--configfile", os.path.relpath(path))
    for path in workflow.config_settings.configfiles
]
if workflow.main_snakefile != os.path.abspath("Snakefile"):
    CHOSEN.append(("--snakefile", workflow.main_snakefile))
os.environ[OPTIONS_VARIABLE] = " ".join(
    f"{option} {shlex.quote(path)}" for option, path in CHOSEN
)

try:
    for path in workflow.configfiles:
        check_repeats(os.path.relpath(path))
    config = load_config(config, SCHEMAS / "config.schema.yaml", PLACE)
    SAMPLES = load_samples(config["samples"], SCHEMAS / "samples.schema.yaml")
    check_source(config, SAMPLES, PLACE)
    check_files(config, SAMPLES, PLACE)
    parse_requests(
        config["interpretation"]["spans"], config["interpretation"]["variants"]
    )
except ConfigError as error:
    raise WorkflowError(str(error)) from None

# Whether the samples are labelled sequences, without a genome and accessibility.
SEQUENCES = of_sequences(SAMPLES)
SIMULATED = any(
    config["references"][key]
    for key in ("simulation", "sequence_simulation", "simulated")
)
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
READS = inputs_of(config["training"])
METHODS = config["interpretation"]["methods"]
METHOD = config["interpretation"]["method"]
# Models are trained on these; the other samples only have them scored.
TRAINED = [name for name in SAMPLES if not SAMPLES[name]["trained_on"]]
# A fold is a sample with other splits, and so goes through the same rules; the predictions of
# all of them are pooled to those of SAMPLE/folds.
SPLIT_SETTINGS = {k: v for k, v in config["splits"].items() if k != "folds"}
FOLDS = [f"fold-{number}" for number in range(config["splits"]["folds"])]
FOLDED = [f"{name}/{fold}" for name in TRAINED for fold in FOLDS]
POOLED = [f"{name}/folds" for name in TRAINED if FOLDS]
BASELINES = SEQUENCE_BASELINES if SEQUENCES else GENOMIC_BASELINES
PUBLISHED = config["evaluation"]["published"]
BOOTSTRAP = {
    k: v for k, v in config["evaluation"].items() if k not in ("matrices", "published")
}
# Pictures of explained models, and what the report calls them.
SALIENCY = {
    "true_positives": "true positives",
    "false_positives": "false positives",
    "false_negatives": "false negatives",
    **({} if SEQUENCES else {"closed_motifs": "motifs in closed chromatin"}),
    **({"deletion": "bases deleted"} if "deletion" in METHODS else {}),
    "aligned_mean": "mean over motifs",
}
PROBES = {
    **({} if SEQUENCES else {"accessibility": "accessibility"}),
    "margins": "margins of a span",
}
MOTIFS = {"motifs": "motifs", "filters": "first-layer filters"}
EXPLANATIONS = SALIENCY | PROBES | MOTIFS
REQUESTS = config["interpretation"]["spans"] + config["interpretation"]["variants"]
EXTERNAL = {name: external_runs(sample) for name, sample in SAMPLES.items()}
CHECKED = ("sample", *FILE_COLUMNS)
# Files that are fetched, by their path below the study's folder.
DOWNLOADS = {
    path.removeprefix(f"resources/{config['study']}/"): download
    for path, download in config["references"]["downloads"].items()
}
SCORED = [*SAMPLES, *POOLED]
# Of these the called labels are scored too; not of folds, whose logits are calibrated to be pooled.
CALLED = list(SAMPLES) if SEQUENCES or PUBLISHED else []


def one_of(names):
    """A wildcard constraint that allows these names and no other."""
    return "|".join(map(re.escape, names)) or "(?!)"


wildcard_constraints:
    study=re.escape(config["study"]),
    sample=one_of([*SCORED, *FOLDED]),
    model=one_of(MODELS),
    part=one_of([*PARTS, *WHOLE]),
    seed=r"\d+",
    split="|".join(SPLITS),


def if_sequences(**files):
    """Outputs or inputs that only a study of labelled sequences has."""
    return files if SEQUENCES else {}


def expand_each(pattern, samples, names):
    """Inputs by name, each a list with a file per sample."""
    return {
        name: expand(pattern, sample=samples, name=name, allow_missing=True)
        for name in names
    }


def blacklist(wildcards):
    return config["references"]["blacklist"] or []


def genome_of_spans(wildcards):
    """The genome that spans are cut from; labelled sequences bring their bases."""
    if SEQUENCES:
        return {}
    fasta = f"resources/{wildcards.study}/genome/genome.fa"
    return {"fasta": fasta, "fai": f"{fasta}.fai"}


def checksums_of(wildcards, input):
    """The checksum of each input that is downloaded; a user may have brought it instead."""
    downloads = config["references"]["downloads"]
    return {path: downloads[path]["checksum"] for path in input if path in downloads}


def files_of(sample):
    """The files of one row of the sample sheet that spans are made from."""
    row = SAMPLES[sample]
    return [row[column] for column in FILE_COLUMNS if row[column]]


def row_of(wildcards):
    """The row of the sample sheet, of a fold that of its sample."""
    return SAMPLES[wildcards.sample.partition("/")[0]]


def source_of(wildcards):
    """The sample whose models are scored: the sample itself, or the one that it names."""
    return row_of(wildcards)["trained_on"] or wildcards.sample


def of_source(*patterns):
    """An input function: files of the sample whose models are scored; a path if it is one."""

    def fill(wildcards):
        values = {**wildcards, "sample": source_of(wildcards)}
        paths = [pattern.format(**values) for pattern in patterns]
        return paths[0] if len(paths) == 1 else paths

    return fill


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
            "ambiguous": row["ambiguous"] or [],
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


def model_runs():
    """Folders MODEL/seed-SEED of trained models."""
    return [f"{model}/seed-{seed}" for model in MODELS for seed in SEEDS]


def runs_of(sample):
    """Every set of predictions of a sample: its folder below evaluation/SAMPLE."""
    ensembles = [f"{model}/ensemble" for model in MODELS if len(SEEDS) > 1]
    runs = [*model_runs(), *ensembles, *BASELINES]
    if sample in SAMPLES:
        runs += [TRANSFER_BASELINE] if SAMPLES[sample]["trained_on"] else []
        runs += EXTERNAL[sample]
    return runs


def predictions_of(wildcards):
    """The predictions of every run of a sample, of every split."""
    return expand(
        "results/{study}/evaluation/{sample}/{run}/{split}.tsv.gz",
        run=runs_of(wildcards.sample),
        split=SPLITS,
        **wildcards,
    )


def explained_figures(figures):
    """Outputs of a rule: the PNG of each figure of an explained model, by name."""
    folder = "results/{study}/interpretation/{sample}/{model}/seed-{seed}"
    return {
        name: report(
            f"{folder}/{name}.png",
            caption=f"../report/{name}.rst",
            category="Interpretation",
            labels={"sample": "{sample}", "model": "{model}", "figure": words},
        )
        for name, words in figures.items()
    }


def title_of(wildcards):
    """What a figure shows, with the word simulated where it applies."""
    row = row_of(wildcards)
    simulated = ", simulated data" if SIMULATED else ""
    pooled = ", folds pooled" if wildcards.sample in POOLED else ""
    return f"{row['factor']} in {row['cell']}{simulated}{pooled}"
