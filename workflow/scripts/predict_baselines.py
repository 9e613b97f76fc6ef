"""Score every example of a sample by each baseline, in the form of predictions."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from cisfuse.base.files import table_writer, write_table
from cisfuse.dna.matrices import choose_matrices, log_odds, matrix_table
from cisfuse.evaluation.baselines.fitting import make_baseline, predict_split, read_train
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import spans_of_examples

with rule_job(snakemake) as logger, ExitStack() as stack:
    inputs, params = snakemake.input, snakemake.params
    motifs = choose_matrices(params.factor, params.matrices)
    described = matrix_table(motifs)
    write_table(described, snakemake.output.matrices)
    logger.info("matrices of %s: %s", params.factor, ", ".join(described["matrix"]) or "none")
    matrices = [log_odds(motif) for motif in motifs]
    train = read_train(inputs.fit_manifest, matrices, params.seed)
    fitted = {
        name: make_baseline(name, module).fit(train)
        for name, module in zip(params.baselines, params.modules, strict=True)
    }
    logger.info("fitted on train of %s", inputs.fit_manifest)
    for name in params.tables:
        found = fitted[name].table(train)
        write_table(found, snakemake.output[name], float_format="%.6g")
        words = ", ".join(f"{column} {value}" for column, value in found.iloc[0].items())
        logger.info("%s: %s", name.replace("_", " "), words)
    writers, names, predicted = {}, {}, {}
    for path in map(Path, snakemake.output):
        if path.name.endswith(".tsv.gz"):
            split = path.name.removesuffix(".tsv.gz")
            writers[path.parent.name, split] = stack.enter_context(table_writer(path))
    for split in dict.fromkeys(split for _, split in writers):
        names[split], predicted[split] = predict_split(fitted, inputs.manifest, split, matrices)
    counts = Counter()
    for split, part, spans in spans_of_examples(inputs.spans, inputs.manifest, names):
        counts[split] += len(spans)
        for (baseline, of_split), write in writers.items():
            if of_split == split:
                write(spans.assign(logit=predicted[split][baseline][part]))
    for split, count in counts.items():
        logger.info("%s: %s spans", split, f"{count:,}")
