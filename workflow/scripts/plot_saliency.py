"""Draw attributions: galleries of spans by outcome, and the mean over motifs."""

from cisfuse.base.files import read_json, read_table, write_table
from cisfuse.base.wording import name_of
from cisfuse.figures.explained_spans import DRAWINGS, ExplainedSpans, aligned_means, draw
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.explained import read_arrays
from cisfuse.jobs.job import rule_job
from cisfuse.sources.places import placed

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    choice, margin = read_json(inputs.choice), read_json(inputs.margin)
    explained = ExplainedSpans(
        placed(read_table(inputs.spans)),
        read_table(inputs.sites),
        read_arrays(inputs.attributions),
        threshold=choice["threshold"],
        median=choice["median_accessibility"],
        reach=max(margin["padding_left"], margin["padding_right"]),
        method=params.method,
        motifs=choice["motifs"],
        note=choice["motifs_note"],
        top=params.top,
        flank=params.flank,
    )
    title = f"{name_of(snakemake.wildcards.model)}, {params.title}"
    for name in filter(output.get, DRAWINGS):
        figure, lines = draw(name, explained, title)
        save_figure(figure, output[name])
        for line in lines:
            logger.info("%s", line)
    write_table(aligned_means(explained), output.table, float_format="%.6g")
