"""Read every shard back and compare counts and checksums with the manifest."""

from cisfuse.examples import verify_shards
from cisfuse.files import write_table
from cisfuse.jobs import rule_job

with rule_job(snakemake) as logger:
    table = verify_shards(snakemake.input.manifest)
    logger.info("%d shards hold %s spans, as written", len(table), f"{table['spans'].sum():,}")
    write_table(table, snakemake.output[0])
