"""Split a sample's spans as often as it has folds, and join labels and signals to a table each."""

from cisfuse.base.files import write_table
from cisfuse.jobs.job import rule_job
from cisfuse.sources.spans.folds import assign_folds, fold_splits
from cisfuse.sources.spans.tables import read_parts, write_spans
from cisfuse.sources.splits import count_splits
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, output = snakemake.input, snakemake.output
    settings = snakemake.params.splits
    folds, target = settings["folds"], part_of(snakemake.params.task, "target")
    spans = read_parts(inputs.spans, inputs.signals)
    fold_of, unit = assign_folds(spans, folds, settings, target)
    paths = zip(range(folds), output.spans, output.splits, strict=True)
    for number, spans_path, splits_path in paths:
        spans["split"] = fold_splits(spans, fold_of, number, folds, settings["gap"])
        kept = spans[spans["split"] != ""]
        fold = f"{snakemake.wildcards.sample}/fold-{number}"
        counts = count_splits(kept, fold, f"{folds} folds of {unit}", target, "span")
        for _, row in counts.iterrows():
            found = target.describe_counts(row)
            logger.info("%s %s: %s spans, %s", fold, row["split"], row["spans"], found)
        logger.info("%s: %s spans left out near another split", fold, len(spans) - len(kept))
        write_table(counts, splits_path)
        write_spans(kept, target.TARGET, spans_path)
