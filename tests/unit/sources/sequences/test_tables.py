"""What was found in the files of sequences is counted and told."""

import pandas as pd

from cisfuse.sources.sequences.tables import check_table, columns, describe_sequences
from cisfuse.tasks.activity import target as activity
from cisfuse.tasks.binding import target as binding


def describe(values: list, target, sequences=("ACGT", "AC", "ACGTAC", "TT")):
    read = pd.DataFrame({"sequence": sequences, target.TARGET: values})
    fitted = read.assign(sequence=["NACN", "NACN", "ACGT", "ACGT"])
    return describe_sequences(read, fitted, {"cropped": 1, "padded": 2}, target)


def test_labels_lengths_and_contradictions_are_told():
    found, warning = describe([1, 0, 1, 1], binding)
    assert found == {
        "sequences": "4",
        "labels": "3 of 4 sequences bound",
        "lengths": "2 to 6 bp",
        "cropped": "1 sequences, to 4 bp",
        "padded": "2 sequences, to 4 bp",
        "both labels": "1 sequences",
    }
    assert warning == "1 sequences are there with both labels, which no model can learn"
    assert describe([1, 1, 0, 0], binding)[1] == ""


def test_activities_are_told_in_their_unit():
    found, warning = describe([0.5, 1.5, -2, -2], activity)
    assert found["activities"] == "-2 to 1.5, mean -0.5, of 4 sequences"
    assert found["different activities"] == "1 sequences"
    assert warning.startswith("1 sequences are there with different activities, which no model")
    assert describe([2, 2, 1.0, 1.0], activity)[1] == ""


def test_the_table_of_examples_and_that_of_checks_have_their_columns():
    assert columns("activity") == ["name", "activity", "split", "sequence"]
    checks = check_table({"sequences": "4", "lengths": "2 bp"}, "my.tsv")
    assert checks.columns.tolist() == ["file", "kind", "check", "result"]
    assert checks.to_numpy().tolist() == [
        ["my.tsv", "sequences", "sequences", "4"],
        ["my.tsv", "sequences", "lengths", "2 bp"],
    ]
