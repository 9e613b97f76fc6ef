"""Probes find what a model was made to do: a slope, the worth of a motif, the reach of padding."""

import keras
import numpy as np
import pytest
from example_builders import span_examples
from model_inputs import span_inputs
from reference import transform_values

from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.examples.shards import Examples
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.probes import (
    POSITION_COLUMNS,
    RESPONSE_COLUMNS,
    accessibility_grid,
    accessibility_response,
    draw_rows,
    measured_margin,
    motif_gains,
    one_spelling,
    padding_reach,
    position_table,
    profile_table,
)
from cisfuse.models.layers import SignalTransform, both_strands
from cisfuse.models.registry import build_model
from cisfuse.prediction.logits import make_predict

LENGTH = 30
CONSTANTS = {
    "none": {},
    "log": {"pseudocount": 0.1},
    "log_standardise": {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2},
}


def make_model(name: str, transform: str = "log_standardise") -> keras.Model:
    keras.utils.set_random_seed(3)
    return build_model(name, span_inputs(LENGTH, transform, CONSTANTS[transform]))


def make_examples(count: int) -> Examples:
    generator = np.random.default_rng(4)
    return span_examples(
        generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH)),
        accessibility=generator.gamma(1, 1, count) + 0.2,
    )


@pytest.mark.parametrize("transform", CONSTANTS)
def test_the_grid_is_even_as_the_model_sees_it_and_begins_at_0(transform):
    explainer = Explainer(make_model("fusion_cnn", transform), 1.0)
    values = np.random.default_rng(0).gamma(1, 1, 3000) + 0.5
    grid = accessibility_grid(explainer, values)
    assert len(grid) == 51
    assert grid[0] == 0
    low, high = np.quantile(values, [0.005, 0.995])
    np.testing.assert_allclose(grid[[1, -1]], [low, high], rtol=1e-5)
    seen = transform_values(grid[1:], transform, CONSTANTS[transform])
    np.testing.assert_allclose(np.diff(seen), (seen[-1] - seen[0]) / 49, rtol=1e-4)
    # Where 0 is the low quantile it stands there once.
    values[:300] = 0
    grid = accessibility_grid(explainer, values)
    assert len(grid) == 50
    assert grid[0] == 0
    assert (np.diff(grid) > 0).all()


def test_the_response_is_the_logit_of_each_span_with_each_accessibility():
    model, examples = make_model("fusion_cnn"), make_examples(7)
    explainer, predict = Explainer(model, 1.0), make_predict(model)
    grid = np.array([0.0, 0.5, 2.0])
    groups = {"with_motif": examples.take(np.arange(5)), "without_motif": examples.take([5, 6])}
    table = accessibility_response(explainer, groups, grid)
    assert table.columns.tolist() == RESPONSE_COLUMNS
    assert table["sequences"].tolist() == ["with_motif"] * 3 + ["without_motif"] * 3
    assert table["spans"].tolist() == [5] * 3 + [2] * 3
    for row in table.itertuples():
        logits = []
        for span in range(len(groups[row.sequences])):
            one = groups[row.sequences].take([span])
            one["accessibility"][:] = row.accessibility
            logits.append(float(predict(one)[0]))
        assert row.logit_mean == pytest.approx(np.mean(logits), abs=1e-5)
        assert row.logit_low == pytest.approx(np.quantile(logits, 0.1), abs=1e-5)
        assert row.logit_high == pytest.approx(np.quantile(logits, 0.9), abs=1e-5)
    expected = transform_values(grid, "log_standardise", CONSTANTS["log_standardise"])
    np.testing.assert_allclose(table["transformed"][:3], expected, rtol=1e-5)
    # The spans themselves were left alone.
    assert examples["accessibility"].min() >= 0.2


def test_no_spans_give_no_rows():
    explainer, none = Explainer(make_model("fusion_cnn"), 1.0), make_examples(3).take([])
    table = accessibility_response(explainer, {"with_motif": none}, np.array([0.0, 1.0]))
    assert table.columns.tolist() == RESPONSE_COLUMNS
    assert table.empty
    table = position_table("TGACTCA", motif_gains(explainer.predict, none, "TGACTCA"))
    assert table.columns.tolist() == POSITION_COLUMNS
    assert table.empty
    assert profile_table(np.zeros((0, LENGTH))).empty


def test_gains_are_those_of_a_loop():
    model, examples = make_model("fusion_cnn"), make_examples(3)
    predict, motif = make_predict(model), "TGASTCA"
    found = motif_gains(predict, examples, motif)
    assert found.shape == (3, LENGTH - 7 + 1)
    spelling = np.frombuffer(b"TGACTCA", np.uint8)
    np.testing.assert_array_equal(one_spelling(motif), spelling)
    for span in range(3):
        for start in range(LENGTH - 7 + 1):
            gains = []
            for strand in (spelling, reverse_complement(spelling)):
                one = examples.take([span])
                before = predict(one)[0]
                one["sequence"][0, start : start + 7] = strand
                gains.append(predict(one)[0] - before)
            assert found[span, start] == pytest.approx(np.mean(gains), abs=1e-5)
    table = position_table(motif, found)
    assert table["start"].tolist() == list(range(LENGTH - 7 + 1))
    np.testing.assert_allclose(table["gain_sd"], found.std(axis=0))
    assert set(table["motif"]) == {motif}


def word_model(word: bytes, padding: str) -> keras.Model:
    """A model whose logit is 1 per occurrence of a word that its convolution sees whole."""
    inputs = {
        "sequence": keras.Input((LENGTH, 4), name="sequence"),
        "accessibility": keras.Input((1,), name="accessibility"),
    }
    layer = keras.layers.Conv1D(1, len(word), padding=padding, activation="relu")
    hidden = keras.layers.Conv1D(1, 5, padding="valid", activation="relu", name="second")
    total = keras.layers.GlobalAveragePooling1D()
    signal = SignalTransform("none", {})(inputs["accessibility"])
    logit = keras.layers.Add()([total(hidden(layer(inputs["sequence"]))), 0 * signal])
    model = keras.Model(inputs, logit)
    kernel = one_hot(np.frombuffer(word, np.uint8))[:, :, None] - 1
    layer.set_weights([kernel, np.ones(1)])
    hidden.set_weights([np.ones((5, 1, 1)), np.zeros(1)])
    return model


def test_the_margin_is_where_a_motif_loses_its_worth():
    """A valid convolution of width 5 sees an inner place five times and an outer one less."""
    model = word_model(b"TGACTCA", "valid")
    examples = make_examples(20)
    examples["sequence"][:] = ord("G")
    gains = motif_gains(make_predict(model), examples, "TGACTCA").mean(axis=0)
    np.testing.assert_allclose(gains, gains[::-1], atol=1e-6)
    np.testing.assert_allclose(gains[:6] / gains[10], [0.2, 0.4, 0.6, 0.8, 1, 1], rtol=1e-4)
    assert measured_margin(gains) == (4, 4)
    assert measured_margin(np.array([1.0, 0, 3, 2, 2, 2, 2, 2, 2, 2, 2.1, 2.5])) == (3, 1)


def test_no_gain_has_no_margin():
    assert measured_margin(np.zeros(30)) is None
    assert measured_margin(-np.ones(30)) is None
    assert measured_margin(np.zeros(0)) is None
    assert measured_margin(np.array([2.0])) == (0, 0)


def outputs_that_see_zeros(model: keras.Model, last: str) -> tuple[int, int]:
    """Outputs of a layer, at each end, that differ from those amid more of the same sequence."""
    head = keras.Model(model.inputs, model.get_layer(last).output)
    generator = np.random.default_rng(9)
    letters = generator.choice(np.frombuffer(b"ACGT", np.uint8), (1, 3 * LENGTH))
    wide = one_hot(letters)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv1D):
            wide = layer(wide)
    inner = np.asarray(wide)[:, LENGTH : 2 * LENGTH]
    found = np.asarray(head({"sequence": one_hot(letters[:, LENGTH : 2 * LENGTH])}))
    same = np.abs(inner - found).max(axis=(0, 2)) < 1e-6
    return int(same.argmax()), int(same[::-1].argmax())


@pytest.mark.parametrize(
    ("widths", "padding", "dilation"),
    [((6, 4), "same", 1), ((5,), "same", 1), ((3, 4), "same", 3), ((6, 4), "valid", 1)],
)
def test_padding_reaches_as_far_as_outputs_change(widths, padding, dilation):
    keras.utils.set_random_seed(1)
    hidden = sequence = keras.Input((LENGTH, 4), name="sequence")
    for number, width in enumerate(widths):
        layer = keras.layers.Conv1D(
            8, width, padding=padding, dilation_rate=dilation, name=f"layer_{number}"
        )
        hidden = layer(hidden)
    logit = keras.layers.Dense(1)(keras.layers.Flatten()(hidden))
    model = keras.Model({"sequence": sequence}, logit)
    reach = padding_reach(model)
    if padding == "valid":
        assert reach == (0, 0)
        return
    assert reach == outputs_that_see_zeros(model, layer.name)
    both = padding_reach(both_strands(model))
    assert both == (max(reach), max(reach))


def places_of_nan(steps: list[tuple], length: int) -> tuple[int, int]:
    """The reach by putting NaN where a convolution pads, and following it by loops.

    steps: (kind, width, stride, padding). Of each output the bases that it stands for are kept.
    """
    values, bases = [[0.0, 0.0]] * length, [[place] for place in range(length)]
    for kind, width, stride, padding in steps:
        before = after = 0
        if padding == "same":
            outputs = -(-len(values) // stride)
            total = max((outputs - 1) * stride + width - len(values), 0)
            before, after = total // 2, total - total // 2
        left, right = ([np.nan, 0.0], [0.0, np.nan]) if kind == "conv" else ([0.0, 0.0],) * 2
        padded = [left] * before + values + [right] * after
        there = [None] * before + bases + [None] * after
        starts = range(0, len(padded) - width + 1, stride)
        values = [np.sum(padded[start : start + width], axis=0).tolist() for start in starts]
        windows = [[each for each in there[start : start + width] if each] for start in starts]
        if kind == "conv":
            bases = [there[start + (width - 1) // 2] for start in starts]
        else:
            bases = [[base for each in window for base in each] for window in windows]
    ends = [
        [
            base
            for value, own in zip(values, bases, strict=True)
            if np.isnan(value[end])
            for base in own
        ]
        for end in (0, 1)
    ]
    return max(ends[0], default=-1) + 1, length - min(ends[1], default=length)


@pytest.mark.parametrize(
    "steps",
    [
        [("conv", 12, 1, "valid"), ("pool", 4, 4, "valid")],
        [("conv", 6, 1, "same"), ("pool", 4, 4, "valid")],
        [("conv", 6, 1, "same"), ("pool", 4, 4, "valid"), ("conv", 3, 1, "same")],
        [("conv", 5, 1, "same"), ("conv", 4, 1, "valid"), ("pool", 2, 2, "valid")],
        [("conv", 8, 1, "same"), ("pool", 3, 2, "same"), ("conv", 4, 1, "same")],
        [("pool", 4, 4, "same"), ("conv", 3, 1, "valid")],
        [("conv", 9, 1, "same"), ("pool", 8, 8, "valid"), ("conv", 5, 1, "same")],
    ],
)
@pytest.mark.parametrize("pooling", ["MaxPooling1D", "AveragePooling1D"])
def test_pooling_carries_zeros_no_further_than_its_windows(steps, pooling):
    length = 50
    hidden = sequence = keras.Input((length, 4), name="sequence")
    for kind, width, stride, padding in steps:
        layer = keras.layers.Conv1D if kind == "conv" else getattr(keras.layers, pooling)
        given = (3, width) if kind == "conv" else (width,)
        hidden = layer(*given, strides=stride, padding=padding)(hidden)
    hidden = keras.layers.Dense(5, activation="relu")(keras.layers.Flatten()(hidden))
    model = keras.Model({"sequence": sequence}, keras.layers.Dense(1)(hidden))
    found = padding_reach(model)
    assert found == places_of_nan(steps, length)
    pads = any(kind == "conv" and padding == "same" for kind, _, _, padding in steps)
    assert all(0 < reach < length for reach in found) if pads else found == (0, 0)


def test_padding_of_the_architectures():
    assert padding_reach(make_model("fusion_cnn")) == (12, 15)
    assert padding_reach(both_strands(make_model("fusion_cnn"))) == (15, 15)
    assert padding_reach(make_model("accessibility_logistic")) == (0, 0)
    settings = span_inputs(50)
    assert padding_reach(build_model("tfbs_cnn", settings)) == (0, 0)
    # 5 zeros and 6, in windows of 5 that end with the sequence.
    assert padding_reach(build_model("tfbs_cnn_deep", settings)) == (5, 10)


def test_rows_are_drawn_once_and_alike():
    mask = np.arange(100) % 2 == 0
    assert draw_rows(mask, 50, 0).tolist() == list(range(0, 100, 2))
    found = draw_rows(mask, 20, 0)
    assert len(set(found)) == 20
    assert mask[found].all()
    assert (np.diff(found) > 0).all()
    assert found.tolist() == draw_rows(mask, 20, 0).tolist()
    assert found.tolist() != draw_rows(mask, 20, 1).tolist()


def test_the_profile_is_the_mean_size():
    table = profile_table(np.array([[1.0, -2.0], [-3.0, 0.0]]))
    assert table["mean_absolute"].tolist() == [2, 1]
    assert table["position"].tolist() == [0, 1]
    assert table["spans"].tolist() == [2, 2]
