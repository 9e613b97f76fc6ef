"""Gradients of the logit at the positives of the test split and at requested spans."""

import numpy as np
import pandas as pd

from cisfuse.attribution import gradients
from cisfuse.devices import limit_threads
from cisfuse.errors import ConfigError
from cisfuse.examples import concatenate, iterate_shards
from cisfuse.files import write_table
from cisfuse.jobs import rule_job
from cisfuse.prediction import load_model

with rule_job(snakemake.log[0]) as logger:
    limit_threads(snakemake.threads)
    requested = np.array([name.encode() for name in snakemake.params.spans], dtype="S")
    parts, split_of, asked_of = [], [], []
    # Only test is read where no span is asked for by name, and only the wanted rows are kept.
    for split in ("train", "valid", "test") if len(requested) else ("test",):
        for examples in iterate_shards(snakemake.input.manifest, split):
            asked = np.isin(examples.names, requested)
            wanted = asked | ((split == "test") & (examples.labels == 1))
            parts.append(examples.take(wanted))
            split_of += [split] * int(wanted.sum())
            asked_of.append(asked[wanted])
    chosen, asked = concatenate(parts), np.concatenate(asked_of)
    unknown = np.setdiff1d(requested, chosen.names)
    if len(unknown):
        raise ConfigError(
            f"interpretation.spans names {unknown[0].decode()}, which is not a span of "
            f"{snakemake.wildcards.sample}; take names from its spans.tsv.gz"
        )
    result = gradients(load_model(snakemake.input.model), chosen)
    logger.info("gradients at %s spans", f"{len(chosen):,}")
    np.savez(
        snakemake.output.attributions,
        sequences=chosen.sequences,
        sequence_gradient=result.sequence,
        accessibility_gradient=result.accessibility,
        accessibility_transformed=result.transformed,
    )
    table = pd.DataFrame(
        {
            "name": [name.decode() for name in chosen.names],
            "label": chosen.labels.astype(int),
            "split": split_of,
            "requested": asked.astype(int),
            "accessibility": chosen.signals["accessibility"],
            "logit": result.logits,
        }
    )
    write_table(table, snakemake.output.spans)
