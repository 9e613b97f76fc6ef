"""A bigWig is checked as a whole, and its means are those of a loop over bases."""

import numpy as np
import pandas as pd
import pytest
from input_files import message_of
from signal_rows import make_bedgraph, make_spans, means_by_loop, write_bigwig

from cisfuse.readers.signal_files import signal_kind
from cisfuse.readers.signal_kinds import bigwig as module
from cisfuse.readers.signal_kinds.bigwig import (
    BIGWIG,
    check_bigwig,
    find_signal,
    mean_from_bigwig,
)

SIZES = {"chr22": 1000, "chrM": 200}
GENOME = "genome.fa.gz"
BUILD = {"chr1": 5000, **SIZES}


def test_bigwig(bigwig):
    path = bigwig(BUILD, [("chr22", 5, 9, 1.0), ("chr22", 9, 20, float("nan"))])
    assert signal_kind(path) is BIGWIG
    assert check_bigwig(path, SIZES, ["chr22"], GENOME) == ["chr22"]
    assert check_bigwig(path, SIZES, [], GENOME) == ["chr22"]
    message = message_of(check_bigwig, path, SIZES, ["chr22", "chrM"], GENOME)
    assert "no value other than 0 on 'chrM'" in message
    message = message_of(check_bigwig, path, {"chr22": 1001}, [], GENOME)
    assert "'chr22' has 1,000 bp, in genome.fa.gz 1,001 bp; it was probably" in message
    assert "another genome build" in message
    message = message_of(check_bigwig, path, {"22": 1000}, [], GENOME)
    assert "signal (bigWig) use 'chr22', genome.fa.gz uses '22'; rename by bigWigToB" in message


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize("value", [2.5, 0.25])
@pytest.mark.parametrize("chromosomes", [["chr22"], []])
def test_a_first_interval_of_nan_hides_nothing(bigwig, value, chromosomes):
    path = bigwig(BUILD, [("chr22", 0, 9, NAN), ("chr22", 9, 20, value), ("chr22", 30, 40, NAN)])
    assert check_bigwig(path, SIZES, chromosomes, GENOME) == ["chr22"]
    assert find_signal(path, ["chrM", "chr22", "chr9"]) == ["chr22"]
    spans = pd.DataFrame({"chrom": ["chr22"], "start": [0], "end": [22]})
    assert mean_from_bigwig(path, spans).tolist() == [value / 2]


@pytest.mark.parametrize("first", [[], [("chr22", 0, 9, NAN)]])
@pytest.mark.parametrize(
    ("value", "words"),
    [(INFINITE, "infinite on"), (-INFINITE, "infinite on"), (-1.0, "negative on")],
)
def test_a_value_that_is_no_coverage_is_found_wherever_it_is(
    bigwig, monkeypatch, first, value, words
):
    """Behind NaN, on a later chromosome and in a later stretch of it."""
    monkeypatch.setattr(module, "STRETCH", 7)
    rows = [("chr1", 0, 9, 1.0), *first, ("chr22", 20, 30, 2.0), ("chr22", 40, 42, value)]
    path = bigwig(BUILD, rows)
    message = message_of(check_bigwig, path, BUILD, [], GENOME)
    assert message.startswith(f"{path}: the signal is {words} chr22:40-41")
    # What is not asked for is not refused.
    assert check_bigwig(path, BUILD, ["chr1"], GENOME) == ["chr1"]


@pytest.mark.parametrize("value", [0.0, float("nan")])
@pytest.mark.parametrize("chromosomes", [["chr22"], []])
def test_bigwig_of_zeros(bigwig, value, chromosomes):
    path = bigwig(BUILD, [("chr1", 0, 9, 3.0), ("chr22", 5, 9, value)])
    message = message_of(check_bigwig, path, SIZES, chromosomes, GENOME)
    assert "no value other than 0" in message


@pytest.mark.parametrize("kept", [4, 63, 64, 70, 87, 88, 300, 0.02, 0.1, 0.5, 0.9, 0.97])
def test_truncated_bigwig(bigwig, tmp_path, kept):
    entries = [("chr1", start, start + 1, float(start % 7)) for start in range(0, 5000, 2)]
    with open(bigwig(BUILD, [*entries, ("chr22", 1, 2, 1.0)]), "rb") as handle:
        content = handle.read()
    path = tmp_path / "cut.bw"
    path.write_bytes(content[: kept if kept >= 1 else int(len(content) * kept)])
    message = message_of(check_bigwig, path, BUILD, ["chr1"], GENOME)
    assert message.startswith(f"{path}: the bigWig is truncated or damaged")


@pytest.mark.parametrize("stretch", [7, 50, 500, 4_000_000])
def test_bigwig_means_equal_a_loop_whatever_the_stretch(tmp_path, monkeypatch, stretch):
    monkeypatch.setattr(module, "STRETCH", stretch)
    bedgraph, spans = make_bedgraph(1), make_spans()
    expected = means_by_loop(bedgraph, spans)
    found = mean_from_bigwig(write_bigwig(tmp_path / "signal.bw", bedgraph), spans)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert found.dtype == np.float64


def test_bigwig_counts_uncovered_bases_and_absent_chromosomes_as_zero(tmp_path):
    bedgraph = pd.DataFrame({"chrom": ["chr1"], "start": [10], "end": [20], "value": [3.0]})
    spans = pd.DataFrame(
        [("chr1", 0, 40), ("chr1", 20, 60), ("chr9", 0, 40)], columns=["chrom", "start", "end"]
    )
    path = write_bigwig(tmp_path / "signal.bw", bedgraph)
    assert mean_from_bigwig(path, spans).tolist() == [0.75, 0.0, 0.0]


def test_what_is_no_bigwig_is_refused(write):
    message = message_of(check_bigwig, write("chr22\t0\t9\t1\n" * 20), SIZES, [], GENOME)
    assert "not a bigWig" in message
