"""Attributions by random weights, in several draws, and by the same model of other seeds."""

# First, so that TensorFlow's start-up lines go to the log.
from cisfuse.jobs.job import rule_job

# isort: split
from cisfuse.base.files import read_json, read_table, write_arrays
from cisfuse.interpretation.controls import attribute_controls
from cisfuse.prediction.logits import load_model
from cisfuse.training.devices import limit_threads

with rule_job(snakemake) as logger:
    limit_threads(snakemake.threads)
    inputs, params = snakemake.input, snakemake.params
    found = attribute_controls(
        load_model(inputs.model),
        [load_model(path) for path in inputs.replicates],
        read_table(inputs.spans),
        median=read_json(inputs.choice)["median_accessibility"],
        methods=params.methods,
        seed=params.seed,
    )
    write_arrays(snakemake.output[0], found)
    logger.info("%d other seed(s)", len(inputs.replicates))
