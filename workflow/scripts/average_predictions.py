"""Average the outputs of a model over its seeds."""

from cisfuse.base.files import table_writer
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import average_pieces
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    paths, splits = snakemake.input.predictions, snakemake.params.splits
    target = part_of(snakemake.params.task, "target")
    for place, (split, output) in enumerate(zip(splits, snakemake.output, strict=True)):
        members = paths[place :: len(splits)]
        count = 0
        with table_writer(output) as write:
            for table in average_pieces(members, target.OUTPUT):
                write(table)
                count += len(table)
        logger.info("%s: %s spans, mean of %d seeds", split, f"{count:,}", len(members))
