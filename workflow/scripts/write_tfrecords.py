"""Write a sample's spans as sharded TFRecords, and the manifest that describes them."""

from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

from cisfuse.base.files import read_pieces, read_table, sha256, write_json
from cisfuse.base.splits import SPLITS
from cisfuse.dna.sequences import sequences_of
from cisfuse.examples.shards import BY_NAME, BY_PLACE, FORMAT_VERSION, SplitWriter, feature_table
from cisfuse.jobs.job import rule_job
from cisfuse.readers.genome import read_chromosome
from cisfuse.readers.signals import fit_transforms
from cisfuse.readers.spans import fetch_sequences

SIGNALS = ("accessibility",)


@lru_cache(maxsize=1)  # spans are sorted, so that each chromosome is read once
def bases_of(chrom):
    return read_chromosome(snakemake.input.fasta, chrom)


with rule_job(snakemake) as logger, ExitStack() as stack:
    # Labelled sequences bring their bases, and have no signal.
    genomic = snakemake.input.get("fasta") is not None
    signals, naming = (SIGNALS, BY_PLACE) if genomic else ((), BY_NAME)
    # The table is read twice: first for counts and constants, then piece by piece.
    table = read_table(snakemake.input.spans, ["split", *signals])
    counts = table["split"].value_counts()
    train = table[table["split"] == "train"]
    transforms = {signal: fit_transforms(train[signal].to_numpy()) for signal in signals}
    del table, train
    writers = {}
    for split in SPLITS:
        paths = sorted(
            path for path in snakemake.output.shards if Path(path).name.startswith(f"{split}-")
        )
        writer = SplitWriter(paths, counts.get(split, 0), signals)
        writers[split] = stack.enter_context(writer)
    for spans in read_pieces(snakemake.input.spans):
        sequences = fetch_sequences(spans, bases_of) if genomic else sequences_of(spans)
        for split, writer in writers.items():
            chosen = (spans["split"] == split).to_numpy()
            writer.add(spans[chosen], sequences[chosen])
    manifest = {
        "format_version": FORMAT_VERSION,
        "sample": snakemake.params.sample,
        "features": feature_table(sequences.shape[1], signals, naming),
        "signals": {signal: {"transforms": constants} for signal, constants in transforms.items()},
        "configuration": {
            "spans": dict(snakemake.params.spans),
            "splits": dict(snakemake.params.splits),
        },
        "inputs": {"spans.tsv.gz": {"sha256": sha256(snakemake.input.spans)}},
        "splits": {split: writer.close() for split, writer in writers.items()},
    }
    for split, entry in manifest["splits"].items():
        logger.info("%s: %s spans in %d shards", split, f"{entry['spans']:,}", len(entry["shards"]))
    write_json(manifest, snakemake.output.manifest)
