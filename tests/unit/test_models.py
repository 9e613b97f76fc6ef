"""Architectures and the layers that they share."""

import keras
import numpy as np
import pytest
from reference import transform_values

from cisfuse.errors import ConfigError
from cisfuse.models import ARCHITECTURES, build_model
from cisfuse.models.layers import HalfDropout, SignalTransform
from cisfuse.models.settings import ModelSettings
from cisfuse.prediction import load_model
from cisfuse.signals import fit_transforms

VALUES = np.array([0.0, 0.001, 0.02, 0.4, 3.0])
TRANSFORMS = fit_transforms(VALUES)
SETTINGS = ModelSettings(101, "log_standardise", TRANSFORMS["log_standardise"])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("fusion_cnn", 6662), ("sequence_cnn", 6661), ("accessibility_logistic", 2)],
)
def test_parameter_counts_are_the_published_ones(name, parameters):
    assert build_model(name, SETTINGS).count_params() == parameters


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_models_read_what_the_registry_says(name):
    model = build_model(name, SETTINGS)
    assert {tensor.name for tensor in model.inputs} == set(ARCHITECTURES[name].inputs)
    assert model.output_shape == (None, 1)


def test_accessibility_joins_after_the_convolutions():
    """Without its last weight the fusion CNN does not see accessibility at all."""
    model = build_model("fusion_cnn", SETTINGS)
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
    model = build_model("accessibility_logistic", SETTINGS)
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


def test_unknown_architecture_lists_those_there_are():
    with pytest.raises(ConfigError, match="fusion_cnn"):
        build_model("fusion_cn", SETTINGS)
