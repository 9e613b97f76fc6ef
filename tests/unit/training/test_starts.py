"""Weights of an earlier training: copied by the names of layers, refused where they do not fit."""

import keras
import numpy as np
import pytest
from model_inputs import span_inputs
from trainings import build, make_examples, settings, train

from cisfuse.base.errors import DamagedFileError, InputError
from cisfuse.models.layers import both_strands, one_strand
from cisfuse.models.registry import build_model
from cisfuse.prediction.logits import load_model
from cisfuse.training.starts import copy_weights
from cisfuse.training.state import TrainingState


def saved(model: keras.Model, tmp_path):
    path = tmp_path / "start.keras"
    model.save(path)
    return path


@pytest.mark.parametrize("wrap", [lambda model: model, both_strands])
def test_a_model_gets_the_weights_of_one_of_its_kind(tmp_path, wrap):
    first, second = build(), build()
    assert not np.array_equal(first.get_weights()[0], second.get_weights()[0])
    copy_weights(second, saved(wrap(first), tmp_path))
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_one_strand_undoes_both_strands():
    model = build()
    assert one_strand(both_strands(model)) is model
    assert one_strand(model) is model


def test_the_first_layer_that_does_not_fit_is_named(tmp_path):
    path = saved(build_model("fusion_cnn", span_inputs(30), {"filters": 7}), tmp_path)
    with pytest.raises(InputError) as caught:
        copy_weights(build(), path)
    assert str(caught.value).startswith(
        f"{path}: layer convolution_1: its weights have the shapes (10, 4, 7) and (7,), and "
        "fusion_cnn needs (10, 4, 15) and (15,); start"
    )
    path = saved(build_model("sequence_cnn", span_inputs(30)), tmp_path)
    with pytest.raises(InputError, match=r"layer logit: .* \(450, 1\) and .* \(451, 1\) and"):
        copy_weights(build(), path)


def network(head: str) -> keras.Model:
    sequence = keras.Input((30, 4), name="sequence")
    hidden = keras.layers.Conv1D(3, 5, name="convolution")(sequence)
    pooled = keras.layers.GlobalMaxPooling1D()(hidden)
    return keras.Model({"sequence": sequence}, keras.layers.Dense(1, name=head)(pooled))


def test_layers_that_the_start_lacks_stay_fresh_and_are_named(tmp_path, caplog):
    caplog.set_level("INFO", "cisfuse")
    pretrained, model = network("pretraining"), network("logit")
    fresh = model.get_layer("logit").get_weights()[0]
    path = saved(pretrained, tmp_path)
    copy_weights(model, path)
    np.testing.assert_array_equal(model.get_weights()[0], pretrained.get_weights()[0])
    np.testing.assert_array_equal(model.get_layer("logit").get_weights()[0], fresh)
    assert caplog.messages == [f"weights of convolution from {path}; fresh: logit"]


def test_a_model_of_other_layers_is_refused(tmp_path):
    layers = [keras.Input((3,)), keras.layers.Dense(1, name="other")]
    path = saved(keras.Sequential(layers), tmp_path)
    with pytest.raises(InputError, match=r"no layer has the name of one of fusion_cnn, which are"):
        copy_weights(build(), path)


def test_a_file_that_is_no_model_is_named(tmp_path):
    path = tmp_path / "start.keras"
    path.write_bytes(b"PK")
    with pytest.raises(DamagedFileError, match=r"start\.keras: not a model"):
        copy_weights(build(), path)


def test_a_training_goes_on_from_the_weights_of_another(tmp_path):
    """A step of a rate of nearly nothing leaves the start's weights, and resuming its own."""
    examples = {"train": make_examples(90, 1), "valid": make_examples(40, 2)}
    first = TrainingState(tmp_path / "first", {})
    train(build, examples, settings(1), first)

    def started() -> keras.Model:
        model = build()
        copy_weights(model, first.model_path(1))
        return model

    still = settings(1).__class__(1, 1, 90, 1e-12, "none", "none", seed=5)
    second = TrainingState(tmp_path / "second", {})
    train(started, examples, still, second)
    pairs = zip(*(load_model(s.model_path(1)).get_weights() for s in (first, second)), strict=True)
    assert all(np.allclose(one, other, rtol=0, atol=1e-8) for one, other in pairs)

    whole = TrainingState(tmp_path / "whole", {})
    expected = train(started, examples, settings(3), whole)
    train(started, examples, settings(1), TrainingState(tmp_path / "parts", {}))
    found = train(started, examples, settings(3), TrainingState(tmp_path / "parts", {}))
    assert found.equals(expected)
