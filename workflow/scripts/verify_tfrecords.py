"""Read every shard back and compare counts and checksums with the manifest."""

from cisfuse.base.files import write_table
from cisfuse.examples.shards import verify_shards
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    table = verify_shards(snakemake.input.manifest)
    logger.info("%d shards hold %s spans, as written", len(table), f"{table['spans'].sum():,}")
    write_table(table, snakemake.output[0])
