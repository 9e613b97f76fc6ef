"""Draw the course of the rounds of every training of a sample, and what each learned in it."""

from cisfuse.base.files import read_table
from cisfuse.figures.curves import plot_rounds
from cisfuse.figures.learning_curves import plot_learning
from cisfuse.figures.style import save_figure
from cisfuse.jobs.job import rule_job
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    output, params = snakemake.output, snakemake.params
    fitting = part_of(params.task, "fitting")
    paths = zip(params.runs, snakemake.input.rounds, strict=True)
    rounds = {run: read_table(path) for run, path in paths}
    losses = {model: fitting.loss_words(settings) for model, settings in params.losses.items()}
    save_figure(plot_rounds(rounds, losses, fitting.DRAWN, params.title), output.rounds)
    if output.get("learning"):
        figure = plot_learning(rounds, losses, fitting.LEARNING, params.title)
        save_figure(figure, output.learning)
    logger.info("drew %d trainings", len(rounds))
