"""Draw the scores on test: curves, what each input is worth, and calibration."""

from cisfuse.evaluation.entries import drawn_entries, read_scores, scored_entries
from cisfuse.figures.curves import plot_calibration, plot_precision_recall, plot_roc
from cisfuse.figures.scores import plot_ablation
from cisfuse.figures.style import save_figure
from cisfuse.jobs.job import rule_job

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    models, title = params.models, params.title
    metrics = read_scores(inputs.metrics)
    curves = read_scores(inputs.curves)
    entries = scored_entries(metrics)
    drawn = drawn_entries(entries["entry"].tolist(), models, params.reads)
    logger.info("curves of %s", ", ".join(drawn))
    save_figure(plot_roc(curves, entries, drawn, title), output.roc)
    save_figure(plot_precision_recall(curves, entries, drawn, title), output.precision_recall)
    comparisons = read_scores(inputs.comparisons)
    figure = plot_ablation(metrics, entries, comparisons, params.reads, models[0], title)
    save_figure(figure, output.ablation)
    calibration = read_scores(inputs.calibration)
    save_figure(plot_calibration(calibration, models, title), output.calibration)
