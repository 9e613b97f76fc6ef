"""Draw ROC and precision-recall curves on test, and the course of the rounds."""

from cisfuse.curves import plot_precision_recall, plot_roc, plot_rounds
from cisfuse.figures import save_figure
from cisfuse.files import read_table
from cisfuse.jobs import rule_job

with rule_job(snakemake.log[0]) as logger:
    title = snakemake.params.title
    runs = snakemake.params.runs
    predictions = {
        run: read_table(path, ["label", "logit"])
        for run, path in zip(runs, snakemake.input.predictions, strict=True)
    }
    rounds = {
        run: read_table(path) for run, path in zip(runs[:-1], snakemake.input.rounds, strict=True)
    }
    save_figure(plot_roc(predictions, title), snakemake.output.roc)
    save_figure(plot_precision_recall(predictions, title), snakemake.output.precision_recall)
    save_figure(plot_rounds(rounds, title), snakemake.output.rounds)
    logger.info("drew %d models", len(predictions))
