"""Score the methods of attribution at the positives of test, against sites and controls."""

import numpy as np

from cisfuse.base.files import read_table, write_table
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.method_scores import Sites, medians_by_outcome, score_methods, site_mask
from cisfuse.jobs.job import rule_job
from cisfuse.sources.places import placed

SUMMED = "expected_gradients"  # its contributions add up

with rule_job(snakemake) as logger:
    params = snakemake.params
    spans = placed(read_table(snakemake.input.spans))
    sites = read_table(snakemake.input.sites)
    found = read_arrays(snakemake.input.attributions)
    length = found["sequences"].shape[1]
    known, matched = (
        site_mask(spans, sites[sites["source"] == source], length) for source in ("known", "matrix")
    )
    rows = np.flatnonzero((spans["role"] == "positive") & (spans["split"] == "test"))
    table = score_methods(
        params.methods,
        params.method,
        found,
        read_arrays(snakemake.input.randomised),
        Sites(rows, known, matched),
        params.seed,
    )
    for row in table.to_dict("records"):
        logger.info(
            "%s: average precision %.3f on known sites, enrichment %.2f in matches (p %.2g), "
            "similarity to random weights %.2f",
            *(row[name] for name in ("method", "average_precision", "enrichment", "p_shuffled")),
            row["similarity_randomised"],
        )
        if row["failed"] == 1:
            logger.warning(
                "%s: its maps look the same for random weights; do not read them as what the "
                "model learned",
                row["method"],
            )
    write_table(table, snakemake.output.methods, float_format="%.6g")
    if SUMMED in params.methods:
        medians = medians_by_outcome(spans, found, SUMMED)
        for row in medians.to_dict("records"):
            words = "%s: %d spans of test, median contribution of bases %.2f"
            facts = ["outcome", "spans", "bases"]
            if "accessibility" in spans:
                words, facts = f"{words}, of accessibility %.2f", [*facts, "accessibility"]
            logger.info(words, *(row[name] for name in facts))
