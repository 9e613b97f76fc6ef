"""Train one model of one sample with one seed, going on from its last complete round."""

from cisfuse.base.files import read_json, sha256, write_table
from cisfuse.examples.shards import read_split
from cisfuse.jobs.job import rule_job
from cisfuse.jobs.versions import versions
from cisfuse.models.inputs import inputs_from
from cisfuse.models.registry import build_model
from cisfuse.training.devices import choose_devices
from cisfuse.training.optimizers import depends_on_rounds
from cisfuse.training.rounds import TrainingSettings, best_round, train
from cisfuse.training.starts import copy_weights
from cisfuse.training.state import TrainingState, copy_round

FRAMEWORKS = ("keras", "tensorflow", "tensorflow-cpu")


with rule_job(snakemake) as logger:
    params, wildcards = snakemake.params, snakemake.wildcards
    devices = choose_devices(snakemake.threads, snakemake.resources.get("gpu", 1))
    options = dict(params.settings)
    manifest = read_json(snakemake.input.manifest)
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
        # Which round is best does not change the rounds.
        "training": {key: options[key] for key in options if key != "selection_metric"},
        "seed": settings.seed,
        "threads": snakemake.threads,
        "devices": devices.names,
        "code": params.code,
        "versions": {name: packages[name] for name in FRAMEWORKS if name in packages},
    }
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
    examples = {split: read_split(snakemake.input.manifest, split) for split in ("train", "valid")}
    logger.info(
        "%s on %s spans, %d thread(s), %s, %d rounds of %d epochs",
        wildcards.model,
        f"{len(examples['train']):,}",
        snakemake.threads,
        " and ".join(devices.names),
        settings.rounds,
        settings.epochs_per_round,
    )
    rounds = train(build, examples, settings, state, devices.strategy)
    best = best_round(rounds, settings.selection_metric)
    why = (
        "last, which the config chooses"
        if settings.selection_metric == "none"
        else f"best by {settings.selection_metric} on valid"
    )
    logger.info("round %d is %s", best, why)
    for number, path in enumerate(snakemake.output.checkpoints, start=1):
        copy_round(state, number, path)
    copy_round(state, best, snakemake.output.best)
    copy_round(state, settings.rounds, snakemake.output.last)
    write_table(state.timing().head(settings.rounds), snakemake.output.timing)
    write_table(rounds, snakemake.output.rounds)
