"""Labelled sequences: which files have labels, one length, and splits that share no sequence."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.base.splits import SPLITS
from cisfuse.sources.sequences.reading import (
    assign_sequences,
    fit_lengths,
    read_labelled_sequences,
    split_sequences,
)
from cisfuse.sources.splits import split_random
from cisfuse.tasks.binding import target as binding

FRACTIONS = {"train": 0.675, "valid": 0.075, "test": 0.25}


def table_of(sequences, labels=None):
    count = len(sequences)
    labels = np.arange(count) % 2 if labels is None else labels
    names = [f"s{row}" for row in range(count)]
    lines = np.arange(2, count + 2)
    return pd.DataFrame({"line": lines, "name": names, "sequence": sequences, "label": labels})


def labels_of(table):
    return table["label"].to_numpy()


def random_sequences(count, length, seed):
    codes = np.random.default_rng(seed).integers(0, 4, (count, length))
    return ["".join("ACGT"[code] for code in row) for row in codes.tolist()]


@pytest.mark.parametrize(
    ("sequences", "labels", "which", "pattern"),
    [
        (">a\nAC\n", None, 0, "a FASTA holds no labels; name the file of labels in the column"),
        ("\n\n>a\nAC\n", "", 0, "a FASTA holds no labels; name the file of labels in the column"),
        ("AC\nGT\n", None, 0, "text with one column holds no labels; name the file of labels"),
        (
            "AC\t1\nGT\t0\n",
            None,
            0,
            "no header with the columns 'sequence' and 'label'; write as the first line, separated "
            "by tabs: name sequence label split",
        ),
        ("sequence,label\nAC,1\n", None, 0, "no header .*; write as the first line, separated by"),
        ("sequence\tclass\nAC\t1\n", None, 0, "no header with the columns 'sequence' and 'label'"),
        (
            "label\tsequence\n1\tAC\n",
            "1\n",
            0,
            "this table has labels of its own; leave the column labels of the sample sheet empty",
        ),
        ("AC\nGT\n", "1\n1\n", 1, "every label is 1; give examples of both labels"),
        (">a\nAC\n>b\nGT\n", "a 0\nb 0\n", 1, "every label is 0; give examples of both labels"),
        ("label\tsequence\n1\tAC\n", None, 0, "every label is 1; give examples of both labels"),
    ],
)
def test_what_cannot_be_labelled_is_refused(tmp_path, sequences, labels, which, pattern):
    paths = [tmp_path / "sequences.txt", tmp_path / "labels.txt"]
    paths[0].write_text(sequences)
    if labels:
        paths[1].write_text(labels)
    with pytest.raises(InputError) as caught:
        read_labelled_sequences(paths[0], str(paths[1]) if labels else labels, binding)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert re.match(f"{re.escape(str(paths[which]))}: {pattern}", message), message


def test_a_missing_file_of_labels_is_named(tmp_path):
    path = tmp_path / "sequences.txt"
    path.write_text("AC\nGT\n")
    with pytest.raises(InputError, match=r"labels.txt: no such file; correct the path"):
        read_labelled_sequences(path, tmp_path / "labels.txt", binding)


def plain_fit(sequence, length):
    """Base by base: those of the middle, or N beside the given ones."""
    while len(sequence) > length:
        sequence = sequence[:-1] if (len(sequence) - length) % 2 else sequence[1:]
    while len(sequence) < length:
        sequence = sequence + "N" if (length - len(sequence)) % 2 else "N" + sequence
    return sequence


def test_lengths_are_cropped_and_padded_about_the_centre():
    generator = np.random.default_rng(3)
    table = table_of([random_sequences(1, n, n)[0] for n in generator.integers(1, 30, 200)])
    fitted, counts = fit_lengths(table, 12, "crop_and_pad", "my.tsv")
    assert fitted["sequence"].tolist() == [plain_fit(s, 12) for s in table["sequence"]]
    lengths = table["sequence"].str.len()
    assert counts == {"cropped": (lengths > 12).sum(), "padded": (lengths < 12).sum()}
    pd.testing.assert_frame_equal(fitted.drop(columns="sequence"), table.drop(columns="sequence"))
    assert fitted["sequence"].dtype == table["sequence"].dtype


def test_the_odd_base_falls_away_on_the_right_and_the_odd_n_stands_there():
    table = table_of(["ACGTA", "AC", "GATT"])
    assert fit_lengths(table.iloc[:1], 4, "crop", "x")[0]["sequence"].tolist() == ["ACGT"]
    assert fit_lengths(table.iloc[1:], 5, "pad", "x")[0]["sequence"].tolist() == ["NACNN", "GATTN"]


@pytest.mark.parametrize("other_lengths", ["error", "crop", "pad", "crop_and_pad"])
def test_sequences_of_the_length_stay(other_lengths):
    table = table_of(["ACGT", "TTNN"])
    fitted, counts = fit_lengths(table, 4, other_lengths, "my.tsv")
    pd.testing.assert_frame_equal(fitted, table)
    assert counts == {"cropped": 0, "padded": 0}


@pytest.mark.parametrize(
    ("other_lengths", "line", "length", "choices"),
    [
        ("error", 3, 5, "crop, pad or crop_and_pad"),
        ("crop", 4, 3, "crop_and_pad"),
        ("pad", 3, 5, "crop_and_pad"),
    ],
)
def test_another_length_is_refused(other_lengths, line, length, choices):
    table = table_of(["ACGT", "ACGTA", "ACG"])
    with pytest.raises(InputError) as caught:
        fit_lengths(table, 4, other_lengths, "my.tsv")
    assert str(caught.value) == (
        f"my.tsv: line {line}: the sequence is {length} bases long, spans.length is 4; correct "
        f"spans.length, or set spans.other_lengths to {choices}"
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_without_repeats_the_split_is_the_random_one(count, seed):
    sequences = sorted(set(random_sequences(count, 30, seed)))
    labels = np.random.default_rng(seed).integers(0, 2, len(sequences))
    table = table_of(sequences, labels)
    splits = split_sequences(table, labels_of(table), FRACTIONS, seed)
    assert splits.dtype == object
    assert splits.tolist() == split_random(labels_of(table), FRACTIONS, seed).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_equal_sequences_share_a_split(seed):
    generator = np.random.default_rng(seed)
    sequences = np.array(random_sequences(300, 20, seed))
    table = table_of(sequences[generator.integers(0, 300, 2000)].tolist())
    splits = split_sequences(table, labels_of(table), FRACTIONS, seed)
    seen = {}
    for sequence, split in zip(table["sequence"], splits, strict=True):
        assert seen.setdefault(sequence, split) == split
    for split in SPLITS:
        assert abs((splits == split).mean() - FRACTIONS[split]) < 0.02


def test_the_split_keeps_the_labels_and_follows_the_seed():
    generator = np.random.default_rng(4)
    labels = (generator.random(4000) < 0.1).astype(np.int64)
    prefix = np.array(["A", "C"])[labels]  # so that no sequence has both labels
    sequences = [
        first + rest for first, rest in zip(prefix, random_sequences(4000, 6, 4), strict=True)
    ]
    table = table_of(sequences, labels)
    splits = split_sequences(table, labels_of(table), FRACTIONS, 0)
    for split in SPLITS:
        assert abs(labels[splits == split].mean() - labels.mean()) < 0.01
    assert splits.tolist() == split_sequences(table, labels_of(table), FRACTIONS, 0).tolist()
    assert splits.tolist() != split_sequences(table, labels_of(table), FRACTIONS, 1).tolist()


def test_a_sequence_of_most_rows_leaves_the_others_to_the_other_splits():
    table = table_of(["AAAA"] * 70 + random_sequences(30, 12, 1), [1, 0] * 50)
    splits = split_sequences(table, labels_of(table), FRACTIONS, 0)
    assert len(set(splits[:70])) == 1
    assert set(splits) == set(SPLITS)


def splits_settings(method: str, **fractions: float) -> dict:
    shares = {"train": 0.675, "valid": 0.075, "test": 0.25} | fractions
    return {"method": method, "fractions": shares, "seed": 42}


@pytest.mark.parametrize("count", [2000, 1999, 37])
def test_a_shuffled_split_is_that_of_scikit_learn_and_keras(count):
    table = pd.DataFrame({"sequence": ["A"] * count, "label": 0})
    rest, test = train_test_split(np.arange(count), test_size=0.25, random_state=42)
    train = rest[: int(np.floor(len(rest) * (1 - 0.1)))]  # as Model.fit cuts it
    found, method = assign_sequences(table, splits_settings("shuffled"), "a.tsv", binding)
    assert method == "shuffled"
    assert set(np.flatnonzero(found == "test")) == set(test)
    assert set(np.flatnonzero(found == "train")) == set(train)
    assert (found == "valid").sum() == count - len(test) - len(train)


def test_the_method_of_a_split_follows_the_config_and_the_file():
    table = pd.DataFrame({"sequence": list("ACGT") * 10, "label": [0, 1] * 20})
    given = table.assign(split=["train", "test"] * 20)
    for method in ("auto", "random"):
        found, name = assign_sequences(table, splits_settings(method), "a.tsv", binding)
        assert name == "stratified"
        expected = split_sequences(
            table, labels_of(table), splits_settings(method)["fractions"], 42
        )
        assert found.tolist() == expected.tolist()
    for method in ("auto", "given"):
        found, name = assign_sequences(given, splits_settings(method), "a.tsv", binding)
        assert (found.tolist(), name) == (given["split"].tolist(), "given")
    assert assign_sequences(given, splits_settings("random"), "a.tsv", binding)[1] == "stratified"
    with pytest.raises(
        ConfigError, match=r"a\.tsv: splits\.method is 'given', but there is no col"
    ):
        assign_sequences(table, splits_settings("given"), "a.tsv", binding)
