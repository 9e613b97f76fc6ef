"""Maps of other weights are those of models that have them, at a few spans."""

import keras
import numpy as np
import pandas as pd
import pytest
from model_inputs import span_inputs

from cisfuse.interpretation import controls
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.contributions import project
from cisfuse.interpretation.controls import attribute_controls, control_rows
from cisfuse.interpretation.explained import examples_of
from cisfuse.interpretation.methods import gradient, gradient_times_input
from cisfuse.interpretation.randomisation import randomise
from cisfuse.models.layers import both_strands
from cisfuse.models.registry import build_model

LENGTH = 30
CONSTANTS = {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2}


def make_spans(count: int = 8) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    sequences = generator.choice(list("ACGT"), (count, LENGTH))
    return pd.DataFrame(
        {
            "name": [f"span-{row}" for row in range(count)],
            "sequence": ["".join(row) for row in sequences],
            "label": 1,
            "split": ["train", *["test"] * (count - 1)],
            "role": [*["positive"] * (count - 1), "false_positive"],
            "accessibility": generator.random(count).astype(np.float32),
        }
    )


def test_compared_spans_are_positives_of_test_and_few(monkeypatch):
    spans = make_spans(20)
    assert control_rows(spans, 0).tolist() == list(range(1, 19))
    monkeypatch.setattr(controls, "MOST_SPANS", 6)
    rows = control_rows(spans, 0)
    assert len(set(rows)) == 6
    assert sorted(rows) == rows.tolist()
    assert set(rows) < set(range(1, 19))
    assert rows.tolist() == control_rows(spans, 0).tolist() != control_rows(spans, 1).tolist()


@pytest.fixture
def make_model():
    def make(seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        inputs = span_inputs(LENGTH, "log_standardise", CONSTANTS)
        return both_strands(build_model("fusion_cnn", inputs))

    return make


def test_maps_are_those_of_models_with_the_weights(make_model, monkeypatch):
    monkeypatch.setattr(controls, "DRAWS", 2)
    spans, model, others = make_spans(), make_model(7), [make_model(8)]
    before = [values.copy() for values in model.get_weights()]
    methods = ["gradient", "gradient_times_input"]
    found = attribute_controls(model, others, spans, median=0.4, methods=methods, seed=3)
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(found) == 1 + 2 * len(methods)
    rows = found["rows"]
    examples = examples_of(spans).take(rows)
    random = [randomise(model, 3 + draw) for draw in range(controls.DRAWS)]
    for method in (gradient, gradient_times_input):
        for kind, models in (("random", random), ("replicates", others)):
            maps = found[f"{method.__name__}_{kind}"]
            assert maps.shape == (len(models), len(rows), LENGTH)
            assert maps.dtype == np.float32
            for one, other in zip(maps, models, strict=True):
                expected = method(Explainer(other, 0.4), examples, 3).hypothetical
                expected = project(expected, examples["sequence"])
                np.testing.assert_allclose(one, expected, atol=1e-6)
                assert expected.any()


def test_a_model_of_one_seed_has_no_replicate(make_model):
    found = attribute_controls(
        make_model(7), [], make_spans(), median=0.4, methods=["gradient"], seed=3
    )
    assert found["gradient_replicates"].shape == (0, 6, LENGTH)
    assert len(found["gradient_random"]) == controls.DRAWS > 1
