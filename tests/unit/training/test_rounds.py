"""Training: the loop against Keras, and resuming to the bit."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from model_inputs import span_inputs
from trainings import (
    CONSTANTS,
    assert_same_weights,
    build,
    make_examples,
    make_train_steps,
    settings,
    train,
)

from cisfuse.base.errors import ConfigError
from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.examples.shards import Examples
from cisfuse.models.layers import HalfDropout
from cisfuse.models.registry import build_model
from cisfuse.prediction.logits import load_model
from cisfuse.tasks.binding import fitting
from cisfuse.training import rounds as training
from cisfuse.training.feed import Feed
from cisfuse.training.rounds import TrainingSettings, signals_beside_sequence
from cisfuse.training.state import TrainingState


@pytest.fixture(scope="module", autouse=True)
def _deterministic():
    tf.config.experimental.enable_op_determinism()


@pytest.fixture
def examples():
    return {"train": make_examples(90, 1), "valid": make_examples(40, 2)}


def test_resumed_training_equals_an_uninterrupted_one(tmp_path, examples):
    whole = TrainingState(tmp_path / "whole", {"a": 1})
    expected = train(build, examples, settings(4), whole)
    for rounds in (1, 3):
        train(build, examples, settings(rounds), TrainingState(tmp_path / "parts", {"a": 1}))
    parts = TrainingState(tmp_path / "parts", {"a": 1})
    found = train(build, examples, settings(4), parts)
    assert found.equals(expected)
    assert found["round"].tolist() == [1, 2, 3, 4]
    for number in range(1, 5):
        assert_same_weights(whole.model_path(number), parts.model_path(number))


@pytest.mark.parametrize(("quiet", "lines"), [(-1, 4), (60, 0)])
def test_a_long_round_says_how_far_it_is(tmp_path, examples, caplog, monkeypatch, quiet, lines):
    monkeypatch.setattr(training, "QUIET_SECONDS", quiet)
    caplog.set_level("INFO", "cisfuse")
    train(build, examples, settings(2), TrainingState(tmp_path, {"a": 1}))
    said = [line for line in caplog.messages if "epoch" in line]
    assert len(said) == lines
    assert said[-1:] == ["round 2: epoch 2 of 2"][:lines]


def test_fewer_rounds_than_there_are_gives_the_first_ones(tmp_path, examples):
    state = TrainingState(tmp_path / "state", {})
    three = train(build, examples, settings(3), state)
    assert train(build, examples, settings(2), state).equals(three.head(2))


def test_seed_changes_the_numbers(tmp_path, examples):
    one = train(build, examples, settings(1), TrainingState(tmp_path / "a", {}))
    other = TrainingSettings(1, 2, 32, 0.01, "balanced", "average_precision", seed=6)
    two = train(build, examples, other, TrainingState(tmp_path / "b", {}))
    assert one["loss"][0] != two["loss"][0]


def test_steps_equal_keras_fit_where_there_is_no_dropout():
    """The loop's loss, weights and Adam against `Model.fit` with the same order."""
    data = make_examples(64, 3)
    models = [build_model("accessibility_logistic", span_inputs(30, "log", CONSTANTS))]
    models.append(keras.models.clone_model(models[0]))
    models[1].set_weights(models[0].get_weights())
    weights = fitting.loss_weights(data.targets, settings(1))

    optimizer = keras.optimizers.Adam(0.05)
    optimizer.build(models[0].trainable_variables)
    feed = Feed(data, ["accessibility"])
    options = TrainingSettings(1, 1, 16, 0.05, "balanced", "average_precision", seed=0)
    steps = make_train_steps(models[0], optimizer, feed, options, weights)
    order = np.arange(64, dtype=np.int32)
    losses = [float(steps(order, tf.constant(False))) / 64 for _ in range(3)]

    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    models[1].compile(keras.optimizers.Adam(0.05), loss)
    history = models[1].fit(
        {"accessibility": data["accessibility"][:, None]},
        data.targets[:, None],
        sample_weight=np.where(data.targets > 0, weights[1], weights[0]),
        batch_size=16,
        epochs=3,
        shuffle=False,
        verbose=0,
    )
    np.testing.assert_allclose(losses, history.history["loss"], rtol=1e-4)
    for one, other in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4)


@pytest.mark.slow
def test_loss_curves_are_those_of_keras_with_its_own_dropout(tmp_path):
    """The project's loop and dropout against `fit` with `keras.layers.Dropout`, over seeds.

    Both train the same network from other random numbers, so their mean curves may differ by
    what replicates differ: here by three standard errors of the difference.
    """
    data = learnable_examples(800, 4)
    epochs, seeds = 8, range(6)
    own, plain = np.empty((len(seeds), epochs)), np.empty((len(seeds), epochs))
    for seed in seeds:
        options = TrainingSettings(epochs, 1, 50, 0.01, "none", "average_precision", seed)
        state = TrainingState(tmp_path / str(seed), {})
        own[seed] = train(build, {"train": data, "valid": data}, options, state)["loss"]
        plain[seed] = keras_losses(data, epochs, seed)
    difference = own.mean(0) - plain.mean(0)
    error = np.sqrt((own.var(0, ddof=1) + plain.var(0, ddof=1)) / len(seeds))
    assert (np.abs(difference) < 3 * error).all(), (own.mean(0), plain.mean(0), error)
    assert own.mean(0)[-1] < 0.8 * own.mean(0)[0], "the curves say nothing where nothing is learned"


def learnable_examples(count: int, seed: int) -> Examples:
    """Half of the spans hold a motif and are bound; accessibility tells nothing."""
    data = make_examples(count, seed)
    labels = (np.arange(count) % 2 == 0).astype(np.int64)
    generator = np.random.default_rng(seed)
    for row in np.flatnonzero(labels):
        start = generator.integers(0, 23)
        data["sequence"][row, start : start + 7] = np.frombuffer(b"TGACTCA", np.uint8)
    return data.with_array("label", labels)


def keras_losses(data: Examples, epochs: int, seed: int) -> list[float]:
    """Loss of each epoch of plain Keras: its own dropout, `compile` and `fit`."""
    keras.utils.set_random_seed(1000 + seed)
    model = keras.models.clone_model(
        build(),
        clone_function=lambda layer: (
            keras.layers.Dropout(0.5)
            if isinstance(layer, HalfDropout)
            else type(layer).from_config(layer.get_config())
        ),
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    inputs = {
        "sequence": one_hot(data["sequence"]),
        "accessibility": data["accessibility"][:, None],
    }
    history = model.fit(inputs, data.targets[:, None], batch_size=50, epochs=epochs, verbose=0)
    return history.history["loss"]


def protocol(rounds: int, **options) -> TrainingSettings:
    return dataclasses.replace(settings(rounds), **options)


def test_sampled_and_turned_training_resumes_to_the_bit(tmp_path, examples):
    options = {"negatives_per_positive": 2, "sequence_rounds": 1, "reverse_complement": True}
    whole = TrainingState(tmp_path / "whole", {})
    expected = train(build, examples, protocol(3, **options), whole)
    train(build, examples, protocol(1, **options), TrainingState(tmp_path / "parts", {}))
    parts = TrainingState(tmp_path / "parts", {})
    assert train(build, examples, protocol(3, **options), parts).equals(expected)
    assert_same_weights(whole.model_path(3), parts.model_path(3))


def test_the_weight_of_accessibility_moves_in_the_round_after_the_sequence_rounds(
    tmp_path, examples
):

    def kernels(rounds: int, first: int) -> list[np.ndarray]:
        state = TrainingState(tmp_path / f"{rounds}-{first}", {})
        train(build, examples, protocol(rounds, sequence_rounds=first), state)
        return load_model(state.model_path(rounds)).get_layer("logit").get_weights()[0]

    keras.utils.set_random_seed(5)
    start = build().get_layer("logit").get_weights()[0]
    assert kernels(1, 1)[-1] == start[-1]
    assert abs(kernels(2, 1)[-1] - start[-1]) > 1e-3
    assert abs(kernels(1, 0)[-1] - start[-1]) > 1e-3


def test_a_diverged_training_names_the_setting(tmp_path, examples):
    state = TrainingState(tmp_path / "state", {})
    with pytest.raises(ConfigError, match=r"round 1.*lower training\.learning_rate \(1e\+30\)"):
        train(build, examples, protocol(2, learning_rate=1e30), state)


def test_a_draw_is_of_the_seed_and_takes_each_example_once():
    examples = make_examples(60, 1)
    assert training.draw(examples, 60, 0) is examples
    drawn = training.draw(examples, 25, 0)
    assert len(drawn) == len(set(drawn.names.tolist())) == 25
    assert set(drawn.names.tolist()) <= set(examples.names.tolist())
    assert drawn.names.tolist() == training.draw(examples, 25, 0).names.tolist()
    assert drawn.names.tolist() != training.draw(examples, 25, 1).names.tolist()


@pytest.mark.parametrize(("least", "count"), [(5, 40), (50, 50), (1000, 90)])
def test_of_train_as_many_are_scored_as_valid_has(monkeypatch, tmp_path, examples, least, count):
    sizes, draw = [], training.draw

    def counted(*given):
        drawn = draw(*given)
        sizes.append(len(drawn))
        return drawn

    monkeypatch.setattr(training, "LEAST_SCORED", least)
    monkeypatch.setattr(training, "draw", counted)
    train(build, examples, settings(1), TrainingState(tmp_path, {}))
    assert sizes == [count]


@pytest.mark.parametrize("transform", ["none", "log", "log_standardise"])
def test_an_absent_signal_moves_no_logit(transform):
    model = build_model("fusion_cnn", span_inputs(30, transform, CONSTANTS))
    kernel, bias = model.get_layer("logit").get_weights()
    inputs = {"sequence": np.zeros((1, 30, 4), np.float32)}
    inputs["accessibility"] = np.full((1, 1), np.nan, np.float32)
    before = model(inputs).numpy()
    kernel[-1] = 100
    model.get_layer("logit").set_weights([kernel, bias])
    np.testing.assert_array_equal(model(inputs), before)


@pytest.mark.parametrize("transform", ["none", "log", "log_standardise"])
def test_the_weight_of_accessibility_does_not_move_while_sequence_comes_first(
    tmp_path, examples, transform
):
    model = build_model("fusion_cnn", span_inputs(30, transform, CONSTANTS))
    start = [weights.copy() for weights in model.get_layer("logit").get_weights()]
    state = TrainingState(tmp_path / "state", {})
    train(lambda: model, examples, protocol(1, sequence_rounds=1), state)
    kernel = model.get_layer("logit").get_weights()[0]
    assert kernel[-1] == start[0][-1]
    assert (kernel[:-1] != start[0][:-1]).any()
    assert np.isfinite(kernel).all()


def test_models_of_one_input_have_no_signal_beside_sequence():
    for name in ("sequence_cnn", "accessibility_logistic"):
        model = build_model(name, span_inputs(30, "log", CONSTANTS))
        assert signals_beside_sequence(model) == []


def test_a_model_trained_on_both_strands_is_blind_to_the_strand(tmp_path, examples):
    state = TrainingState(tmp_path / "state", {})
    train(build, examples, protocol(1, reverse_complement=True), state)
    model = load_model(state.model_path(1))
    assert model.count_params() == build().count_params()
    data = examples["valid"]
    accessibility = data["accessibility"][:, None]
    forward, backward = (
        model({"sequence": one_hot(sequences), "accessibility": accessibility})
        for sequences in (data["sequence"], reverse_complement(data["sequence"]))
    )
    np.testing.assert_allclose(forward, backward, atol=1e-6)
    inner = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    one, other = (
        inner({"sequence": one_hot(sequences), "accessibility": accessibility})
        for sequences in (data["sequence"], reverse_complement(data["sequence"]))
    )
    np.testing.assert_allclose(forward, (one + other) / 2, atol=1e-6)
    assert np.abs(one - other).max() > 1e-3


def small_network() -> keras.Model:
    return build_model("tfbs_cnn", span_inputs(30))


def test_the_protocol_of_the_tutorial_is_that_of_keras_fit(tmp_path):
    """Mean squared error of the sigmoid, Adam, batches of 10: losses, accuracies and weights."""
    data = {"train": make_examples(95, 3), "valid": make_examples(30, 4)}
    options = TrainingSettings(3, 1, 10, 0.001, "none", "none", seed=7, loss="mean_squared_error")
    found = train(small_network, data, options, TrainingState(tmp_path, {}))

    keras.utils.set_random_seed(7)
    logits = small_network()
    model = keras.Model(logits.input, keras.ops.sigmoid(logits.output))
    model.compile("adam", "mse", metrics=["accuracy"])
    inputs, labels = (
        {split: one_hot(of["sequence"]) for split, of in data.items()},
        {split: of.targets[:, None] for split, of in data.items()},
    )
    for epoch in range(3):
        rows = fitting.epoch_rows(data["train"].targets, options, epoch)
        history = model.fit(
            {"sequence": inputs["train"][rows]},
            labels["train"][rows],
            batch_size=10,
            shuffle=False,
            verbose=0,
        ).history
        assert found["loss"][epoch] == pytest.approx(history["loss"][0], rel=1e-4)
        for split in data:
            loss, accuracy = model.evaluate({"sequence": inputs[split]}, labels[split], verbose=0)
            assert found[f"{split}_loss"][epoch] == pytest.approx(loss, rel=1e-4)
            assert found[f"{split}_accuracy"][epoch] == pytest.approx(accuracy)
    kept = load_model(TrainingState(tmp_path, {}).model_path(3)).get_weights()
    for one, other in zip(kept, logits.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_deep_network_resumes_to_the_bit(tmp_path, examples):
    """It has Keras's own dropout."""
    deep = lambda: build_model("tfbs_cnn_deep", span_inputs(30))  # noqa: E731
    whole = TrainingState(tmp_path / "whole", {})
    expected = train(deep, examples, protocol(3), whole)
    train(deep, examples, protocol(1), TrainingState(tmp_path / "parts", {}))
    parts = TrainingState(tmp_path / "parts", {})
    assert train(deep, examples, protocol(3), parts).equals(expected)
    assert_same_weights(whole.model_path(3), parts.model_path(3))


@pytest.mark.parametrize(
    "precision", ["float32", pytest.param("mixed_float16", marks=pytest.mark.slow)]
)
def test_schedule_clipping_and_weight_decay_resume_to_the_bit(tmp_path, examples, precision):
    """A training of three rounds that is killed after the first, of which each has 6 steps."""
    options = {
        "optimizer": "adamw",
        "weight_decay": 0.01,
        "schedule": "cosine",
        "warmup_steps": 4,
        "gradient_clip": 0.5,
        "precision": precision,
    }
    whole = TrainingState(tmp_path / "whole", {})
    expected = train(build, examples, protocol(3, **options), whole)
    parts = tmp_path / "parts"
    with pytest.raises(KeyboardInterrupt):
        train(build, examples, protocol(3, **options), StateThatStops(parts, {}))
    found = train(build, examples, protocol(3, **options), TrainingState(parts, {}))
    keras.config.set_dtype_policy("float32")
    assert found.equals(expected)
    assert_same_weights(whole.model_path(3), TrainingState(parts, {}).model_path(3))


class StateThatStops(TrainingState):
    """Ends the process's work, as Ctrl-C does, when its first round is saved."""

    def save(self, *arguments) -> None:
        super().save(*arguments)
        self._lock.close()
        raise KeyboardInterrupt


def test_steps_follow_the_schedule_and_the_clipping_of_keras():
    """The loop with a linear decay and a clipped norm against `fit` with the same of Keras."""
    data = make_examples(64, 3)
    inputs = span_inputs(30, "log", CONSTANTS)
    models = [build_model("accessibility_logistic", inputs)]
    models.append(keras.models.clone_model(models[0]))
    models[1].set_weights(models[0].get_weights())
    options = TrainingSettings(
        *(3, 1, 16, 0.05, "none", "none"),
        seed=0,
        schedule="linear",
        final_learning_rate=0.01,
        gradient_clip=0.05,
    )
    optimizer = training.make_optimizer(models[0], options, training.steps_of(options, 64))
    feed = Feed(data, ["accessibility"])
    steps = make_train_steps(models[0], optimizer, feed, options, (1.0, 1.0))
    for _ in range(3):
        steps(np.arange(64, dtype=np.int32), tf.constant(False))

    decay = keras.optimizers.schedules.PolynomialDecay(0.05, 12, 0.01)
    models[1].compile(
        keras.optimizers.Adam(decay, global_clipnorm=0.05),
        keras.losses.BinaryCrossentropy(from_logits=True),
    )
    accessibility = {"accessibility": data["accessibility"][:, None]}
    labels = data.targets[:, None]
    models[1].fit(accessibility, labels, batch_size=16, epochs=3, shuffle=False, verbose=0)
    for one, other in zip(models[0].get_weights(), models[1].get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4)
