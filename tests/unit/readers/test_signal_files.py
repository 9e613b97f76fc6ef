"""The kind of a signal file is told by its content, and all kinds give the same means."""

import gzip

import numpy as np
import pandas as pd
import pyBigWig
import pytest
from input_files import message_of

from cisfuse.base.errors import InputError
from cisfuse.readers import signal_files
from cisfuse.readers.signal_files import SIGNAL_KINDS, average_on, make_average, signal_kind
from cisfuse.readers.signal_kinds.bigwig import BIGWIG
from cisfuse.readers.signal_kinds.kind import SignalKind

INTERVALS = [("chr1", 0, 10, 2.0), ("chr1", 10, 30, 0.5), ("chr2", 5, 10, 4.0)]
SPANS = pd.DataFrame(
    [("chr1", 0, 20), ("chr1", 20, 40), ("chr2", 0, 20)], columns=["chrom", "start", "end"]
)
MEANS = [1.25, 0.25, 1.0]


def write_signal(folder, kind: str) -> str:
    path = folder / f"signal.{kind}"
    if kind == "bigwig":
        with pyBigWig.open(str(path), "w") as handle:
            handle.addHeader([("chr1", 100), ("chr2", 100)])
            chroms, starts, ends, values = map(list, zip(*INTERVALS, strict=True))
            handle.addEntries(chroms, starts, ends=ends, values=values)
    elif kind == "bedgraph.gz":
        text = "".join("\t".join(map(str, row)) + "\n" for row in INTERVALS)
        path.write_bytes(gzip.compress(text.encode()))
    else:
        rows = zip(SPANS.itertuples(index=False), MEANS, strict=True)
        path.write_text("".join(f"{c}:{s}-{e} {mean}\n" for (c, s, e), mean in rows))
    return str(path)


@pytest.mark.parametrize("chromosomes", [[], ["chr1", "chr2"]])
@pytest.mark.parametrize("kind", ["bigwig", "bedgraph.gz", "table"])
def test_kinds_give_the_same_means(tmp_path, kind, chromosomes):
    average = make_average(write_signal(tmp_path, kind), chromosomes)
    np.testing.assert_allclose(average(SPANS), MEANS)


@pytest.mark.parametrize("kind", ["bedgraph.gz", "table"])
def test_lines_of_other_chromosomes_are_not_parsed(tmp_path, kind):
    path = write_signal(tmp_path, kind)
    read = gzip.open if kind.endswith("gz") else open
    with read(path, "at") as handle:
        handle.write("chr9\t0\t10\tbad\n" if kind != "table" else "chr9:0-10 bad\n")
    found = make_average(path, ["chr1"])(SPANS[SPANS["chrom"] == "chr1"])
    np.testing.assert_allclose(found, MEANS[:2])
    with pytest.raises(InputError, match="'bad' is not a finite number"):
        make_average(path, [])


def test_a_table_without_a_span_is_refused_with_the_files_name(tmp_path):
    path = write_signal(tmp_path, "table")
    other = pd.DataFrame({"chrom": ["chr1"], "start": [3], "end": [23]})
    with pytest.raises(InputError, match=rf"^{path}: lacks the span chr1:3-23"):
        make_average(path, [])(other)
    with pytest.raises(InputError, match=rf"^{path}: lacks the span chr1:3-23"):
        make_average(path, ["chr1"])(other)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("track x\nchr22\t0\t9\t1\n", "bedgraph"),
        ("chr22 0 9 1\n", "bedgraph"),
        ("#\n\nchr22:0-9\t1\n", "table"),
    ],
)
@pytest.mark.parametrize("name", ["signal", "signal.gz"])
def test_signal_kind(write, text, kind, name):
    assert signal_kind(write(text, name)).name == kind


def test_no_signal_kind(write, tmp_path):
    path = write("chr22\t0\t9\n")
    assert message_of(signal_kind, path) == (
        f"{path}: neither a bigWig nor text with 4 columns (bedGraph) or 2 (span name and value): "
        "its first line of data has 3; give one of the three"
    )
    assert "has 0;" in message_of(signal_kind, write(""))
    assert "no such file" in message_of(signal_kind, tmp_path / "none.bw")
    path = tmp_path / "x.bb"
    for order in ("little", "big"):
        path.write_bytes((0x8789F2EB).to_bytes(4, order))
        assert "bigBed" in message_of(signal_kind, path)
        path.write_bytes((0x888FFC26).to_bytes(4, order))
        assert signal_kind(path) is BIGWIG
    path.write_bytes(gzip.compress((0x888FFC26).to_bytes(4, "little")))
    assert "must not be gzipped" in message_of(signal_kind, path)


def test_a_kind_is_one_line_of_the_list(tmp_path, monkeypatch):
    """Of three columns, which no other kind has: chromosome, base, value."""

    def average(path, chromosomes):
        return lambda spans: np.full(len(spans), 7.0)

    wig = SignalKind("points", "bases", lambda *_: ["chr1"], average, columns=3)
    monkeypatch.setattr(signal_files, "SIGNAL_KINDS", (*SIGNAL_KINDS, wig))
    (tmp_path / "points.txt").write_text("chr1 5 1\n")
    assert signal_kind(tmp_path / "points.txt") is wig
    assert make_average(str(tmp_path / "points.txt"), [])(SPANS).tolist() == [7.0] * 3
    (tmp_path / "five.txt").write_text("a b c d e\n")
    assert (
        "or 2 (span name and value) or 3 (bases): its first line of data has 5; give one of "
        in (message_of(signal_kind, tmp_path / "five.txt"))
    )


def test_a_file_is_read_of_the_chromosomes_of_the_spans_only(tmp_path):
    path = write_signal(tmp_path, "table")
    with open(path, "a") as handle:
        handle.write("chr9:0-10 bad\n")
    np.testing.assert_allclose(average_on(path, SPANS), MEANS)


@pytest.mark.parametrize("kind", ["bigwig", "bedgraph.gz", "table"])
def test_spans_on_a_chromosome_without_a_signal_are_refused(tmp_path, kind):
    """They would have accessibility 0, as if chromatin were closed there."""
    path = write_signal(tmp_path, kind)
    other = pd.DataFrame({"chrom": ["chr1", "chr9"], "start": [0, 30], "end": [20, 50]})
    for spans in (other, other[1:].reset_index(drop=True)):
        with pytest.raises(InputError) as caught:
            average_on(path, spans)
        message = str(caught.value)
        assert message.startswith(f"{path}: ")
        assert "chr9:30-50" in message
        assert "\n" not in message


@pytest.mark.parametrize("kind", ["bigwig", "bedgraph.gz"])
def test_a_span_may_be_closed_on_a_chromosome_with_a_signal(tmp_path, kind):
    closed = pd.DataFrame({"chrom": ["chr1"], "start": [90], "end": [100]})
    assert average_on(write_signal(tmp_path, kind), closed).tolist() == [0.0]


def test_a_chromosome_of_zeros_has_no_signal(write):
    path = write("chr1\t0\t50\t1\nchr2\t0\t50\t0\n")
    spans = pd.DataFrame({"chrom": ["chr1", "chr2"], "start": [0, 0], "end": [50, 50]})
    assert "no value other than 0 on 'chr2'" in message_of(average_on, path, spans)
