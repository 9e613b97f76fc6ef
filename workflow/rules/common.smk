# Needs: the config and the sample sheet.
# Makes: `config` checked and with its defaults, and the names that follow from the two: the
#        source and the task, groups of samples, models and seeds, parts and folds.

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

from snakemake.exceptions import WorkflowError
from snakemake.utils import update_config

from cisfuse.base.errors import ConfigError
from cisfuse.base.files import sha256
from cisfuse.base.splits import SPLITS
from cisfuse.config.options import name_options, typed
from cisfuse.config.schemas import check_repeats, load_schema
from cisfuse.config.settings import load_config, model_settings
from cisfuse.config.sheet import SIMULATIONS, check_files, external_runs, load_samples
from cisfuse.config.training import start_of
from cisfuse.evaluation.baselines.registry import (
    BASELINES,
    baseline_inputs,
    baselines_for,
    check_names,
    is_unfitted,
)
from cisfuse.interpretation.figures import figures_of
from cisfuse.interpretation.requests import file_name, parse_requests
from cisfuse.jobs.digest import code_digest
from cisfuse.jobs.records import OPTIONS_VARIABLE
from cisfuse.models.checks import (
    check_inputs,
    check_models,
    inputs_of,
    reads_sequence,
)
from cisfuse.models.registry import architecture_of, filled_options
from cisfuse.sources import registry as sources
from cisfuse.tasks import registry as tasks

PLACE = (
    ", ".join(os.path.relpath(path) for path in workflow.configfiles)
    if MAIN
    else f"config of module {workflow.modifier.namespace}"
)
SCHEMA = WORKFLOW / "schemas" / "config.schema.yaml"
# What --config gives; of a module it is the outer workflow's.
GIVEN = typed(workflow.config_settings.config, load_schema(SCHEMA)) if MAIN else {}
update_config(config, GIVEN)
# Jobs name them in the commands that they tell a user.
os.environ[OPTIONS_VARIABLE] = " ".join(
    f"{option} {shlex.quote(path)}"
    for option, path in [
        *(
            ("--configfile", os.path.relpath(path))
            for path in workflow.config_settings.configfiles
        ),
        ("--snakefile", workflow.main_snakefile),
    ]
    if path != os.path.abspath("Snakefile")
)

try:
    for path in workflow.configfiles:
        check_repeats(os.path.relpath(path))
    protocol = tasks.default_protocol(config.get("task", "binding"), PLACE)
    config = load_config(config, SCHEMA, PLACE, protocol)
    SAMPLES = load_samples(
        config["samples"],
        WORKFLOW / "schemas" / "samples.schema.yaml",
        sources.check_row,
        sources.needed_columns,
        taken=BASELINES,
    )
    SOURCE = sources.part_of(sources.source_of(SAMPLES, config["samples"]), "study")
    config = sources.with_defaults(tasks.check_config(config, PLACE), SOURCE)
    SOURCE.check(config, SAMPLES, PLACE)
    check_models(config, PLACE)
    check_inputs(config, SOURCE.FEATURES, SOURCE.EXAMPLES, PLACE)
    check_names(config["training"]["models"], PLACE)
    check_files(config, SAMPLES, sources.file_columns(), PLACE)
    parse_requests(
        config["interpretation"]["spans"], config["interpretation"]["variants"]
    )
except ConfigError as error:
    raise WorkflowError(name_options(str(error), PLACE, GIVEN)) from None

TASK = config["task"]
# Whether figures and pages say that the data are simulated.
SIMULATED = any(config["references"][key] for key in (*SIMULATIONS, "simulated"))
# Models are trained on these samples; the others only have them scored.
TRAINED = [name for name in SAMPLES if not SAMPLES[name]["trained_on"]]
# A fold is a sample with other splits, and so goes through the same rules; the predictions of
# all of them are pooled to those of SAMPLE/folds.
FOLDS = [f"fold-{number}" for number in range(config["splits"]["folds"])]
FOLDED = [f"{name}/{fold}" for name in TRAINED for fold in FOLDS]
POOLED = [f"{name}/folds" for name in TRAINED if FOLDS]
SCORED = [*SAMPLES, *POOLED]
MODELS = list(config["training"]["models"])
SEEDS = config["training"]["seeds"]
MOST_REPLICATES = 4  # other seeds that attributions are compared with
EXTERNAL = {name: external_runs(sample) for name, sample in SAMPLES.items()}
METHODS = config["interpretation"]["methods"]
METHOD = config["interpretation"]["method"]
# Figures of explained models by name.
EXPLANATIONS = figures_of(SOURCE.FEATURES, METHODS)
REQUESTS = config["interpretation"]["spans"] + config["interpretation"]["variants"]
# What the FASTA calls chromosomes that other files call otherwise: in a file, or in the config.
NAMES = config["references"]["names"]
NAME_PAIRS = None if isinstance(NAMES, str) else NAMES
# Files that are fetched, by their path below the study's folder.
DOWNLOADS = {
    path.removeprefix(f"resources/{config['study']}/"): download
    for path, download in config["references"]["downloads"].items()
}


def one_of(names):
    """A wildcard constraint that allows these names and no other."""
    return "|".join(map(re.escape, names)) or "(?!)"


wildcard_constraints:
    study=re.escape(config["study"]),
    sample=one_of([*SCORED, *FOLDED]),
    model=one_of(MODELS),
    seed=r"\d+",
    split="|".join(SPLITS),
