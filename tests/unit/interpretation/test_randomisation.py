"""A randomised model has the architecture and nothing that was learned."""

import keras
import numpy as np
import pytest
from example_builders import span_examples
from model_inputs import span_inputs

from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.methods import deletion
from cisfuse.interpretation.randomisation import randomise
from cisfuse.models.layers import both_strands, signal_transforms
from cisfuse.models.registry import build_model
from cisfuse.prediction.logits import model_inputs

CONSTANTS = {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2}


def test_weights_are_fresh_and_all_else_stays():
    keras.utils.set_random_seed(3)
    model = both_strands(build_model("fusion_cnn", span_inputs(30, "log_standardise", CONSTANTS)))
    before = [values.copy() for values in model.get_weights()]
    found = randomise(model, 5)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert [values.shape for values in found.get_weights()] == [values.shape for values in before]
    for one, other in zip(before, found.get_weights(), strict=True):
        if one.ndim > 1:
            assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.2
            assert 0.5 < one.std() / other.std() < 2
    assert signal_transforms(found)["accessibility"].constants == CONSTANTS
    again = randomise(model, 5)
    for one, other in zip(found.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (randomise(model, 6).get_weights()[0] != found.get_weights()[0]).any()


@pytest.mark.parametrize("name", ["tfbs_cnn", "tfbs_cnn_deep"])
def test_models_with_pooling_and_two_units_are_randomised(name):
    keras.utils.set_random_seed(3)
    model = build_model(name, span_inputs(50))
    model.set_weights([values + 0.1 for values in model.get_weights()])
    found = randomise(model, 5)
    assert model_inputs(found) == ["sequence"]
    for one, other in zip(model.get_weights(), found.get_weights(), strict=True):
        assert one.shape == other.shape
        assert (other == 0).all() if one.ndim == 1 else (one != other).any()
    generator = np.random.default_rng(0)
    examples = span_examples(generator.choice(np.frombuffer(b"ACGT", np.uint8), (2, 50)))
    maps = [deletion(Explainer(each, None), examples).hypothetical for each in (model, found)]
    assert maps[0].any()
    assert np.abs(maps[0] - maps[1]).max() > 0.01
