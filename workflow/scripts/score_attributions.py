"""Score the methods of attribution at the positives of test, against sites and controls."""

from cisfuse.base.files import read_table, write_table
from cisfuse.dna.matrices import choose_matrices
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.scored_methods import (
    failure_words,
    median_words,
    method_words,
    score_explained,
)
from cisfuse.jobs.job import rule_job
from cisfuse.sources.places import placed

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    spans, found = placed(read_table(inputs.spans)), read_arrays(inputs.attributions)
    table = score_explained(
        spans,
        read_table(inputs.sites),
        found,
        read_arrays(inputs.randomised),
        read_arrays(inputs.controls),
        choose_matrices(params.factor, params.matrices, params.group),
        params.methods,
        params.method,
        params.seed,
    )
    write_table(table, snakemake.output.methods, float_format="%.6g")
    for row in table.to_dict("records"):
        logger.info("%s", method_words(row))
    for words in failure_words(table):
        logger.warning("%s", words)
    for words in median_words(spans, found):
        logger.info("%s", words)
