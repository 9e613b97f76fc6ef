"""The pooled CNN computes what its layers say, at any length, and does not mind the place."""

import keras
import numpy as np
import pytest
from model_inputs import span_inputs

from cisfuse.models.registry import build_model


def make_model(length):
    keras.utils.set_random_seed(3)
    model = build_model("pooled_cnn", span_inputs(length))
    generator = np.random.default_rng(0)
    # Biases begin at 0, which a wrong bias would not show.
    model.set_weights([w + generator.normal(0, 0.1, w.shape) for w in model.get_weights()])
    return model


def plain_pooled(weights: list[np.ndarray], bases: np.ndarray) -> float:
    """The output for one sequence, (length, 4), by the layers of the docstring, in loops."""
    kernel, bias, first, first_bias, last, last_bias = (array.astype(float) for array in weights)
    padded = np.concatenate([np.zeros((5, 4)), bases, np.zeros((6, 4))])
    windows = [np.einsum("wc,wcf->f", padded[i : i + 12], kernel) for i in range(len(bases))]
    convolved = np.maximum(np.array(windows) + bias, 0)
    pooled = np.concatenate([convolved.max(axis=0), convolved.mean(axis=0)])
    return (np.maximum(pooled @ first + first_bias, 0) @ last + last_bias)[0]


@pytest.mark.parametrize("length", [100, 7])
def test_the_network_computes_what_its_layers_say(length):
    model = make_model(length)
    assert model.count_params() == 7297
    bases = np.eye(4, dtype=np.float32)[np.random.default_rng(1).integers(0, 4, (6, length))]
    found = model({"sequence": bases}).numpy()[:, 0]
    expected = [plain_pooled(model.get_weights(), sequence.astype(float)) for sequence in bases]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert np.ptp(expected) > 1e-3


def test_a_motif_counts_the_same_wherever_it_lies():
    model = make_model(60)
    motif = np.eye(4, dtype=np.float32)[[2, 3, 0, 1, 1, 0, 3, 2]]
    sequences = np.zeros((3, 60, 4), np.float32)
    for row, start in enumerate((12, 25, 40)):
        sequences[row, start : start + 8] = motif
    found = model({"sequence": sequences}).numpy()[:, 0]
    np.testing.assert_allclose(found, found[0], rtol=1e-5)
    assert abs(found[0] - model({"sequence": 0 * sequences[:1]}).numpy()[0, 0]) > 1e-3
