"""Simulate sequences with a reporter activity, their motifs, and what can be reached of it."""

from cisfuse.simulation.reporters import simulate_reporters, write_reporters

from cisfuse.base.files import write_json
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    output = snakemake.output
    study = simulate_reporters(snakemake.params.simulation)
    write_reporters(study, output.sequences, output.sites)
    write_json({"reachable_pearson": study.reachable_pearson}, output.truth)
    logger.info(
        "simulated %d sequences, highest reachable Pearson %.4f (seed %d)",
        len(study.sequences),
        study.reachable_pearson,
        study.seed,
    )
