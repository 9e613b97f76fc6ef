"""The users' files of a signal: which kinds there are, and of which kind a file is."""

import logging
import shlex
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.files import is_gzipped, open_input
from cisfuse.readers.genome import list_names
from cisfuse.readers.names import NO_NAMES, Names, called, mapped, own_names
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


def check_signal_file(
    path: str | Path,
    sizes: Mapping[str, int],
    chromosomes: list[str],
    genome_path: str | Path,
    names: Names = NO_NAMES,
) -> tuple[SignalKind, list[str]]:
    """The kind of a signal file, and the chromosomes on which it has values other than 0.

    ``sizes`` of the FASTA ``genome_path``, and the ``chromosomes`` asked for, have its names;
    messages have those of the file where ``names`` give it others. Raises as a kind's ``check``.
    """
    kind = signal_kind(path)
    own = own_names(kind.list_chromosomes(str(path)), names, path) if names else {}
    lengths = dict(zip(called(list(sizes), own), sizes.values(), strict=True))
    found = set(kind.check(path, lengths, called(chromosomes, own), genome_path))
    return kind, [chrom for chrom in chromosomes or sizes if own.get(chrom, chrom) in found]


def make_average(path: str, chromosomes: list[str], names: Names = NO_NAMES) -> Average:
    """A function that gives the signal's mean over each span of a table, float64 (n_spans,).

    ``chromosomes`` and spans have the names of the FASTA, the file may have others, by ``names``.
    Raises `InputError`, as the function does for a table that lacks one of the spans.
    """
    kind = signal_kind(path)
    logger.info("%s is read as %s", path, kind.name)
    if not names:
        return kind.make_average(path, chromosomes)
    own = own_names(kind.list_chromosomes(path), names, path)
    average = kind.make_average(path, called(chromosomes, own))

    def average_renamed(spans: pd.DataFrame) -> np.ndarray:
        return average(spans.assign(chrom=mapped(spans["chrom"], own)))

    return average_renamed


def average_on(path: str, spans: pd.DataFrame, names: Names = NO_NAMES) -> np.ndarray:
    """The signal's mean over each span, float64 (n_spans,), read of their chromosomes only.

    Raises `InputError` for a span on a chromosome on which the file has no value other than 0:
    nothing is known there, and a mean of 0 would say that chromatin is closed.
    """
    if names:
        own = own_names(signal_kind(path).list_chromosomes(path), names, path)
        spans = spans.assign(chrom=mapped(spans["chrom"], own))
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
