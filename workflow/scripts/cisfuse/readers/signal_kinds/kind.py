"""What a kind of signal file is, and what several kinds share.

A signal is averaged over all bases of a span; bases that it does not cover count as 0.
"""

import codecs
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.files import open_input
from cisfuse.readers.checks import check_chromosomes, check_within
from cisfuse.readers.genome import list_names
from cisfuse.readers.intervals import span_name
from cisfuse.readers.signals import fail_negative

Check = Callable[[str | Path, dict[str, int], list[str], str | Path], list[str]]
Average = Callable[[pd.DataFrame], np.ndarray]
FindSignal = Callable[[str, list[str]], list[str]]


def find_everywhere(path: str, chromosomes: list[str]) -> list[str]:
    """All chromosomes: of a kind whose means raise where the file says nothing."""
    return chromosomes


def list_first(path: str | Path, until: bytes = b"") -> list[str]:
    """The first word of each line of a text, up to its last ``until``; each once."""
    found: dict[bytes, None] = {}
    with open_input(path) as handle:
        for line in handle:
            for word in line.removeprefix(codecs.BOM_UTF8).split(None, 1)[:1]:
                found[word.rpartition(until)[0] if until else word] = None
    return [place.decode("utf-8", errors="replace") for place in found]


@dataclass(frozen=True)
class SignalKind:
    """A kind of signal file.

    name: in tables and logs; words: in messages. A binary file is told by ``format``, a name in
    `cisfuse.readers.text.BINARY_FORMATS`, a text by its number of ``columns``.

    check: from path, lengths of the genome's sequences, chromosomes asked for (all when there are
    none) and the genome's path to the chromosomes on which there is a value other than 0; raises
    `InputError` where a file cannot be used, negative and infinite values among them.
    make_average: from path and chromosomes to a function that gives the mean over each span of a
    table, float64 (n_spans,); both raise `InputError`. find_signal: from path and chromosomes to
    those of them on which there is a value other than 0. list_chromosomes: from
    path to the names of chromosomes in the file, each once. spans_only: whether nothing is known
    but of the very spans that the file names.
    """

    name: str
    words: str
    check: Check
    make_average: Callable[[str, list[str]], Average]
    format: str = ""
    columns: int = 0
    spans_only: bool = False
    find_signal: FindSignal = find_everywhere
    list_chromosomes: Callable[[str], list[str]] = list_first


def read_on(chromosomes: list[str], path: str, read: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Read what a text holds on the chromosomes, all of it when none is named.

    Jobs of other chromosomes read the same file, which check_inputs has checked as a whole:
    lines that are not wanted are left out before any is parsed. A file without a line on the
    chromosomes gives a table without rows. Errors name the file and its line, not the copy.
    """
    if not chromosomes:
        return read(path)
    with NamedTemporaryFile() as wanted:
        copy_lines_on(chromosomes, path, wanted)
        if not os.path.getsize(wanted.name):
            return read(path).iloc[:0]
        try:
            return read(wanted.name)
        except InputError:
            return read(path)


def copy_lines_on(chromosomes: Iterable[str], path: str | Path, target: IO[bytes]) -> None:
    """Copy the lines of a bedGraph, or of a table of spans, that lie on the chromosomes."""
    wanted = {chrom.encode() for chrom in chromosomes}
    with open_input(path) as handle:
        for line in handle:
            place = line.removeprefix(codecs.BOM_UTF8).split(None, 1)[:1]
            if place and (place[0] in wanted or place[0].rpartition(b":")[0] in wanted):
                target.write(line)
    target.flush()


def check_values(
    table: pd.DataFrame,
    sizes: dict[str, int],
    chromosomes: list[str],
    path: str | Path,
    genome_path: str | Path,
) -> list[str]:
    """The `Check` of a text, read as a table with chrom, start, end and value.

    Intervals far past an end stand for a wrong length.
    """
    check_chromosomes(table["chrom"].unique(), sizes, path, genome_path, "signal")
    table = check_within(table, sizes, path, chromosomes)
    table = table[table["chrom"].isin(chromosomes or sizes)]
    negative = (table["value"] < 0).to_numpy()
    if negative.any():
        row = int(np.argmax(negative))
        fail_negative(path, span_name(table, row), table["value"].iloc[row])
    found = set(table.loc[table["value"] != 0, "chrom"].unique())
    with_signal = [chrom for chrom in chromosomes or sizes if chrom in found]
    check_signal(with_signal, chromosomes, path)
    return with_signal


def check_signal(with_signal: list[str], chromosomes: list[str], path: str | Path) -> None:
    """Raise when a chromosome that is asked for, or every one, has no value other than 0."""
    without = [chrom for chrom in chromosomes if chrom not in with_signal]
    if without or not with_signal:
        place = list_names(without) if without else "every chromosome of the FASTA"
        raise InputError(
            f"{path}: the signal has no value other than 0 on {place}; give the signal of the "
            "whole genome, or leave the chromosome out of the config"
        )
