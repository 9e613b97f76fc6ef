"""Train one model of one sample with one seed, going on from its last complete round."""

from cisfuse.base.files import sha256, write_table
from cisfuse.examples.manifest import read_manifest
from cisfuse.examples.stream import WINDOW_SHARDS, is_streamed, open_split
from cisfuse.jobs.job import rule_job
from cisfuse.jobs.versions import versions
from cisfuse.models.inputs import inputs_from
from cisfuse.models.registry import build_model
from cisfuse.tasks.registry import part_of
from cisfuse.training.devices import choose_devices
from cisfuse.training.optimizers import depends_on_rounds
from cisfuse.training.rounds import TrainingSettings, train
from cisfuse.training.selection import LAST, RAISE, best_round, is_rising
from cisfuse.training.starts import copy_weights
from cisfuse.training.state import TrainingState, copy_round

FRAMEWORKS = ("keras", "tensorflow", "tensorflow-cpu")
# What does not change the rounds: which of them is best, and the wish to stream, which is told
# apart by what came of it.
NOT_IDENTITY = ("selection_metric", "stream")


with rule_job(snakemake) as logger:
    params, wildcards = snakemake.params, snakemake.wildcards
    task = part_of(params.task, "fitting")
    devices = choose_devices(snakemake.threads, snakemake.resources.get("gpu", 1))
    options = dict(params.settings)
    manifest = read_manifest(snakemake.input.manifest)
    transform, architecture, own, _ = (
        options.pop(key) for key in ("transform", "architecture", "options", "starts_from")
    )
    inputs = inputs_from(manifest, transform)
    settings = TrainingSettings(rounds=params.rounds, seed=int(wildcards.seed), **options)
    packages = versions()
    identity = {
        "manifest": sha256(snakemake.input.manifest),
        "architecture": architecture,
        "options": own,
        "transform": transform,
        "training": {key: options[key] for key in options if key not in NOT_IDENTITY},
        "seed": settings.seed,
        "threads": snakemake.threads,
        "devices": devices.names,
        "code": params.code,
        "versions": {name: packages[name] for name in FRAMEWORKS if name in packages},
    }
    if is_streamed(manifest, "train", settings.stream):
        identity["streamed"] = {"window_shards": WINDOW_SHARDS}
    if depends_on_rounds(settings.schedule):
        identity["rounds"] = settings.rounds
    if snakemake.input.start:
        identity["start"] = sha256(snakemake.input.start)

    def build():
        """A model as every round began from."""
        model = build_model(architecture, inputs, own)
        if snakemake.input.start:
            copy_weights(model, snakemake.input.start)
        return model

    state = TrainingState(params.state, identity)
    examples = {
        split: open_split(manifest.path, split, settings.stream) for split in ("train", "valid")
    }
    logger.info(
        "%s on %s examples, %d thread(s), %s, %d rounds of %d epochs",
        wildcards.model,
        f"{len(examples['train']):,}",
        snakemake.threads,
        " and ".join(devices.names),
        settings.rounds,
        settings.epochs_per_round,
    )
    rounds = train(build, examples, settings, state, task, devices.strategy)
    best = best_round(rounds, settings.selection_metric, task)
    why = (
        "last, which the config chooses"
        if settings.selection_metric == LAST
        else f"best by {settings.selection_metric} on valid"
    )
    logger.info("round %d is %s", best, why)
    if is_rising(rounds, settings.selection_metric, task):
        logger.warning("it is the last round, so the model may be undertrained: %s", RAISE)
    for number, path in enumerate(snakemake.output.checkpoints, start=1):
        copy_round(state, number, path)
    copy_round(state, best, snakemake.output.best)
    copy_round(state, settings.rounds, snakemake.output.last)
    write_table(state.timing().head(settings.rounds), snakemake.output.timing)
    write_table(rounds, snakemake.output.rounds)
