"""The same content gives the same bytes, and damage is named."""

import gzip
import hashlib
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from cisfuse.base import files
from cisfuse.base.errors import DamagedFileError, InputError
from cisfuse.base.files import (
    complete_or_absent,
    is_gzipped,
    open_input,
    read_by_chromosome,
    read_json,
    read_pieces,
    read_table,
    sha256,
    table_writer,
    write_arrays,
    write_bytes,
    write_json,
    write_table,
)

TABLE = pd.DataFrame(
    {"name": ["22:0-9", "NA:9-18"], "chrom": ["22", "NA"], "start": [0, 9], "value": [0.1, 2.5]}
)


@pytest.mark.parametrize("name", ["table.tsv", "table.tsv.gz"])
def test_a_table_gives_back_what_was_written(tmp_path, name):
    write_table(TABLE, tmp_path / name)
    found = read_table(tmp_path / name)
    assert found["chrom"].tolist() == ["22", "NA"]
    pd.testing.assert_frame_equal(found, TABLE, check_dtype=False)
    assert is_gzipped(tmp_path / name) == name.endswith(".gz")


def test_numbers_come_back_to_the_last_bit(tmp_path):
    generator = np.random.default_rng(0)
    values = generator.normal(size=5000) * 10.0 ** generator.integers(-8, 9, 5000)
    write_table(pd.DataFrame({"logit": values}), tmp_path / "table.tsv")
    np.testing.assert_array_equal(read_table(tmp_path / "table.tsv")["logit"], values)


def test_empty_splits_stay_empty_text(tmp_path):
    write_table(TABLE.assign(split=["", "test"]), tmp_path / "table.tsv")
    assert read_table(tmp_path / "table.tsv")["split"].tolist() == ["", "test"]


def test_gzip_holds_no_time(tmp_path, monkeypatch):
    contents = []
    for now in (1e9, 1.5e9):
        monkeypatch.setattr("time.time", lambda now=now: now)
        write_table(TABLE, tmp_path / "table.tsv.gz")
        contents.append((tmp_path / "table.tsv.gz").read_bytes())
    assert contents[0] == contents[1]
    assert gzip.decompress(contents[0]).decode() == TABLE.to_csv(sep="\t", index=False)


def make_table(rows: int) -> pd.DataFrame:
    generator = np.random.default_rng(rows)
    return pd.DataFrame(
        {
            "chrom": np.repeat(
                ["chr2", "chr10", "chr1"], [rows - 2 * (rows // 3), *2 * [rows // 3]]
            ),
            "start": generator.integers(0, 10**9, rows),
            "logit": generator.normal(size=rows) * 10.0 ** generator.integers(-8, 9, rows),
            "accessibility": generator.gamma(0.1, 1, rows).astype(np.float32),
        }
    )


ODD_CELLS = pd.DataFrame(
    {
        "float": [1.5, np.nan, 1e-7, 3e20, -np.inf],
        "single": np.array([0.1, np.nan, 1e-9, 16777216, np.inf], np.float32),
        "text": ["", 'a "word"', "tab\tinside", "line\nend", "return\r"],
        "mixed": [None, True, 1, 2.5, "é"],
        "flag": [True, False, True, True, False],
    }
)
TABLES = {
    "numbers": make_table(50),
    "one_column": make_table(7)[["logit"]],
    "no_rows": make_table(0),
    "odd_cells": ODD_CELLS,
    "odd_header": pd.DataFrame({'a "b"': [1], "c\td": [2]}),
    "one_column_of_nothing": pd.DataFrame({"text": ["", "x"]}),
}


@pytest.mark.parametrize("float_format", [None, "%.6g"])
@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_text_is_that_of_pandas_whatever_the_piece(
    tmp_path, monkeypatch, table, rows, float_format
):
    monkeypatch.setattr(files, "PIECE_ROWS", rows)
    write_table(table, tmp_path / "table.tsv", float_format)
    expected = table.to_csv(sep="\t", index=False, lineterminator="\n", float_format=float_format)
    assert (tmp_path / "table.tsv").read_bytes().decode() == expected


@pytest.mark.parametrize("name", ["table.tsv", "table.tsv.gz"])
@pytest.mark.parametrize("cuts", [[], [0, 0], [1, 2, 3], [5000, 5000, 29_999]])
def test_pieces_leave_no_trace_in_the_bytes(tmp_path, name, cuts):
    table = make_table(30_000)
    write_table(table, tmp_path / name)
    with table_writer(tmp_path / f"again_{name}") as write:
        for start, stop in pairwise([0, *cuts, len(table)]):
            write(table.iloc[start:stop])
    assert (tmp_path / f"again_{name}").read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("rows", [1, 4, 7, 1000])
@pytest.mark.parametrize("count", [0, 1, 3, 50])
def test_tables_are_read_in_pieces_and_by_chromosome(tmp_path, monkeypatch, rows, count):
    write_table(make_table(count), tmp_path / "table.tsv.gz")
    table = read_table(tmp_path / "table.tsv.gz")
    monkeypatch.setattr(files, "PIECE_ROWS", rows)
    pieces = list(read_pieces(tmp_path / "table.tsv.gz"))
    assert [len(piece) for piece in pieces[:-1]] == [rows] * (len(pieces) - 1)
    pd.testing.assert_frame_equal(pd.concat(pieces), table)
    tables = list(read_by_chromosome(tmp_path / "table.tsv.gz"))
    assert [part["chrom"].tolist() for part in tables] == [
        group.tolist() for _, group in table["chrom"].groupby(table["chrom"], sort=False)
    ] or [[]]
    assert all(part.index.tolist() == list(range(len(part))) for part in tables)
    pd.testing.assert_frame_equal(pd.concat(tables, ignore_index=True), table)


def test_columns_are_chosen(tmp_path):
    write_table(TABLE, tmp_path / "table.tsv")
    found = read_table(tmp_path / "table.tsv", ["chrom", "value"])
    assert found.columns.tolist() == ["chrom", "value"]
    with pytest.raises(DamagedFileError, match=r"table\.tsv: damaged .*end"):
        read_table(tmp_path / "table.tsv", ["end"])


def test_damage_shows_although_pieces_before_it_were_read(tmp_path):
    path = tmp_path / "table.tsv.gz"
    write_table(make_table(200_000), path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    pieces = read_pieces(path)
    assert len(next(pieces)) == files.PIECE_ROWS
    with pytest.raises(DamagedFileError, match=r"table\.tsv\.gz: damaged .*run again"):
        list(pieces)


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flip"])
def test_a_damaged_table_is_named(tmp_path, damage):
    path = tmp_path / "table.tsv.gz"
    write_table(TABLE, path)
    content = path.read_bytes()
    path.write_bytes(
        {
            "cut": content[:-9],
            "empty": b"",
            "text": b"not gzip",
            "flip": content[:-8] + bytes([content[-8] ^ 1]) + content[-7:],
        }[damage]
    )
    with pytest.raises(DamagedFileError, match=r"table\.tsv\.gz: damaged .*run again"):
        read_table(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_inputs_are_read_plain_or_gzipped_whatever_their_name(tmp_path, compressed):
    path = tmp_path / "peaks.bed"
    path.write_bytes(gzip.compress(b"chr1\t0\t9\n") if compressed else b"chr1\t0\t9\n")
    with open_input(path) as handle:
        assert handle.read() == b"chr1\t0\t9\n"


def test_a_missing_input_is_named(tmp_path):
    with (
        pytest.raises(InputError, match=r"nothing\.bed: no such file"),
        open_input(tmp_path / "nothing.bed"),
    ):
        pass


def test_a_truncated_input_is_named_although_it_shows_late(tmp_path):
    path = tmp_path / "peaks.bed.gz"
    content = gzip.compress(np.random.default_rng(0).bytes(100_000))
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"peaks\.bed\.gz: .*truncated"):
        read_late(path)


def read_late(path) -> None:
    with open_input(path) as handle:
        assert len(handle.read(10)) == 10
        handle.read()


def test_checksum_is_that_of_the_bytes(tmp_path):
    content = np.random.default_rng(1).bytes(300_000)
    write_bytes(content, tmp_path / "file")
    assert sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_json_comes_back_and_does_not_depend_on_the_order_of_keys(tmp_path):
    content = {"b": [1, 2.5, None], "a": {"é": "chr1"}}
    write_json(content, tmp_path / "one.json")
    write_json(dict(reversed(content.items())), tmp_path / "two.json")
    assert read_json(tmp_path / "one.json") == content
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


@pytest.mark.parametrize("content", [b"", b'{"a": 1', b"\xff\xfe{}"])
def test_damaged_json_is_named(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"manifest\.json: damaged"):
        read_json(tmp_path / "manifest.json")


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    target = tmp_path / "new" / "file"
    with complete_or_absent(target) as output:
        output.write(b"first")
        assert not target.exists()
    with open(target, "rb") as reader:
        with complete_or_absent(target) as output:
            output.write(b"second")
            output.flush()
            assert target.read_bytes() == b"first"
        assert reader.read() == b"first", "who reads meanwhile has one file or the other"
    assert target.read_bytes() == b"second"
    assert list(target.parent.iterdir()) == [target]


def write_half_a_table(path):
    with table_writer(path) as write:
        write(TABLE)
        raise OSError("the disk is full")


class Unreadable:
    """An array that cannot be had."""

    def __array__(self, *arguments, **options):
        raise OSError("the disk is full")


WRITERS = {
    "table": write_half_a_table,
    "bytes": lambda path: write_bytes("no bytes", path),
    "json": lambda path: write_json({"a": object()}, path),
    "arrays": lambda path: write_arrays(path, {"a": np.zeros(5), "b": Unreadable()}),
}


@pytest.mark.parametrize("name", ["file", "file.gz"])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_that_fails_leaves_the_earlier_file_and_nothing_else(tmp_path, writer, name):
    target = tmp_path / name
    target.write_bytes(b"earlier")
    with pytest.raises((OSError, TypeError)):
        WRITERS[writer](target)
    assert target.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [target]


def test_arrays_come_back_and_their_bytes_are_those_of_numpy(tmp_path):
    arrays = {"rows": np.arange(9), "maps": np.random.default_rng(0).random((3, 4))}
    write_arrays(tmp_path / "arrays.npz", arrays)
    np.savez(tmp_path / "plain.npz", **arrays)
    assert (tmp_path / "arrays.npz").read_bytes() == (tmp_path / "plain.npz").read_bytes()


def test_what_a_killed_writer_left_is_removed_and_that_of_a_living_one_is_not(tmp_path):
    left = tmp_path / ".table[1].tsv.0123456789ab.part"
    other = tmp_path / ".other.tsv.0123456789ab.part"
    for path in (left, other):
        path.write_bytes(b"half")
    with complete_or_absent(tmp_path / "table[1].tsv") as first:
        assert not left.exists()
        first.write(b"first")
        with complete_or_absent(tmp_path / "table[1].tsv") as second:
            second.write(b"second")
        assert (tmp_path / "table[1].tsv").read_bytes() == b"second"
    assert (tmp_path / "table[1].tsv").read_bytes() == b"first"
    assert sorted(tmp_path.iterdir()) == [other, tmp_path / "table[1].tsv"]
