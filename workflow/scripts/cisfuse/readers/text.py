"""Text tables as users have them: lines of data, their numbers, and columns parsed at once.

Files may be plain or gzipped, and separated by tabs or, when the first line of data holds no
tab, by runs of spaces. Blank lines and lines that start with ``#``, ``track`` or ``browser``
are skipped. Every `InputError` is one line with the file, the line (skipped lines count),
what is wrong and the fix.
"""

import codecs
import csv
import io
import re
import shlex
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.base.files import is_gzipped, open_input

# Lines of the UCSC browser have one of these words first, and a chromosome's name may begin so.
SKIPPED_WORDS = (b"track", b"browser")
BIGWIG_MAGIC = 0x888FFC26
BINARY_FORMATS = {BIGWIG_MAGIC: "bigWig", 0x8789F2EB: "bigBed"}
FROM_UTF16 = "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW_FILE"
# First bytes, what the file is, and what would do instead.
FOREIGN_FORMATS = [
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save it as text"),
    (b"BZh", "compressed by bzip2", "unpack it: bunzip2 -c FILE > NEW_FILE"),
    (b"\xfd7zXZ\x00", "compressed by xz", "unpack it: unxz -c FILE > NEW_FILE"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it: unzstd -c FILE > NEW_FILE"),
    (b"BAM\x01", "a BAM of reads", "make a bigWig of it, for example by bamCoverage"),
    (b"CRAM", "a CRAM of reads", "make a bigWig of it, for example by bamCoverage"),
    (b"\x43\x27\x41\x1a", "a 2bit genome", "make a FASTA of it: twoBitToFa FILE genome.fa"),
    (b"\x1f\x8b", "gzipped twice", "unpack it once: gzip -dc FILE > NEW_FILE"),
    (codecs.BOM_UTF16_LE, "text in UTF-16", FROM_UTF16),
    (codecs.BOM_UTF16_BE, "text in UTF-16", FROM_UTF16),
]
TEXT_CODES = b"\t\n\r" + bytes(range(32, 256))
WORDS = re.compile(r"[^ \t]+")
# Of a name line of a FASTA: the name, and what follows it.
DESCRIPTION = re.compile(rb"^([ \t]*>[ \t]*[^ \t\r\n]+)([^\r\n]*)", re.M)
# Whole numbers may be written as R writes 100000, 1e+05; pandas reads them so.
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# No place on a chromosome comes near, and floats, as which pandas reads 1e+05, are exact below.
LIMITS = {"int64": 10**15, "float64": np.inf}
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

    def fail(self, row: int, problem: str, fix: str) -> NoReturn:
        raise InputError(f"{self.path}: line {self.lines[row]}: {problem}; {fix}")

    def check(self, bad: np.ndarray, problem: Callable[[int], str], fix: str) -> None:
        """Raise for the first row of the mask ``bad``, described by ``problem(row)``."""
        if bad.any():
            row = int(np.argmax(bad))
            self.fail(row, problem(row), fix)

    def without_first(self) -> "Text":
        """The same text with its first line of data skipped, because it is a header."""
        skipped = np.append(self.skipped, self.lines[0] - 1)
        return replace(self, skipped=skipped, lines=self.lines[1:], columns=self.columns[1:])


def read_text(
    path: str | Path,
    what: str,
    allow_empty: bool = False,
    optional_headers: Sequence[tuple[str, ...]] = (),
) -> Text:
    """Read a text table whole and find its lines of data.

    ``what`` names its rows in the error for a file without any, which ``allow_empty``
    permits. The first line of data is skipped when it starts with one of ``optional_headers``.
    """
    content = read_content(path)
    text = find_lines(path, content)
    first = tuple(field.lower() for field in text.first)
    if any(first[: len(header)] == header for header in optional_headers):
        text = text.without_first()
    if not len(text.lines) and not allow_empty:
        problem = f"no {what} in it" if content else "the file is empty"
        raise InputError(f"{path}: {problem}; correct the path, or make the file again")
    return text


def read_content(path: str | Path, any_line_end: bool = False) -> bytes:
    """Read a text whole, without its byte-order mark; raises `InputError` for what is no text.

    With ``any_line_end`` those of Windows and of old Macintoshes become LF; else they raise.
    Descriptions of a FASTA are left out where they are not UTF-8; nothing else may be.
    """
    with open_input(path) as handle:
        content = handle.read().removeprefix(codecs.BOM_UTF8)
    check_format(path, content)
    _check_binary(path, content)
    if any_line_end and b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not content.isascii() and content.lstrip(b" \t\n").startswith(b">"):
        content = DESCRIPTION.sub(_known_description, content)
    _check_encoding(path, content)
    return content


def _known_description(line: re.Match[bytes]) -> bytes:
    try:
        line[2].decode("utf-8")
    except UnicodeDecodeError:
        return line[1]
    return line[0]


def check_format(path: str | Path, content: bytes) -> None:
    """Raise `InputError` for content that begins as a known format other than text does."""
    for start, name, fix in FOREIGN_FORMATS:
        if content.startswith(start):
            fix = fix.replace(" FILE", f" {shlex.quote(str(path))}")
            raise InputError(f"{path}: this is {name}; {fix}")


def binary_format(content: bytes) -> str:
    """The name in `BINARY_FORMATS` of what begins like this, or nothing."""
    orders: tuple[Literal["little", "big"], ...] = ("little", "big")
    names = (BINARY_FORMATS.get(int.from_bytes(content[:4], order)) for order in orders)
    return next(filter(None, names), "")


def _check_binary(path: str | Path, content: bytes) -> None:
    """Raise `InputError` for content with bytes that no text has."""
    if name := binary_format(content):
        fix = "give BED text, made by bigBedToBed or a peak caller, or a signal as atac"
        raise InputError(f"{path}: this is a {name}, not text; {fix}")
    if content.translate(None, delete=TEXT_CODES):
        raise InputError(f"{path}: this is a binary file, not text; give a tab-separated table")


def _check_encoding(path: str | Path, content: bytes) -> None:
    """Raise `InputError` for CRLF line ends, and for text that is not UTF-8."""
    if b"\r" in content:
        line = content.count(b"\n", 0, content.index(b"\r")) + 1
        fix = rf"sed -i 's/\r$//' {shlex.quote(str(path))}"
        if is_gzipped(path):
            fix = rf"gzip -dc {shlex.quote(str(path))} | sed 's/\r$//' | gzip > NEW_FILE"
        raise InputError(f"{path}: line {line}: Windows line ends (CRLF); convert them: {fix}")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fix = "convert it by iconv -t UTF-8"
        raise InputError(f"{path}: line {line}: the text is not UTF-8; {fix}") from error


def find_lines(
    path: str | Path, content: bytes, skipped_words: tuple[bytes, ...] = SKIPPED_WORDS
) -> Text:
    """Find the lines of data, and count their columns, without a loop over lines.

    ``content`` as `read_content` returns it. Blank lines are skipped, and lines that start with
    ``#`` or with one of ``skipped_words``.
    """
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
    has_data &= codes[starts] != ord("#")
    for word in skipped_words:
        has_data &= ~_starts_with(codes, visible, starts, word)
    rows = np.flatnonzero(has_data)
    skipped = np.flatnonzero(~has_data)
    first = content[starts[rows[0]] : ends[rows[0]]].decode() if len(rows) else ""
    if "\t" in first:
        columns = np.add.reduceat(tabs, starts, dtype=np.int64)[rows] + 1
        return Text(path, content, skipped, rows + 1, columns, "\t", first.split("\t"))
    # Not split(), which splits at the spaces of other scripts too.
    return Text(path, content, skipped, rows + 1, fields[rows], r"\s+", WORDS.findall(first))


def _starts_with(
    codes: np.ndarray, visible: np.ndarray, starts: np.ndarray, word: bytes
) -> np.ndarray:
    """Tell for each line, (n,) bool, whether its first field, from its very start, is ``word``.

    visible: (n_bytes,) bool, bytes that are no tab, space or line end.
    """
    result = np.ones(len(starts), bool)
    for offset, code in enumerate(word):
        result &= codes[np.minimum(starts + offset, len(codes) - 1)] == code
    after = starts + len(word)
    return result & ((after >= len(codes)) | ~visible[np.minimum(after, len(codes) - 1)])


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
        with np.errstate(invalid="ignore"), warnings.catch_warnings(action="ignore"):
            table = _read_columns(text, dtypes)
    except (ValueError, OverflowError):
        table = _convert(text, _read_columns(text, dict.fromkeys(dtypes, "str")), dtypes)
    for column, dtype in dtypes.items():
        if dtype in NUMBER_NAMES:
            problem = "too large" if dtype == "int64" else f"not a {NUMBER_NAMES[dtype]}"
            text.check(
                ~(np.abs(table[column].to_numpy()) < LIMITS[dtype]),
                lambda row, column=column, problem=problem: (
                    f"{column} {table[column].iloc[row]} is {problem}"
                ),
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


def _convert(text: Text, table: pd.DataFrame, dtypes: dict[str, str]) -> pd.DataFrame:
    """Numbers of a table of text; raises `InputError` for the first cell that is not its own."""
    values = {
        name: table[name].str.strip(" ").map(_float_of).astype("float64")
        for name, dtype in dtypes.items()
        if dtype in NUMBER_NAMES
    }
    bad = pd.DataFrame(
        {
            name: ~(column.abs() < LIMITS[dtypes[name]])
            | ((dtypes[name] == "int64") & (column % 1 != 0))
            for name, column in values.items()
        }
    ).to_numpy(dtype=bool)
    if bad.any():
        row = int(np.argmax(bad.any(axis=1)))
        name = list(values)[int(np.argmax(bad[row]))]
        fix = "correct or remove the line"
        if row == 0:
            fix = "correct it or, if the line is a header, remove it or start it with #"
        number = NUMBER_NAMES[dtypes[name]]
        text.fail(row, f"{name} {table[name].iloc[row]!r} is not a {number}", fix)
    return table.assign(**{name: values[name].astype(dtypes[name]) for name in values})


def _float_of(cell: str) -> float:
    """The number that a cell holds; NaN where it holds none, or one of another script."""
    return float(cell) if NUMBER.fullmatch(cell) else np.nan


def first_fields(path: str | Path) -> list[str]:
    """Fields of the first line of data of a text file, split at whitespace; empty if none."""
    with open_input(path) as handle:
        for line in handle:
            line = line.removeprefix(codecs.BOM_UTF8)
            words = line.split()
            is_word = words and words[0] in SKIPPED_WORDS and line.startswith(words[0])
            if words and not line.startswith(b"#") and not is_word:
                return [word.decode("utf-8", errors="replace") for word in words]
    return []
