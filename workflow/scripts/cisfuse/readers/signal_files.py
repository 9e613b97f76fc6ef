"""The users' files of a signal, of any kind, averaged over spans."""

import logging
from collections.abc import Callable
from functools import partial
from tempfile import NamedTemporaryFile

import numpy as np
import pandas as pd

from cisfuse.readers.checks import signal_kind
from cisfuse.readers.intervals import read_bedgraph, read_signal_table
from cisfuse.readers.signals import (
    copy_lines_on,
    mean_from_bedgraph,
    mean_from_bigwig,
    values_from_table,
)

logger = logging.getLogger("cisfuse")


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
    """A function that gives the signal's mean over each span of a table, float64 (n_spans,).

    Raises `InputError`, as the function does for a table that lacks one of the spans.
    """
    kind = signal_kind(path)
    logger.info("%s is read as %s", path, kind)
    if kind == "bigwig":
        return partial(mean_from_bigwig, path)
    table = read_text_signal(path, kind, chromosomes)
    if kind == "bedgraph":
        return partial(mean_from_bedgraph, table)
    return partial(values_from_table, table.set_index("name")["value"], path=path)
