"""Write the study's page: one file that opens in any browser and asks for no other."""

from pathlib import Path

from cisfuse.base.files import write_bytes
from cisfuse.jobs.job import rule_job
from cisfuse.report.study import Study, write_page

with rule_job(snakemake) as logger:
    template = Path(snakemake.scriptdir).parent / "report" / "page.html.j2"
    inputs = {name: list(paths) for name, paths in snakemake.input.items()}
    study = Study(snakemake.wildcards.study, **dict(snakemake.params.study))
    page, warnings = write_page(study, inputs, template)
    for warning in warnings:
        logger.warning("%s", warning)
    write_bytes(page.encode(), snakemake.output[0])
    logger.info("wrote %d sample(s), %.1f MB", len(study.samples), len(page) / 1e6)
