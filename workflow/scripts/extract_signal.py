"""Average the accessibility over each span of a sample."""

import numpy as np
import pandas as pd

from cisfuse.base.files import read_by_chromosome, table_writer
from cisfuse.jobs.job import rule_job
from cisfuse.readers.names import read_names
from cisfuse.readers.signal_files import make_average
from cisfuse.readers.signals import check_means

with rule_job(snakemake) as logger:
    path = snakemake.input.atac
    names = read_names(snakemake.input.get("names") or snakemake.params.names)
    average = make_average(path, snakemake.params.chromosomes, names)
    count = covered = 0
    with table_writer(snakemake.output[0]) as write:
        for spans in read_by_chromosome(snakemake.input.spans):
            values = average(spans)
            check_means(values, spans, path)
            count += len(values)
            covered += int((values > 0).sum())
            write(pd.DataFrame({"accessibility": values.astype(np.float32)}))
    logger.info("%s spans, %s of them with a signal above 0", f"{count:,}", f"{covered:,}")
