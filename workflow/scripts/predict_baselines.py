"""Score every span of a sample by each baseline, in the form of predictions."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from cisfuse.base.files import table_writer, write_table
from cisfuse.dna.matrices import choose_matrices, log_odds, matrix_table
from cisfuse.evaluation.baselines import fit_baselines, predict_split, word_table
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import spans_of_examples

with rule_job(snakemake) as logger, ExitStack() as stack:
    inputs, params = snakemake.input, snakemake.params
    motifs = choose_matrices(params.factor, params.matrices)
    matrices = matrix_table(motifs)
    write_table(matrices, snakemake.output.matrices)
    logger.info("matrices of %s: %s", params.factor, ", ".join(matrices["matrix"]) or "none")
    fitted = fit_baselines(inputs.fit_manifest, [log_odds(motif) for motif in motifs], params.seed)
    logger.info("fitted on train of %s", inputs.fit_manifest)
    if fitted.word is not None:
        found = word_table(inputs.fit_manifest, fitted.word)
        write_table(found, snakemake.output.word, float_format="%.6g")
        logger.info("string search: %s", ", ".join(f"{k} {v}" for k, v in found.iloc[0].items()))
    writers, names, logits = {}, {}, {}
    for path in map(Path, snakemake.output):
        if path.name.endswith(".tsv.gz"):
            split = path.name.removesuffix(".tsv.gz")
            writers[path.parent.name, split] = stack.enter_context(table_writer(path))
    for split in dict.fromkeys(split for _, split in writers):
        names[split], logits[split] = predict_split(fitted, inputs.manifest, split)
    counts = Counter()
    for split, part, spans in spans_of_examples(inputs.spans, inputs.manifest, names):
        counts[split] += len(spans)
        for (baseline, of_split), write in writers.items():
            if of_split == split:
                write(spans.assign(logit=logits[split][baseline][part]))
    for split, count in counts.items():
        logger.info("%s: %s spans", split, f"{count:,}")
