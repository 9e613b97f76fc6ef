"""Write a sample's examples as sharded TFRecords, and the manifest that describes them."""

from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

import numpy as np

from cisfuse.base.files import read_pieces, sha256
from cisfuse.dna.sequences import sequences_of
from cisfuse.examples.features import text_column
from cisfuse.examples.manifest import write_manifest
from cisfuse.examples.shards import SplitWriter
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_chromosome
from cisfuse.readers.signals import fit_transforms
from cisfuse.readers.spans import fetch_sequences
from cisfuse.sources.features import sequence_features, span_features
from cisfuse.sources.span_tables import survey_splits

SIGNALS = ("accessibility",)


@lru_cache(maxsize=1)  # spans are sorted, so that each chromosome is read once
def bases_of(chrom):
    return read_chromosome(snakemake.input.fasta, chrom)


def columns_of(spans, sequences, signals):
    """The features of spans by name."""
    return {
        "name": text_column(spans["name"]),
        "sequence": sequences,
        "label": spans["label"].to_numpy(np.int64),
        **{signal: spans[signal].to_numpy(np.float32) for signal in signals},
    }


with rule_job(snakemake) as logger, ExitStack() as stack:
    params, path = snakemake.params, snakemake.input.spans
    # Labelled sequences bring their bases, and have no signal.
    genomic = snakemake.input.get("fasta") is not None
    signals, length = (SIGNALS if genomic else ()), params.spans["length"]
    features = span_features(length, signals) if genomic else sequence_features(length)
    counts, train = survey_splits(path, signals)
    transforms = {signal: fit_transforms(values) for signal, values in train.items()}
    del train
    writers = {}
    for split in ("train", "valid", "test"):
        paths = sorted(
            shard for shard in snakemake.output.shards if Path(shard).name.startswith(f"{split}-")
        )
        writers[split] = stack.enter_context(SplitWriter(paths, counts[split], features))
    for spans in read_pieces(path):
        sequences = fetch_sequences(spans, bases_of) if genomic else sequences_of(spans)
        for split, writer in writers.items():
            chosen = (spans["split"] == split).to_numpy()
            writer.add(columns_of(spans[chosen], sequences[chosen], signals))
    splits = {split: writer.close() for split, writer in writers.items()}
    for split, entry in splits.items():
        count = f"{entry['examples']:,}"
        logger.info("%s: %s examples in %d shards", split, count, len(entry["shards"]))
    write_manifest(
        snakemake.output.manifest,
        sample=params.sample,
        task="binding",
        features=features,
        transforms=transforms,
        configuration={"spans": dict(params.spans), "splits": dict(params.splits)},
        inputs={Path(path).name: {"sha256": sha256(path)}},
        splits=splits,
    )
