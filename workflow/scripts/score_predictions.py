"""Score all predictions of a sample: one row per model, seed and split."""

from itertools import product

import pandas as pd

from cisfuse.files import read_table, write_table
from cisfuse.jobs import rule_job
from cisfuse.metrics import score

with rule_job(snakemake.log[0]) as logger:
    rows = []
    runs = product(snakemake.params.runs, snakemake.params.splits)
    for (run, split), path in zip(runs, snakemake.input.predictions, strict=True):
        model, _, seed = run.partition("/seed-")
        table = read_table(path, ["label", "logit"])
        metrics = score(table["label"].to_numpy(), table["logit"].to_numpy())
        rows.append({"model": model, "seed": seed, "split": split, **metrics})
        logger.info("%s %s: %s", run, split, metrics)
    write_table(pd.DataFrame(rows), snakemake.output[0], float_format="%.6g")
