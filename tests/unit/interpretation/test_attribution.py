"""Gradients at any point agree with finite differences."""

import keras
import numpy as np
import pytest
from model_inputs import span_inputs
from reference import transform_values

from cisfuse.interpretation import attribution
from cisfuse.interpretation.attribution import Explainer
from cisfuse.models.layers import both_strands
from cisfuse.models.registry import build_model

LENGTH = 30
CONSTANTS = {
    "none": {},
    "log": {"pseudocount": 0.1},
    "log_standardise": {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2},
}


def make_model(name: str, transform: str = "log_standardise") -> keras.Model:
    keras.utils.set_random_seed(11)
    return build_model(name, span_inputs(LENGTH, transform, CONSTANTS[transform]))


def make_points(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points between sequences, float32 (n, length, 4), and transformed accessibilities (n,)."""
    generator = np.random.default_rng(2)
    sequence = generator.dirichlet(np.ones(4), (count, LENGTH)).astype(np.float32)
    return sequence, generator.normal(0, 1, count)


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
    model = make_model("fusion_cnn")
    explainer = Explainer(model, 0.4)
    sequence, transformed = make_points(1)
    logits, found, _ = explainer.slopes(sequence, transformed)
    value = float(explainer.transform.invert(transformed)[0])
    assert logits[0] == pytest.approx(logit_in_float64(model, sequence[0], value), abs=1e-5)
    smooth = 0
    for index in np.ndindex(LENGTH, 4):
        slopes = []
        for step in (1e-4, 1e-6):
            change = np.zeros((LENGTH, 4))
            change[index] = step
            up = logit_in_float64(model, sequence[0] + change, value)
            down = logit_in_float64(model, sequence[0] - change, value)
            slopes.append((up - down) / (2 * step))
        if abs(slopes[0] - slopes[1]) < 1e-6:
            smooth += 1
            assert found[(0, *index)] == pytest.approx(slopes[1], abs=2e-5)
    assert smooth > 0.9 * LENGTH * 4
    assert np.abs(found).max() > 1e-2


@pytest.mark.parametrize("transform", CONSTANTS)
def test_accessibility_gradient_is_per_transformed_unit(transform):
    model = make_model("fusion_cnn", transform)
    explainer = Explainer(model, 0.4)
    sequence, _ = make_points(6)
    values = np.linspace(0.2, 3, 6)
    transformed = transform_values(values, transform, CONSTANTS[transform])
    np.testing.assert_allclose(explainer.transformed(values), transformed, rtol=1e-5, atol=1e-6)
    _, _, slopes = explainer.slopes(sequence, transformed)
    for row in range(6):
        low, high = 0.9 * values[row], 1.1 * values[row]
        rise = logit_in_float64(model, sequence[row], high)
        rise -= logit_in_float64(model, sequence[row], low)
        run = np.diff(transform_values(np.array([low, high]), transform, CONSTANTS[transform]))
        assert slopes[row] == pytest.approx(rise / run[0], rel=1e-4)


def test_features_that_a_model_does_not_read_have_no_gradient():
    sequence, transformed = make_points(3)
    _, by_sequence, slope = Explainer(make_model("sequence_cnn"), 0.4).slopes(sequence, transformed)
    assert by_sequence.any()
    assert not slope.any()
    explainer = Explainer(make_model("accessibility_logistic"), 0.4)
    _, by_sequence, slope = explainer.slopes(sequence, transformed)
    assert by_sequence.shape == (3, LENGTH, 4)
    assert not by_sequence.any()
    assert slope.all()
    assert not Explainer(make_model("sequence_cnn"), 0.4).transformed(np.ones(3)).any()


def test_batches_leave_no_trace(monkeypatch):
    explainer = Explainer(make_model("fusion_cnn"), 0.4)
    points = make_points(7)
    whole = explainer.slopes(*points)
    monkeypatch.setattr(attribution, "BATCH", 3)
    for part, expected in zip(explainer.slopes(*points), whole, strict=True):
        assert part.dtype == np.float32
        np.testing.assert_allclose(part, expected, atol=1e-6)


def test_a_model_of_both_strands_has_the_mean_of_the_gradients_of_each():
    model = make_model("fusion_cnn")
    sequence, transformed = make_points(6)
    logits, by_sequence, slope = Explainer(both_strands(model), 0.4).slopes(sequence, transformed)
    one = Explainer(model, 0.4).slopes(sequence, transformed)
    other = Explainer(model, 0.4).slopes(sequence[:, ::-1, ::-1].copy(), transformed)
    np.testing.assert_allclose(logits, (one[0] + other[0]) / 2, atol=1e-6)
    expected = (one[1] + other[1][:, ::-1, ::-1]) / 2
    np.testing.assert_allclose(by_sequence, expected, atol=1e-6)
    np.testing.assert_allclose(slope, one[2], rtol=1e-5)
