"""Assign every span to train, valid or test, and join labels and signals to one table."""

from cisfuse.base.files import read_table, write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.spans import read_dropped, write_dropped
from cisfuse.sources.span_tables import read_parts, write_spans
from cisfuse.sources.splits import assign_splits, count_splits, follow_splits

with rule_job(snakemake) as logger:
    inputs, output, params = snakemake.input, snakemake.output, snakemake.params
    spans = read_parts(inputs.spans, inputs.signals)
    if inputs.get("reference"):
        reference = read_table(inputs.reference, ["chrom", "start", "split"])
        splits, method = follow_splits(spans, reference, params.reference_name, params.splits)
    else:
        splits, method = assign_splits(spans, params.splits)
    spans["split"] = splits
    dropped = read_dropped(inputs.dropped)
    dropped["in the gap between two splits"] = int((splits == "").sum())
    spans = spans[splits != ""]
    dropped["kept"] = len(spans)
    counts = count_splits(spans, snakemake.wildcards.sample, method)
    if method == "random":
        logger.warning(
            "a random split leaks: neighbouring spans of one peak lie in train and in test, so "
            "scores are too good; use blocks or chromosomes for an honest score"
        )
    for row in counts.itertuples():
        logger.info("%s (%s): %s spans, %s positive", row.split, method, row.spans, row.positives)
    write_table(counts, output.splits)
    write_dropped(dropped, output.dropped)
    write_spans(spans, output.spans)
