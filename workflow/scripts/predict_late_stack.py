"""Predict by the logits of a sequence model and accessibility together, fitted on valid."""

import numpy as np

from cisfuse.base.files import read_table, write_table
from cisfuse.evaluation.baselines.stack import LateStack
from cisfuse.examples.manifest import read_manifest
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import read_predictions
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger:
    inputs, target = snakemake.input, part_of(snakemake.params.task, "target")
    constants = read_manifest(inputs.fit_manifest).transforms["accessibility"]["log"]
    spans, logits = read_predictions(inputs.fit_logits, target)
    _, signal = read_predictions(inputs.fit_signal, target)
    labels = spans[target.TARGET].to_numpy()
    stack = LateStack(constants["pseudocount"]).fit(logits, signal, labels)
    logger.info("fitted on %s examples of %s", f"{len(labels):,}", inputs.fit_logits)
    paths = zip(inputs.logits, inputs.signal, snakemake.output, strict=True)
    for logits_path, signal_path, output in paths:
        _, logits = read_predictions(logits_path, target)
        _, signal = read_predictions(signal_path, target)
        predicted = stack.predict(logits, signal).astype(np.float32)
        write_table(read_table(logits_path).assign(**{target.OUTPUT: predicted}), output)
