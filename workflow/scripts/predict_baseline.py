"""Rank the spans of each split by raw accessibility, in the form of predictions."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from cisfuse.baselines import raw_accessibility
from cisfuse.files import read_pieces, table_writer
from cisfuse.jobs import rule_job

with rule_job(snakemake.log[0]) as logger, ExitStack() as stack:
    writers = {
        Path(path).name.removesuffix(".tsv.gz"): stack.enter_context(table_writer(path))
        for path in snakemake.output
    }
    counts = Counter()
    for spans in read_pieces(snakemake.input.spans):
        for split, write in writers.items():
            table = raw_accessibility(spans[spans["split"] == split])
            write(table)
            counts[split] += len(table)
    for split, count in counts.items():
        logger.info("%s: %s spans", split, f"{count:,}")
