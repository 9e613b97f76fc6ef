"""Write a sample's examples as sharded TFRecords, and the manifest that describes them."""

from contextlib import ExitStack
from pathlib import Path

from cisfuse.base.files import sha256
from cisfuse.base.splits import SPLITS
from cisfuse.examples.manifest import write_manifest
from cisfuse.examples.shards import SplitWriter
from cisfuse.jobs.job import rule_job
from cisfuse.readers.signals import fit_transforms
from cisfuse.sources import registry as sources
from cisfuse.sources.survey import survey_splits
from cisfuse.tasks import registry as tasks

with rule_job(snakemake) as logger, ExitStack() as stack:
    inputs, params = snakemake.input, snakemake.params
    source = sources.part_of(params.source, "examples")
    target = tasks.part_of(params.task, "target")
    features = source.features(params.spans["length"], target)
    counts, train = survey_splits(inputs.spans, source.SIGNALS)
    transforms = {signal: fit_transforms(values) for signal, values in train.items()}
    del train
    writers = {}
    for split in SPLITS:
        paths = sorted(
            shard for shard in snakemake.output.shards if Path(shard).name.startswith(f"{split}-")
        )
        writers[split] = stack.enter_context(SplitWriter(paths, counts[split], features))
    for splits, columns in source.read_columns(dict(inputs.items()), target):
        for split, writer in writers.items():
            chosen = splits == split
            writer.add({name: column[chosen] for name, column in columns.items()})
    entries = {split: writer.close() for split, writer in writers.items()}
    for split, entry in entries.items():
        shards = len(entry["shards"])
        logger.info("%s: %s examples in %d shards", split, f"{entry['examples']:,}", shards)
    write_manifest(
        snakemake.output.manifest,
        sample=params.sample,
        task=params.task,
        features=features,
        transforms=transforms,
        splits=entries,
        configuration={"spans": dict(params.spans), "splits": dict(params.splits)},
        inputs={"spans.tsv.gz": {"sha256": sha256(inputs.spans)}},
    )
