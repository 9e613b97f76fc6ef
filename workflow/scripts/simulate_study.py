"""Simulate the default study: genome, accessibility, peaks, blacklist and the true sites."""

from cisfuse.jobs.job import rule_job
from cisfuse.simulation.spans import simulate_study, write_study

with rule_job(snakemake) as logger:
    study = simulate_study(snakemake.params.simulation)
    write_study(
        study,
        genome=snakemake.output.genome,
        accessibility=snakemake.output.accessibility,
        peaks=snakemake.output.peaks,
        blacklist=snakemake.output.blacklist,
        sites=snakemake.output.sites,
    )
    logger.info(
        "simulated %d bp, %d islands, %d sites, %d peaks (seed %d)",
        len(study.genome),
        len(study.islands),
        len(study.sites),
        len(study.peaks),
        study.seed,
    )
