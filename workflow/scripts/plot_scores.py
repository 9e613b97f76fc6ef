"""Draw a sample's scores on test: every figure that the study's task has."""

from cisfuse.evaluation.drawing import Drawing
from cisfuse.evaluation.entries import drawn_entries, main_entry, read_scores, scored_entries
from cisfuse.evaluation.verdicts import named_entries
from cisfuse.figures.style import load_drawer, save_figure
from cisfuse.jobs.job import rule_job
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    words = part_of(params.task, "words")
    tables = {name: read_scores(path) for name, path in inputs.items()}
    entries = scored_entries(tables["metrics"])
    names, models, reads = entries["entry"].tolist(), params.models, params.reads
    main = main_entry(models[0], names)
    named = named_entries(entries, reads, main, words)
    drawn = drawn_entries(names, models, reads, named)
    logger.info("curves of %s", ", ".join(drawn))
    drawing = Drawing(tables, entries, models, main, reads, named, drawn, words, params.title)
    for figure in words.FIGURES:
        save_figure(load_drawer(figure.draw)(drawing), output[figure.name])
