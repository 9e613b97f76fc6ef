"""Gradients of the logit at the positives of the test split and at requested spans."""

import numpy as np
import pandas as pd

from cisfuse.attribution import gradients
from cisfuse.devices import limit_threads
from cisfuse.errors import ConfigError
from cisfuse.examples import concatenate, read_split
from cisfuse.files import write_table
from cisfuse.jobs import rule_job
from cisfuse.prediction import load_model

with rule_job(snakemake.log[0]) as logger:
    limit_threads(snakemake.threads)
    requested = list(snakemake.params.spans)
    splits = {
        split: read_split(snakemake.input.manifest, split) for split in ("train", "valid", "test")
    }
    everything = concatenate(splits.values())
    split_of = np.repeat(list(splits), [len(examples) for examples in splits.values()])
    unknown = sorted(set(requested) - set(everything.names))
    if unknown:
        raise ConfigError(
            f"interpretation.spans names {unknown[0]}, which is not a span of "
            f"{snakemake.wildcards.sample}; take names from its spans.tsv.gz"
        )
    asked = np.isin(everything.names.astype(str), requested)
    rows = np.flatnonzero(((split_of == "test") & (everything.labels == 1)) | asked)
    chosen = everything.take(rows)
    result = gradients(load_model(snakemake.input.model), chosen)
    logger.info("gradients at %s spans", f"{len(rows):,}")
    np.savez(
        snakemake.output.attributions,
        sequences=chosen.sequences,
        sequence_gradient=result.sequence,
        accessibility_gradient=result.accessibility,
        accessibility_transformed=result.transformed,
    )
    table = pd.DataFrame(
        {
            "name": chosen.names,
            "label": chosen.labels.astype(int),
            "split": split_of[rows],
            "requested": asked[rows].astype(int),
            "accessibility": chosen.signals["accessibility"],
            "logit": result.logits,
        }
    )
    write_table(table, snakemake.output.spans)
