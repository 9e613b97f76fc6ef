"""Draw the course of the rounds of every training of a sample."""

from cisfuse.curves import plot_rounds
from cisfuse.figures import save_figure
from cisfuse.files import read_table
from cisfuse.jobs import rule_job

with rule_job(snakemake) as logger:
    paths = zip(snakemake.params.runs, snakemake.input.rounds, strict=True)
    rounds = {run: read_table(path) for run, path in paths}
    save_figure(plot_rounds(rounds, snakemake.params.title), snakemake.output.rounds)
    logger.info("drew %d trainings", len(rounds))
