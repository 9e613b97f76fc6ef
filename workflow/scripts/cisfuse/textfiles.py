"""Text tables as users have them: lines of data, their numbers, and columns parsed at once.

Files may be plain or gzipped, and separated by tabs or, when the first line of data holds no
tab, by runs of spaces. Blank lines and lines that start with ``#``, ``track`` or ``browser``
are skipped. Every `InputError` is one line with the file, the line (skipped lines count),
what is wrong and the mend.
"""

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from cisfuse.errors import InputError
from cisfuse.files import is_gzipped, open_input

SKIPPED_WORDS = (b"#", b"track", b"browser")
BIGWIG_MAGIC = 0x888FFC26
BINARY_FORMATS = {BIGWIG_MAGIC: "bigWig", 0x8789F2EB: "bigBed"}
TEXT_CODES = b"\t\n\r" + bytes(range(32, 256))
NUMBER_PATTERNS = {
    "int64": r"[+-]?\d{1,18}",
    "float64": r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?",
}
NUMBER_NAMES = {"int64": "whole number", "float64": "finite number"}


@dataclass(frozen=True)
class Text:
    """A file's bytes and where its lines of data are."""

    path: str | Path
    content: bytes
    skipped: np.ndarray  # (m,) int64: 0-based lines without data
    lines: np.ndarray  # (n,) int64: 1-based numbers of the lines of data
    columns: np.ndarray  # (n,) int: columns on each line of data
    separator: str  # a tab, or the pattern of whitespace
    first: list[str]  # fields of the first line of data

    def fail(self, row: int, problem: str, mend: str) -> NoReturn:
        raise InputError(f"{self.path}: line {self.lines[row]}: {problem}; {mend}")

    def check(self, bad: np.ndarray, problem: Callable[[int], str], mend: str) -> None:
        """Raise for the first row of the mask ``bad``, described by ``problem(row)``."""
        if bad.any():
            row = int(np.argmax(bad))
            self.fail(row, problem(row), mend)

    def without_first(self) -> "Text":
        """The same text with its first line of data skipped, because it is a header."""
        skipped = np.append(self.skipped, self.lines[0] - 1)
        return replace(self, skipped=skipped, lines=self.lines[1:], columns=self.columns[1:])


def read_text(
    path: str | Path,
    what: str,
    allow_empty: bool = False,
    optional_header: tuple[str, ...] = (),
) -> Text:
    """Read a text table whole and find its lines of data.

    ``what`` names its rows in the error for a file without any, which ``allow_empty``
    permits. The first line of data is skipped when it starts with ``optional_header``.
    """
    with open_input(path) as handle:
        content = handle.read().removeprefix(codecs.BOM_UTF8)
    _check_encoding(path, content)
    text = _find_lines(path, content)
    first = tuple(field.lower() for field in text.first[: len(optional_header)])
    if optional_header and first == optional_header:
        text = text.without_first()
    if not len(text.lines) and not allow_empty:
        problem = f"no {what} in it" if content else "the file is empty"
        raise InputError(f"{path}: {problem}; correct the path, or make the file again")
    return text


def _check_encoding(path: str | Path, content: bytes) -> None:
    """Raise `InputError` for binary content, text that is not UTF-8, and CRLF line ends."""
    magic = content[:4]
    for order in ("little", "big"):
        if name := BINARY_FORMATS.get(int.from_bytes(magic, order)):
            mend = "give BED text, made by bigBedToBed or a peak caller, or a signal as atac"
            raise InputError(f"{path}: this is a {name}, not text; {mend}")
    if content.translate(None, delete=TEXT_CODES):
        raise InputError(f"{path}: this is a binary file, not text; give a tab-separated table")
    if b"\r" in content:
        line = content.count(b"\n", 0, content.index(b"\r")) + 1
        mend = rf"sed -i 's/\r$//' {path}"
        if is_gzipped(path):
            mend = rf"gzip -dc {path} | sed 's/\r$//' | gzip > NEW_FILE"
        raise InputError(f"{path}: line {line}: Windows line ends (CRLF); mend them: {mend}")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mend = "convert it by iconv -t UTF-8"
        raise InputError(f"{path}: line {line}: the text is not UTF-8; {mend}") from error


def _find_lines(path: str | Path, content: bytes) -> Text:
    """Find the lines of data, and count their columns, without a loop over lines."""
    if not content:
        none = np.zeros(0, np.int64)
        return Text(path, content, none, none, none, "\t", [])
    codes = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(codes == ord("\n"))
    if not content.endswith(b"\n"):
        ends = np.append(ends, len(content))
    starts = np.concatenate([[0], ends[:-1] + 1])
    tabs = codes == ord("\t")
    visible = ~tabs & (codes != ord(" ")) & (codes != ord("\n"))
    field_starts = visible & ~np.concatenate([[False], visible[:-1]])
    fields = np.add.reduceat(field_starts, starts, dtype=np.int64)
    has_data = fields > 0
    for word in SKIPPED_WORDS:
        has_data &= ~_starts_with(codes, starts, word)
    rows = np.flatnonzero(has_data)
    skipped = np.flatnonzero(~has_data)
    first = content[starts[rows[0]] : ends[rows[0]]].decode() if len(rows) else ""
    if "\t" in first:
        columns = np.add.reduceat(tabs, starts, dtype=np.int64)[rows] + 1
        return Text(path, content, skipped, rows + 1, columns, "\t", first.split("\t"))
    return Text(path, content, skipped, rows + 1, fields[rows], r"\s+", first.split())


def _starts_with(codes: np.ndarray, starts: np.ndarray, word: bytes) -> np.ndarray:
    """Tell for each line, (n,) bool, whether the bytes at its start are ``word``."""
    result = np.ones(len(starts), bool)
    for offset, code in enumerate(word):
        result &= codes[np.minimum(starts + offset, len(codes) - 1)] == code
    return result


def parse_columns(text: Text, dtypes: dict[str, str]) -> pd.DataFrame:
    """Parse the first columns as ``dtypes`` says; `InputError` names the first bad line."""
    separated = "tabs" if text.separator == "\t" else "tabs or spaces"
    text.check(
        text.columns < len(dtypes),
        lambda row: (
            f"{text.columns[row]} column(s), {len(dtypes)} are needed ({', '.join(dtypes)})"
        ),
        f"complete or remove the line, and separate columns by {separated}",
    )
    try:
        with np.errstate(invalid="ignore"):
            table = _read_columns(text, dtypes)
    except (ValueError, OverflowError):
        table = _read_columns(text, dict.fromkeys(dtypes, "str"))
        _check_numbers(text, table, dtypes)
        table = table.apply(lambda column: column.str.strip()).astype(dtypes)
    for column in (name for name, dtype in dtypes.items() if dtype == "float64"):
        text.check(
            ~np.isfinite(table[column].to_numpy()),
            lambda row, column=column: f"{column} {table[column].iloc[row]} is not a finite number",
            "correct or remove the line",
        )
    return table


def _read_columns(text: Text, dtypes: dict[str, str]) -> pd.DataFrame:
    if not len(text.lines):
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes.items()})
    return pd.read_csv(
        io.BytesIO(text.content),
        sep=text.separator,
        header=None,
        names=list(dtypes),
        usecols=range(len(dtypes)),
        dtype=dtypes,
        skiprows=text.skipped,
        skip_blank_lines=False,
        quoting=csv.QUOTE_NONE,
        na_filter=False,
    )


def _check_numbers(text: Text, table: pd.DataFrame, dtypes: dict[str, str]) -> None:
    """Raise `InputError` for the first cell of ``table``, all str, that is not its number."""
    numeric = [name for name, dtype in dtypes.items() if dtype in NUMBER_PATTERNS]
    bad = np.stack(
        [~table[name].str.strip().str.fullmatch(NUMBER_PATTERNS[dtypes[name]]) for name in numeric],
        axis=1,
    ).astype(bool)
    if not bad.any():
        return
    row = int(np.argmax(bad.any(axis=1)))
    name = numeric[int(np.argmax(bad[row]))]
    mend = "correct or remove the line"
    if row == 0:
        mend = "correct it or, if the line is a header, remove it or start it with #"
    number = NUMBER_NAMES[dtypes[name]]
    text.fail(row, f"{name} {table[name].iloc[row]!r} is not a {number}", mend)


def first_fields(path: str | Path) -> list[str]:
    """Fields of the first line of data of a text file, split at whitespace; empty if none."""
    with open_input(path) as handle:
        for line in handle:
            if line.strip() and not line.startswith(SKIPPED_WORDS):
                return line.decode("utf-8", errors="replace").split()
    return []
