"""Score every span of a sample with the best round of a trained model."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from cisfuse.devices import limit_threads
from cisfuse.examples import iterate_shards
from cisfuse.files import table_writer
from cisfuse.jobs import rule_job
from cisfuse.prediction import load_model, make_predict
from cisfuse.prediction_tables import spans_of_examples


def predict_split(manifest: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Names and logits of a split; shard by shard, so that sequences do not add up."""
    parts = [(examples.names, predict(examples)) for examples in iterate_shards(manifest, split)]
    names, logits = zip(*parts, strict=True)
    return np.concatenate(names), np.concatenate(logits)


with rule_job(snakemake) as logger, ExitStack() as stack:
    limit_threads(snakemake.threads)
    predict = make_predict(load_model(snakemake.input.model))
    manifest = snakemake.input.manifest
    found, write = {}, {}
    for path in snakemake.output:
        split = Path(path).name.removesuffix(".tsv.gz")
        found[split] = predict_split(manifest, split)
        write[split] = stack.enter_context(table_writer(path))
        logger.info("%s: %s spans", split, f"{len(found[split][0]):,}")
    names = {split: names for split, (names, _) in found.items()}
    for split, part, spans in spans_of_examples(snakemake.input.spans, manifest, names):
        write[split](spans.assign(logit=found[split][1][part]))
