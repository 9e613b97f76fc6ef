"""Files of labelled sequences: each kind equals the plain reader, and mistakes name their place."""

import gzip
import re

import numpy as np
import plain_readers
import pytest

from cisfuse.base.errors import InputError
from cisfuse.sources.sequences.reading import read_labelled_sequences
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding


def read_sequences(path, labels=None, labels_header=False, target=binding):
    """The table that the library reads, without its warning."""
    return read_labelled_sequences(path, labels, target, labels_header)[0]


FASTA = ">r1 first\nACGT\nacg\n\n>r2\tx\n NNN \nA\nCC\n>\u00e9\nGATTACA\n"
TABLE = "# made by hand\nname\tlabel\nr2\t1\n\nr1\t0\n\u00e9\t1\n"
LINES = "ACGT\nggn\n  CAT\t\nTTTT\n\n \n"
LABELS = "0\n1\n 1\n0 \n\n"
TSV = "# simulated\nlabel\tnote\tsequence\n1\tx y\tacgt\n\n0\t\tTTN\n"
NAMED = "Split\tLabel\tName\tSequence\ntrain\t1\tb\tACGT\ntest\t0\ta\tAC\tignored\n"
GOOD = {
    "FASTA": (FASTA, TABLE),
    "FASTA, a table without a header": (FASTA, "r1 0\nr2 1\n\u00e9 1"),
    "FASTA, splits": (FASTA, "r1\t0\ttrain\nr2\t1\tvalid\n\u00e9\t1\ttest\n"),
    "FASTA, other columns": (FASTA, "id y split z\nr1 0 test 7\nr2 1 test 8\n\u00e9 1 test 9\n"),
    "FASTA, names that BED skips": (">track\nA\n>browser\nC\n", "track 1\nbrowser 0\n"),
    "parallel files": (LINES, LABELS),
    "parallel files, a header": (LINES, "bound\n" + LABELS),
    "TSV": (TSV, None),
    "TSV with all columns": (NAMED, None),
    "TSV separated by spaces": ("sequence label\nAC 1\nCA 0\n", None),
}


def save(folder, sequences, labels=None, end=".txt"):
    """Write both files, gzipped where ``end`` is so; the paths, None for labels without text."""
    paths = []
    for name, content in (("sequences", sequences), ("labels", labels)):
        path = folder / f"{name}{end}"
        content = content.encode() if isinstance(content, str) else content
        if content is not None:
            path.write_bytes(gzip.compress(content) if end.endswith(".gz") else content)
        paths.append(None if content is None else path)
    return paths


def rows(table):
    return list(table.itertuples(index=False, name=None))


@pytest.mark.parametrize("end_of_lines", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", [".txt", ".txt.gz"])
@pytest.mark.parametrize("kind", GOOD)
def test_each_kind_equals_the_plain_reader(tmp_path, kind, end, end_of_lines):
    texts = [text and text.replace("\n", end_of_lines) for text in GOOD[kind]]
    table = read_sequences(*save(tmp_path, *texts, end))
    contents = [text.encode() if text else None for text in texts]
    assert rows(table) == plain_readers.plain_labelled_sequences(*contents)
    columns = ["line", "name", "sequence", "label", "split"]
    assert list(table.columns) == columns[: table.shape[1]]
    assert table["line"].dtype == table["label"].dtype == np.int64


ACTIVITIES = {
    "FASTA": (FASTA, "name\tactivity\nr2\t1.5\nr1\t-2\n\u00e9\t+.5e1\n"),
    "FASTA, splits": (FASTA, "r1 1 train\nr2 0.5 valid\n\u00e9 0 test\n"),
    "parallel files": (LINES, "0.25\n-1\n 1e-3\n0 \n\n"),
    "parallel files, a header": (LINES, "log2 ratio\n1\n2\n3\n4\n"),
    "TSV": ("activity\tsequence\n0.5\tAC\n-1\tCA\n", None),
    "TSV, called a label": ("sequence\tlabel\nAC\t0.5\nCA\t7\n", None),
    "TSV, labels beside": ("label\tsequence\tactivity\n1\tAC\t0.5\nx\tCA\t7\n", None),
}


@pytest.mark.parametrize("end_of_lines", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("kind", ACTIVITIES)
def test_activities_equal_those_of_the_plain_reader(tmp_path, kind, end_of_lines):
    texts = [text and text.replace("\n", end_of_lines) for text in ACTIVITIES[kind]]
    table = read_sequences(*save(tmp_path, *texts), target=activity)
    contents = [text.encode() if text else None for text in texts]
    known = plain_readers.plain_labelled_sequences(*contents, kind=plain_readers.ACTIVITIES)
    assert rows(table) == known
    columns = ["line", "name", "sequence", "activity", "split"]
    assert list(table.columns) == columns[: table.shape[1]]
    assert table["activity"].dtype == np.float64


@pytest.mark.parametrize(
    ("sequences", "activities", "which", "pattern"),
    [
        ("AC\nGT\n", "1,5\n2\n", 1, "line 1: activity '1,5' is not a number; write a point in"),
        ("AC\nGT\n", "nan\n2\n", 1, r"line 1: the activity is missing \('nan'\); give a number"),
        ("AC\nGT\n", "1\ninf\n", 1, "line 2: activity 'inf' is not finite; .* one activity per"),
        ("AC\nGT\n", "1\n1e999\n", 1, "line 2: activity '1e999' is not finite; give a finite"),
        ("AC\nGT\n", "1\n2\n3\n", 1, "3 activities for the 2 sequences of .*; give an activi"),
        (">a\nAC\n", "a x\n", 1, "line 1: activity 'x' is not a number; write one such as 1.5"),
        (">a\nAC\n>b\nG\n", "a 1\n", 0, "line 3: no activity for 'b' in .*; add a line for it"),
        (
            ">a\nAC\n>b\nG\n",
            "x y\n0.5 a\n2 b\n",
            1,
            "line 2: an activity where a name should be; w",
        ),
        (">a\nAC\n>b\nG\n", "", 1, "no activities in it; write lines of a name and the activity"),
        (">a\nAC\n>b\nG\n", "a 2\nb 2\n", 1, "every activity is 2, so there is nothing to pre"),
        ("AC\nGT\n", None, 0, "text with one column holds no activities; name the file of activ"),
        ("sequence\tscore\nAC\t1\n", None, 0, "no header with the columns 'sequence' and 'activ"),
        ("sequence\tactivity\nAC\t1\n", "1\n", 0, "this table has activities of its own; leave"),
        ("sequence\tactivity\nAC\t\n", None, 0, r"line 2: the activity is missing \(''\); give"),
    ],
)
def test_wrong_activities_get_one_line(tmp_path, sequences, activities, which, pattern):
    paths = save(tmp_path, sequences, activities)
    with pytest.raises(InputError) as caught:
        read_sequences(*paths, target=activity)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert re.match(f"{re.escape(str(paths[which]))}: {pattern}", message), message


def test_labels_for_activities_are_read_with_a_warning(tmp_path):
    paths = save(tmp_path, LINES, LABELS)
    table, warning = read_labelled_sequences(*paths, activity)
    assert table["activity"].tolist() == [0, 1, 1, 0]
    assert "remove 'task: activity' from the config" in warning
    assert read_labelled_sequences(*paths, binding)[1] == ""


def test_a_fasta_keeps_its_order_lines_and_first_words(tmp_path):
    table = read_sequences(*save(tmp_path, FASTA, TABLE))
    assert rows(table) == [
        (1, "r1", "ACGTACG", 0),
        (5, "r2", "NNNACC", 1),
        (9, "\u00e9", "GATTACA", 1),
    ]


def test_parallel_files_are_named_by_their_lines(tmp_path):
    table = read_sequences(*save(tmp_path, LINES, LABELS))
    assert rows(table) == [
        (1, "sequence_1", "ACGT", 0),
        (2, "sequence_2", "GGN", 1),
        (3, "sequence_3", "CAT", 1),
        (4, "sequence_4", "TTTT", 0),
    ]
    table = read_sequences(*save(tmp_path, "AC\n" * 1000, "0\n1\n" * 500))
    assert table["name"].iloc[[0, 999]].tolist() == ["sequence_0001", "sequence_1000"]


def test_a_tsv_has_its_columns_in_any_order(tmp_path):
    table = read_sequences(*save(tmp_path, NAMED))
    assert rows(table) == [(2, "b", "ACGT", 1, "train"), (3, "a", "AC", 0, "test")]
    table = read_sequences(*save(tmp_path, TSV))
    assert rows(table) == [(3, "sequence_1", "ACGT", 1), (5, "sequence_2", "TTN", 0)]


@pytest.mark.parametrize(
    ("sequences", "labels"),
    [("AC\nCA\nGG\n", "0\n1\n0\n1\n"), (">a\nAC\n>b\nCA\n>c\nGG\n", "b 0\na 1\nb 0\nc 1\n")],
)
def test_a_first_line_of_labels_is_skipped_where_the_config_says_so(tmp_path, sequences, labels):
    paths = save(tmp_path, sequences, labels)
    table = read_sequences(*paths, labels_header=True)
    assert table["label"].tolist() == [1, 0, 1]
    with pytest.raises(InputError):
        read_sequences(*paths)


# The file, the labels, which of both is named, and a pattern for what follows its path.
WRONG = {
    "a letter": ("ACGT\nACXT\n", "0\n1\n", 0, "line 2: 'X' is none .*; correct it, or write N"),
    "a letter of a FASTA, on its own line": (
        ">a\nACGT\nAC\nRA\n>b\nA\n",
        "a 0\nb 1\n",
        0,
        "line 4: 'R' is none of A, C, G, T and N; correct it, or write N for an unknown base",
    ),
    "a letter of a TSV": (
        "sequence\tlabel\nAC\t0\n\nA-\t1\n",
        None,
        0,
        "line 4: '-' is none .*; correct it, or write N",
    ),
    "a letter of another script": (
        "AC\nA\u017f\n",
        "0\n1\n",
        0,
        "line 2: '\u017f' is none",
    ),
    "RNA": ("ACGT\nACGu\n", "0\n1\n", 0, "line 2: 'u' is none .*; this is RNA: replace U by T"),
    "a header of sequences": ("site\nACGT\n", "0\n1\n", 0, "line 1: 's' .* header, remove it"),
    "two columns": ("AC\nAC 1\n", "0\n1\n", 0, "line 2: ' ' is none .*; write a sequence without"),
    "names beside the sequences": ("s1\tAC\ns2\tGT\n", "0\n1\n", 0, "line 1: 's' .* beside it"),
    "FASTQ": ("@s\nAC\n+\nII\n", "0\n1\n", 0, "line 1: '@' .* FASTQ, convert it to FASTA"),
    "labels for sequences": ("0\n1\n", "AC\nGT\n", 0, "line 1: '0' .*: swap the columns seq"),
    "a FASTA for labels": ("a 0\nb 1\n", ">a\nAC\n>b\nGT\n", 1, "a FASTA holds .* swap it with"),
    "a FASTA twice": (">a\nAC\n", ">a\nAC\n", 1, "a FASTA holds .* name a file of labels"),
    "labels before names": (
        ">a\nAC\n>b\nGT\n>c\nTT\n",
        "0 a\n1 b\n1 c\n",
        1,
        "line 2: a label where a name should be; write the name first, then the label",
    ),
    "a blank line": (
        "AC\n\nGT\n",
        "0\n1\n",
        0,
        "line 2: the line is blank; remove it; each",
    ),
    "a blank first line": (" \nAC\n", "0\n1\n", 0, "line 1: the line is blank; remove it"),
    "a blank label": (
        "AC\nGT\n",
        "0\n\n1\n",
        1,
        "line 2: the line is blank; remove it; each",
    ),
    "a label": ("AC\nGT\n", "0\n2\n", 1, "line 2: label '2' is neither 0 nor 1; write 1 for"),
    "a label below a header": (
        "AC\nGT\n",
        "bound\n0\nyes\n",
        1,
        "line 3: label 'yes' is neither 0 nor 1; write 1 for bound and 0 for unbound, one label",
    ),
    "fewer labels": (
        "AC\nGT\nTT\n",
        "0\n1\n",
        1,
        r"2 labels for the 3 sequences of \S+; give a label for every sequence, in the same order$",
    ),
    "one label more": (
        "AC\nGT\n",
        "0\n0\n1\n",
        1,
        r"3 labels for the 2 sequences of \S+; give .*; if its first line is a header, set "
        "spans.labels_header: true$",
    ),
    "one label more below a header": (
        "AC\nGT\n",
        "bound\n0\n0\n1\n",
        1,
        r"3 labels for the 2 sequences of \S+; give a label for every sequence, in the same order$",
    ),
    "a label of a table": (
        ">a\nA\n>b\nA\n",
        "a 0\nb -1\n",
        1,
        "line 2: label '-1' is neither 0 nor 1; write 1 for bound",
    ),
    "a label on the first line of a table": (
        ">a\nA\n>b\nA\n",
        "a yes\nb 1\n",
        1,
        "line 1: label 'yes' is neither 0 nor 1; write 1 for bound",
    ),
    "a label of a TSV": (
        "sequence\tlabel\nA\t0\nC\tx\n",
        None,
        0,
        "line 3: label 'x' is neither 0 nor 1; write 1 for bound",
    ),
    "a split": (
        ">a\nA\n>b\nA\n",
        "a 0 train\nb 1 dev\n",
        1,
        "line 2: split 'dev' is not train, valid or test; correct it, or remove the column",
    ),
    "a split that is missing": (
        ">a\nA\n>b\nA\n",
        "a 0 train\nb 1\n",
        1,
        r"line 2: 2 column\(s\), 3 are needed \(name, label, split\); complete or remove the line",
    ),
    "labels alone for a FASTA": (
        ">a\nA\n>b\nA\n",
        "0\n1\n",
        1,
        r"line 1: 1 column\(s\), 2 are needed \(name, label\); complete or remove the line",
    ),
    "a sequence without a label": (
        ">a\nA\n>b\nA\n>c\nA\n",
        "a 0\nc 1\n",
        0,
        r"line 3: no label for 'b' in \S+labels.txt; add a line for it",
    ),
    "a label without a sequence": (
        ">a\nA\n>b\nA\n",
        "a 0\nB 0\nb 1\n",
        1,
        r"line 2: no sequence is named 'B' in \S+sequences.txt; correct the name",
    ),
    "two sequences of one name": (
        ">a\nA\n>b\nA\n>a x\nC\n",
        "a 0\nb 1\n",
        0,
        "line 5: the name 'a' is also on line 1; rename one",
    ),
    "two labels of one name": (
        ">a\nA\n>b\nA\n",
        "a 0\nb 1\na 0\n",
        1,
        "line 3: the name 'a' is also on line 1; keep one line per sequence",
    ),
    "two names of a TSV": (
        "name\tsequence\tlabel\na\tA\t0\na\tC\t1\n",
        None,
        0,
        "line 3: the name 'a' is also on line 2; rename one",
    ),
    "a blank name": (
        "name\tsequence\tlabel\na\tA\t0\n \tC\t1\n",
        None,
        0,
        "line 3: the name is blank; give the sequence a name",
    ),
    "a blank name in a FASTA": (
        ">a\nA\n> \nC\n",
        "a 0\nb 1\n",
        0,
        "line 3: the sequence has no name after '>'; give it one",
    ),
    "a blank name in a table": (
        ">a\nA\n>b\nC\n",
        "a\t0\n\t1\n",
        1,
        "line 2: the name is blank; give the sequence a name",
    ),
    "a name of two words": (
        "name\tsequence\tlabel\na b\tA\t0\nc\tC\t1\n",
        None,
        0,
        "line 2: the name 'a b' holds a space; write it as one word",
    ),
    "an empty record": (">a\n>b\nA\n", "a 0\nb 1\n", 0, "line 1: the sequence is empty; remove it"),
    "an empty last record": (">a\nA\n>b\n", "a 0\nb 1\n", 0, "line 3: the sequence is empty"),
    "an empty cell": ("sequence\tlabel\n\t0\nA\t1\n", None, 0, "line 2: the sequence is empty"),
    "a short line": (
        "sequence\tlabel\nAC\t0\nAC\n",
        None,
        0,
        r"line 3: 1 column\(s\), 2 are needed \(sequence, label\); complete or remove the line",
    ),
    "a column twice": (
        "label\tsequence\tLabel\n0\tAC\t1\n",
        None,
        0,
        "line 1: the column 'label' is there twice in the header; keep one",
    ),
    "a header alone": ("sequence\tlabel\n", None, 0, "no sequences in it; add a line per sequence"),
    "a header of labels alone": (">a\nA\n", "name label\n", 1, "no labels in it; write lines of"),
    "an empty table of labels": (">a\nA\n", "", 1, "no labels in it; write lines of a name and"),
    "no sequences": ("", "0\n1\n", 0, "the file is empty; correct the path"),
    "blank sequences": (" \n\n", None, 0, "the file is empty; correct the path"),
    "no labels": ("AC\nGT\n", " \n", 1, "the file is empty; correct the path"),
    "an archive": (b"PK\x03\x04", "0\n1\n", 0, "this is a zip archive or .*; unpack it"),
    "an archive of labels": ("AC\nGT\n", b"BZh9", 1, "this is compressed by bzip2; unpack it"),
    "UTF-16": ("AC\nGT\n".encode("utf-16"), None, 0, "this is text in UTF-16; convert it"),
    "a binary file": (b"AC\x00\n", "0\n", 0, "this is a binary file, not text; give a tab-sep"),
    "Latin 1": (b"AC\rA\xe9\r", "0\n", 0, "line 2: the text is not UTF-8; convert it by iconv"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_gets_one_line(tmp_path, case):
    sequences, labels, which, pattern = WRONG[case]
    paths = save(tmp_path, sequences, labels)
    with pytest.raises(InputError) as caught:
        read_sequences(*paths)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert re.match(f"{re.escape(str(paths[which]))}: {pattern}", message), message


def test_a_damaged_gzip_is_named(tmp_path):
    path = tmp_path / "sequences.txt.gz"
    path.write_bytes(gzip.compress(b"ACGT\n" * 1000)[:-9])
    with pytest.raises(InputError, match=r"sequences.txt.gz: the gzip file is truncated"):
        read_sequences(path, None)


@pytest.mark.parametrize("start", [b"", b"\n ", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_descriptions_of_a_fasta_may_be_in_any_encoding(tmp_path, start, end):
    fasta = start + end.join([b">a boulang\xe8re", b"ACGT", b">\xc3\xa9 \xe9", b"GATT", b""])
    (tmp_path / "a.fa").write_bytes(fasta)
    (tmp_path / "a.tsv").write_text("a\t0\n\u00e9\t1\n", encoding="utf-8")
    table, _ = read_labelled_sequences(tmp_path / "a.fa", tmp_path / "a.tsv", binding)
    assert table["name"].tolist() == ["a", "\u00e9"]
    assert table["sequence"].tolist() == ["ACGT", "GATT"]
    (tmp_path / "a.fa").write_bytes(fasta.replace(b">a ", b">\xe9 "))
    with pytest.raises(InputError, match="the text is not UTF-8; convert it by iconv"):
        read_labelled_sequences(tmp_path / "a.fa", tmp_path / "a.tsv", binding)
