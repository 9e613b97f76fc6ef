"""Score every span of a sample with the best round of a trained model."""

from pathlib import Path

from cisfuse.devices import limit_threads
from cisfuse.errors import DamagedFileError
from cisfuse.examples import read_split
from cisfuse.files import read_table, write_table
from cisfuse.jobs import rule_job
from cisfuse.prediction import load_model, make_predict

with rule_job(snakemake.log[0]) as logger:
    limit_threads(snakemake.threads)
    model = load_model(snakemake.input.model)
    spans = read_table(snakemake.input.spans)
    for path in snakemake.output:
        split = Path(path).name.removesuffix(".tsv.gz")
        examples = read_split(snakemake.input.manifest, split)
        rows = spans[spans["split"] == split]
        if rows["name"].tolist() != examples.names.tolist():
            raise DamagedFileError(
                f"{snakemake.input.manifest}: its shards hold other spans than "
                f"{snakemake.input.spans}; delete the manifest and run again"
            )
        logits = make_predict(model)(examples)
        table = rows[["name", "chrom", "start", "end", "label"]].assign(logit=logits)
        write_table(table, path)
        logger.info("%s: %s spans", split, f"{len(table):,}")
