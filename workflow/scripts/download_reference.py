"""Fetch one reference file, which appears only when its checksum is right."""

from cisfuse.downloads import download
from cisfuse.jobs import rule_job

with rule_job(snakemake):
    download(snakemake.params.url, snakemake.output[0], snakemake.params.checksum)
