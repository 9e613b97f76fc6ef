"""Texts of a signal are checked the same way, and lines that are not wanted are left out."""

import gzip
import io
from functools import partial

import pytest
from input_files import message_of

from cisfuse.readers.intervals import read_bedgraph, read_signal_table
from cisfuse.readers.signal_kinds.bedgraph import check_bedgraph
from cisfuse.readers.signal_kinds.kind import copy_lines_on, read_on
from cisfuse.readers.signal_kinds.span_table import check_signal_table

SIZES = {"chr22": 1000, "chrM": 200}
GENOME = "genome.fa.gz"
LINES = {
    "bedgraph": ["chr1\t0\t9\t1", "chr10 0 9 2", "chr1\t9\t12\t3", "chr2\t0\t9\t4"],
    "table": ["chr1:0-9\t1", "chr10:0-9 2", "chr1:9-12\t3", "HLA-A*01:01:0-9\t4"],
}


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("name", ["signal.txt", "signal.txt.gz"])
def test_lines_of_other_chromosomes_and_headers_are_left_out(tmp_path, kind, name):
    lines = LINES[kind]
    text = "\n".join(["track x", "# chr1", "name value", "", *lines])
    content = b"\xef\xbb\xbf" + text.removeprefix("track x\n").encode()
    for start in (content, text.encode(), "\n".join(lines).encode()):
        (tmp_path / name).write_bytes(gzip.compress(start) if name.endswith("gz") else start)
        target = io.BytesIO()
        copy_lines_on(["chr1"], tmp_path / name, target)
        assert target.getvalue().decode().split("\n") == [lines[0], lines[2], ""]
    target = io.BytesIO()
    copy_lines_on(["chr10", "chr2", "HLA-A*01:01"], tmp_path / name, target)
    assert target.getvalue().decode().split("\n") == [lines[1], lines[3]]


@pytest.mark.parametrize(
    ("check", "line"),
    [(check_bedgraph, "{}\t{}\t{}\t{}\n"), (check_signal_table, "{}:{}-{} {}\n")],
)
def test_text_signals(write, check, line):
    path = write(line.format("chr22", 0, 9, 0) + line.format("chr22", 9, 18, 0.5))
    assert check(path, SIZES, ["chr22"], GENOME) == ["chr22"]
    assert check(path, SIZES, [], GENOME) == ["chr22"]
    assert "other than 0 on 'chrM'" in message_of(check, path, SIZES, ["chrM"], GENOME)
    assert "use 'chr22', genome.fa.gz uses '22'" in message_of(check, path, {"22": 9}, [], GENOME)
    # 200 bp past the end are those of reads that were extended.
    assert check(path, {"chr22": 17}, [], GENOME) == ["chr22"]
    past = write(line.format("chr22", 0, 9, 1) + line.format("chr22", 9, 1201, 1), "past.txt")
    assert "another genome build" in message_of(check, past, SIZES, [], GENOME)
    assert check(past, {"chr22": 1001}, [], GENOME) == ["chr22"]
    path = write(line.format("chr22", 0, 9, 0))
    assert "every chromosome of the FASTA" in message_of(check, path, SIZES, [], GENOME)


@pytest.mark.parametrize(
    ("check", "line"),
    [(check_bedgraph, "{}\t{}\t{}\t{}\n"), (check_signal_table, "{}:{}-{} {}\n")],
)
def test_chromosomes_that_are_not_asked_for_stop_nothing(write, check, line):
    good = line.format("chr22", 0, 9, 1)
    far = write(good + line.format("chrM", 100, 9999, 1), "far.txt")
    negative = write(good + line.format("chrM", 0, 9, -1), "negative.txt")
    for path, words in [(far, "past the end of 'chrM'"), (negative, "negative on chrM:0-9 (-1)")]:
        assert check(path, SIZES, ["chr22"], GENOME) == ["chr22"]
        for chromosomes in ([], ["chrM"]):
            assert words in message_of(check, path, SIZES, chromosomes, GENOME)


@pytest.mark.parametrize("name", ["signal.txt", "signal.txt.gz"])
@pytest.mark.parametrize(
    ("read", "lines"),
    [
        (read_bedgraph, ["chr1\t0\t9\t1", "chr2\t0\t9\tx"]),
        (read_signal_table, ["chr1:0-9 1", "chr2:0-9 x"]),
    ],
)
def test_no_error_names_the_copy_of_the_lines_that_are_wanted(write, name, read, lines):
    path = write("\n".join(lines[:1]) + "\n", name)
    found = read_on(["chrM"], path, read)
    assert found.empty
    assert found.columns.tolist() == read(path).columns.tolist()
    path = write("\n".join(lines) + "\n", name)
    message = message_of(partial(read_on, ["chr2"], path), read)
    assert message.startswith(f"{path}: line 2: value 'x' is not a finite number")
