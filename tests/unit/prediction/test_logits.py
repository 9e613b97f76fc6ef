"""Prediction: batches against Keras, and what is said of inputs that do not fit."""

import numpy as np
import pytest
from example_builders import span_examples
from model_inputs import span_inputs

from cisfuse.base.errors import DamagedFileError
from cisfuse.dna.sequences import one_hot
from cisfuse.models.registry import build_model
from cisfuse.prediction import logits as prediction

CONSTANTS = {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2}
MODELS = ("fusion_cnn", "sequence_cnn", "accessibility_logistic")


@pytest.fixture
def examples():
    generator = np.random.default_rng(1)
    return span_examples(
        generator.choice(np.frombuffer(b"ACGTNacgt", np.uint8), (45, 30)),
        generator.integers(0, 2, 45),
        generator.gamma(1, 1, 45),
    )


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("batch", [7, 45, 1000])
def test_batches_give_what_keras_predicts(examples, name, batch, monkeypatch):
    model = build_model(name, span_inputs(30, "log_standardise", CONSTANTS))
    monkeypatch.setattr(prediction, "BATCH", batch)
    found = prediction.make_predict(model)(examples)
    inputs = {
        "sequence": one_hot(examples["sequence"]),
        "accessibility": examples["accessibility"][:, None],
    }
    inputs = {key: inputs[key] for key in prediction.model_inputs(model)}
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, model.predict(inputs, verbose=0)[:, 0], rtol=1e-4, atol=1e-6)


def test_no_examples_have_no_logits(examples):
    model = build_model("fusion_cnn", span_inputs(30))
    assert prediction.make_predict(model)(examples.take(np.arange(0))).shape == (0,)


def test_a_damaged_model_is_named(tmp_path):
    path = tmp_path / "best.keras"
    path.write_bytes(b"not a model")
    with pytest.raises(DamagedFileError, match=r"best\.keras.*delete it and run again"):
        prediction.load_model(path)
