"""Score every example of a sample with the best round of each training of a model."""

from pathlib import Path

from cisfuse.base.files import table_writer
from cisfuse.examples.shards import iterate_shards
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.logits import load_model, make_predict
from cisfuse.prediction.tables import table_of
from cisfuse.tasks.registry import part_of
from cisfuse.training.devices import limit_threads

with rule_job(snakemake) as logger:
    limit_threads(snakemake.threads)
    output = part_of(snakemake.params.task, "target").OUTPUT
    for model in snakemake.input.models:
        seed = Path(model).parent.name
        predict = make_predict(load_model(model))
        for path in (path for path in snakemake.output if Path(path).parent.name == seed):
            split, count = Path(path).name.removesuffix(".tsv.gz"), 0
            with table_writer(path) as write:
                for examples in iterate_shards(snakemake.input.manifest, split):
                    write(table_of(examples).assign(**{output: predict(examples)}))
                    count += len(examples)
            logger.info("%s, %s: %s examples", seed, split, f"{count:,}")
