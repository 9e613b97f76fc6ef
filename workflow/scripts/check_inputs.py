"""Check a sample's files against the genome and each other before any span is made."""

from cisfuse.base.files import write_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.downloads import verify_checksum
from cisfuse.readers.genome import read_sizes
from cisfuse.readers.names import read_names
from cisfuse.sources.spans.checks import check_sample
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    for path, checksum in snakemake.params.checksums.items():
        verify_checksum(path, checksum)  # also one that the user brought in place of a download
    checks = check_sample(
        snakemake.params.sample,
        sizes=read_sizes(snakemake.input.fai),
        chromosomes=list(snakemake.params.chromosomes),
        genome_path=snakemake.params.genome,
        blacklist=snakemake.input.get("blacklist") or None,
        span_length=snakemake.params.span_length,
        target=part_of(snakemake.params.task, "target"),
        peak_width=snakemake.params.peak_width,
        names=read_names(snakemake.input.get("names") or snakemake.params.names),
    )
    for check in checks.itertuples():
        logger.info("%s: %s: %s", check.file, check.check, check.result)
    write_table(checks, snakemake.output[0])
