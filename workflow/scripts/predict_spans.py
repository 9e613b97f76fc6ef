"""Score every span of a sample with the best round of each training of a model."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from cisfuse.base.files import table_writer
from cisfuse.examples.shards import iterate_shards
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.logits import load_model, make_predict
from cisfuse.prediction.tables import spans_of_examples
from cisfuse.training.devices import limit_threads


def predict_split(manifest: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Names and logits of a split; shard by shard, so that sequences do not add up."""
    parts = [(examples.names, predict(examples)) for examples in iterate_shards(manifest, split)]
    names, logits = zip(*parts, strict=True)
    return np.concatenate(names), np.concatenate(logits)


def place_of(path: str) -> tuple[str, str]:
    """The folder of a training, ``seed-0``, and the split of a table of predictions."""
    return Path(path).parent.name, Path(path).name.removesuffix(".tsv.gz")


with rule_job(snakemake) as logger, ExitStack() as stack:
    limit_threads(snakemake.threads)
    manifest = snakemake.input.manifest
    places = {place_of(path): path for path in snakemake.output}
    names, logits, write = {}, {}, {}
    for model in snakemake.input.models:
        seed = Path(model).parent.name
        predict = make_predict(load_model(model))
        for split in [split for of_seed, split in places if of_seed == seed]:
            names[split], logits[seed, split] = predict_split(manifest, split)
            logger.info("%s, %s: %s spans", seed, split, f"{len(names[split]):,}")
    for place, path in places.items():
        write[place] = stack.enter_context(table_writer(path))
    for split, part, spans in spans_of_examples(snakemake.input.spans, manifest, names):
        for seed, of_split in places:
            if of_split == split:
                write[seed, split](spans.assign(logit=logits[seed, split][part]))
