"""Read sequences, bring them to one length, and assign each to train, valid or test."""

from cisfuse.base.files import write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.downloads import verify_checksum
from cisfuse.sources.sequences.reading import (
    assign_sequences,
    fit_lengths,
    read_labelled_sequences,
)
from cisfuse.sources.sequences.tables import check_table, columns, describe_sequences
from cisfuse.sources.splits import count_splits
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, output, params = snakemake.input, snakemake.output, snakemake.params
    target = part_of(params.task, "target")
    for path, checksum in params.checksums.items():
        verify_checksum(path, checksum)  # also one that the user brought in place of a download
    labels = inputs.get("labels") or None
    header = params.spans["labels_header"]
    read, warning = read_labelled_sequences(inputs.sequences, labels, target, header)
    length, other_lengths = params.spans["length"], params.spans["other_lengths"]
    table, changed = fit_lengths(read, length, other_lengths, inputs.sequences)
    found, contradiction = describe_sequences(read, table, changed, target)
    for line in filter(None, (warning, contradiction)):
        logger.warning("%s: %s", inputs.sequences, line)
    table["split"], method = assign_sequences(
        table, params.splits, labels or inputs.sequences, target
    )
    counts = count_splits(table, snakemake.wildcards.sample, method, target, "sequence")
    for _, row in counts.iterrows():
        words = target.describe_counts(row)
        logger.info("%s (%s): %s sequences, %s", row["split"], method, row["spans"], words)
    checks = check_table(found, inputs.sequences)
    for check in checks.itertuples():
        logger.info("%s: %s: %s", check.file, check.check, check.result)
    write_table(checks, output.checks)
    write_table(counts, output.splits)
    write_table(table[columns(target.TARGET)], output.spans)
