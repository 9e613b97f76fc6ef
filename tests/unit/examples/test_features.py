"""Features say what arrays are, and contradictions in them are refused."""

import dataclasses

import numpy as np
import pytest

from cisfuse.examples.features import (
    Feature,
    check_features,
    name_feature,
    target_feature,
    text_column,
)

BASES = Feature("sequence", "uint8", (30,), "ASCII base", "input", "bases", True)
LABEL = Feature("label", "int64", (), "1 bound", "target")
NAME = Feature("gene", "string", (), "symbol", "name")
PLACE = Feature("window", "string", (), "CHROM:START-END, half-open", "place")


@pytest.mark.parametrize("feature", [BASES, LABEL, NAME, PLACE])
def test_a_feature_comes_back_from_the_manifest(feature):
    entry = feature.to_json()
    assert list(entry) == ["name", "dtype", "shape", "unit", "role", "kind", "turns"]
    assert Feature.from_json(entry) == feature


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dtype": "float64"}, "dtype is 'float64', not one of string"),
        ({"role": "extra"}, "role is 'extra', not one of name"),
        ({"kind": "sound"}, "kind is 'sound', not one of bases"),
        ({"kind": ""}, "inputs have a kind"),
        ({"role": "target"}, "inputs have a kind"),
        ({"dtype": "string"}, "names and places are strings"),
        ({"role": "name", "kind": ""}, "names and places are strings"),
        ({"shape": (3, 10)}, "bases cannot be uint8"),
        ({"kind": "signal"}, "signal cannot be uint8"),
        ({"kind": "tokens", "dtype": "int64", "turns": True}, "only bases and signals turn"),
    ],
)
def test_contradictions_are_refused(changes, message):
    with pytest.raises(ValueError, match=f"'sequence'.*{message}"):
        dataclasses.replace(BASES, **changes)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {},
        {**BASES.to_json(), "more": 1},
        {**BASES.to_json(), "turns": 1},
        {**BASES.to_json(), "unit": None},
        {**BASES.to_json(), "shape": 30},
        {**BASES.to_json(), "shape": [-30]},
        {**BASES.to_json(), "shape": [True]},
        {**BASES.to_json(), "dtype": "bytes"},
    ],
)
def test_entries_that_are_no_feature_are_refused(entry):
    with pytest.raises(ValueError, match="feature"):
        Feature.from_json(entry)


def test_examples_have_a_name_or_a_place():
    check_features([NAME, BASES])
    check_features([PLACE, BASES])
    check_features([BASES, PLACE, NAME])
    with pytest.raises(ValueError, match="name or their place"):
        check_features([BASES, LABEL])
    with pytest.raises(ValueError, match="name or their place"):
        check_features([NAME, dataclasses.replace(NAME, name="other")])
    with pytest.raises(ValueError, match="two features are called 'gene'"):
        check_features([NAME, NAME])


def test_a_name_comes_before_a_place():
    assert name_feature([PLACE, NAME]) is NAME
    assert name_feature([BASES, PLACE]) is PLACE
    assert target_feature([NAME, LABEL]) is LABEL
    with pytest.raises(KeyError, match="0 features are targets"):
        target_feature([NAME])


def test_the_size_in_memory_is_that_of_the_array():
    tracks = Feature("tracks", "float16", (4, 5), "reads", "target")
    assert tracks.value_bytes() == np.zeros((4, 5), np.float16).nbytes
    assert BASES.value_bytes() == 30


def test_texts_are_utf8():
    column = text_column(["a", "Å1"])
    assert column.dtype.kind == "S"
    assert [name.decode() for name in column.tolist()] == ["a", "Å1"]
    assert text_column([]).shape == (0,)
