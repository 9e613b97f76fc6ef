"""Pool the predictions of all folds of a cross-validation into one set."""

from pathlib import Path

from cisfuse.base.files import write_table
from cisfuse.evaluation.pooling import pool_folds
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    inputs = snakemake.input
    pooled, scalings = pool_folds(
        zip(inputs.test, inputs.valid, strict=True), snakemake.params.one_scale
    )
    for number, platt in enumerate(scalings):
        logger.info("fold %d: slope %.4g, intercept %.4g", number, platt.slope, platt.intercept)
    for output in snakemake.output:
        # The scalings have used the valid predictions up.
        is_test = Path(output).name == "test.tsv.gz"
        write_table(pooled if is_test else pooled.iloc[:0], output)
    logger.info("%s spans of %d folds", f"{len(pooled):,}", len(scalings))
