"""Rank the spans of a sample by the accessibility that they have where a model was trained."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from cisfuse.base.files import read_by_chromosome, table_writer
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import SPAN_COLUMNS
from cisfuse.readers.signal_files import make_average

with rule_job(snakemake) as logger, ExitStack() as stack:
    average = make_average(snakemake.input.atac, snakemake.params.chromosomes)
    writers = {
        Path(path).name.removesuffix(".tsv.gz"): stack.enter_context(table_writer(path))
        for path in snakemake.output
    }
    for spans in read_by_chromosome(snakemake.input.spans):
        logits = average(spans).astype(np.float32)
        table = spans[SPAN_COLUMNS].assign(logit=logits)
        for split, write in writers.items():
            write(table[spans["split"] == split])
