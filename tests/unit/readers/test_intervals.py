"""The readers of text files agree with plain Python, and say what is wrong with bad files."""

import gzip
from functools import partial

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import InputError
from cisfuse.readers.intervals import (
    parse_span_names,
    read_bedgraph,
    read_blacklist,
    read_intervals,
    read_labelled_spans,
    read_signal_table,
    read_sites,
)
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding

read_labels = partial(read_labelled_spans, target=binding)
read_activities = partial(read_labelled_spans, target=activity)
READERS = (read_intervals, read_labels, read_bedgraph, read_signal_table)


@pytest.fixture
def write(tmp_path):
    """Write text or bytes to a file, gzipped when its name ends in .gz; return its path."""

    def _write(content, name="file.txt"):
        content = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return _write


def reference(text, *converters):
    """Slow, obvious version: the rows of the lines with data."""
    lines = [line for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("#", "track", "browser"))]
    fields = [line.split("\t" if "\t" in lines[0] else None) for line in lines]
    return [
        tuple(convert(field) for convert, field in zip(converters, row, strict=False))
        for row in fields
    ]


def rows(table):
    return list(table.itertuples(index=False, name=None))


HEADER = "browser position chr1\ntrack name=x\n#chrom\tstart\tend\n\n"
PEAKS = HEADER + "chr2\t50\t60\tpeak 1\t.\nchr1\t0\t10\n  \nchr1\t5\t7\tx\ty\tz\n# end\nchr1\t5\t7"


@pytest.mark.parametrize("name", ["peaks.bed", "peaks.bed.gz", "peaks"])
def test_intervals_equal_reference(write, name):
    table = read_intervals(write(PEAKS, name))
    assert rows(table) == reference(PEAKS, str, int, int)
    assert list(table.columns) == ["chrom", "start", "end"]
    assert table["start"].dtype == table["end"].dtype == np.int64
    assert isinstance(table["chrom"].dtype, pd.StringDtype)


@pytest.mark.parametrize("text", [PEAKS.replace("\t", "   "), " 1 2 3\n22  5   9 \n"])
def test_intervals_separated_by_spaces(write, text):
    assert rows(read_intervals(write(text))) == reference(text, str, int, int)


def test_names_stay_text(write):
    table = read_intervals(write("22\t1\t2\nNA\t1\t2\n1e5\t1e3\t2000\n'x\"\t1\t2\n"))
    assert table["chrom"].tolist() == ["22", "NA", "1e5", "'x\""]
    assert table["start"].tolist() == [1, 1, 1000, 1]


def test_gzip_is_told_by_content_not_by_name(write, tmp_path):
    path = tmp_path / "peaks.bed"
    path.write_bytes(gzip.compress(PEAKS.encode()))
    assert rows(read_intervals(path)) == reference(PEAKS, str, int, int)
    assert rows(read_intervals(write("\ufeffchr1\t1\t2\n"))) == [("chr1", 1, 2)]


def test_many_random_lines_equal_reference(write):
    generator = np.random.default_rng(1)
    start = generator.integers(0, 10**9, 3000)
    end = start + generator.integers(1, 10**4, 3000)
    value = generator.lognormal(0, 20, 3000).astype(str)
    chrom = generator.choice(["chr1", "chrUn_x", "22"], 3000)
    lines = zip(chrom, start.astype(str), end.astype(str), strict=True)
    lines = ["\t".join(fields) for fields in lines]
    comments = generator.choice(["", "#x\n", "\n"], 3000, p=[0.8, 0.1, 0.1])
    text = "".join(f"{c}{line}\n" for c, line in zip(comments, lines, strict=True))
    assert rows(read_intervals(write(text))) == reference(text, str, int, int)
    text = "".join(f"c:{i}-{i + 9}\t{v}\n" for i, v in enumerate(value))
    assert rows(read_signal_table(write(text))) == reference(text, str, float)


@pytest.mark.parametrize(
    "header", ["", "#chrom\tstart\tend\tlabel\tsplit\n", "Chrom\tstart\tend\tlabel\tsplit\n"]
)
def test_labelled_spans(write, header):
    text = "chr1\t0\t101\t1\ttrain\nchr1\t101\t202\t0\tvalid\nchr2\t0\t101\t0\ttest\n"
    table = read_labels(write(header + text))
    assert rows(table) == reference(text, str, int, int, int, str)
    assert table["label"].dtype == np.int64
    table = read_labels(write("chrom start end label\nchr1 0 101 1\n"))
    assert rows(table) == [("chr1", 0, 101, 1)]


@pytest.mark.parametrize("column", ["activity", "Activity", "label", ""])
def test_spans_with_activities(write, column):
    header = f"chrom\tstart\tend\t{column}\n" if column else ""
    text = "chr1\t0\t101\t-1.25\ttrain\nchr1\t101\t202\t3e2\tvalid\nchr2\t0\t101\t7\ttest\n"
    table = read_activities(write(header + text))
    assert rows(table) == reference(text, str, int, int, float, str)
    assert table["activity"].dtype == np.float64
    again = read_activities(write("a\t0\t9\t1\na\t9\t18\t2\na\t0\t9\t1.0\n"))
    assert rows(again) == [("a", 0, 9, 1.0), ("a", 9, 18, 2.0)]


def test_repeats_that_agree_are_dropped(write):
    table = read_labels(write("a\t0\t9\t1\na\t9\t18\t0\na\t0\t9\t1\na\t20\t29\t0\n"))
    assert rows(table) == [("a", 0, 9, 1), ("a", 9, 18, 0), ("a", 20, 29, 0)]
    assert table.index.tolist() == [0, 1, 2]
    assert rows(read_signal_table(write("a:0-9 1\na:0-9 1.0\n"))) == [("a:0-9", 1.0)]


def test_bedgraph(write):
    text = "track type=bedGraph\nb\t10\t20\t1e-3\nb\t0\t10\t-2\na\t5\t7\t.5\n"
    assert rows(read_bedgraph(write(text))) == reference(text, str, int, int, float)


def test_signal_table_and_names(write):
    text = "name value\nchr22:5-106 0.003902\nHLA:A*01:0-101 7\n"
    assert rows(read_signal_table(write(text))) == [
        ("chr22:5-106", 0.003902),
        ("HLA:A*01:0-101", 7.0),
    ]
    places = parse_span_names(pd.Series(["chr22:5-106", "HLA:A*01:0-101", "chr22"]))
    assert rows(places) == [("chr22", 5, 106), ("HLA:A*01", 0, 101), ("", 0, 0)]


def test_empty_blacklist(write):
    for content in ("", "# none\n", "\n"):
        table = read_intervals(write(content), allow_empty=True)
        assert rows(table) == []
        assert table["start"].dtype == np.int64


GOOD = "a\t0\t9\n"
BAD_FILES = [
    (read_intervals, "", ["the file is empty"]),
    (read_intervals, "#x\n\n", ["no intervals in it"]),
    (read_labels, "chrom\tstart\tend\tlabel\n", ["no spans in it"]),
    (read_intervals, GOOD + "#\n\na\t5\n", ["line 4: 2 column(s), 3", "chrom, start, end", "tabs"]),
    (read_intervals, GOOD + "a 5 9\n", ["line 2: 1 column(s)", "separate columns by tabs"]),
    (read_intervals, "#x\nchr\tstart\tend\n" + GOOD, ["line 2: start 'start'", "header"]),
    (read_intervals, GOOD + "a\tx\t9\n", ["line 2: start 'x' is not a whole number", "correct"]),
    (read_intervals, GOOD + "a\t1\t\n", ["line 2: end '' is not a whole number"]),
    (read_intervals, GOOD + "a\t1.5\t9\n", ["line 2: start '1.5' is not a whole number"]),
    (read_intervals, GOOD + "a\t1\t99999999999999999999\n", ["line 2: end '9999"]),
    (read_intervals, GOOD + "a\t1\t1e30\n", ["line 2: end '1e30'"]),
    (read_intervals, GOOD + "\t1\t9\n", ["line 2: no chromosome in column 1"]),
    (read_intervals, GOOD + "a\t-5\t9\n", ["line 2: start -5 is negative"]),
    (read_intervals, GOOD + "a\t200\t100\n", ["line 2: end 100 is not after start 200"]),
    (read_intervals, GOOD + "a\t5\t5\n", ["line 2: end 5 is not after start 5"]),
    (read_intervals, GOOD + "a\t5\t9\r\n", ["line 2: Windows", r"sed -i 's/\r$//' "]),
    (read_intervals, b"a\t0\t9\nb\xe9\t0\t9\n", ["line 2: the text is not UTF-8", "iconv"]),
    (read_intervals, b"\x7fELF\x00a\t0\t9\n", ["binary file"]),
    (read_intervals, bytes.fromhex("26fc8f88") + b"x", ["this is a bigWig, not text"]),
    (read_intervals, bytes.fromhex("ebf28987") + b"x", ["this is a bigBed, not text"]),
    (read_labels, GOOD, ["line 1: 3 column(s), 4 are needed"]),
    (read_labels, "a\t0\t9\t2\n", ["line 1: label '2' in column 4 is neither 0 nor 1"]),
    (read_labels, "a\t0\t9\tpeak\n", ["label 'peak'", "as peaks"]),
    (read_labels, "a\t0\t9\t1\tdev\n", ["split 'dev' in column 5", "cut -f1-4"]),
    (read_labels, "a\t0\t9\t1\ttest\na\t9\t18\t0\n", ["line 2: 4 column(s), 5 are"]),
    (read_activities, GOOD, ["line 1: 3 column(s), 4 are needed"]),
    (read_activities, "a\t0\t9\t1,5\n", ["line 1: activity '1,5' in column 4", "comma: 1.5"]),
    (read_activities, "a\t0\t9\tx\n", ["activity 'x' in column 4 is not a number; write one"]),
    (read_activities, "a\t0\t9\t1\na\t9\t18\tinf\n", ["line 2: activity 'inf' in", "finite"]),
    (read_activities, "a\t0\t9\t\n", ["line 1: the activity in column 4 is missing ('')"]),
    (read_activities, "a\t0\t9\t.5\tdev\n", ["split 'dev' in column 5", "cut -f1-4"]),
    (
        read_activities,
        "a\t0\t9\t1\na\t9\t18\t1\na\t0\t9\t1.5\n",
        ["line 3: a:0-9 is also on line 1, with other values", "keep one"],
    ),
    (
        read_labels,
        "#h\na\t0\t9\t1\na\t9\t18\t1\na\t0\t9\t0\n",
        ["line 4: a:0-9 is also on line 2, with other values", "keep one"],
    ),
    (read_bedgraph, GOOD, ["line 1: 3 column(s), 4 are needed"]),
    (read_bedgraph, "a\t0\t9\tx\n", ["line 1: value 'x' is not a finite number"]),
    (read_bedgraph, "a\t0\t9\tinf\n", ["line 1: value inf is not a finite number"]),
    (read_bedgraph, "a\t0\t9\t1\na\t9\t18\tnan\n", ["line 2: value 'nan' is not a finite number"]),
    (
        read_bedgraph,
        "a\t10\t20\t1\nb\t0\t9\t1\na\t0\t5\t1\na\t19\t30\t1\na\t4\t6\t1\n",
        ["line 4: a:19-30 overlaps line 1", "merge"],
    ),
    (read_signal_table, "a:0-9\n", ["line 1: 1 column(s), 2 are needed (name, value)"]),
    (read_signal_table, "a:0-9 1\nb 2\n", ["line 2: 'b' is not a span CHROM:START-END"]),
    (read_signal_table, "a:9-0 1\n", ["line 1: 'a:9-0' is not a span"]),
    (read_signal_table, "a:0-9 NA\n", ["line 1: value 'NA' is not a finite number"]),
    (read_signal_table, "a:0-9 1\nb:1-2 3\na:0-9 2\n", ["line 3: a:0-9 is also on line 1"]),
]


@pytest.mark.parametrize(("reader", "content", "parts"), BAD_FILES)
def test_bad_file(write, reader, content, parts):
    path = write(content)
    with pytest.raises(InputError) as caught:
        reader(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert "; " in message, "no fix"
    for part in parts:
        assert part in message


def test_crlf_in_gzip(write):
    with pytest.raises(InputError, match=r"gzip -dc .* \| sed 's/\\r\$//' \| gzip > NEW_FILE"):
        read_intervals(write("a\t0\t9\r\n", "peaks.bed.gz"))


@pytest.mark.parametrize("reader", READERS)
def test_missing_file(reader, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        reader(tmp_path / "none.bed")


@pytest.mark.parametrize("kept", [2, 5, 12, 100, -9, -1])
def test_truncated_gzip(tmp_path, kept):
    lines = "".join(f"chr1\t{start}\t{start * 7 + 9}\n" for start in range(500))
    path = tmp_path / "peaks.bed.gz"
    path.write_bytes(gzip.compress(lines.encode())[:kept])
    with pytest.raises(InputError, match=r"peaks\.bed\.gz: the gzip file is truncated"):
        read_intervals(path)


def test_no_blacklist_is_an_empty_one(tmp_path) -> None:
    assert read_blacklist(None).empty
    path = tmp_path / "blacklist.bed"
    path.write_text("# none\n")
    assert read_blacklist(path).empty
    path.write_text("chr1\t5\t9\n")
    assert read_blacklist(path).to_dict("list") == {"chrom": ["chr1"], "start": [5], "end": [9]}


def test_sites_come_with_name_score_and_strand_or_without(tmp_path):
    path = tmp_path / "sites.bed"
    path.write_text("# known\nchr1\t5\t14\tAP1\t979\t-\nchr1\t2\t9\tCRE\t1.5\t+\n")
    sites = read_sites(path)
    assert sites.columns.tolist() == ["chrom", "start", "end", "site", "score", "strand"]
    assert sites.iloc[0].tolist() == ["chr1", 5, 14, "AP1", 979, "-"]
    path.write_text("chr1\t5\t14\n")
    sites = read_sites(path)
    assert sites.iloc[0][["site", "strand"]].tolist() == ["site", "."]
    assert sites["score"].isna().all()
    path.write_text("# nothing\n")
    assert read_sites(path).empty


def test_a_site_on_no_strand_is_an_error(tmp_path):
    path = tmp_path / "sites.bed"
    path.write_text("chr1\t5\t14\tAP1\t979\t+\nchr1\t2\t9\tCRE\t1\tforward\n")
    with pytest.raises(InputError, match=r"sites\.bed: line 2: strand 'forward' in column 6"):
        read_sites(path)
