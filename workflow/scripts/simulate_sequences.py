"""Simulate labelled sequences: the table of them, and where the motif lies in each positive."""

from cisfuse.jobs.job import rule_job
from cisfuse.simulation.sequences import simulate_sequences, write_sequences

with rule_job(snakemake) as logger:
    study = simulate_sequences(snakemake.params.simulation)
    write_sequences(study, sequences=snakemake.output.sequences, sites=snakemake.output.sites)
    logger.info(
        "simulated %d sequences, %d of them with %s (seed %d)",
        len(study.sequences),
        len(study.sites),
        study.sites["name"].iloc[0],
        study.seed,
    )
