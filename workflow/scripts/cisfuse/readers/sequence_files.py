"""The three kinds of files that hold sequences with a target, each read to the same columns.

Line ends may be those of any system. Every `InputError` is one line with the file, the line,
what is wrong and the fix.
"""

import io
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.splits import SPLITS
from cisfuse.readers.targets import Target
from cisfuse.readers.text import WORDS, Text, find_lines, parse_columns

LETTERS = b"ACGTNacgtn"
OTHER_LETTER = re.compile(f"[^{LETTERS.decode()}\n]")


def fail(path: str | Path, line: int, problem: str, fix: str) -> NoReturn:
    raise InputError(f"{path}: line {line}: {problem}; {fix}")


def split_lines(path: str | Path, content: bytes) -> list[str]:
    """Lines without the spaces and tabs around them, and without blank ones at the end."""
    lines = [line.strip(" \t") for line in content.decode().split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise InputError(f"{path}: the file is empty; correct the path, or make the file again")
    return lines


def header_fields(content: bytes) -> list[str]:
    """Fields, in lower case, of the first line that is neither blank nor a comment."""
    for line in io.BytesIO(content):
        line = line.rstrip(b"\n")
        if line.strip(b" \t") and not line.startswith(b"#"):
            fields = line.split(b"\t") if b"\t" in line else line.split()
            return [field.decode().strip(" ").lower() for field in fields]
    return []


def read_fasta(
    path: str | Path, content: bytes, labels: Text, first_skipped: bool, target: Target
) -> pd.DataFrame:
    """Records of a FASTA with the targets, and the splits, that a table gives their names.

    ``labels`` is that table; with ``first_skipped`` its first line of data is a header whatever
    it says, else one is known by a second field that is no value of the target.
    """
    lines = split_lines(path, content)
    starts = [row for row, line in enumerate(lines) if line.startswith(">")]
    is_start = np.zeros(len(lines), bool)
    is_start[starts] = True
    letters = ["" if start else line for line, start in zip(lines, is_start.tolist(), strict=True)]
    _check_letters(path, letters, range(1, len(lines) + 1))
    names = []
    for row in starts:
        word = WORDS.search(lines[row], 1)
        if not word:
            fail(path, row + 1, "the sequence has no name after '>'", "give it one")
        names.append(word[0])
    records = pd.DataFrame({"line": np.array(starts, np.int64) + 1, "name": names})
    records["sequence"] = [
        "".join(letters[start + 1 : stop]).upper()
        for start, stop in pairwise([*starts, len(lines)])
    ]
    _check_filled(path, records)
    _check_names(path, records, "rename one")
    table = _read_target_table(labels, first_skipped, set(names), target)
    return _join(path, records, labels, table, target.NOUN)


def _read_target_table(
    text: Text, first_skipped: bool, known: set[str], target: Target
) -> pd.DataFrame:
    """Columns line, name, the target and, where the first line of data has one, split."""
    fields = text.first
    is_header = len(fields) >= 2 and not target.is_value(fields[1]) and fields[0] not in known
    if first_skipped or is_header:
        text = text.without_first()
    if not len(text.lines):
        raise InputError(
            f"{text.path}: no {target.NOUNS} in it; write lines of a name and the {target.NOUN}"
        )
    columns = ["name", target.TARGET, "split"][: 3 if text.columns[0] >= 3 else 2]
    table = parse_columns(text, dict.fromkeys(columns, "str"))
    table.insert(0, "line", text.lines)
    names = set(table["name"])
    if len(table) > 1 and not names & known and all(map(target.is_value, names)):
        text.fail(
            0,
            f"{target.A_NOUN} where a name should be",
            f"write the name first, then the {target.NOUN}",
        )
    _check_names(text.path, table, "keep one line per sequence")
    return _convert_targets(text, table, target)


def _join(
    path: str | Path, records: pd.DataFrame, labels: Text, table: pd.DataFrame, noun: str
) -> pd.DataFrame:
    rows = pd.Index(table["name"]).get_indexer(records["name"])
    if (rows < 0).any():
        lacking = records.iloc[int(np.argmax(rows < 0))]
        fail(
            path,
            lacking["line"],
            f"no {noun} for {lacking['name']!r} in {labels.path}",
            "add a line for it; its name is the first word after '>'",
        )
    if len(table) > len(records):
        other = table[~table["name"].isin(records["name"])].iloc[0]
        fail(
            labels.path,
            other["line"],
            f"no sequence is named {other['name']!r} in {path}",
            "correct the name, to the first word after '>', or remove the line",
        )
    given = table.drop(columns=["line", "name"]).iloc[rows].reset_index(drop=True)
    return pd.concat([records, given], axis=1)


def read_parallel(
    path: str | Path,
    content: bytes,
    labels_path: str | Path,
    labels_content: bytes,
    first_skipped: bool,
    target: Target,
) -> pd.DataFrame:
    """A sequence per line, and a value of the target on the same line of the other file.

    With ``first_skipped`` the first line of the values is a header whatever it says, else it is
    one when it is no value.
    """
    sequences = split_lines(path, content)
    _check_no_blank(path, sequences)
    _check_letters(path, sequences, range(1, len(sequences) + 1))
    cells = split_lines(labels_path, labels_content)
    _check_no_blank(labels_path, cells, first=int(first_skipped))
    has_header = first_skipped or not target.is_value(cells[0])
    cells = cells[has_header:]
    values, bad = target.parse(pd.Series(cells, dtype="str"))
    if bad.any():
        row = int(np.argmax(bad))
        problem, fix = target.describe_bad(cells[row])
        fail(labels_path, row + 1 + has_header, problem, f"{fix}, one {target.NOUN} per line")
    if len(cells) != len(sequences):
        fix = f"give {target.A_NOUN} for every sequence, in the same order"
        if len(cells) == len(sequences) + 1 and not has_header:
            fix += "; if its first line is a header, set spans.labels_header: true"
        raise InputError(
            f"{labels_path}: {len(cells):,} {target.NOUNS} for the {len(sequences):,} sequences of "
            f"{path}; {fix}"
        )
    table = pd.DataFrame({"line": np.arange(len(sequences), dtype=np.int64) + 1})
    table["name"] = _numbered(len(sequences))
    table["sequence"] = [sequence.upper() for sequence in sequences]
    return table.assign(**{target.TARGET: values})


def read_tsv(path: str | Path, content: bytes, target: Target) -> pd.DataFrame:
    """A table whose first line names its columns: sequence, target, and maybe name and split."""
    text = find_lines(path, content, skipped_words=())
    header = header_fields(content)
    given = next(column for column in target.COLUMNS if column in header)
    columns = ("name", "sequence", given, "split")
    for column in columns:
        if header.count(column) > 1:
            text.fail(0, f"the column '{column}' is there twice in the header", "keep one")
    text = text.without_first()
    if not len(text.lines):
        raise InputError(f"{path}: no sequences in it; add a line per sequence below the header")
    used = [place for place, column in enumerate(header) if column in columns]
    # Other columns get names that no column of a header has.
    names = [
        column if place in used else f"\t{place}"
        for place, column in enumerate(header[: used[-1] + 1])
    ]
    table = parse_columns(text, dict.fromkeys(names, "str"))
    table.insert(0, "line", text.lines)
    _check_letters(path, table["sequence"].tolist(), text.lines)
    _check_filled(path, table)
    table["sequence"] = table["sequence"].str.upper()
    if "name" not in table:
        table["name"] = _numbered(len(table))
    _check_names(path, table, "rename one")
    order = ["line", "name", "sequence", given, *(["split"] if "split" in table else [])]
    return _convert_targets(text, table[order].rename(columns={given: target.TARGET}), target)


def _numbered(count: int) -> list[str]:
    width = len(str(count))
    return [f"sequence_{number:0{width}d}" for number in range(1, count + 1)]


def _check_letters(path: str | Path, rows: Sequence[str], lines: Sequence[int]) -> None:
    """Raise for the first letter that is none of `LETTERS`; ``lines`` numbers the rows."""
    joined = "\n".join(rows)
    if not joined.encode().translate(None, delete=LETTERS + b"\n"):
        return
    found = OTHER_LETTER.search(joined)
    row = joined.count("\n", 0, found.start())
    fix = "correct it, or write N for an unknown base"
    if rows[row] in ("0", "1"):
        fix = "this is a label: swap the columns sequences and labels of the sample sheet"
    elif found[0] in "Uu":
        fix = "this is RNA: replace U by T"
    elif len(rows[row].split()) > 1:
        fix = "write a sequence without spaces, and nothing beside it"
    elif lines[row] == 1 and found[0] == "@":
        fix = "where this is FASTQ, convert it to FASTA"
    elif lines[row] == 1:
        fix += " or, if the line is a header, remove it"
    fail(path, lines[row], f"{found[0]!r} is none of A, C, G, T and N", fix)


def _check_no_blank(path: str | Path, rows: Iterable[str], first: int = 0) -> None:
    """Raise for a blank line at or after the row ``first``."""
    for row, line in enumerate(rows):
        if not line and row >= first:
            fix = "remove it; each line belongs to the same line of the other file"
            fail(path, row + 1, "the line is blank", fix)


def _check_filled(path: str | Path, table: pd.DataFrame) -> None:
    empty = (table["sequence"] == "").to_numpy(dtype=bool)
    if empty.any():
        line = table["line"].iloc[int(np.argmax(empty))]
        fail(path, line, "the sequence is empty", "remove it, or give its bases")


def _check_names(path: str | Path, table: pd.DataFrame, fix: str) -> None:
    """Raise for a name that is blank, holds a space, or is there twice."""
    names, lines = table["name"], table["line"].to_numpy()
    blank = (names.str.strip(" ") == "").to_numpy(dtype=bool)
    if blank.any():
        fail(path, lines[np.argmax(blank)], "the name is blank", "give the sequence a name")
    spaced = names.str.contains(" ", regex=False).to_numpy(dtype=bool)
    if spaced.any():
        row = int(np.argmax(spaced))
        fail(
            path, lines[row], f"the name {names.iloc[row]!r} holds a space", "write it as one word"
        )
    again = names.duplicated().to_numpy(dtype=bool)
    if again.any():
        row = int(np.argmax(again))
        first = lines[int(np.argmax((names == names.iloc[row]).to_numpy(dtype=bool)))]
        fail(path, lines[row], f"the name {names.iloc[row]!r} is also on line {first}", fix)


def _convert_targets(text: Text, table: pd.DataFrame, target: Target) -> pd.DataFrame:
    """The table with targets as numbers, once they and the splits are what they may be."""
    cells = table[target.TARGET]
    values, bad = target.parse(cells)
    if bad.any():
        row = int(np.argmax(bad))
        text.fail(row, *target.describe_bad(cells.iloc[row]))
    if "split" in table:
        text.check(
            ~table["split"].isin(SPLITS).to_numpy(),
            lambda row: f"split {table['split'].iloc[row]!r} is not train, valid or test",
            "correct it, or remove the column of splits",
        )
    return table.assign(**{target.TARGET: values})
