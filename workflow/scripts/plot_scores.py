"""Draw a sample's scores on test: every figure that the study's task has."""

from cisfuse.evaluation.drawing import Drawing
from cisfuse.evaluation.entries import drawn_entries, read_scores, scored_entries
from cisfuse.figures.style import load_drawer, save_figure
from cisfuse.jobs.job import rule_job
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    words = part_of(params.task, "words")
    tables = {name: read_scores(path) for name, path in inputs.items()}
    entries = scored_entries(tables["metrics"])
    drawn = drawn_entries(entries["entry"].tolist(), params.models, params.reads)
    logger.info("curves of %s", ", ".join(drawn))
    drawing = Drawing(tables, entries, params.models, params.reads, drawn, words, params.title)
    for figure in words.FIGURES:
        save_figure(load_drawer(figure.draw)(drawing), output[figure.name])
