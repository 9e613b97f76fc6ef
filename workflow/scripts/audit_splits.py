"""Count the split leakage of a sample."""

import logging

from cisfuse.base.files import read_table, write_table
from cisfuse.jobs.job import rule_job
from cisfuse.sources import registry as sources
from cisfuse.tasks import registry as tasks

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    audit = sources.part_of(params.source, "audit")
    words = sources.part_of(params.source, "audit_words")
    method = read_table(inputs.splits)["method"].iloc[0]
    found = audit.audit_sample(dict(inputs.items()), tasks.part_of(params.task, "target"))
    level = logging.WARNING if words.is_leaking(found, method) else logging.INFO
    logger.log(level, "%s", words.describe_audit(found, method))
    write_table(found, snakemake.output[0])
