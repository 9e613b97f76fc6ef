"""Write the study's headline: every model's scores on test, and where the figures are."""

from pathlib import Path

from cisfuse.files import read_table
from cisfuse.jobs import rule_job
from cisfuse.summary import headline

with rule_job(snakemake.log[0]) as logger:
    params = snakemake.params
    paths = zip(params.samples, snakemake.input.metrics, strict=True)
    tables = {sample: read_table(path) for sample, path in paths}
    text = headline(snakemake.wildcards.study, tables, params.figures, params.simulated)
    Path(snakemake.output[0]).write_text(text, encoding="utf-8")
    logger.info("summarised %d sample(s)", len(tables))
