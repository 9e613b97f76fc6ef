"""Write the study's headline: every entry's scores on test, as text, table and figure."""

from cisfuse.base.files import read_table, write_bytes, write_table
from cisfuse.evaluation.entries import drawn_entries, main_entry, read_scores, scored_entries
from cisfuse.evaluation.verdicts import named_entries
from cisfuse.figures.scores import plot_summary
from cisfuse.figures.style import save_figure
from cisfuse.jobs.job import rule_job
from cisfuse.report.summary import headline, summary_table
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    params, output = snakemake.params, snakemake.output
    words = part_of(params.task, "words")
    paths = zip(params.samples, snakemake.input.metrics, strict=True)
    entries = {sample: scored_entries(read_scores(path)) for sample, path in paths}
    study = snakemake.wildcards.study
    samples = [name for name in params.samples if "/" not in name]  # without pooled folds
    lacking = zip(samples, snakemake.input.unavailable, strict=True)
    absent = {sample: read_table(path)["model"].tolist() for sample, path in lacking}
    text = headline(study, entries, params.figures, params.simulated, words, params.units, absent)
    write_bytes(text.encode(), output.text)
    write_table(summary_table(entries), output.table, float_format="%.6g")
    names = list(dict.fromkeys(name for table in entries.values() for name in table["entry"]))
    main = main_entry(params.models[0], names)
    named = [
        name
        for table in entries.values()
        for name in named_entries(table, params.reads, main, words)
    ]
    drawn = drawn_entries(names, params.models, params.reads, named)
    drawn = list(dict.fromkeys([*drawn, *named, params.models[0]]))
    title = f"Study {study}" + (" (simulated data)" if params.simulated else "")
    save_figure(plot_summary(entries, drawn, words, title), output.figure)
    logger.info("summarised %d sample(s)", len(entries))
