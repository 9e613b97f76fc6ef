"""Score every example of a sample by each baseline, in the form of predictions."""

from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from cisfuse.base.files import table_writer, write_table
from cisfuse.dna.matrices import choose_matrices, log_odds, matrix_table
from cisfuse.evaluation.baselines.fitting import fit_baselines, predict_examples, read_train
from cisfuse.examples.shards import iterate_shards
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import table_of
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, params = snakemake.input, snakemake.params
    motifs = choose_matrices(params.factor, params.matrices, params.group)
    described = matrix_table(motifs)
    write_table(described, snakemake.output.matrices)
    logger.info("matrices of %s: %s", params.factor, ", ".join(described["matrix"]) or "none")
    matrices = [log_odds(motif) for motif in motifs]
    train = read_train(inputs.fit_manifest, matrices, params.seed)
    modules = dict(zip(params.baselines, params.modules, strict=True))
    fitted, unavailable = fit_baselines(modules, train)
    logger.info("fitted on train of %s", inputs.fit_manifest)
    for name, reason in unavailable.items():
        logger.warning("%s is not available: %s", name.replace("_", " "), reason)
    absent = pd.DataFrame(list(unavailable.items()), columns=["model", "reason"])
    write_table(absent, snakemake.output.unavailable)
    for name in params.tables:
        found = fitted[name].table(train)
        write_table(found, snakemake.output[name], float_format="%.6g")
        words = ", ".join(f"{column} {value}" for column, value in found.iloc[0].items())
        logger.info("%s: %s", name.replace("_", " "), words)
    output = part_of(params.task, "target").OUTPUT
    paths = {
        (Path(path).parent.name, Path(path).name.removesuffix(".tsv.gz")): path
        for path in snakemake.output
        if path.endswith(".tsv.gz")
    }
    for split in dict.fromkeys(split for _, split in paths):
        count = 0
        with ExitStack() as stack:
            writers = {
                name: stack.enter_context(table_writer(path))
                for (name, of_split), path in paths.items()
                if of_split == split
            }
            for examples in iterate_shards(inputs.manifest, split):
                table = table_of(examples)
                predicted = predict_examples(fitted, examples, matrices)
                for name, write in writers.items():
                    # One that is not available has a table without rows.
                    rows = table if name in fitted else table.iloc[:0]
                    write(rows.assign(**{output: predicted.get(name, 0.0)}))
                count += len(examples)
        logger.info("%s: %s examples", split, f"{count:,}")
