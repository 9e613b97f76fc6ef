"""Write a sample's spans as sharded TFRecords, and the manifest that describes them."""

from functools import partial
from pathlib import Path

from cisfuse.examples import FORMAT_VERSION, feature_table, shard_rows, write_shard
from cisfuse.files import read_table, sha256, write_json
from cisfuse.genome import read_chromosome
from cisfuse.jobs import rule_job
from cisfuse.signals import fit_transforms
from cisfuse.spans import fetch_sequences

SIGNALS = ("accessibility",)

with rule_job(snakemake.log[0]) as logger:
    spans = read_table(snakemake.input.spans)
    sequences = fetch_sequences(spans, partial(read_chromosome, snakemake.input.fasta))
    train = spans[spans["split"] == "train"]
    manifest = {
        "format_version": FORMAT_VERSION,
        "sample": snakemake.params.sample,
        "features": feature_table(sequences.shape[1], SIGNALS),
        "signals": {
            signal: {"transforms": fit_transforms(train[signal].to_numpy())} for signal in SIGNALS
        },
        "configuration": {
            "spans": dict(snakemake.params.spans),
            "splits": dict(snakemake.params.splits),
        },
        "inputs": {"spans.tsv.gz": {"sha256": sha256(snakemake.input.spans)}},
        "splits": {},
    }
    paths = {Path(path).name: path for path in snakemake.output.shards}
    for split in ("train", "valid", "test"):
        chosen = (spans["split"] == split).to_numpy()
        rows, bases = spans[chosen], sequences[chosen]
        files = sorted(name for name in paths if name.startswith(f"{split}-"))
        shards = [
            write_shard(paths[file], rows.iloc[part], bases[part], SIGNALS)
            for file, part in zip(files, shard_rows(len(rows), len(files)), strict=True)
        ]
        manifest["splits"][split] = {
            "spans": len(rows),
            "positives": int(rows["label"].sum()),
            "shards": shards,
        }
        logger.info("%s: %s spans in %d shards", split, f"{len(rows):,}", len(files))
    write_json(manifest, snakemake.output.manifest)
