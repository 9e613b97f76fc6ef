"""Assign every span to train, valid or test, and join labels and signals to one table."""

from cisfuse.base.files import read_table, write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.spans import read_dropped, write_dropped
from cisfuse.sources.shared_splits import assign_shared, place_as, with_blocks
from cisfuse.sources.spans.peaks import check_any_positive
from cisfuse.sources.spans.tables import read_parts, write_spans
from cisfuse.sources.splits import count_splits
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, output, params = snakemake.input, snakemake.output, snakemake.params
    sample, target = snakemake.wildcards.sample, part_of(params.task, "target")
    spans, blocks = read_parts(inputs.spans, inputs.signals), read_table(inputs.blocks)
    check_any_positive(spans, sample, target)
    if inputs.get("reference"):
        reference = read_table(inputs.reference, ["chrom", "start", "split"])
        made = str(read_table(inputs.reference_splits)["method"].iloc[0])
        name, settings = params.reference_name, params.splits
        splits, method = place_as(spans, reference, name, made, blocks, settings)
    else:
        splits, made = assign_shared(spans, blocks, params.splits, target)
        method = made
    spans["split"] = splits
    dropped = read_dropped(inputs.dropped)
    dropped["in the gap between two splits"] = int((splits == "").sum())
    spans = spans[splits != ""]
    dropped["kept"] = len(spans)
    counts = count_splits(spans, sample, method, target, "span")
    if method == "random":
        logger.warning(
            "a random split leaks: neighbouring spans of one peak lie in train and in test, so "
            "scores are too good; use blocks or chromosomes for an honest score"
        )
    for _, row in counts.iterrows():
        found = target.describe_counts(row)
        logger.info("%s (%s): %s spans, %s", row["split"], method, row["spans"], found)
    if made == "blocks" and method != "given":
        counts = with_blocks(counts, blocks)
    write_table(counts, output.splits)
    write_dropped(dropped, output.dropped)
    write_spans(spans, target.TARGET, output.spans)
