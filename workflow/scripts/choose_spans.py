"""Choose the spans that are explained, and find known sites and matrix matches on them."""

import numpy as np
import pandas as pd

from cisfuse.base.files import read_table, write_json, write_table
from cisfuse.dna.matrices import choose_matrices
from cisfuse.interpretation.explained import COLUMNS, best_threshold, choose_roles, gather, outcomes
from cisfuse.interpretation.sites import known_sites, matrix_sites, missed_words, planted_sites
from cisfuse.jobs.job import rule_job
from cisfuse.readers.intervals import read_sites
from cisfuse.sources.places import placed

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    predictions = dict(zip(("train", "valid", "test"), inputs.predictions, strict=True))
    valid = read_table(predictions["valid"], ["label", "logit"])
    threshold, f1 = best_threshold(valid["label"].to_numpy(), valid["logit"].to_numpy())
    logger.info("a logit of %.3f or more counts as bound: F1 %.3f on valid", threshold, f1)
    spans, sequences, median = gather(
        inputs.manifest, predictions, params.motifs, threshold, params.seed
    )
    labels, logits = spans["label"].to_numpy(), spans["logit"].to_numpy()
    closed_motif = spans["closed_motif"].to_numpy()
    spans["outcome"] = outcomes(labels, logits, threshold)
    spans["role"] = choose_roles(
        spans["split"].to_numpy(),
        spans["outcome"].to_numpy(),
        labels,
        logits,
        closed_motif,
        most=params.most,
        seed=params.seed,
    )
    unbound = closed_motif & (labels == 0)
    called = int((logits[unbound] >= threshold).sum())
    if median is not None:
        logger.info(
            "%d of %d unbound test spans with a motif in closed chromatin are called bound",
            called,
            unbound.sum(),
        )

    chosen = np.flatnonzero(spans["role"] != "")
    spans, sequences = spans.iloc[chosen].reset_index(drop=True), sequences[chosen]
    spans["sequence"] = [sequence.tobytes().decode("ascii") for sequence in sequences]
    counts = spans.groupby(["split", "role", "outcome"]).size()
    for key, count in counts.items():
        logger.info("%s: %s spans", ", ".join(key), f"{count:,}")
    places = placed(spans)
    sites = [matrix_sites(sequences, places, choose_matrices(params.factor, params.matrices))]
    if inputs.get("sites"):
        known = read_sites(inputs.sites)
        sites.insert(0, known_sites(known, places))
        if missed := missed_words(inputs.sites, known, places):
            logger.warning(missed)
    if params.planted:
        sites.insert(0, planted_sites(sequences, places, params.motifs))
    sites = pd.concat(sites, ignore_index=True)
    logger.info("sites on them: %s", sites["source"].value_counts().to_dict() or "none")
    # Labelled sequences have no coordinates and no accessibility.
    write_table(spans[[name for name in COLUMNS if name in spans]], snakemake.output.spans)
    write_table(sites, snakemake.output.sites, float_format="%.6g")
    write_json(
        {
            "threshold": threshold,
            "threshold_f1": f1,
            "median_accessibility": median,
            "closed_motif": {"spans": int(unbound.sum()), "called_bound": called},
            "counts": {"/".join(key): int(count) for key, count in counts.items()},
        },
        snakemake.output.choice,
    )
