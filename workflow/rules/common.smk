# Needs: the config and the sample sheet.
# Makes: `config` checked and with its defaults, SAMPLES, and the names that follow from them.

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

from cisfuse.base.errors import ConfigError
from cisfuse.base.files import sha256
from cisfuse.config.schemas import check_repeats
from cisfuse.config.settings import (
    GENOMIC_BASELINES,
    SEQUENCE_BASELINES,
    TRANSFER_BASELINE,
    UNFITTED,
    inputs_of,
    load_config,
    model_settings,
    reads_sequence,
)
from cisfuse.config.sheet import FILE_COLUMNS, check_files, external_runs, load_samples
from cisfuse.interpretation.requests import file_name, parse_requests
from cisfuse.jobs.digest import code_digest
from cisfuse.jobs.records import OPTIONS_VARIABLE
from cisfuse.models.registry import architecture_of
from cisfuse.sources.registry import check_source, of_sequences

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
# Of the section spans what belongs to this source.
OF_SEQUENCES = ("other_lengths", "labels_header")
SPAN_SETTINGS = {
    k: v
    for k, v in config["spans"].items()
    if k == "length" or (k in OF_SEQUENCES) == SEQUENCES
}
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
    key: config["evaluation"][key]
    for key in ("block_size", "replicates", "confidence", "seed")
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
