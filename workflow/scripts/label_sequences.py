"""Read labelled sequences, bring them to one length, and assign each to train, valid or test."""

import pandas as pd

from cisfuse.base.files import write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.downloads import verify_checksum
from cisfuse.sources.sequence_tables import COLUMNS
from cisfuse.sources.sequences import (
    assign_sequences,
    count_contradictions,
    fit_lengths,
    read_labelled_sequences,
)
from cisfuse.sources.splits import count_splits

with rule_job(snakemake) as logger:
    inputs, output, params = snakemake.input, snakemake.output, snakemake.params
    for path, checksum in params.checksums.items():
        verify_checksum(path, checksum)  # also one that the user brought in place of a download
    labels = inputs.get("labels") or None
    table = read_labelled_sequences(inputs.sequences, labels, params.spans["labels_header"])
    lengths = table["sequence"].str.len()
    found = {
        "sequences": f"{len(table):,}",
        "labels": f"{table['label'].sum():,} of {len(table):,} sequences bound",
        "lengths": f"{lengths.min():,} to {lengths.max():,} bp",
    }
    length, other_lengths = params.spans["length"], params.spans["other_lengths"]
    table, changed = fit_lengths(table, length, other_lengths, inputs.sequences)
    found |= {what: f"{count:,} sequences, to {length:,} bp" for what, count in changed.items()}
    contradictions = count_contradictions(table)
    found["both labels"] = f"{contradictions:,} sequences"
    if contradictions:
        logger.warning(
            "%s: %d sequences are there with both labels, which no model can learn",
            inputs.sequences,
            contradictions,
        )
    table["split"], method = assign_sequences(table, params.splits, labels or inputs.sequences)
    counts = count_splits(table, snakemake.wildcards.sample, method)
    for row in counts.itertuples():
        logger.info(
            "%s (%s): %s sequences, %s positive", row.split, method, row.spans, row.positives
        )
    checks = pd.DataFrame(found.items(), columns=["check", "result"])
    checks.insert(0, "kind", "sequences")
    checks.insert(0, "file", inputs.sequences)
    for check in checks.itertuples():
        logger.info("%s: %s: %s", check.file, check.check, check.result)
    write_table(checks, output.checks)
    write_table(counts, output.splits)
    write_table(table[COLUMNS], output.spans)
