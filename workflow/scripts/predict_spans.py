"""Score every span of a sample with the best round of a trained model."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from cisfuse.devices import limit_threads
from cisfuse.errors import DamagedFileError
from cisfuse.examples import iterate_shards
from cisfuse.files import read_pieces, table_writer
from cisfuse.jobs import rule_job
from cisfuse.prediction import load_model, make_predict


def predict_split(manifest: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Names and logits of a split; shard by shard, so that sequences do not add up."""
    parts = [(examples.names, predict(examples)) for examples in iterate_shards(manifest, split)]
    names, logits = zip(*parts, strict=True)
    return np.concatenate(names), np.concatenate(logits)


with rule_job(snakemake.log[0]) as logger, ExitStack() as stack:
    limit_threads(snakemake.threads)
    predict = make_predict(load_model(snakemake.input.model))
    manifest = snakemake.input.manifest
    found, write = {}, {}
    for path in snakemake.output:
        split = Path(path).name.removesuffix(".tsv.gz")
        found[split] = predict_split(manifest, split)
        write[split] = stack.enter_context(table_writer(path))
        logger.info("%s: %s spans", split, f"{len(found[split][0]):,}")
    other_spans = DamagedFileError(
        f"{manifest}: its shards hold other spans than {snakemake.input.spans}; delete the "
        "manifest and run again"
    )
    done = dict.fromkeys(found, 0)
    for spans in read_pieces(snakemake.input.spans):
        for split, (names, logits) in found.items():
            rows = spans[spans["split"] == split]
            part = slice(done[split], done[split] + len(rows))
            if names[part].tolist() != [name.encode() for name in rows["name"]]:
                raise other_spans
            done[split] = part.stop
            table = rows[["name", "chrom", "start", "end", "label"]]
            write[split](table.assign(logit=logits[part]))
    if done != {split: len(names) for split, (names, _) in found.items()}:
        raise other_spans
