"""Share out blocks or chromosomes among the splits, once for all samples."""

from itertools import islice

import pandas as pd

from cisfuse.base.files import write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_sizes
from cisfuse.sources.shared_splits import COLUMNS, count_sample, describe_blocks, share_out
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    target = part_of(params.task, "target")
    paths = iter(inputs.spans)
    counts = [
        count_sample(list(islice(paths, parts)), params.splits, target) for parts in params.parts
    ]
    counts = [each for each in counts if each is not None and len(each)]
    sizes = read_sizes(inputs.fai)
    sizes = {chrom: sizes[chrom] for chrom in params.chromosomes or sizes}
    blocks = pd.DataFrame(columns=COLUMNS)
    if counts:
        blocks = share_out(counts, params.splits, sizes, params.length)
    logger.info("%s", describe_blocks(blocks))
    write_table(blocks, snakemake.output[0])
