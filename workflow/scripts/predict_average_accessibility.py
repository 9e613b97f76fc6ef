"""Rank the spans of a sample by the accessibility that they have where a model was trained."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from cisfuse.base.files import read_by_chromosome, table_writer
from cisfuse.jobs.job import rule_job
from cisfuse.prediction.tables import example_columns
from cisfuse.readers.names import read_names
from cisfuse.readers.signal_files import make_average
from cisfuse.readers.signals import check_finite
from cisfuse.tasks.registry import part_of

with rule_job(snakemake) as logger, ExitStack() as stack:
    target = part_of(snakemake.params.task, "target")
    names = read_names(snakemake.input.get("names") or snakemake.params.names)
    average = make_average(snakemake.input.atac, snakemake.params.chromosomes, names)
    writers = {
        Path(path).name.removesuffix(".tsv.gz"): stack.enter_context(table_writer(path))
        for path in snakemake.output
    }
    for spans in read_by_chromosome(snakemake.input.spans):
        columns = example_columns(spans, target.TARGET)
        values = average(spans)
        check_finite(values, spans, snakemake.input.atac)
        table = spans[columns].assign(**{target.OUTPUT: values.astype(np.float32)})
        for split, write in writers.items():
            write(table[spans["split"] == split])
