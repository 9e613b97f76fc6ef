"""Draw what the probes of a model found: accessibility, and the margins of a span."""

from cisfuse.base.files import read_json, read_table
from cisfuse.base.wording import name_of
from cisfuse.figures.probes import plot_accessibility, plot_margins
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.explained import read_arrays
from cisfuse.jobs.job import rule_job

with rule_job(snakemake):
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    title = f"{name_of(snakemake.wildcards.model)}, {params.title}"
    choice = read_json(inputs.choice)
    if output.get("accessibility"):
        contributions = read_arrays(inputs.attributions)[f"{params.method}_accessibility"]
        figure = plot_accessibility(
            read_table(inputs.response),
            read_table(inputs.spans),
            contributions,
            choice["threshold"],
            title,
        )
        save_figure(figure, output.accessibility)
    figure = plot_margins(
        read_table(inputs.positions),
        read_table(inputs.profile),
        read_json(inputs.margin),
        title,
        note=choice["motifs_note"],
    )
    save_figure(figure, output.margins)
