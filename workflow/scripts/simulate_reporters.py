"""Simulate sequences with a reporter activity, their motifs, and the activity without noise."""

from cisfuse.base.files import write_table
from cisfuse.jobs.job import rule_job
from cisfuse.simulation.reporters import (
    noiseless_predictions,
    simulate_reporters,
    write_reporters,
)

with rule_job(snakemake) as logger:
    output = snakemake.output
    study = simulate_reporters(snakemake.params.simulation)
    write_reporters(study, output.sequences, output.sites)
    write_table(noiseless_predictions(study), output.noiseless)
    logger.info(
        "simulated %d sequences, highest reachable Pearson %.4f (seed %d)",
        len(study.sequences),
        study.reachable_pearson,
        study.seed,
    )
