"""Assign every span to train, valid or test, and join labels and signals to one table."""

import pandas as pd

from cisfuse.files import read_table, write_table
from cisfuse.jobs import rule_job
from cisfuse.splits import assign_splits, count_splits

with rule_job(snakemake.log[0]) as logger:
    spans = read_table(snakemake.input.spans)
    signals = read_table(snakemake.input.signals).drop(columns="name")
    dropped = read_table(snakemake.input.dropped)
    splits, method = assign_splits(spans, snakemake.params.splits)
    kept = splits != ""
    spans = spans[["name", "chrom", "start", "end", "label"]].assign(split=splits)
    spans = pd.concat([spans, signals], axis=1)[kept]
    counts = count_splits(spans, snakemake.wildcards.sample, method)
    if method == "random":
        logger.warning(
            "a random split leaks: neighbouring spans of one peak lie in train and in test, so "
            "scores are too good; use blocks or chromosomes for an honest score"
        )
    for row in counts.itertuples():
        logger.info("%s (%s): %s spans, %s positive", row.split, method, row.spans, row.positives)
    rows = {"in the gap between two splits": int((~kept).sum()), "kept": int(kept.sum())}
    more = pd.DataFrame({"reason": rows.keys(), "spans": rows.values()})
    write_table(spans, snakemake.output.spans)
    write_table(counts, snakemake.output.splits)
    write_table(pd.concat([dropped, more], ignore_index=True), snakemake.output.dropped)
