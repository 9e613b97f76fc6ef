"""Average the accessibility over each span of a sample."""

import numpy as np
import pandas as pd

from cisfuse.files import read_table, write_table
from cisfuse.inputs import signal_kind
from cisfuse.intervals import read_bedgraph, read_signal_table
from cisfuse.jobs import rule_job
from cisfuse.signals import (
    check_not_negative,
    mean_from_bedgraph,
    mean_from_bigwig,
    values_from_table,
)

with rule_job(snakemake.log[0]) as logger:
    spans = read_table(snakemake.input.spans)
    path = snakemake.input.atac
    kind = signal_kind(path)
    logger.info("%s is read as %s", path, kind)
    if kind == "bigwig":
        values = mean_from_bigwig(path, spans)
    elif kind == "bedgraph":
        values = mean_from_bedgraph(read_bedgraph(path), spans)
    else:
        values = values_from_table(read_signal_table(path), spans, path)
    check_not_negative(values, spans, path)
    covered = float((values > 0).mean())
    logger.info("%s spans, %.1f %% with a signal above 0", f"{len(values):,}", 100 * covered)
    signals = pd.DataFrame({"name": spans["name"], "accessibility": values.astype(np.float32)})
    write_table(signals, snakemake.output[0])
