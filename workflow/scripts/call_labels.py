"""Score trained models on test in two conventions: by their logits, and by called labels."""

from cisfuse.base.files import write_table
from cisfuse.evaluation.called_labels import called, called_row, called_table, compare_conventions
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import read_predictions
from cisfuse.statistics.bootstrap import draw_blocks
from cisfuse.statistics.scores import score
from cisfuse.tasks.binding import target
from cisfuse.tasks.binding.scores import needed

with rule_job(snakemake) as logger:
    output, params = snakemake.output, snakemake.params
    rows, scored, learned, resamples = [], {"scores": {}, "labels": {}}, [], None
    for run, path in zip(params.runs, snakemake.input.predictions, strict=True):
        spans, logits = read_predictions(path, target)
        labels, calls = spans["label"].to_numpy(), called(logits)
        # The draws of score_predictions: the same spans, the same seed.
        resamples = resamples or draw_blocks(spans, needed(labels), **params.bootstrap)
        for convention, values in (("scores", logits), ("labels", calls)):
            scored[convention][run] = score(spans, values, (calls - labels) ** 2, resamples)
        rows.append(called_row(run, labels, logits))
        if rows[-1]["learned"]:
            learned.append(run)
        else:
            logger.warning("%s gives every span the same logit: it learned nothing", run)
        logger.info("%s: accuracy %.4g", run, rows[-1]["accuracy"])
    compared = compare_conventions(scored, learned, params.main, resamples)
    write_table(called_table(rows), output.labels, float_format="%.6g")
    write_table(compared, output.comparisons, float_format="%.6g")
