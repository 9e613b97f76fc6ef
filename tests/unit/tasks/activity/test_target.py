"""Activities that users write are numbers, and what is none is named with its fix."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest

from cisfuse.base.errors import InputError
from cisfuse.base.splits import SPLITS
from cisfuse.tasks.activity import target

NUMBERS = {
    "0": 0.0,
    "-1.5": -1.5,
    "+.5": 0.5,
    "7.": 7.0,
    " 3 ": 3.0,
    "1e-3": 0.001,
    "2E+2": 200.0,
    "-0": 0.0,
    "1e-400": 0.0,
    "007": 7.0,
    "0.1234567890123456789": 0.1234567890123456789,
}


def cells(*texts: str) -> pd.Series:
    return pd.Series(texts, dtype="str")


def test_numbers_are_read_as_python_reads_them():
    values, bad = target.parse(cells(*NUMBERS))
    assert values.dtype == np.float64
    assert values.tolist() == [float(text) for text in NUMBERS] == list(NUMBERS.values())
    assert not bad.any()
    assert all(map(target.is_value, NUMBERS))


@pytest.mark.parametrize(
    ("cell", "problem", "fix"),
    [
        ("high", "activity 'high' is not a number", "write one such as 1.5, or remove the line"),
        ("1.5x", "activity '1.5x' is not a number", "write one such as 1.5, or remove the line"),
        ("1 5", "activity '1 5' is not a number", "write one such as 1.5, or remove the line"),
        ("0x10", "activity '0x10' is not a number", "write one such as 1.5, or remove the line"),
        ("1_0", "activity '1_0' is not a number", "write one such as 1.5, or remove the line"),
        ("--1", "activity '--1' is not a number", "write one such as 1.5, or remove the line"),
        (
            "\u0663",
            "activity '\u0663' is not a number",
            "write one such as 1.5, or remove the line",
        ),
        ("1,5", "activity '1,5' is not a number", "write a point in place of the comma: 1.5"),
        ("-0,25", "activity '-0,25' is not a number", "write a point in place of the comma: -0.25"),
        (",5", "activity ',5' is not a number", "write a point in place of the comma: .5"),
        ("1,234,567", "activity '1,234,567' is not a number", "write one such as 1.5, or remove"),
        ("", "the activity is missing ('')", "give a number, or remove the line"),
        ("  ", "the activity is missing ('  ')", "give a number, or remove the line"),
        ("NA", "the activity is missing ('NA')", "give a number, or remove the line"),
        ("nan", "the activity is missing ('nan')", "give a number, or remove the line"),
        ("N/A", "the activity is missing ('N/A')", "give a number, or remove the line"),
        ("null", "the activity is missing ('null')", "give a number, or remove the line"),
        (".", "the activity is missing ('.')", "give a number, or remove the line"),
        ("inf", "activity 'inf' is not finite", "give a finite number, or remove the line"),
        ("-Infinity", "activity '-Infinity' is not finite", "give a finite number, or remove"),
        ("1e999", "activity '1e999' is not finite", "give a finite number, or remove the line"),
        ("-1e39", "activity '-1e39' is not finite", "give a finite number, or remove the line"),
    ],
)
def test_each_bad_cell_is_told_apart_and_has_a_fix(cell, problem, fix):
    with warnings.catch_warnings(action="error"):
        values, bad = target.parse(cells("0.5", cell, "2"))
    assert bad.tolist() == [False, True, False]
    assert values[[0, 2]].tolist() == [0.5, 2]
    found = target.describe_bad(cell)
    assert found[0] == problem
    assert found[1].startswith(fix)
    where = target.describe_bad(cell, " in column 4")[0]
    assert " in column 4" in where
    assert where.replace(" in column 4", "") == problem


@pytest.mark.parametrize("cell", ["1,5", "nan", "NA", ".", "-inf", "1e999", " inf "])
def test_what_is_meant_as_a_number_makes_no_header(cell):
    assert target.is_value(cell)


@pytest.mark.parametrize("cell", ["activity", "log2 ratio", "", " ", "1x", "score_1"])
def test_other_words_make_a_header(cell):
    assert not target.is_value(cell)


def test_the_largest_float32_is_an_activity_and_what_rounds_above_is_none():
    largest = float(np.finfo(np.float32).max)
    values, bad = target.parse(cells(repr(largest), repr(-largest), "3.4028236e38"))
    assert bad.tolist() == [False, False, True]
    assert values[0] == largest


def test_activities_that_are_all_the_same_leave_nothing_to_predict():
    for value, words in ((2.5, "2.5"), (0, "0"), (-1e6, "-1e+06")):
        with pytest.raises(InputError) as caught:
            target.check_all(np.full(9, float(value)), "my.tsv")
        assert str(caught.value) == (
            f"my.tsv: every activity is {words}, so there is nothing to predict; correct the file, "
            "or name another column"
        )


def test_labels_are_warned_of_and_are_no_error():
    warning = target.check_all(np.array([0.0, 1, 1, 0]), "my.tsv")
    assert re.match("every activity is 0 or 1, as labels are; .* remove 'task: activity'", warning)
    assert target.check_all(np.array([0.0, 1, 2]), "my.tsv") == ""
    assert target.check_all(np.array([0.0, 0.5]), "my.tsv") == ""


def test_the_range_is_told():
    words = target.count_words(np.array([-1.5, 0.0, 6.0]), "spans")
    assert words == "-1.5 to 6, mean 1.5, of 3 spans"


def make_table(count: int = 90, seed: int = 0) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    splits = generator.choice(SPLITS, count)
    return pd.DataFrame({"activity": generator.normal(3, 2, count), "split": splits})


def test_splits_are_counted_with_their_mean_and_spread():
    table = make_table()
    counts = target.count_splits(table, SPLITS)
    assert counts.index.tolist() == [*SPLITS]
    for split in SPLITS:
        own = table.loc[table["split"] == split, "activity"].tolist()
        mean = sum(own) / len(own)
        spread = (sum((value - mean) ** 2 for value in own) / len(own)) ** 0.5
        row = counts.loc[split]
        assert (row["spans"], row["mean"]) == (len(own), pytest.approx(mean))
        assert row["standard_deviation"] == pytest.approx(spread)
    target.check_counts(counts, "sample a: the split '{split}' (given)", "span", "fix it")


@pytest.mark.parametrize("values", [[], [1.0], [1.5, 1.5, 1.5]])
def test_a_split_without_two_activities_cannot_be_scored(values):
    rest = make_table(30).assign(split="train")
    own = pd.DataFrame({"activity": values, "split": "test"})
    valid = make_table(5).assign(split="valid")
    counts = target.count_splits(pd.concat([rest, valid, own]), SPLITS)
    with pytest.raises(InputError) as caught:
        target.check_counts(counts, "sample a: the split '{split}' (given)", "span", "fix it")
    assert str(caught.value) == (
        "sample a: the split 'test' (given) has no two spans of different activity among "
        f"{len(values)}; fix it, or use more data"
    )


def test_no_example_is_rarer_than_others_and_all_are_audited():
    values = np.array([0.0, 1, 7])
    assert target.notable(values).tolist() == [False] * 3
    assert target.audited(values).tolist() == [True] * 3
    assert target.strata(values).tolist() == [0] * 3
    assert target.KEPT == ""


def test_a_look_up_is_scored_by_its_correlation():
    generator = np.random.default_rng(1)
    values = generator.normal(size=50)
    looked_up = values + generator.normal(size=50)
    expected = np.cov(values, looked_up)[0, 1] / values.std(ddof=1) / looked_up.std(ddof=1)
    assert target.lookup_scores(values, looked_up) == {"pearson": pytest.approx(expected)}
    assert np.isnan(target.lookup_scores(values, np.zeros(50))["pearson"])


def test_sequences_with_different_activities_are_counted_once():
    table = pd.DataFrame({"sequence": list("AACCAT"), "activity": [0, 1, 2, 2, 3, 5.0]})
    assert target.contradictions(table) == 1
    assert target.contradictions(table.iloc[2:]) == 0
