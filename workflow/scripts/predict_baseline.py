"""Rank the spans of each split by raw accessibility, in the form of predictions."""

from pathlib import Path

from cisfuse.baselines import raw_accessibility
from cisfuse.files import read_table, write_table
from cisfuse.jobs import rule_job

with rule_job(snakemake.log[0]) as logger:
    spans = read_table(snakemake.input.spans)
    for path in snakemake.output:
        split = Path(path).name.removesuffix(".tsv.gz")
        table = raw_accessibility(spans[spans["split"] == split])
        write_table(table, path)
        logger.info("%s: %s spans", split, f"{len(table):,}")
