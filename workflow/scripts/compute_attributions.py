"""Attributions of the chosen spans by every method, and of a model with random weights."""

import time

import numpy as np

from cisfuse.attribution import Explainer
from cisfuse.attribution_methods import METHODS
from cisfuse.devices import limit_threads
from cisfuse.explained import examples_of
from cisfuse.files import read_json, read_table
from cisfuse.jobs import rule_job
from cisfuse.prediction import load_model
from cisfuse.randomisation import randomise

with rule_job(snakemake.log[0]) as logger:
    limit_threads(snakemake.threads)
    params = snakemake.params
    table = read_table(snakemake.input.spans)
    examples = examples_of(table)
    median = read_json(snakemake.input.choice)["median_accessibility"]
    explainer = Explainer(load_model(snakemake.input.model), median)
    arrays = {
        "names": examples.names,
        "sequences": examples.sequences,
        "logits": explainer.predict(examples),
        "accessibility_transformed": explainer.transformed(
            examples.signals["accessibility"]
        ).astype(np.float32),
    }
    for method in params.methods:
        logger.info("%s of %s spans", method, f"{len(examples):,}")
        started = time.monotonic()
        found = METHODS[method](explainer, examples, params.seed)
        arrays[method] = found.hypothetical
        arrays[f"{method}_accessibility"] = found.accessibility
        arrays[f"{method}_slope"] = found.slope
        arrays[f"{method}_completeness_error"] = found.completeness_error
        arrays[f"{method}_explained"] = found.explained
        logger.info("%s took %.1f s", method, time.monotonic() - started)
    np.savez(snakemake.output.attributions, **arrays)

    rows = np.flatnonzero((table["role"] == "positive") & (table["split"] == "test"))
    control = Explainer(randomise(load_model(snakemake.input.model), params.seed), median)
    maps = {
        method: METHODS[method](control, examples.take(rows), params.seed).hypothetical
        for method in params.methods
    }
    np.savez(snakemake.output.randomised, rows=rows, **maps)
    logger.info("the same of random weights, at %s positives of test", f"{len(rows):,}")
