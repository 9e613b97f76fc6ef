"""Attributions of the requested spans and of both alleles of the requested variants."""

# First, so that TensorFlow's start-up lines go to the log.
from cisfuse.jobs.job import rule_job

# isort: split
from cisfuse.base.files import read_json, read_table, write_arrays
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.explained import examples_of
from cisfuse.interpretation.methods import attribute
from cisfuse.prediction.logits import load_model
from cisfuse.training.devices import limit_threads

with rule_job(snakemake) as logger:
    limit_threads(snakemake.threads)
    params = snakemake.params
    examples = examples_of(read_table(snakemake.input.requested))
    median = read_json(snakemake.input.choice)["median_accessibility"]
    explainer = Explainer(load_model(snakemake.input.model), median)
    # The pictures show substitutions, and sums that add up, whatever the method of the letters.
    methods = dict.fromkeys([params.method, "mutagenesis", "expected_gradients"])
    arrays = attribute(explainer, examples, methods, params.seed)
    write_arrays(snakemake.output[0], arrays)
    logger.info("%d rows", len(examples))
