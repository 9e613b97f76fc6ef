"""Check a sample's files against the genome and each other before any span is made."""

from cisfuse.files import write_table
from cisfuse.genome import read_sizes
from cisfuse.jobs import rule_job
from cisfuse.samples import check_sample

with rule_job(snakemake.log[0]) as logger:
    blacklist = snakemake.input.get("blacklist") or None  # a path, or a list of none or one
    if blacklist and not isinstance(blacklist, str):
        blacklist = blacklist[0]
    checks = check_sample(
        snakemake.params.sample,
        sizes=read_sizes(snakemake.input.fai),
        chromosomes=list(snakemake.params.chromosomes),
        genome_path=snakemake.params.genome,
        blacklist=blacklist,
        span_length=snakemake.params.span_length,
    )
    for check in checks.itertuples():
        logger.info("%s: %s: %s", check.file, check.check, check.result)
    write_table(checks, snakemake.output[0])
