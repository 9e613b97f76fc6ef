"""Draw attributions: galleries of spans by outcome, and the mean over motifs."""

import numpy as np
import pandas as pd

from cisfuse.base.files import read_json, read_table, write_table
from cisfuse.figures.aligned_maps import align_maps, aligned_table, plot_aligned_mean, spelt
from cisfuse.figures.deletion import deletion_heading, deletion_maps, plot_deletions
from cisfuse.figures.galleries import GALLERIES, choose_rows, heading_of, plot_gallery
from cisfuse.figures.saliency import span_maps
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.explained import read_arrays
from cisfuse.jobs.job import rule_job
from cisfuse.sources.places import placed

with rule_job(snakemake) as logger:
    params, output = snakemake.params, snakemake.output
    title = f"{snakemake.wildcards.model}, {params.title}"
    spans = placed(read_table(snakemake.input.spans))
    sites = read_table(snakemake.input.sites)
    choice = read_json(snakemake.input.choice)
    margin = read_json(snakemake.input.margin)
    reach = max(margin["padding_left"], margin["padding_right"])
    maps = read_arrays(snakemake.input.attributions)

    galleries = {name: gallery for name, gallery in GALLERIES.items() if output.get(name)}
    for name, gallery in galleries.items():
        rows = choose_rows(spans, gallery, params.top)
        chosen = [spans.iloc[row] for row in rows]
        panels = [
            span_maps(maps, row, params.method, span, sites, reach)
            for row, span in zip(rows, chosen, strict=True)
        ]
        headings = [
            heading_of(span, choice["threshold"], choice["median_accessibility"]) for span in chosen
        ]
        save_figure(plot_gallery(gallery, panels, headings, title), output[name])
        logger.info("%s: %d spans drawn", name, len(rows))

    if output.get("deletion"):
        rows = choose_rows(spans, GALLERIES["true_positives"], params.top)
        chosen = [spans.iloc[row] for row in rows]
        panels = [
            deletion_maps(span_maps(maps, row, "deletion", span, sites, reach), maps["logits"][row])
            for row, span in zip(rows, chosen, strict=True)
        ]
        headings = [deletion_heading(span) for span in chosen]
        save_figure(plot_deletions(panels, headings, title), output.deletion)
        largest = [float(np.sinh(np.abs(panel.projection).max())) for panel in panels]
        words = ", ".join(f"{change:.2g}" for change in largest) or "none"
        logger.info("deletion: largest changes of the probability %s", words)

    positives = np.flatnonzero((spans["role"] == "positive") & (spans["split"] == "test"))
    means = align_maps(
        maps[params.method][positives], maps["sequences"][positives], params.motifs, params.flank
    )
    for motif, aligned in means.items():
        hits = len(aligned["projection"])
        if not hits:
            logger.info("%s: in no bound span of test", motif)
            continue
        logger.info(
            "%s: %d bound spans of test, spelt %s", motif, hits, spelt(aligned, params.flank)
        )
    tables = [aligned_table(motif, aligned, params.flank) for motif, aligned in means.items()]
    write_table(pd.concat(tables, ignore_index=True), output.table, float_format="%.6g")
    figure = plot_aligned_mean(means, params.flank, params.method, title)
    save_figure(figure, output.aligned_mean)
