"""Slow, obvious readers of the users' files, which the library's must agree with.

Each takes a file's bytes and returns its rows as tuples, or raises `Refused` where the library
must raise an error of its own.
"""

import codecs
import math
import re
from collections.abc import Callable

SPLITS = ("train", "valid", "test")
FOREIGN = (b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"BAM\x01", b"CRAM")
FOREIGN += (b"\x43\x27\x41\x1a", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")
FOREIGN += (b"\x26\xfc\x8f\x88", b"\x88\x8f\xfc\x26", b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")
Row = tuple[str | int | float, ...]


class Refused(Exception):
    """The file is not what it should be."""


def require(condition: object) -> None:
    if not condition:
        raise Refused


def plain_text(content: bytes) -> str:
    content = content.removeprefix(codecs.BOM_UTF8)
    require(not content.startswith(FOREIGN))
    require(not any(code < 32 and code not in b"\t\n" for code in content))
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Refused from None


def is_skipped(line: str) -> bool:
    words = re.split("[ \t]+", line)
    return not line.strip(" \t") or line[0] == "#" or words[0] in ("track", "browser")


def plain_lines(content: bytes) -> list[list[str]]:
    """Fields of the lines of data."""
    lines = [line for line in plain_text(content).split("\n") if not is_skipped(line)]
    if lines and "\t" in lines[0]:
        return [line.split("\t") for line in lines]
    return [re.split("[ \t]+", line.strip(" \t")) for line in lines]


def number(field: str) -> float:
    field = field.strip(" ")
    require(re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", field))
    require(math.isfinite(float(field)))
    return float(field)


def whole_number(field: str) -> int:
    value = number(field)
    require(value == int(value) and abs(value) < 10**15)
    return int(value)


def read_columns(lines: list[list[str]], converters: list[Callable]) -> list[Row]:
    for fields in lines:
        require(len(fields) >= len(converters))
    return [
        tuple(convert(field) for convert, field in zip(converters, fields, strict=False))
        for fields in lines
    ]


def read_places(lines: list[list[str]], *others: Callable) -> list[Row]:
    rows = read_columns(lines, [str, whole_number, whole_number, *others])
    for chrom, start, end, *_ in rows:
        require(chrom and " " not in chrom and 0 <= start < end)
    return rows


def plain_intervals(content: bytes) -> list[Row]:
    lines = plain_lines(content)
    require(lines)
    return read_places(lines)


def plain_blacklist(content: bytes) -> list[Row]:
    return read_places(plain_lines(content))


def plain_sites(content: bytes) -> list[Row]:
    lines = plain_lines(content)
    if lines and len(lines[0]) >= 6:
        rows = read_places(lines, str, number, str)
        for row in rows:
            require(row[5] in ("+", "-", "."))
        return rows
    return [(*row, "site", None, ".") for row in read_places(lines)]


def plain_bedgraph(content: bytes) -> list[Row]:
    lines = plain_lines(content)
    require(lines)
    rows = read_places(lines, number)
    for place, (chrom, start, end, _) in enumerate(rows):
        for other, other_start, other_end, _ in rows[:place]:
            require(chrom != other or end <= other_start or other_end <= start)
    return rows


def without_repeats(rows: list[Row], key_columns: int) -> list[Row]:
    kept: dict[Row, Row] = {}
    for row in rows:
        require(kept.setdefault(row[:key_columns], row) == row)
    return list(kept.values())


def plain_labelled_spans(content: bytes) -> list[Row]:
    lines = plain_lines(content)
    if lines and [field.lower() for field in lines[0][:4]] == ["chrom", "start", "end", "label"]:
        lines = lines[1:]
    require(lines)
    rows = read_places(lines, str, *([str] if len(lines[0]) >= 5 else []))
    for row in rows:
        require(row[3] in ("0", "1"))
        require(len(row) < 5 or row[4] in SPLITS)
    return without_repeats([(*row[:3], int(row[3]), *row[4:]) for row in rows], 3)


def plain_signal_table(content: bytes) -> list[Row]:
    lines = plain_lines(content)
    if lines and [field.lower() for field in lines[0][:2]] == ["name", "value"]:
        lines = lines[1:]
    require(lines)
    rows = read_columns(lines, [str, number])
    for name, _ in rows:
        place = re.fullmatch(r"\S+:([0-9]{1,15})-([0-9]{1,15})", name)
        require(place and int(place[1]) < int(place[2]))
    return without_repeats(rows, 1)


def plain_predictions(content: bytes) -> list[Row]:
    lines = plain_lines(content)
    columns = {
        "name": str,
        "chrom": str,
        "start": whole_number,
        "end": whole_number,
        "label": whole_number,
        "logit": number,
    }
    require(lines)
    header = [field.strip() for field in lines[0]]
    for column in columns:
        require(header.count(column) == 1)
    width = max(header.index(column) for column in columns) + 1
    rows = []
    for fields in lines[1:]:
        require(len(fields) >= width)
        rows.append(tuple(convert(fields[header.index(name)]) for name, convert in columns.items()))
    require(len({row[0] for row in rows}) == len(rows))
    return rows


def plain_fasta(content: bytes) -> dict[str, str]:
    """Upper-case letters of each sequence; says less than the library of what is refused."""
    sequences: dict[str, list[str]] = {}
    name = ""
    for line in content.removeprefix(codecs.BOM_UTF8).decode().split("\n"):
        line = line.removesuffix("\r")
        if line.startswith(">"):
            name = line[1:].split()[0]
            assert name not in sequences
            sequences[name] = []
        elif line:
            sequences[name].append(line.upper())
    return {name: "".join(lines) for name, lines in sequences.items()}


def plain_sheet(content: bytes) -> list[dict[str, str]]:
    """Cells of each row by the header's columns, spaces around them left out."""
    lines = re.split("\r\n|\r|\n", content.removeprefix(codecs.BOM_UTF8).decode())
    rows = [
        [cell.strip() for cell in line.split("\t")]
        for line in lines
        if line.strip() and not line.startswith("#")
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
