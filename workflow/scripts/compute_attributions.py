"""Attributions of the chosen spans by every method, and of a model with random weights."""

import numpy as np

# First, so that TensorFlow's start-up lines go to the log.
from cisfuse.jobs.job import rule_job

# isort: split
from cisfuse.base.files import read_json, read_table, write_arrays
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.explained import examples_of
from cisfuse.interpretation.methods import attribute
from cisfuse.interpretation.randomisation import randomise
from cisfuse.prediction.logits import load_model
from cisfuse.training.devices import limit_threads

with rule_job(snakemake) as logger:
    limit_threads(snakemake.threads)
    methods, seed = snakemake.params.methods, snakemake.params.seed
    table = read_table(snakemake.input.spans)
    examples, model = examples_of(table), load_model(snakemake.input.model)
    median = read_json(snakemake.input.choice)["median_accessibility"]
    found = attribute(Explainer(model, median), examples, methods, seed)
    write_arrays(snakemake.output.attributions, found)

    rows = np.flatnonzero((table["role"] == "positive") & (table["split"] == "test"))
    logger.info("the same of random weights, at the positives of test")
    control = Explainer(randomise(model, seed), median)
    found = attribute(control, examples.take(rows), methods, seed)
    maps = {method: found[method] for method in methods}
    write_arrays(snakemake.output.randomised, {"rows": rows, **maps})
