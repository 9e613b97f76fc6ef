"""Slow, obvious readers of the users' files, which the library's must agree with.

Each takes a file's bytes and returns its rows as tuples, or raises `Refused` where the library
must raise an error of its own.
"""

import codecs
import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Kind:
    """What is predicted: how its column is called and which cells are values of it."""

    columns: tuple[str, ...]
    value: Callable[[str], float]
    no_header: Callable[[str], bool]
    enough: Callable[[list[float]], bool]  # whether these can be learnt


def label_of(field: str) -> int:
    require(field in ("0", "1"))
    return int(field)


def activity_of(field: str) -> float:
    value = number(field.strip())
    try:
        struct.pack("<f", value)  # of this order it refuses what would be infinite
    except OverflowError:
        raise Refused from None
    return value


def looks_numeric(field: str) -> bool:
    """Whether a cell is a number, or stands where one is missing, infinite or has a comma."""
    word = field.strip().lower()
    if word in ("na", "nan", "n/a", "null", "none", ".") or re.fullmatch("[+-]*inf(inity)?", word):
        return True
    digits = re.split("e[+-]?", word, maxsplit=1)
    mantissa = re.sub("^[+-]", "", digits[0])
    if len(digits) == 2 and not re.fullmatch("[0-9]+", digits[1]):
        return False
    if len(digits) == 1 and re.fullmatch("[0-9]*,[0-9]+", mantissa):
        return True
    return mantissa.replace(".", "", 1).isdecimal() and mantissa.isascii()


LABELS = Kind(
    ("label",), label_of, lambda field: field in ("0", "1"), lambda all_: len(set(all_)) > 1
)
ACTIVITIES = Kind(
    ("activity", "label"), activity_of, looks_numeric, lambda values: min(values) < max(values)
)


def plain_labelled_spans(content: bytes, kind: Kind = LABELS) -> list[Row]:
    lines = plain_lines(content)
    headers = [["chrom", "start", "end", column] for column in kind.columns]
    if lines and [field.lower() for field in lines[0][:4]] in headers:
        lines = lines[1:]
    require(lines)
    rows = read_places(lines, kind.value, *([str] if len(lines[0]) >= 5 else []))
    for row in rows:
        require(len(row) < 5 or row[4] in SPLITS)
    return without_repeats(rows, 3)


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


def plain_predictions(content: bytes, target: str = "label", output: str = "logit") -> list[Row]:
    lines = plain_lines(content)
    columns = {
        "name": str,
        "chrom": str,
        "start": whole_number,
        "end": whole_number,
        target: whole_number if target == "label" else number,
        output: number,
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
    """Bases of each sequence, N for other letters; says less than the library of what is wrong."""
    sequences: dict[str, list[str]] = {}
    name = ""
    for line in content.removeprefix(codecs.BOM_UTF8).decode().split("\n"):
        line = line.removesuffix("\r")
        if line.startswith(">"):
            name = line[1:].split()[0]
            assert name not in sequences
            sequences[name] = []
        elif line:
            sequences[name].append(re.sub("[^ACGT]", "N", line.upper()))
    return {name: "".join(lines) for name, lines in sequences.items()}


def plain_labelled_sequences(
    content: bytes,
    labels: bytes | None = None,
    labels_header: bool = False,
    kind: Kind = LABELS,
) -> list[Row]:
    """Line, name, sequence, value and perhaps split of each sequence of any kind of files."""
    lines = lines_of_any_end(content)
    require(any(line.strip(" \t") for line in lines))
    first = next(line for line in lines if line.strip(" \t")).lstrip(" \t")
    data = numbered_fields(lines)
    header = [field.strip(" ").lower() for field in data[0][1]] if data else []
    is_tsv = "sequence" in header and any(column in header for column in kind.columns)
    if first.startswith(">"):
        require(labels is not None)
        rows = plain_fasta_with_table(lines, lines_of_any_end(labels), labels_header, kind)
    elif is_tsv:
        require(labels is None)
        rows = plain_sequence_table(header, data[1:], kind)
    else:
        require(labels is not None)
        rows = plain_parallel(lines, lines_of_any_end(labels), labels_header, kind)
    names = [row[1] for row in rows]
    require(len(set(names)) == len(names))
    for _, name, sequence, _, *split in rows:
        require(name and " " not in name)
        require(sequence and set(sequence) <= set("ACGTN"))
        require(all(word in SPLITS for word in split))
    require(rows and kind.enough([row[3] for row in rows]))
    return rows


def lines_of_any_end(content: bytes) -> list[str]:
    return plain_text(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).split("\n")


def numbered_fields(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Number and fields of each line that is neither blank nor a comment."""
    data = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip(" \t") and not line.startswith("#")
    ]
    if data and "\t" in data[0][1]:
        return [(number, line.split("\t")) for number, line in data]
    return [(number, re.split("[ \t]+", line.strip(" \t"))) for number, line in data]


def plain_fasta_with_table(
    lines: list[str], labels: list[str], labels_header: bool, kind: Kind
) -> list[Row]:
    records: list[list] = []
    for number, line in enumerate(lines, start=1):
        line = line.strip(" \t")
        if line.startswith(">"):
            words = [word for word in re.split("[ \t]+", line[1:]) if word]
            require(words)
            records.append([number, words[0], ""])
        elif line:
            require(set(line) <= set("ACGTNacgtn"))
            records[-1][2] += line.upper()
    table = [fields for _, fields in numbered_fields(labels)]
    names = [name for _, name, _ in records]
    require(table)
    is_header = len(table[0]) > 1 and not kind.no_header(table[0][1]) and table[0][0] not in names
    table = table[1:] if labels_header or is_header else table
    require(table)
    width = 3 if len(table[0]) >= 3 else 2
    require(all(len(fields) >= width for fields in table))
    value_of_name = {fields[0]: (kind.value(fields[1]), *fields[2:width]) for fields in table}
    require(len(value_of_name) == len(table) and sorted(value_of_name) == sorted(names))
    return [(*record, *value_of_name[record[1]]) for record in records]


def plain_parallel(
    lines: list[str], labels: list[str], labels_header: bool, kind: Kind
) -> list[Row]:
    lines, labels = ([line.strip(" \t") for line in file] for file in (lines, labels))
    while not lines[-1]:
        lines = lines[:-1]
    while labels and not labels[-1]:
        labels = labels[:-1]
    require(labels)
    if labels_header or (labels[0] and not kind.no_header(labels[0])):
        labels = labels[1:]
    require(len(labels) == len(lines) and all(labels))
    width = len(str(len(lines)))
    return [
        (number, f"sequence_{str(number).zfill(width)}", line, kind.value(label))
        for number, (line, label) in enumerate(zip(map(upper, lines), labels, strict=True), start=1)
    ]


def upper(letters: str) -> str:
    """Letters of DNA in upper case; other letters, some of which become A to N, stay."""
    require(set(letters) <= set("ACGTNacgtn"))
    return letters.upper()


def plain_sequence_table(
    header: list[str], data: list[tuple[int, list[str]]], kind: Kind
) -> list[Row]:
    given = next(column for column in kind.columns if column in header)
    known = [column for column in header if column in ("name", "sequence", given, "split")]
    require(len(set(known)) == len(known))
    last = max(header.index(column) for column in known)
    rows = []
    for place, (number, fields) in enumerate(data, start=1):
        require(len(fields) > last)
        row = dict(zip(header, fields, strict=False))
        name = row.get("name", f"sequence_{str(place).zfill(len(str(len(data))))}")
        split = [row["split"]] if "split" in row else []
        rows.append((number, name, upper(row["sequence"]), kind.value(row[given]), *split))
    return rows


def plain_sheet(content: bytes) -> list[dict[str, str]]:
    """Cells of each row by the header's columns, without the spaces and quotes around them."""
    lines = re.split("\r\n|\r|\n", content.removeprefix(codecs.BOM_UTF8).decode())
    rows = [
        [unquoted(cell.strip()) for cell in line.split("\t")]
        for line in lines
        if line.strip() and not line.startswith("#")
    ]
    header = rows[0]
    while not header[-1]:
        header = header[:-1]
    for row in rows[1:]:
        require(not any(row[len(header) :]))
    return [dict(zip(header, row[: len(header)], strict=True)) for row in rows[1:] if any(row)]


def unquoted(cell: str) -> str:
    for quote in "\"'":
        inner = cell[1:-1].replace(2 * quote, "")
        if len(cell) > 1 and cell[0] == cell[-1] == quote and quote not in inner:
            return cell[1:-1].replace('""', '"').strip()
    return cell
