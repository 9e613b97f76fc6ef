"""Windows that fire a filter are those of a loop, and spell what the filter was made for."""

import keras
import numpy as np
import pytest
from model_inputs import span_inputs

from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.interpretation import first_layer
from cisfuse.interpretation.filters import COLUMNS, filter_table, firing_ppms
from cisfuse.interpretation.first_layer import (
    filter_windows,
    first_convolution,
    reads_both_strands,
)
from cisfuse.models.layers import both_strands
from cisfuse.models.registry import build_model

LENGTH, WIDTH = 24, 5


def make_model(filters: int = 6, **options) -> keras.Model:
    keras.utils.set_random_seed(5)
    sequence = keras.Input((LENGTH, 4), name="sequence")
    hidden = keras.layers.Conv1D(filters, WIDTH, padding="same", name="first", **options)(sequence)
    hidden = keras.layers.Conv1D(4, 3, padding="same")(hidden)
    logit = keras.layers.Dense(1)(keras.layers.Flatten()(hidden))
    return keras.Model({"sequence": sequence}, logit)


def make_sequences(count: int = 40) -> np.ndarray:
    generator = np.random.default_rng(8)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH))
    sequences[generator.random(sequences.shape) < 0.03] = ord("N")
    return sequences


def counts_by_loop(model: keras.Model, strands: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Counts and shares of spans, from the layer's own output: Keras convolves, not NumPy."""
    layer = first_convolution(model)
    before = (WIDTH - 1) // 2
    counts = np.zeros((layer.filters, WIDTH, 4))
    fired = np.zeros((len(strands[0]), layer.filters), bool)
    outputs = [np.asarray(layer(one_hot(strand))) for strand in strands]
    whole = slice(before, LENGTH - (WIDTH - 1 - before))
    most = np.max([output[:, whole].max(axis=(0, 1)) for output in outputs], axis=0)
    for strand, output in zip(strands, outputs, strict=True):
        for span in range(len(strand)):
            for place in range(LENGTH)[whole]:
                window = one_hot(strand[span, place - before : place - before + WIDTH])
                for number in range(layer.filters):
                    if most[number] > 0 and output[span, place, number] > 0.5 * most[number]:
                        counts[number] += window
                        fired[span, number] = True
    return counts, fired.mean(axis=0)


@pytest.mark.parametrize("activation", ["relu", "linear", "sigmoid"])
def test_windows_are_those_of_a_loop(monkeypatch, activation):
    monkeypatch.setattr(first_layer, "SPANS_AT_ONCE", 7)
    model, sequences = make_model(activation=activation), make_sequences()
    first_convolution(model).bias.assign(np.linspace(-0.3, 0.3, 6))
    found = filter_windows(model, sequences)
    counts, share = counts_by_loop(model, [sequences])
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.share, share)
    assert found.counts.shape == found.weights.shape == (6, WIDTH, 4)
    assert found.counts.dtype == found.weights.dtype == np.float32
    np.testing.assert_array_equal(
        found.weights[2, :, 1], np.asarray(first_convolution(model).kernel)[:, 1, 2]
    )
    # An N counts as no base.
    assert (found.counts.sum(axis=(1, 2)) <= found.windows * WIDTH).all()
    assert found.windows.min() > 0


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_pooling_and_dense_layers_after_them_change_no_windows(padding):
    keras.utils.set_random_seed(5)
    sequence = keras.Input((LENGTH, 4), name="sequence")
    hidden = keras.layers.Conv1D(6, WIDTH, padding=padding)(sequence)
    hidden = keras.layers.Flatten()(keras.layers.MaxPooling1D(4)(hidden))
    logit = keras.layers.Dense(1)(keras.layers.Dense(16, activation="relu")(hidden))
    model, sequences = keras.Model({"sequence": sequence}, logit), make_sequences()
    bare = make_model()
    first_convolution(bare).set_weights(first_convolution(model).get_weights())
    found = filter_windows(model, sequences)
    counts, share = counts_by_loop(bare, [sequences])
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.share, share)


def test_a_linear_filter_that_is_negative_everywhere_fires_nowhere():
    model, sequences = make_model(2), make_sequences()
    kernel, _ = first_convolution(model).get_weights()
    first_convolution(model).set_weights([kernel, np.array([0.0, -100.0])])
    found = filter_windows(model, sequences)
    assert found.windows[0] > 0
    assert found.windows[1] == 0
    assert found.max_activation[1] < 0
    assert filter_table(found)["consensus"][1] == ""


def test_a_model_of_both_strands_sees_the_windows_of_both():
    model, sequences = make_model(activation="relu"), make_sequences()
    assert not reads_both_strands(model)
    twice = both_strands(model)
    assert reads_both_strands(twice)
    found = filter_windows(twice, sequences)
    counts, share = counts_by_loop(model, [sequences, reverse_complement(sequences)])
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.share, share)


def test_a_filter_made_for_a_word_spells_it_and_a_dead_one_nothing():
    model, sequences = make_model(2, activation="relu"), make_sequences(200)
    word = np.frombuffer(b"TGACT", np.uint8)
    sequences[sequences == ord("N")] = ord("A")
    sequences[:50, 9 : 9 + WIDTH] = word
    kernel = np.stack([one_hot(word) - 1, -np.ones((WIDTH, 4))], axis=2)
    # Only the word itself passes half of the maximum: 1 with it, 0 with one base less.
    first_convolution(model).set_weights([kernel, np.array([1.0, -1.0])])
    found = filter_windows(model, sequences)
    assert found.windows[0] >= 50
    assert found.windows[1] == 0
    np.testing.assert_array_equal(found.counts[0], found.windows[0] * one_hot(word))
    assert not found.counts[1].any()
    table = filter_table(found)
    assert table.columns.tolist() == COLUMNS
    assert table["filter"].tolist() == [1, 2]
    assert table["consensus"].tolist() == ["TGACT", ""]
    assert table["max_activation"].tolist() == [1, 0]
    assert table["share"][0] >= 0.25
    ppms = firing_ppms(found)
    assert len(ppms) == 1
    np.testing.assert_array_equal(ppms[0], one_hot(word))


def test_a_model_without_sequence_has_no_filters():
    settings = span_inputs(LENGTH)
    found = filter_windows(build_model("accessibility_logistic", settings), make_sequences())
    assert found.counts.shape == (0, 0, 4)
    assert filter_table(found).empty
    assert firing_ppms(found) == []


def test_spans_shorter_than_a_filter_fire_none():
    model = make_model(activation="relu")
    found = filter_windows(model, make_sequences()[:, : WIDTH - 1])
    assert not found.windows.any()
    assert not found.max_activation.any()


def test_dilated_filters_count_the_bases_that_they_read():
    model, sequences = make_model(2, activation="relu", dilation_rate=3), make_sequences()
    kernel = np.random.default_rng(1).normal(size=(WIDTH, 4, 2))
    first_convolution(model).set_weights([kernel, np.zeros(2)])
    found = filter_windows(model, sequences)
    valid = keras.layers.Conv1D(2, WIDTH, dilation_rate=3, activation="relu")
    valid.build((None, LENGTH, 4))
    valid.set_weights([kernel, np.zeros(2)])
    output = np.asarray(valid(one_hot(sequences)))
    np.testing.assert_allclose(found.max_activation, output.max(axis=(0, 1)), rtol=1e-5)
    spans, places = np.nonzero(output[..., 0] > 0.5 * output[..., 0].max())
    windows = [sequences[s, p : p + 13 : 3] for s, p in zip(spans, places, strict=True)]
    np.testing.assert_array_equal(found.counts[0], one_hot(np.array(windows)).sum(axis=0))
