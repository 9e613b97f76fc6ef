"""Count what a sample's split lets a model know of its test beforehand."""

import logging
from functools import partial

from cisfuse.base.files import read_table, write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_chromosome
from cisfuse.sources.audit_words import describe_audit, is_leaking
from cisfuse.sources.span_audit import audit_splits

with rule_job(snakemake) as logger:
    inputs = snakemake.input
    method = read_table(inputs.splits)["method"].iloc[0]
    fasta = inputs.get("fasta")  # labelled sequences bring their bases
    columns = ["chrom", "start", "end"] if fasta else ["sequence"]
    spans = read_table(inputs.spans, [*columns, "label", "split"])
    audit = audit_splits(spans, partial(read_chromosome, fasta) if fasta else None)
    level = logging.WARNING if is_leaking(audit, method) else logging.INFO
    logger.log(level, "%s", describe_audit(audit, method))
    write_table(audit, snakemake.output[0])
