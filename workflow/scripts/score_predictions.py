"""Score all predictions of a sample, with intervals from resampled blocks of test."""

from itertools import product

from cisfuse.base.files import write_table
from cisfuse.evaluation.scoring import Sample
from cisfuse.jobs.job import rule_job
from cisfuse.tasks.registry import part_of

with rule_job(snakemake):
    output, params = snakemake.output, snakemake.params
    pairs = product(params.runs, params.splits)
    sample = Sample(
        dict(zip(pairs, snakemake.input.predictions, strict=True)),
        part_of(params.task, "target"),
        part_of(params.task, "scores"),
        params.bootstrap,
        params.units,
    )
    for name, table in sample.score(params.runs, params.splits, params.main).items():
        write_table(table, output[name], float_format="%.6g")
