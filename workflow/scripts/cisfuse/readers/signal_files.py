"""The users' files of a signal: which kinds there are, and of which kind a file is."""

import logging
import shlex
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.files import is_gzipped, open_input
from cisfuse.readers.genome import list_names
from cisfuse.readers.signal_kinds.bedgraph import BEDGRAPH
from cisfuse.readers.signal_kinds.bigwig import BIGWIG
from cisfuse.readers.signal_kinds.kind import Average, SignalKind
from cisfuse.readers.signal_kinds.span_table import SPAN_TABLE
from cisfuse.readers.spans import span_names
from cisfuse.readers.text import binary_format, check_format, first_fields

logger = logging.getLogger("cisfuse")

# A further kind is a module beside these, and a line here.
SIGNAL_KINDS = (BIGWIG, BEDGRAPH, SPAN_TABLE)
COUNTS = ("none", "one", "two", "three", "four", "five", "six")


def signal_kind(path: str | Path) -> SignalKind:
    """Tell the kind of a signal file by its content; raises `InputError` where it is of none."""
    with open_input(path) as handle:
        magic = handle.read(8)
    check_format(path, magic)
    found = binary_format(magic)
    if found == "bigBed":
        raise InputError(f"{path}: a bigBed holds no signal; give a bigWig or a bedGraph")
    for kind in SIGNAL_KINDS:
        if found and kind.format == found:
            if is_gzipped(path):
                raise InputError(
                    f"{path}: {kind.words} must not be gzipped; unpack it: "
                    f"gzip -dc {shlex.quote(str(path))} > NEW_FILE"
                )
            return kind
    columns = len(first_fields(path))
    for kind in SIGNAL_KINDS:
        if columns and kind.columns == columns:
            return kind
    raise InputError(
        f"{path}: {_none_of_the_kinds()}: its first line of data has {columns}; give one of the "
        f"{COUNTS[len(SIGNAL_KINDS)]}"
    )


def _none_of_the_kinds() -> str:
    """Such as ``neither a bigWig nor text with 4 columns (bedGraph) or 2 (name and value)``."""
    binary = " nor ".join(kind.words for kind in SIGNAL_KINDS if kind.format)
    first, *others = [kind for kind in SIGNAL_KINDS if kind.columns]
    texts = [f"{first.columns} columns ({first.words})"]
    texts += [f"{kind.columns} ({kind.words})" for kind in others]
    return f"neither {binary} nor text with {' or '.join(texts)}"


def make_average(path: str, chromosomes: list[str]) -> Average:
    """A function that gives the signal's mean over each span of a table, float64 (n_spans,).

    Raises `InputError`, as the function does for a table that lacks one of the spans.
    """
    kind = signal_kind(path)
    logger.info("%s is read as %s", path, kind.name)
    return kind.make_average(path, chromosomes)


def average_on(path: str, spans: pd.DataFrame) -> np.ndarray:
    """The signal's mean over each span, float64 (n_spans,), read of their chromosomes only.

    Raises `InputError` for a span on a chromosome on which the file has no value other than 0:
    nothing is known there, and a mean of 0 would say that chromatin is closed.
    """
    values = make_average(path, sorted(set(spans["chrom"])))(spans)
    silent = sorted(set(spans["chrom"]) - set(spans["chrom"][values != 0]))
    known = signal_kind(path).find_signal(path, silent) if silent else []
    if lacking := [chrom for chrom in silent if chrom not in known]:
        first = spans[spans["chrom"] == lacking[0]].iloc[:1]
        raise InputError(
            f"{path}: the signal has no value other than 0 on {list_names(lacking)}, so nothing "
            f"is known of {span_names(first).iloc[0]}; give the signal of the whole genome, or "
            "ask for spans on other chromosomes"
        )
    return values
