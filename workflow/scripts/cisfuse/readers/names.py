"""Names of chromosomes in users' files, and what the FASTA calls them.

A study's ``references.names`` is a mapping from the one to the other, such as ``chr14`` to
``chrXIV``. A name that is not in it stays as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.readers.genome import list_names
from cisfuse.readers.text import parse_columns, read_text

Names = Mapping[str, str]  # of the files' names to the FASTA's

NO_NAMES: Names = MappingProxyType({})


def read_names(given: Names | str | Path | None) -> dict[str, str]:
    """The names of a study: a mapping of the config, or a file's first two columns.

    The file has a line per name, the name in the users' files and that of the FASTA. Raises
    `InputError` where it names one twice with different meanings.
    """
    if given is None or isinstance(given, Mapping):
        return dict(given or {})
    text = read_text(given, "names")
    table = parse_columns(text, {"name": "str", "fasta": "str"})
    text.check(
        (table == "").any(axis=1).to_numpy(dtype=bool),
        lambda row: "a name is missing",
        "write the name in your files, a tab, and the name in the FASTA",
    )
    table = table.drop_duplicates()
    again = table["name"].duplicated()
    if again.any():
        row = int(table.index[again][0])
        name = table["name"].loc[row]
        text.fail(row, f"'{name}' is there twice, with two names of the FASTA", "keep one line")
    return dict(zip(table["name"], table["fasta"], strict=True))


def check_names(names: Names, sizes: Mapping[str, int], genome_path: str | Path) -> None:
    """Raise `InputError` for names that do not lead to the FASTA, or away from it.

    ``sizes`` has the FASTA's names as its keys. Names of chromosomes that it lacks are no harm,
    since a table may be of a whole genome.
    """
    if names and not set(names.values()) & set(sizes):
        turned = bool(names.keys() & set(sizes))
        fix = "swap the two" if turned else "correct them"
        meant = list_names(list(dict.fromkeys(names.values())))
        raise InputError(
            f"references.names: {genome_path} has {list_names(dict(sizes))} and none of {meant}; "
            f"give the name in your files first, then the name in the FASTA: {fix}"
        )
    for name, other in names.items():
        if name in sizes and other != name:
            raise InputError(
                f"references.names: '{name}' stands for '{other}', but {genome_path} has a "
                f"sequence '{name}' itself; remove the name"
            )


def renamed(table: pd.DataFrame, names: Names, path: str | Path) -> pd.DataFrame:
    """A table of the file ``path`` whose ``chrom`` has the names of the FASTA.

    Raises `InputError` where the file has two names for one chromosome.
    """
    if not names:
        return table
    own_names(table["chrom"].unique().tolist(), names, path)
    return table.assign(chrom=mapped(table["chrom"], names))


def renamed_spans(table: pd.DataFrame, names: Names, path: str | Path) -> pd.DataFrame:
    """As `renamed`, for a table that also names its rows ``chrom:start-end``, in ``name``."""
    if not names or "chrom" not in table:
        return table
    parts = table["name"].str.rpartition(":")
    return renamed(table, names, path).assign(name=mapped(parts[0], names) + parts[1] + parts[2])


def mapped(column: pd.Series, names: Names) -> pd.Series:
    """A column of names with those that ``names`` has in place of its own."""
    return column.map(dict(names)).fillna(column).astype(column.dtype)


def own_names(found: Collection[str], names: Names, path: str | Path) -> dict[str, str]:
    """What a file with the names ``found`` calls each chromosome, by the name of the FASTA.

    Raises `InputError` where it has two names for one.
    """
    own: dict[str, str] = {}
    for name in found:
        known = names.get(name, name)
        if known in own:
            raise InputError(
                f"{path}: both '{own[known]}' and '{name}' stand for '{known}', by "
                "references.names; use one name in the file"
            )
        own[known] = name
    return own


def called(chromosomes: Sequence[str], own: Mapping[str, str]) -> list[str]:
    """The names in a file of chromosomes of the FASTA; those that it lacks stay as they are."""
    return [own.get(chrom, chrom) for chrom in chromosomes]
