"""Draw the course of the rounds of every training of a sample, and of sequences what it learned."""

from cisfuse.base.files import read_table
from cisfuse.figures.curves import loss_words, plot_rounds
from cisfuse.figures.learning_curves import plot_learning
from cisfuse.figures.style import save_figure
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    output, params = snakemake.output, snakemake.params
    paths = zip(params.runs, snakemake.input.rounds, strict=True)
    rounds = {run: read_table(path) for run, path in paths}
    losses = {model: loss_words(settings) for model, settings in params.losses.items()}
    save_figure(plot_rounds(rounds, losses, params.title), output.rounds)
    if output.get("learning"):
        save_figure(plot_learning(rounds, losses, params.title), output.learning)
    logger.info("drew %d trainings", len(rounds))
