"""A randomised model has the architecture and nothing that was learned."""

import keras
import numpy as np

from cisfuse.models import build_model
from cisfuse.models.layers import both_strands, signal_transforms
from cisfuse.models.settings import ModelSettings
from cisfuse.randomisation import randomise

CONSTANTS = {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2}


def test_weights_are_fresh_and_all_else_stays():
    keras.utils.set_random_seed(3)
    model = both_strands(build_model("fusion_cnn", ModelSettings(30, "log_standardise", CONSTANTS)))
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
