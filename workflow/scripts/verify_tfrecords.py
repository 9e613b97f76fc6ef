"""Read every shard back and compare counts and checksums with the manifest."""

from cisfuse.base.files import write_table
from cisfuse.examples.shards import verify_shards
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    table = verify_shards(snakemake.input.manifest)
    count = f"{table['examples'].sum():,}"
    logger.info("%d shards hold %s examples, as written", len(table), count)
    write_table(table, snakemake.output[0])
