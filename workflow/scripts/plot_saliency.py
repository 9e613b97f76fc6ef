"""Draw saliency maps: the top true positives, requested spans, the mean over motifs."""

import numpy as np
import pandas as pd

from cisfuse.figures import save_figure
from cisfuse.files import read_table, write_table
from cisfuse.jobs import rule_job
from cisfuse.motifs import align_on_hits, first_hits, gradient_times_input, spell
from cisfuse.saliency_figures import aligned_table, plot_aligned_mean, plot_saliency_maps

with rule_job(snakemake.log[0]) as logger:
    params, output = snakemake.params, snakemake.output
    title = f"{snakemake.wildcards.model}, {params.title}"
    spans = read_table(snakemake.input.spans)
    with np.load(snakemake.input.attributions, allow_pickle=False) as arrays:
        maps = {name: arrays[name] for name in arrays.files}
    positives = np.flatnonzero((spans["label"] == 1) & (spans["split"] == "test"))
    called = positives[spans["logit"].to_numpy()[positives] > 0]
    top = called[np.argsort(-spans["logit"].to_numpy()[called], kind="stable")][: params.top]
    logger.info("%d of %d test positives have a logit above 0", len(called), len(positives))
    figure = plot_saliency_maps(maps, spans, top, f"Top true positives: {title}")
    save_figure(figure, output.top)
    if output.get("requested"):
        rows = np.flatnonzero(spans["requested"] == 1)
        figure = plot_saliency_maps(maps, spans, rows, f"Requested spans: {title}")
        save_figure(figure, output.requested)

    sequences = maps["sequences"][positives]
    gradient = maps["sequence_gradient"][positives]
    projected = gradient_times_input(gradient, sequences)
    means, tables = {}, []
    for motif in params.motifs:
        hits = first_hits(sequences, motif)
        aligned = {
            name: align_on_hits(values, hits, len(motif), params.flank)
            for name, values in (("gradient", gradient), ("gradient_times_input", projected))
        }
        means[motif] = aligned
        tables.append(aligned_table(motif, aligned, params.flank))
        if len(hits.rows):
            inside = slice(params.flank, params.flank + len(motif))
            spelt = spell(np.nanmean(aligned["gradient"], axis=0)[inside])
            logger.info("%s: %d spans, gradient spells %s", motif, len(hits.rows), spelt)
        else:
            logger.info("%s: in no positive span of the test split", motif)
    write_table(pd.concat(tables, ignore_index=True), output.table, float_format="%.6g")
    save_figure(plot_aligned_mean(means, params.flank, title), output.aligned)
