"""Gradients agree with finite differences."""

import dataclasses

import keras
import numpy as np
import pytest
from reference import transform_values

from cisfuse import attribution
from cisfuse.attribution import gradients
from cisfuse.examples import Examples
from cisfuse.models import build_model
from cisfuse.models.layers import both_strands
from cisfuse.models.settings import ModelSettings
from cisfuse.sequences import one_hot, reverse_complement

LENGTH = 30
CONSTANTS = {
    "none": {},
    "log": {"pseudocount": 0.1},
    "log_standardise": {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2},
}
PARTNER = {"A": "T", "C": "G", "G": "C", "T": "A"}


def make_model(name: str, transform: str = "log_standardise") -> keras.Model:
    keras.utils.set_random_seed(11)
    return build_model(name, ModelSettings(LENGTH, transform, CONSTANTS[transform]))


def make_examples(count: int) -> Examples:
    generator = np.random.default_rng(2)
    return Examples(
        names=np.array([f"chr1:{i}-{i + LENGTH}" for i in range(count)], dtype=object),
        sequences=generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH)),
        labels=np.zeros(count, np.float32),
        signals={"accessibility": (generator.gamma(1, 1, count) + 0.2).astype(np.float32)},
    )


def logit_in_float64(model: keras.Model, sequence: np.ndarray, accessibility: float) -> float:
    """The fusion CNN by hand: loops of dot products in float64."""
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv1D)]
    hidden = sequence.astype(np.float64)
    for layer in convolutions:
        kernel, bias = (weight.astype(np.float64) for weight in layer.get_weights())
        # "same" padding of width 10: four positions before, five after.
        padded = np.pad(hidden, ((4, 5), (0, 0)))
        rows = [np.tensordot(padded[i : i + 10], kernel, 2) + bias for i in range(len(hidden))]
        hidden = np.maximum(np.array(rows), 0)
    transform = model.get_layer("transform")
    value = transform_values(np.float64(accessibility), transform.kind, transform.constants)
    kernel, bias = model.get_layer("logit").get_weights()
    return float(np.append(hidden.ravel(), value) @ kernel[:, 0].astype(np.float64) + bias[0])


def test_gradients_equal_finite_differences():
    """Central differences in float64; where those of two steps disagree, a ReLU has its kink."""
    model, examples = make_model("fusion_cnn"), make_examples(1)
    found = gradients(model, examples)
    encoded = one_hot(examples.sequences)
    smooth = 0
    value = float(examples.signals["accessibility"][0])
    logit = logit_in_float64(model, encoded[0], value)
    assert found.logits[0] == pytest.approx(logit, abs=1e-5)
    for index in np.ndindex(LENGTH, 4):
        slopes = []
        for step in (1e-4, 1e-6):
            change = np.zeros((LENGTH, 4))
            change[index] = step
            up = logit_in_float64(model, encoded[0] + change, value)
            down = logit_in_float64(model, encoded[0] - change, value)
            slopes.append((up - down) / (2 * step))
        if abs(slopes[0] - slopes[1]) < 1e-6:
            smooth += 1
            assert found.sequence[(0, *index)] == pytest.approx(slopes[1], abs=2e-5)
    assert smooth > 0.9 * LENGTH * 4
    assert np.abs(found.sequence).max() > 1e-2


@pytest.mark.parametrize("transform", CONSTANTS)
def test_accessibility_gradient_is_per_transformed_unit(transform):
    """The transformed value joins the logit by one weight, which is the gradient."""
    model, examples = make_model("fusion_cnn", transform), make_examples(6)
    found = gradients(model, examples)
    values = examples.signals["accessibility"].astype(np.float64)
    expected = transform_values(values, transform, CONSTANTS[transform])
    np.testing.assert_allclose(found.transformed, expected, rtol=1e-5, atol=1e-6)
    encoded = one_hot(examples.sequences)
    for row in range(6):
        low, high = 0.9 * values[row], 1.1 * values[row]
        rise = logit_in_float64(model, encoded[row], high)
        rise -= logit_in_float64(model, encoded[row], low)
        run = np.diff(transform_values(np.array([low, high]), transform, CONSTANTS[transform]))
        assert found.accessibility[row] == pytest.approx(rise / run[0], rel=1e-4)


def test_features_that_a_model_does_not_read_have_no_gradient():
    examples = make_examples(3)
    sequence_only = gradients(make_model("sequence_cnn"), examples)
    assert not sequence_only.accessibility.any()
    assert not sequence_only.transformed.any()
    assert sequence_only.sequence.any()
    accessibility_only = gradients(make_model("accessibility_logistic"), examples)
    assert accessibility_only.sequence.shape == (3, LENGTH, 4)
    assert not accessibility_only.sequence.any()
    assert accessibility_only.accessibility.all()


def test_batches_leave_no_trace(monkeypatch):
    model, examples = make_model("fusion_cnn"), make_examples(7)
    whole = gradients(model, examples)
    monkeypatch.setattr(attribution, "BATCH", 3)
    parts = gradients(model, examples)
    for field in ("logits", "sequence", "accessibility", "transformed"):
        assert getattr(parts, field).dtype == np.float32
        np.testing.assert_allclose(getattr(parts, field), getattr(whole, field), atol=1e-6)


def test_a_model_of_both_strands_has_the_mean_of_the_gradients_of_each():
    model, examples = make_model("fusion_cnn"), make_examples(6)
    found = gradients(both_strands(model), examples)
    turned = dataclasses.replace(examples, sequences=reverse_complement(examples.sequences))
    one, other = gradients(model, examples), gradients(model, turned)
    np.testing.assert_allclose(found.logits, (one.logits + other.logits) / 2, atol=1e-6)
    expected = (one.sequence + other.sequence[:, ::-1, ::-1]) / 2
    np.testing.assert_allclose(found.sequence, expected, atol=1e-6)
    np.testing.assert_allclose(found.accessibility, one.accessibility, rtol=1e-5)
    np.testing.assert_allclose(found.transformed, one.transformed, rtol=1e-6)
