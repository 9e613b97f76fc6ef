"""Losses that a model adds itself: added to those of its predictions, and to nothing else."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from trainings import build, make_examples, make_train_steps, settings, train

from cisfuse.prediction.logits import model_inputs
from cisfuse.training import rounds as training
from cisfuse.training.feed import Feed
from cisfuse.training.rounds import TrainingSettings
from cisfuse.training.state import TrainingState


@keras.saving.register_keras_serializable("tests")
class Divergence(keras.layers.Layer):
    """Passes its input on, and adds a mean over the batch to the loss."""

    def call(self, values):
        self.add_loss(0.3 * keras.ops.mean(keras.ops.square(values)))
        return values


def penalised() -> keras.Model:
    """A network with a loss of a layer and a penalty on its weights."""
    accessibility = keras.Input((1,), name="accessibility")
    hidden = keras.layers.Dense(3, "tanh", kernel_regularizer=keras.regularizers.L2(0.1))
    logit = keras.layers.Dense(1)(Divergence()(hidden(accessibility)))
    return keras.Model({"accessibility": accessibility}, logit)


@pytest.mark.parametrize("xla", [False, True])
def test_losses_that_a_model_adds_are_those_of_keras_fit(xla):
    data = make_examples(70, 3)  # the last batch is smaller
    keras.utils.set_random_seed(4)
    models = [penalised(), penalised()]
    models[1].set_weights(models[0].get_weights())
    options = TrainingSettings(1, 1, 16, 0.05, "none", "none", seed=0, xla=xla)
    optimizer = training.make_optimizer(models[0], options)
    feed = Feed(data, ["accessibility"])
    steps = make_train_steps(models[0], optimizer, feed, options, (1.0, 1.0))
    order = np.arange(70, dtype=np.int32)
    losses = [float(steps(order, tf.constant(False))) / 70 for _ in range(3)]

    models[1].compile(
        keras.optimizers.Adam(0.05), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    accessibility = {"accessibility": data["accessibility"][:, None]}
    labels = data.targets[:, None]
    options_of_fit = {"batch_size": 16, "epochs": 3, "shuffle": False, "verbose": 0}
    history = models[1].fit(accessibility, labels, **options_of_fit).history
    np.testing.assert_allclose(losses, history["loss"], rtol=1e-4)
    for one, other in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_the_loss_of_a_round_holds_what_the_model_adds(tmp_path):
    """With a rate of nearly nothing the column is the loss of predictions and what is added."""
    examples = {"train": make_examples(90, 1), "valid": make_examples(40, 2)}
    options = TrainingSettings(1, 1, 32, 1e-12, "none", "none", seed=1)
    row = train(penalised, examples, options, TrainingState(tmp_path, {})).iloc[0]
    keras.utils.set_random_seed(1)
    model = penalised()
    model({"accessibility": examples["train"]["accessibility"][:, None]})
    added = float(sum(model.losses))
    assert added > 0.01
    assert row["loss"] == pytest.approx(row["train_loss"] + added, rel=1e-4)


@pytest.mark.parametrize(("make", "adds"), [(penalised, True), (build, False)])
def test_only_a_model_with_losses_of_its_own_has_them_in_its_graph(make, adds):
    model, options = make(), settings(1)
    feed = Feed(make_examples(90, 1), model_inputs(model))
    optimizer = training.make_optimizer(model, options)
    steps = make_train_steps(model, optimizer, feed, options, (1.0, 1.0))
    functions = steps.get_concrete_function().graph.as_graph_def().library.function
    kinds = {node.op for function in functions for node in function.node_def}
    assert "SigmoidGrad" in kinds or "MatMul" in kinds
    assert ("MulNoNan" in kinds) == adds
