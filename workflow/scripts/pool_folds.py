"""Pool the predictions of all folds of a cross-validation into one set."""

from pathlib import Path

from cisfuse.base.files import write_table
from cisfuse.evaluation.pooling import pool_folds
from cisfuse.jobs.job import rule_job
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    scores = part_of(params.task, "scores")
    paths = zip(inputs.test, inputs.valid, strict=True)
    target = part_of(params.task, "target")
    pooled, scalings = pool_folds(paths, target, scores, params.one_scale)
    for number, scaling in enumerate(scalings):
        logger.info("fold %d: %s", number, scores.describe_scale(scaling))
    for output in snakemake.output:
        # The scalings have used the valid predictions up.
        is_test = Path(output).name == "test.tsv.gz"
        write_table(pooled if is_test else pooled.iloc[:0], output)
    logger.info("%s spans of %d folds", f"{len(pooled):,}", len(scalings))
