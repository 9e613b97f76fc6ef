"""Each method of attribution agrees with a slow version of itself."""

import dataclasses

import keras
import numpy as np
import pytest
from example_builders import span_examples
from model_inputs import span_inputs

from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.dna.shuffles import dinucleotide_shuffles
from cisfuse.examples.shards import Examples
from cisfuse.interpretation import contributions
from cisfuse.interpretation import methods as attribution_methods
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.contributions import adds_up, project
from cisfuse.interpretation.methods import (
    METHODS,
    REFERENCE_STEPS,
    REFERENCES,
    deletion,
    expected_gradients,
    gradient,
    gradient_times_input,
    integrated_gradients,
    mutagenesis,
)
from cisfuse.models.layers import both_strands
from cisfuse.models.registry import build_model

LENGTH, MEDIAN = 30, 0.4
CONSTANTS = {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2}


def make_model(name: str = "fusion_cnn", transform: str = "log_standardise") -> keras.Model:
    """Weights are larger than fresh ones, so that the network bends as a trained one does."""
    keras.utils.set_random_seed(11)
    model = build_model(name, span_inputs(LENGTH, transform, CONSTANTS))
    model.set_weights([2 * values for values in model.get_weights()])
    return model


def make_examples(count: int, letters: bytes = b"ACGT") -> Examples:
    generator = np.random.default_rng(2)
    return span_examples(
        generator.choice(np.frombuffer(letters, np.uint8), (count, LENGTH)),
        accessibility=generator.gamma(1, 1, count) + 0.2,
    )


@pytest.fixture(scope="module")
def explainer():
    return Explainer(make_model(), MEDIAN)


def logit(explainer: Explainer, sequence: bytes, accessibility: float) -> float:
    bases = np.frombuffer(sequence, np.uint8)[None]
    example = span_examples(bases, accessibility=np.array([accessibility]))
    return float(explainer.predict(example)[0])


def test_mutagenesis_equals_brute_force(explainer):
    examples = make_examples(3, b"ACGTN")
    found = mutagenesis(explainer, examples)
    for row in range(len(examples)):
        value = float(examples["accessibility"][row])
        text = examples["sequence"][row].tobytes()
        here = logit(explainer, text, value)
        for place in range(LENGTH):
            changed = [
                logit(explainer, text[:place] + base + text[place + 1 :], value)
                for base in (b"A", b"C", b"G", b"T")
            ]
            if text[place : place + 1] == b"N":  # known only as an N, against any base
                assert (examples["sequence"][row] == ord("N")).any()
            expected = np.array(changed) - np.mean(changed)
            np.testing.assert_allclose(found.hypothetical[row, place], expected, atol=2e-5)
        at_median = logit(explainer, text, MEDIAN)
        assert found.accessibility[row] == pytest.approx(here - at_median, abs=1e-5)
        moved = explainer.transformed(value) - explainer.transformed(MEDIAN)
        assert found.slope[row] == pytest.approx((here - at_median) / moved, rel=1e-3)
    projected = project(found.hypothetical, examples["sequence"])
    assert (projected[examples["sequence"] == ord("N")] == 0).all()
    assert np.isnan(found.completeness_error).all()


def test_deletion_equals_brute_force(explainer):
    """Nothing in a place is a column of zeros, as the model itself is given it."""
    examples = make_examples(3, b"ACGTN")
    assert (examples["sequence"] == ord("N")).sum() > 5
    found = deletion(explainer, examples)
    levels = explainer.transformed(examples["accessibility"])
    for row in range(len(examples)):
        encoded = one_hot(examples["sequence"][row])
        for place in range(LENGTH):
            variants = np.repeat(encoded[None], 5, axis=0)
            variants[:, place] = np.vstack([np.eye(4), np.zeros(4)])
            logits = explainer.slopes(variants, np.full(5, levels[row]))[0]
            expected = logits[:4] - logits[4]
            np.testing.assert_allclose(found.hypothetical[row, place], expected, atol=2e-5)
    projected = project(found.hypothetical, examples["sequence"])
    assert (projected[examples["sequence"] == ord("N")] == 0).all()
    assert np.abs(projected).max() > 0.5
    assert np.isnan(found.completeness_error).all()
    substituted = mutagenesis(explainer, examples)
    np.testing.assert_array_equal(found.accessibility, substituted.accessibility)
    np.testing.assert_array_equal(found.slope, substituted.slope)
    # The two differ by one number at each place, so that both give the same substitutions.
    gaps = found.hypothetical - substituted.hypothetical
    np.testing.assert_allclose(np.ptp(gaps, axis=2), 0, atol=2e-5)


@pytest.mark.parametrize("method", METHODS)
def test_examples_without_a_signal_are_explained(method):
    examples = span_examples(make_examples(3)["sequence"])
    model = make_model("sequence_cnn")
    found = METHODS[method](Explainer(model, None), examples, 0)
    other = METHODS[method](Explainer(model, MEDIAN), make_examples(3), 0)
    np.testing.assert_array_equal(found.hypothetical, other.hypothetical)
    assert not found.accessibility.any()
    arrays = attribution_methods.attribute(Explainer(model, None), examples, [method], 0)
    assert not arrays["accessibility_transformed"].any()
    np.testing.assert_array_equal(arrays[method], found.hypothetical)


def test_gradient_methods_are_the_gradient_and_its_change_over_bases(explainer):
    examples = make_examples(4)
    transformed = explainer.transformed(examples["accessibility"])
    _, expected, slope = explainer.slopes(one_hot(examples["sequence"]), transformed)
    plain, centred = gradient(explainer, examples), gradient_times_input(explainer, examples)
    np.testing.assert_allclose(plain.hypothetical, expected, atol=1e-6)
    # The same as the gradient times the input's distance from a quarter of each base.
    by_hand = (expected * (one_hot(examples["sequence"]) - 0.25)).sum(axis=2)
    projected = project(centred.hypothetical, examples["sequence"])
    np.testing.assert_allclose(projected, by_hand, atol=1e-5)
    for found in (plain, centred):
        np.testing.assert_allclose(found.slope, slope, rtol=1e-5)
        moved = transformed - explainer.transformed(MEDIAN)
        np.testing.assert_allclose(found.accessibility, slope * moved, rtol=1e-4, atol=1e-6)


def path_by_hand(explainer, examples, row, starts, alphas):
    """Contributions along paths from ``starts`` (r, length, 4), at alphas (r, steps), by loops."""
    end = one_hot(examples["sequence"][row])
    far = float(explainer.transformed(examples["accessibility"][row]))
    near = float(explainer.transformed(MEDIAN))
    sequence, slope = np.zeros((LENGTH, 4)), []
    for start, points in zip(starts, alphas, strict=True):
        for alpha in points:
            point = (start + alpha * (end - start)).astype(np.float32)
            level = np.array([near + alpha * (far - near)])
            _, by_sequence, by_accessibility = explainer.slopes(point[None], level)
            away = by_sequence[0] - (by_sequence[0] * start).sum(axis=1, keepdims=True)
            sequence += away / alphas.size
            slope.append(by_accessibility[0])
    return sequence, np.mean(slope), np.mean(slope) * (far - near)


def test_integrated_gradients_equal_a_loop(explainer, monkeypatch):
    monkeypatch.setattr(attribution_methods, "STEPS", 8)
    monkeypatch.setattr(attribution_methods, "MOST_STEPS", 8)
    examples = make_examples(3)
    found = integrated_gradients(explainer, examples)
    alphas = (np.arange(8) + 0.5)[None] / 8
    for row in range(3):
        start = np.full((1, LENGTH, 4), 0.25)
        sequence, slope, accessibility = path_by_hand(explainer, examples, row, start, alphas)
        np.testing.assert_allclose(found.hypothetical[row], sequence, atol=1e-5)
        assert found.slope[row] == pytest.approx(slope, rel=1e-5)
        assert found.accessibility[row] == pytest.approx(accessibility, rel=1e-4)


def test_expected_gradients_equal_a_loop_over_shuffles(explainer):
    examples = make_examples(2)
    found = expected_gradients(explainer, examples, seed=5)
    shuffles = one_hot(dinucleotide_shuffles(examples["sequence"], REFERENCES, 5))
    alphas = np.array(
        [
            [(step + (number + 0.5) / REFERENCES) / REFERENCE_STEPS for step in range(5)]
            for number in range(REFERENCES)
        ]
    )
    assert len(np.unique(alphas.round(6))) == alphas.size
    for row in range(2):
        sequence, slope, accessibility = path_by_hand(
            explainer, examples, row, shuffles[row], alphas
        )
        np.testing.assert_allclose(found.hypothetical[row], sequence, atol=1e-5)
        assert found.slope[row] == pytest.approx(slope, rel=1e-5)
        assert found.accessibility[row] == pytest.approx(accessibility, rel=1e-4)
    other = expected_gradients(explainer, examples, seed=6)
    assert (other.hypothetical != found.hypothetical).any()


@pytest.mark.parametrize("letters", [b"ACGT", b"ACGTN"])
def test_integrated_gradients_add_up_to_the_difference_of_the_logits(explainer, letters):
    examples = make_examples(100, letters)
    found = integrated_gradients(explainer, examples)
    ends = one_hot(examples["sequence"])
    starts = 0.25 * ends.sum(axis=2, keepdims=True) * np.ones(4, np.float32)
    far = explainer.transformed(examples["accessibility"])
    near = np.full(100, explainer.transformed(MEDIAN))
    difference = explainer.slopes(ends, far)[0] - explainer.slopes(starts, near)[0]
    np.testing.assert_allclose(found.explained, difference, atol=1e-5)
    total = project(found.hypothetical, examples["sequence"]).sum(axis=1) + found.accessibility
    np.testing.assert_allclose(found.completeness_error, total - difference, atol=1e-5)
    assert np.abs(difference).max() > 1
    within = np.abs(total - difference) <= np.maximum(0.01 * np.abs(difference), 0.01)
    assert within.mean() >= 0.99


def test_spans_whose_sum_misses_are_walked_in_more_steps(explainer, monkeypatch):
    examples = make_examples(40)
    monkeypatch.setattr(attribution_methods, "STEPS", 2)
    monkeypatch.setattr(attribution_methods, "MOST_STEPS", 2)
    monkeypatch.setattr(contributions, "GAP_SHARE", 0.1)
    few = integrated_gradients(explainer, examples)
    missed = ~adds_up(few.completeness_error, few.explained)
    assert 0 < missed.sum() < 40
    monkeypatch.setattr(attribution_methods, "MOST_STEPS", 1024)
    found = integrated_gradients(explainer, examples)
    assert adds_up(found.completeness_error, found.explained).all()
    np.testing.assert_array_equal(found.hypothetical[~missed], few.hypothetical[~missed])


@pytest.mark.parametrize("method", METHODS)
def test_methods_agree_on_accessibility_that_joins_by_one_weight(explainer, method):
    examples = make_examples(5)
    found = METHODS[method](explainer, examples, 0)
    slope = gradient(explainer, examples).slope
    np.testing.assert_allclose(found.slope, slope, rtol=2e-3)
    moved = explainer.transformed(examples["accessibility"]) - explainer.transformed(MEDIAN)
    np.testing.assert_allclose(found.accessibility, slope * moved, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_both_strands_are_averaged(method):
    """A model of both strands explains a span and its reverse complement alike."""
    model = Explainer(both_strands(make_model()), MEDIAN)
    examples = make_examples(3)
    turned = examples.with_array("sequence", reverse_complement(examples["sequence"]))
    found = METHODS[method](model, examples, 0).hypothetical
    other = METHODS[method](model, turned, 0).hypothetical[:, ::-1, ::-1]
    if method == "expected_gradients":  # the two are measured from different shuffles
        assert np.corrcoef(found.ravel(), other.ravel())[0, 1] > 0.8
    else:
        np.testing.assert_allclose(found, other, atol=5e-4)
    single = METHODS[method](Explainer(make_model(), MEDIAN), examples, 0).hypothetical
    assert np.abs(single - found).max() > 1e-2


@pytest.mark.parametrize("method", METHODS)
def test_methods_do_not_depend_on_batches(explainer, method, monkeypatch):
    examples = make_examples(7)
    whole = METHODS[method](explainer, examples, 0)
    monkeypatch.setattr(attribution_methods, "POINTS", 150)
    parts = METHODS[method](explainer, examples, 0)
    for field in dataclasses.fields(whole):
        one, other = getattr(whole, field.name), getattr(parts, field.name)
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, atol=2e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_span_is_explained_alike_in_any_company(explainer, method):
    examples = make_examples(5)
    among, alone = (METHODS[method](explainer, examples.take(rows), 0) for rows in (range(5), [3]))
    np.testing.assert_allclose(among.hypothetical[3], alone.hypothetical[0], atol=2e-5)


@pytest.mark.parametrize("method", METHODS)
def test_a_model_without_an_input_gives_it_nothing(method):
    examples = make_examples(3)
    sequence_only = METHODS[method](Explainer(make_model("sequence_cnn"), MEDIAN), examples, 0)
    assert sequence_only.hypothetical.any()
    assert not sequence_only.accessibility.any()
    assert not sequence_only.slope.any()
    model = make_model("accessibility_logistic")
    other = METHODS[method](Explainer(model, MEDIAN), examples, 0)
    assert np.abs(other.hypothetical).max() < 1e-6
    assert other.accessibility.all()


def test_mutagenesis_of_accessibility_at_the_median_has_no_slope(explainer):
    examples = make_examples(2)
    examples["accessibility"][0] = MEDIAN
    found = mutagenesis(explainer, examples)
    assert found.accessibility[0] == 0
    assert np.isnan(found.slope).tolist() == [True, False]


def test_long_work_shows_progress(explainer, caplog):
    caplog.set_level("INFO", logger="cisfuse")
    expected_gradients(explainer, make_examples(300))
    assert [record.args[0] for record in caplog.records] == [
        pytest.approx(share, abs=9) for share in (25, 55, 85)
    ]
