"""Features are encoded by their kind, against plain NumPy."""

import numpy as np
import pytest
import tensorflow as tf
from example_builders import span_examples

from cisfuse.base.errors import ConfigError
from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.examples.features import KINDS, Feature, text_column
from cisfuse.examples.shards import Examples
from cisfuse.prediction.encoding import (
    ENCODINGS,
    columns_of,
    encode,
    kinds_of,
    turn_where,
    turning,
)

WINDOW = 9
FEATURES = (
    Feature("name", "string", (), "", "name"),
    Feature("site", "uint8", (WINDOW,), "ASCII base", "input", "bases", True),
    Feature("profile", "float32", (WINDOW,), "reads", "input", "signal", True),
    Feature("tracks", "float16", (WINDOW, 3), "reads", "input", "signal", True),
    Feature("summary", "float32", (4,), "reads by stage", "input", "signal"),
    Feature("distance", "int64", (), "bp", "input", "scalar"),
    Feature("genes", "int64", (5,), "rank", "input", "tokens"),
    Feature("level", "float32", (), "log", "target"),
)
INPUTS = [feature.name for feature in FEATURES if feature.role == "input"]


@pytest.fixture
def examples():
    generator = np.random.default_rng(0)
    arrays = {
        "name": text_column("abcdef"),
        "site": generator.choice(np.frombuffer(b"ACGTN", np.uint8), (6, WINDOW)),
        "profile": generator.random((6, WINDOW)).astype(np.float32),
        "tracks": generator.random((6, WINDOW, 3)).astype(np.float16),
        "summary": generator.random((6, 4)).astype(np.float32),
        "distance": generator.integers(-9000, 9000, 6),
        "genes": generator.integers(0, 20_000, (6, 5)),
        "level": generator.random(6).astype(np.float32),
    }
    return Examples(FEATURES, arrays)


def encoded(examples: Examples) -> dict[str, tf.Tensor]:
    columns = columns_of(examples, INPUTS)
    return encode({name: tf.constant(column) for name, column in columns.items()}, kinds())


def kinds() -> dict[str, str]:
    return kinds_of(FEATURES, INPUTS)


def test_every_kind_has_an_encoding():
    assert set(ENCODINGS) == set(KINDS) - {""}


def test_a_network_reads_what_the_table_says(examples):
    found = encoded(examples)
    expected = {
        "site": one_hot(examples["site"]),
        "profile": examples["profile"],
        "tracks": examples["tracks"].astype(np.float32),
        "summary": examples["summary"],
        "distance": examples["distance"].astype(np.float32)[:, None],
        "genes": examples["genes"].astype(np.int32),
    }
    assert set(found) == set(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_the_other_strand_is_that_of_the_stored_arrays(examples):
    """Turned after it is encoded, or turned as it is stored and then encoded."""
    turned = np.array([True, False, True, False, False, True])
    stored = {
        "site": reverse_complement(examples["site"]),
        "profile": examples["profile"][:, ::-1],
        "tracks": examples["tracks"][:, ::-1],
    }
    assert turning(FEATURES, INPUTS) == list(stored)
    assert turning(FEATURES, ["genes", "profile"]) == ["profile"]
    before, after = encoded(examples), examples
    for name, array in stored.items():
        rows = turned.reshape(-1, *[1] * (array.ndim - 1))
        after = after.with_array(name, np.where(rows, array, examples[name]))
    after = encoded(after)
    for name in INPUTS:
        found = before[name]
        if name in stored:
            found = turn_where(tf.constant(turned), found, kinds()[name])
            assert (found.numpy() != before[name].numpy()).any()
        np.testing.assert_array_equal(found, after[name])


@pytest.mark.parametrize("kind", ["scalar", "tokens"])
def test_what_has_no_strand_stays(examples, kind):
    (name,) = [name for name, of_kind in kinds().items() if of_kind == kind]
    found = encoded(examples)[name]
    np.testing.assert_array_equal(ENCODINGS[kind].turn(found), found)


def test_an_input_that_is_missing_is_named():
    spans = span_examples(np.zeros((2, 9), np.uint8), accessibility=np.ones(2))
    message = "the model reads methylation, which the examples lack; they have sequence, access"
    with pytest.raises(ConfigError, match=message):
        columns_of(spans, ["sequence", "methylation"])
    with pytest.raises(ConfigError, match="the model reads label, which"):
        kinds_of(spans.features, ["label"])
