"""Draw the requested spans and variants, and write the page that shows them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from cisfuse import __version__
from cisfuse.base.files import read_json, read_table, write_bytes
from cisfuse.dna.matrices import choose_matrices
from cisfuse.dna.sequences import sequences_of
from cisfuse.figures.saliency import span_maps
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.sites import known_sites, matrix_sites
from cisfuse.jobs.job import rule_job
from cisfuse.readers.intervals import read_sites
from cisfuse.report.pages import picture, render
from cisfuse.report.request_page import (
    Calling,
    changed_sites,
    contributions_of,
    draw_request,
    panel_heading,
    view_request,
)

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    title = f"{snakemake.wildcards.model}, {params.title}"
    table, arrays = read_table(inputs.requested), read_arrays(inputs.arrays)
    choice, margin = read_json(inputs.choice), read_json(inputs.margin)
    calling = Calling(choice["threshold"], choice["median_accessibility"])
    reach = max(margin["padding_left"], margin["padding_right"])
    motifs = choose_matrices(params.factor, params.matrices)
    # Both alleles of a variant have one name, so that rows are told apart by their number.
    rows = table.assign(name=[str(row) for row in table.index])
    sites = [matrix_sites(sequences_of(table), rows, motifs)]
    if inputs.get("sites"):
        sites.insert(0, known_sites(read_sites(inputs.sites), rows))
    sites = pd.concat(sites, ignore_index=True)
    contributions = contributions_of(arrays, params.method)

    views = []
    groups = table.groupby("request", sort=False)
    pictures = [path for path in output.figures if path.endswith(".png")]
    for (text, group), path in zip(groups, pictures, strict=True):
        places = [int(place) if place >= 0 else None for place in group["place"]]
        panels = [
            replace(span_maps(arrays, row, params.method, rows.loc[row], sites, reach), place=place)
            for row, place in zip(group.index, places, strict=True)
        ]
        logits = arrays["logits"][group.index]
        headings = [
            panel_heading(row, logit, calling)
            for (_, row), logit in zip(group.iterrows(), logits, strict=True)
        ]
        save_figure(draw_request(panels, headings, text, title), path)
        view = view_request(
            group,
            logits,
            None if contributions is None else contributions[group.index],
            changed_sites(group, motifs) if len(group) == 2 else pd.DataFrame(),
            calling,
            picture(path, f"Contributions of the bases at {text}, {title}", ""),
        )
        views.append(view)
        logger.info("%s: %s", text, view.verdict)
    page = render(
        Path(snakemake.scriptdir).parent / "report" / "requested.html.j2",
        study=snakemake.wildcards.study,
        model=snakemake.wildcards.model,
        place=params.title,
        simulated=params.simulated,
        method=params.method.replace("_", " "),
        threshold=choice["threshold"],
        threshold_f1=choice["threshold_f1"],
        reach=reach,
        reads_accessibility=contributions is not None,
        views=views,
        version=__version__,
    )
    write_bytes(page.encode(), output.page)
