"""Architectures and the layers that they share."""

import keras
import numpy as np
import pytest
from model_inputs import span_inputs
from reference import transform_values

from cisfuse.base.errors import ConfigError
from cisfuse.models.layers import HalfDropout, SignalTransform, both_strands
from cisfuse.models.registry import architecture_of, architectures, build_model
from cisfuse.prediction.logits import load_model
from cisfuse.readers.signals import fit_transforms

VALUES = np.array([0.0, 0.001, 0.02, 0.4, 3.0])
TRANSFORMS = fit_transforms(VALUES)
INPUTS = span_inputs(101, "log_standardise", TRANSFORMS["log_standardise"])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("fusion_cnn", 6662), ("sequence_cnn", 6661), ("accessibility_logistic", 2)],
)
def test_parameter_counts_are_the_published_ones(name, parameters):
    assert build_model(name, INPUTS).count_params() == parameters


@pytest.mark.parametrize(("name", "parameters"), [("tfbs_cnn", 6209), ("tfbs_cnn_deep", 128_050)])
def test_parameter_counts_at_50_bp_are_the_published_ones(name, parameters):
    assert build_model(name, span_inputs(50)).count_params() == parameters


def plain_layers(name: str) -> list[keras.layers.Layer]:
    """The layers of a CNN in the order in which each draws its seed."""
    logit = [keras.layers.Dense(1)] if name == "sequence_cnn" else []
    tower = []
    for _ in range(3):
        tower += [keras.layers.Conv1D(15, 10, padding="same"), keras.layers.Dropout(0.5)]
    return [*tower, keras.layers.Flatten(), *(logit or [keras.layers.Dense(1)])]


@pytest.mark.parametrize("name", ["fusion_cnn", "sequence_cnn"])
def test_a_seed_gives_the_weights_of_plain_layers(name):
    """They are those of every version before: layers draw their seeds in the same order."""
    keras.utils.set_random_seed(5)
    found = build_model(name, INPUTS).get_weights()
    keras.utils.set_random_seed(5)
    plain = keras.Sequential(plain_layers(name))
    plain.build((None, 101, 4))
    expected = plain.get_weights()
    if name == "fusion_cnn":  # its last layer reads one number more
        expected[-2] = plain.layers[-1].kernel_initializer(found[-2].shape).numpy()
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def plain_small(weights: list[np.ndarray], bases: np.ndarray) -> float:
    """The probability of one sequence, (length, 4), by the layers of the tutorial, in loops."""
    kernel, bias, first, first_bias, last, last_bias = (array.astype(float) for array in weights)
    count = len(bases) - len(kernel) + 1
    windows = [np.einsum("wc,wcf->f", bases[i : i + len(kernel)], kernel) for i in range(count)]
    convolved = np.array(windows) + bias
    pooled = [convolved[4 * i : 4 * i + 4].max(axis=0) for i in range(count // 4)]
    hidden = np.maximum(np.concatenate(pooled) @ first + first_bias, 0)
    return 1 / (1 + np.exp(-(hidden @ last + last_bias)[0]))


def plain_deep(weights: list[np.ndarray], bases: np.ndarray) -> float:
    """The softmax's probability of class 1 for one sequence, (length, 4), in loops."""
    kernel, bias, *dense = (array.astype(float) for array in weights)
    padded = np.concatenate([np.zeros((5, 4)), bases, np.zeros((6, 4))])
    places = range(len(bases))
    windows = [np.einsum("wc,wcf->f", padded[i : i + len(kernel)], kernel) for i in places]
    convolved = np.array(windows) + bias
    hidden = np.concatenate([convolved[5 * i : 5 * i + 5].max(0) for i in range(len(bases) // 5)])
    for number in range(0, len(dense) - 2, 2):
        hidden = np.maximum(hidden @ dense[number] + dense[number + 1], 0)
    classes = np.exp(hidden @ dense[-2] + dense[-1])
    return classes[1] / classes.sum()


@pytest.mark.parametrize(
    ("name", "plain"), [("tfbs_cnn", plain_small), ("tfbs_cnn_deep", plain_deep)]
)
def test_the_networks_of_the_tutorial_compute_what_their_layers_say(name, plain):
    keras.utils.set_random_seed(3)
    model = build_model(name, span_inputs(50))
    generator = np.random.default_rng(0)
    # Biases begin at 0, which a wrong bias would not show.
    model.set_weights([w + generator.normal(0, 0.1, w.shape) for w in model.get_weights()])
    bases = np.eye(4, dtype=np.float32)[generator.integers(0, 4, (6, 50))]
    logits = model({"sequence": bases}).numpy()[:, 0]
    expected = [plain(model.get_weights(), sequence.astype(float)) for sequence in bases]
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), expected, rtol=1e-4)
    assert np.ptp(expected) > 1e-3


@pytest.mark.parametrize(("name", "shortest"), [("tfbs_cnn", 15), ("tfbs_cnn_deep", 5)])
def test_a_span_that_is_too_short_for_a_network_is_named(name, shortest):
    build_model(name, span_inputs(shortest))
    with pytest.raises(
        ConfigError, match=f"{name} needs {shortest} bases or more, spans.length is"
    ):
        build_model(name, span_inputs(shortest - 1))


@pytest.mark.parametrize("name", ["tfbs_cnn", "tfbs_cnn_deep"])
def test_a_network_of_the_tutorial_is_saved_and_loaded(name, tmp_path):
    model = build_model(name, span_inputs(50))
    model.save(tmp_path / "model.keras")
    bases = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (3, 50))]
    again = load_model(tmp_path / "model.keras")({"sequence": bases})
    np.testing.assert_array_equal(again, model({"sequence": bases}))


@pytest.mark.parametrize("name", architectures())
def test_models_read_what_the_registry_says(name):
    model = build_model(name, INPUTS)
    assert {tensor.name for tensor in model.inputs} == set(architecture_of(name).inputs)
    assert model.output_shape == (None, 1)


def test_accessibility_joins_after_the_convolutions():
    """Without its last weight the fusion CNN does not see accessibility at all."""
    model = build_model("fusion_cnn", INPUTS)
    kernel, bias = model.get_layer("logit").get_weights()
    assert kernel.shape == (1516, 1)
    kernel[-1] = 0
    model.get_layer("logit").set_weights([kernel, bias])
    sequence = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (1, 101))]
    logits = [
        model({"sequence": sequence, "accessibility": np.array([[value]], np.float32)}).numpy()
        for value in (0.0, 5.0)
    ]
    np.testing.assert_array_equal(*logits)


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_transform_layer_equals_the_plain_function(kind):
    layer = SignalTransform(kind, TRANSFORMS[kind])
    expected = transform_values(VALUES, kind, TRANSFORMS[kind])
    found = layer(VALUES.astype(np.float32)[:, None]).numpy()[:, 0]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert layer.count_params() == 0


def test_a_saved_model_brings_its_transform(tmp_path):
    model = build_model("accessibility_logistic", INPUTS)
    model.save(tmp_path / "model.keras")
    loaded = load_model(tmp_path / "model.keras")
    values = VALUES.astype(np.float32)[:, None]
    np.testing.assert_array_equal(
        loaded({"accessibility": values}).numpy(), model({"accessibility": values}).numpy()
    )
    assert loaded.get_layer("transform").constants == TRANSFORMS["log_standardise"]


def test_half_dropout_has_the_distribution_of_keras_dropout():
    keras.utils.set_random_seed(3)
    values = np.full((400, 1001), 1.5, np.float32)
    found = HalfDropout()(values, training=True).numpy()
    assert set(np.unique(found)) == {0.0, 3.0}
    kept = found > 0
    standard_error = 0.5 / np.sqrt(kept.size)
    assert abs(kept.mean() - 0.5) < 5 * standard_error
    # Neither columns, rows nor neighbouring units hang together.
    assert np.abs(kept.mean(axis=0) - 0.5).max() < 5 * 0.5 / np.sqrt(400)
    assert np.abs(kept.mean(axis=1) - 0.5).max() < 5 * 0.5 / np.sqrt(1001)
    for lag in (1, 15, 32):
        flat = kept.ravel()
        assert abs((flat[lag:] == flat[:-lag]).mean() - 0.5) < 5 * standard_error


def test_half_dropout_draws_anew_and_repeats_with_the_seed():
    values = np.ones((4, 50), np.float32)
    keras.utils.set_random_seed(1)
    layer = HalfDropout()
    first, second = layer(values, training=True), layer(values, training=True)
    assert not np.array_equal(first, second)
    keras.utils.set_random_seed(1)
    np.testing.assert_array_equal(HalfDropout()(values, training=True), first)
    np.testing.assert_array_equal(layer(values, training=False), values)


def test_signals_along_the_sequence_are_turned_with_it(tmp_path):
    """The logit is the mean over both strands of all that the other strand changes."""
    inputs = {
        "sequence": keras.Input((30, 4), name="sequence"),
        "atac": keras.Input((30, 2), name="atac"),
        "level": keras.Input((1,), name="level"),
    }
    hidden = keras.layers.Conv1D(3, 5, activation="relu")
    hidden = hidden(keras.layers.Concatenate()([inputs["sequence"], inputs["atac"]]))
    hidden = keras.layers.Concatenate()([keras.layers.Flatten()(hidden), inputs["level"]])
    model = keras.Model(inputs, keras.layers.Dense(1)(hidden))
    generator = np.random.default_rng(0)
    forward = {
        name: generator.random((6, *tensor.shape[1:])).astype(np.float32)
        for name, tensor in inputs.items()
    }
    backward = {
        "sequence": forward["sequence"][:, ::-1, ::-1],
        "atac": forward["atac"][:, ::-1],
        "level": forward["level"],
    }
    both_strands(model, ["sequence", "atac"]).save(tmp_path / "both.keras")
    found = load_model(tmp_path / "both.keras")
    np.testing.assert_allclose(found(forward), (model(forward) + model(backward)) / 2, atol=1e-5)
    np.testing.assert_allclose(found(forward), found(backward), atol=1e-5)
    assert np.abs(model(forward) - model(backward)).max() > 1e-3
