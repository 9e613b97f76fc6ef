"""Fetch one reference file, which appears only when its checksum is right."""

from cisfuse.jobs.job import rule_job
from cisfuse.readers.downloads import download

with rule_job(snakemake):
    download(snakemake.params.url, snakemake.output[0], snakemake.params.checksum)
