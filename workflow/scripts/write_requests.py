"""Draw the requested spans and variants, and write the page that shows them."""

from pathlib import Path

import pandas as pd

from cisfuse import __version__
from cisfuse.base.files import read_json, read_pieces, read_table, write_bytes
from cisfuse.base.wording import name_of
from cisfuse.dna.matrices import choose_matrices
from cisfuse.figures.requests import panel_heading, plot_request, request_panels
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.request_effects import (
    Calling,
    changed_sites,
    contributions_of,
    sites_on_requests,
)
from cisfuse.interpretation.request_windows import splits_in
from cisfuse.jobs.job import rule_job
from cisfuse.readers.intervals import read_sites
from cisfuse.readers.names import read_names, renamed
from cisfuse.report.pages import picture, render
from cisfuse.report.request_page import view_request

with rule_job(snakemake) as logger:
    inputs, params, output = snakemake.input, snakemake.params, snakemake.output
    origin = f", trained on {params.trained_on}" if params.trained_on else ""
    title = f"{name_of(snakemake.wildcards.model)}, {params.title}{origin}"
    table, arrays = read_table(inputs.requested), read_arrays(inputs.arrays)
    choice, margin = read_json(inputs.choice), read_json(inputs.margin)
    calling = Calling(choice["threshold"], choice["median_accessibility"])
    reach = max(margin["padding_left"], margin["padding_right"])
    motifs = choose_matrices(params.factor, params.matrices, params.group)
    names = read_names(inputs.get("names") or params.names)
    known = renamed(read_sites(inputs.sites), names, inputs.sites) if inputs.get("sites") else None
    sites = sites_on_requests(table, motifs, known)
    contributions = contributions_of(arrays, params.method)
    # Which of these bases a model of another sample was trained on, its own spans tell.
    trained = splits_in(table, read_pieces(inputs.trained)) if origin else None

    views = []
    pictures = [path for path in output.figures if path.endswith(".png")]
    for (text, rows), path in zip(table.groupby("request", sort=False), pictures, strict=True):
        logits = arrays["logits"][rows.index]
        panels = request_panels(rows, arrays, params.method, sites, reach)
        headings = [
            panel_heading(row, logit, calling)
            for (_, row), logit in zip(rows.iterrows(), logits, strict=True)
        ]
        save_figure(plot_request(panels, headings, text, title), path)
        view = view_request(
            rows,
            logits,
            None if contributions is None else contributions[rows.index],
            changed_sites(rows, motifs) if len(rows) == 2 else pd.DataFrame(),
            calling,
            picture(path, f"Contributions of the bases at {text}, {title}", ""),
            (params.trained_on, trained[rows.index[0]]) if trained else None,
        )
        views.append(view)
        logger.info("%s: %s", text, view.verdict)
    page = render(
        Path(snakemake.scriptdir).parent / "report" / "requested.html.j2",
        study=snakemake.wildcards.study,
        model=f"{name_of(snakemake.wildcards.model)}{origin}",
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
