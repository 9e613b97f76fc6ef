"""Take over another program's predictions of a sample's spans."""

from pathlib import Path

from cisfuse.base.files import read_header, read_table, write_table
from cisfuse.evaluation.external import complete_splits, match_spans, read_external
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import example_columns
from cisfuse.readers.names import read_names, renamed_spans
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    path, spans_path = str(snakemake.input.predictions), snakemake.input.spans
    target = part_of(snakemake.params.task, "target")
    columns = example_columns(read_header(spans_path), target.TARGET)
    spans = read_table(spans_path, [*columns, "split"])
    text, given = read_external(path, columns, target)
    names = read_names(snakemake.input.get("names") or snakemake.params.names)
    given = renamed_spans(given, names, path)
    outputs = match_spans(text, given, spans, spans_path, target)
    complete = complete_splits(path, spans, outputs, ["test"], spans_path)
    others = int((~given["name"].isin(spans["name"])).sum())
    if others:
        logger.info("%s: %s spans that the study does not have are ignored", path, f"{others:,}")
    table = spans[columns].assign(**{target.OUTPUT: outputs})
    for output in snakemake.output:
        split = Path(output).name.removesuffix(".tsv.gz")
        taken = table[(spans["split"] == split) & (split in complete)]
        if split in complete:
            logger.info("%s: %s spans", split, f"{len(taken):,}")
        else:
            logger.info("%s: %s lacks some of its spans, so none is taken", split, path)
        write_table(taken, output)
