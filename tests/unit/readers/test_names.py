"""Names of chromosomes that users' files have and the FASTA has not."""

import numpy as np
import pandas as pd
import pytest
from input_files import message_of

from cisfuse.readers.intervals import read_intervals
from cisfuse.readers.names import (
    NO_NAMES,
    check_names,
    own_names,
    read_names,
    renamed,
    renamed_spans,
)
from cisfuse.readers.signal_files import average_on, check_signal_file, make_average

NAMES = {"chr14": "chrXIV", "14": "chrXIV", "chr4": "chrIV", "chrM": "chrmt"}
SIZES = {"chrIV": 1000, "chrXIV": 500}
SPANS = pd.DataFrame(
    {"chrom": ["chrIV", "chrXIV", "chrXIV"], "start": [0, 0, 100], "end": [50, 50, 150]}
)
ROWS = [("chr4", 0, 100, 1.0), ("chr14", 0, 50, 2.0), ("chr14", 100, 150, 3.0)]


def test_names_come_from_the_config_or_a_file(write):
    assert read_names(None) == {}
    assert read_names(NAMES) == NAMES
    lines = "".join(f"{name}\t{other}\n" for name, other in NAMES.items())
    path = write(f"# names of UCSC\n{lines}chr4\tchrIV\n", "names.tsv.gz")
    assert read_names(path) == NAMES
    path = write("chr4 chrIV\nchr14 chrXIV more\n", "spaces.txt")
    assert read_names(path) == {"chr4": "chrIV", "chr14": "chrXIV"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("chr4\tchrIV\nchr5\n", "line 2: 1 column(s), 2 are needed (name, fasta)"),
        ("chr4\tchrIV\nchr4\tchrV\n", "line 2: 'chr4' is there twice, with two names"),
        ("chr4\t\n", "line 1: a name is missing"),
        ("", "the file is empty"),
    ],
)
def test_a_wrong_file_of_names_is_named(write, text, message):
    assert message in message_of(read_names, write(text, "names.tsv"))


def test_names_lead_to_the_fasta():
    check_names(NAMES, SIZES, "genome.fa")
    check_names(NO_NAMES, SIZES, "genome.fa")
    check_names({"chrIV": "chrIV", "chr4": "chrIV"}, SIZES, "genome.fa")
    turned = {other: name for name, other in NAMES.items()}
    message = message_of(check_names, turned, SIZES, "genome.fa")
    assert "genome.fa has 'chrIV', 'chrXIV' and none of " in message
    assert message.endswith("then the name in the FASTA: swap the two")
    message = message_of(check_names, {"chr4": "chrV"}, SIZES, "genome.fa")
    assert message.endswith("correct them")
    message = message_of(check_names, {"chrIV": "chrXIV"}, SIZES, "genome.fa")
    assert "'chrIV' stands for 'chrXIV', but genome.fa has a sequence 'chrIV' itself" in message


def test_intervals_are_renamed(write):
    path = write("chr14\t1\t9\nchrIV\t2\t8\nchrX\t3\t7\n", "peaks.bed")
    table = renamed(read_intervals(path), NAMES, path)
    assert table["chrom"].tolist() == ["chrXIV", "chrIV", "chrX"]
    assert table["start"].tolist() == [1, 2, 3]
    assert renamed(table, NO_NAMES, path) is table
    empty = read_intervals(write("#\n", "blacklist.bed"), allow_empty=True)
    assert renamed(empty, NAMES, path).empty


def test_two_names_for_one_chromosome_are_refused(write):
    path = write("chr14\t1\t9\n14\t2\t8\n", "peaks.bed")
    message = message_of(renamed, read_intervals(path), NAMES, path)
    assert f"{path}: both 'chr14' and '14' stand for 'chrXIV', by references.names" in message
    assert "use one name" in message_of(own_names, ["chrXIV", "14"], NAMES, "a.bw")


def test_names_of_spans_are_renamed_too():
    table = pd.DataFrame({"name": ["chr14:0-9", "HLA:1:0-9"], "chrom": ["chr14", "HLA:1"]})
    found = renamed_spans(table, NAMES, "p.tsv")
    assert found["name"].tolist() == ["chrXIV:0-9", "HLA:1:0-9"]
    assert found["chrom"].tolist() == ["chrXIV", "HLA:1"]
    sequences = table[["name"]]
    assert renamed_spans(sequences, NAMES, "p.tsv") is sequences


@pytest.fixture(params=["bigwig", "bedgraph", "table"])
def signal(request, write, bigwig):
    """A signal in names that the FASTA does not have."""
    if request.param == "bigwig":
        return bigwig({"chr4": 1000, "chr14": 500}, ROWS)
    if request.param == "bedgraph":
        lines = "".join("\t".join(map(str, row)) + "\n" for row in ROWS)
        return write("track type=bedGraph\n" + lines, "signal.bedGraph.gz")
    lines = "chr4:0-50\t1\nchr14:0-50\t2\nchr14:100-150\t3\n"
    return write("name\tvalue\n" + lines, "signal.txt")


def test_a_signal_is_read_under_the_names_of_the_fasta(signal):
    kind, found = check_signal_file(signal, SIZES, ["chrIV", "chrXIV"], "genome.fa", NAMES)
    assert kind.list_chromosomes(signal).count("chr14") == 1
    assert found == ["chrIV", "chrXIV"]
    for chromosomes in (["chrXIV", "chrIV"], []):
        average = make_average(signal, chromosomes, NAMES)
        np.testing.assert_allclose(average(SPANS), [1, 2, 3])
    np.testing.assert_allclose(average_on(signal, SPANS[1:], NAMES), [2, 3])
    message = message_of(check_signal_file, signal, SIZES, [], "genome.fa")
    assert "'chr14'" in message
    assert "references.names" in message


def test_the_length_of_a_renamed_chromosome_is_checked(bigwig):
    path = bigwig({"chr4": 1000, "chr14": 501}, ROWS)
    message = message_of(check_signal_file, path, SIZES, [], "genome.fa", NAMES)
    assert "'chr14' has 501 bp, in genome.fa 500 bp" in message
