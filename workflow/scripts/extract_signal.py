"""Average the accessibility over each span of a sample."""

from collections.abc import Callable
from functools import partial
from tempfile import NamedTemporaryFile

import numpy as np
import pandas as pd

from cisfuse.files import read_by_chromosome, table_writer
from cisfuse.inputs import signal_kind
from cisfuse.intervals import read_bedgraph, read_signal_table
from cisfuse.jobs import rule_job
from cisfuse.signals import (
    check_not_negative,
    copy_lines_on,
    mean_from_bedgraph,
    mean_from_bigwig,
    values_from_table,
)


def read_text_signal(path: str, kind: str, chromosomes: list[str]) -> pd.DataFrame:
    """Read what a text holds on the chromosomes, all of it when none is named.

    Jobs of other chromosomes read the same file, which check_inputs has checked as a whole:
    lines that are not wanted are left out before any is parsed.
    """
    read = read_bedgraph if kind == "bedgraph" else read_signal_table
    if not chromosomes:
        return read(path)
    with NamedTemporaryFile() as wanted:
        copy_lines_on(chromosomes, path, wanted)
        return read(wanted.name)


def make_average(path: str, chromosomes: list[str]) -> Callable[[pd.DataFrame], np.ndarray]:
    """A function that gives the signal's mean over each span of a table, float64 (n_spans,)."""
    kind = signal_kind(path)
    logger.info("%s is read as %s", path, kind)
    if kind == "bigwig":
        return partial(mean_from_bigwig, path)
    table = read_text_signal(path, kind, chromosomes)
    if kind == "bedgraph":
        return partial(mean_from_bedgraph, table)
    return partial(values_from_table, table.set_index("name")["value"], path=path)


with rule_job(snakemake.log[0]) as logger:
    path = snakemake.input.atac
    average = make_average(path, snakemake.params.chromosomes)
    count = covered = 0
    with table_writer(snakemake.output[0]) as write:
        for spans in read_by_chromosome(snakemake.input.spans):
            values = average(spans)
            check_not_negative(values, spans, path)
            count += len(values)
            covered += int((values > 0).sum())
            write(pd.DataFrame({"accessibility": values.astype(np.float32)}))
    logger.info("%s spans, %s of them with a signal above 0", f"{count:,}", f"{covered:,}")
