"""Gradients agree with finite differences, motif searches with loops and regular expressions."""

import re

import keras
import numpy as np
import pytest

from cisfuse import attribution
from cisfuse.attribution import (
    IUPAC,
    align_on_hits,
    first_hits,
    gradient_times_input,
    gradients,
    match_motif,
    reverse_complement,
    spell,
)
from cisfuse.examples import Examples, one_hot
from cisfuse.models import ModelSettings, build_model
from cisfuse.signals import transform_values

LENGTH = 30
CONSTANTS = {
    "none": {},
    "log": {"pseudocount": 0.1},
    "log_standardise": {"pseudocount": 0.1, "mean": -0.5, "standard_deviation": 1.2},
}
PARTNER = {"A": "T", "C": "G", "G": "C", "T": "A"}


def make_model(name: str, transform: str = "log_standardise") -> keras.Model:
    keras.utils.set_random_seed(11)
    return build_model(name, ModelSettings(LENGTH, transform, CONSTANTS[transform]))


def make_examples(count: int) -> Examples:
    generator = np.random.default_rng(2)
    return Examples(
        names=np.array([f"chr1:{i}-{i + LENGTH}" for i in range(count)], dtype=object),
        sequences=generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH)),
        labels=np.zeros(count, np.float32),
        signals={"accessibility": (generator.gamma(1, 1, count) + 0.2).astype(np.float32)},
    )


def random_sequences(count: int, length: int, letters: bytes = b"ACGT") -> np.ndarray:
    generator = np.random.default_rng(3)
    return generator.choice(np.frombuffer(letters, np.uint8), (count, length))


def logit_in_float64(model: keras.Model, sequence: np.ndarray, accessibility: float) -> float:
    """The fusion CNN by hand: loops of dot products in float64."""
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv1D)]
    hidden = sequence.astype(np.float64)
    for layer in convolutions:
        kernel, bias = (weight.astype(np.float64) for weight in layer.get_weights())
        # "same" padding of width 10: four positions before, five after.
        padded = np.pad(hidden, ((4, 5), (0, 0)))
        rows = [np.tensordot(padded[i : i + 10], kernel, 2) + bias for i in range(len(hidden))]
        hidden = np.maximum(np.array(rows), 0)
    transform = model.get_layer("transform")
    value = transform_values(np.float64(accessibility), transform.kind, transform.constants)
    kernel, bias = model.get_layer("logit").get_weights()
    return float(np.append(hidden.ravel(), value) @ kernel[:, 0].astype(np.float64) + bias[0])


def test_gradients_equal_finite_differences():
    """Central differences in float64; where those of two steps disagree, a ReLU has its kink."""
    model, examples = make_model("fusion_cnn"), make_examples(1)
    found = gradients(model, examples)
    encoded = one_hot(examples.sequences)
    smooth = 0
    value = float(examples.signals["accessibility"][0])
    logit = logit_in_float64(model, encoded[0], value)
    assert found.logits[0] == pytest.approx(logit, abs=1e-5)
    for index in np.ndindex(LENGTH, 4):
        slopes = []
        for step in (1e-4, 1e-6):
            change = np.zeros((LENGTH, 4))
            change[index] = step
            up = logit_in_float64(model, encoded[0] + change, value)
            down = logit_in_float64(model, encoded[0] - change, value)
            slopes.append((up - down) / (2 * step))
        if abs(slopes[0] - slopes[1]) < 1e-6:
            smooth += 1
            assert found.sequence[(0, *index)] == pytest.approx(slopes[1], abs=2e-5)
    assert smooth > 0.9 * LENGTH * 4
    assert np.abs(found.sequence).max() > 1e-2


@pytest.mark.parametrize("transform", CONSTANTS)
def test_accessibility_gradient_is_per_transformed_unit(transform):
    """The transformed value joins the logit by one weight, which is the gradient."""
    model, examples = make_model("fusion_cnn", transform), make_examples(6)
    found = gradients(model, examples)
    values = examples.signals["accessibility"].astype(np.float64)
    expected = transform_values(values, transform, CONSTANTS[transform])
    np.testing.assert_allclose(found.transformed, expected, rtol=1e-5, atol=1e-6)
    encoded = one_hot(examples.sequences)
    for row in range(6):
        low, high = 0.9 * values[row], 1.1 * values[row]
        rise = logit_in_float64(model, encoded[row], high)
        rise -= logit_in_float64(model, encoded[row], low)
        run = np.diff(transform_values(np.array([low, high]), transform, CONSTANTS[transform]))
        assert found.accessibility[row] == pytest.approx(rise / run[0], rel=1e-4)


def test_features_that_a_model_does_not_read_have_no_gradient():
    examples = make_examples(3)
    sequence_only = gradients(make_model("sequence_cnn"), examples)
    assert not sequence_only.accessibility.any()
    assert not sequence_only.transformed.any()
    assert sequence_only.sequence.any()
    accessibility_only = gradients(make_model("accessibility_logistic"), examples)
    assert accessibility_only.sequence.shape == (3, LENGTH, 4)
    assert not accessibility_only.sequence.any()
    assert accessibility_only.accessibility.all()


def test_batches_leave_no_trace(monkeypatch):
    model, examples = make_model("fusion_cnn"), make_examples(7)
    whole = gradients(model, examples)
    monkeypatch.setattr(attribution, "BATCH", 3)
    parts = gradients(model, examples)
    for field in ("logits", "sequence", "accessibility", "transformed"):
        assert getattr(parts, field).dtype == np.float32
        np.testing.assert_allclose(getattr(parts, field), getattr(whole, field), atol=1e-6)


def test_gradient_times_input_keeps_the_observed_base():
    sequences = random_sequences(4, 9, b"ACGTN")
    gradient = np.random.default_rng(4).normal(size=(4, 9, 4))
    expected = np.zeros_like(gradient)
    for row, position in np.ndindex(4, 9):
        base = chr(sequences[row, position])
        if base in "ACGT":
            channel = "ACGT".index(base)
            expected[row, position, channel] = gradient[row, position, channel]
    np.testing.assert_array_equal(gradient_times_input(gradient, sequences), expected)


def reverse_complement_by_loop(sequence: str) -> str:
    return "".join(PARTNER.get(base, base) for base in reversed(sequence))


def test_reverse_complement_equals_a_loop():
    sequences = random_sequences(20, 15, b"ACGTN")
    expected = [reverse_complement_by_loop(row.tobytes().decode()) for row in sequences]
    found = reverse_complement(sequences)
    assert [row.tobytes().decode() for row in found] == expected
    np.testing.assert_array_equal(reverse_complement(found), sequences)


@pytest.mark.parametrize("motif", ["TGA", "RYN", "SWKM", "BDHV", "A"])
def test_motif_matches_equal_a_regular_expression(motif):
    sequences = random_sequences(60, 25, b"ACGTN")
    pattern = re.compile("(?=" + "".join(f"[{IUPAC[letter]}]" for letter in motif) + ")")
    found = match_motif(sequences, motif)
    assert found.shape == (60, 26 - len(motif))
    for row, sequence in enumerate(sequences):
        starts = [match.start() for match in pattern.finditer(sequence.tobytes().decode())]
        assert np.flatnonzero(found[row]).tolist() == starts
    assert found.any()


def test_ambiguity_codes_are_those_of_iupac():
    """The code of a set's complements is the set of the code's complement."""
    partners = dict(zip("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN", strict=True))
    assert set(IUPAC) == set(partners)
    for letter, partner in partners.items():
        assert sorted(PARTNER[base] for base in IUPAC[letter]) == sorted(IUPAC[partner])


def hits_by_loop(sequences: np.ndarray, motif: str) -> list[tuple[int, int, bool]]:
    hits = []
    for row, sequence in enumerate(sequences):
        text = sequence.tobytes().decode()
        for start in range(len(text) - len(motif) + 1):
            word = text[start : start + len(motif)]
            if word == motif:
                hits.append((row, start, False))
                break
            if reverse_complement_by_loop(word) == motif:
                hits.append((row, start, True))
                break
    return hits


@pytest.mark.parametrize("motif", ["TGAC", "TGCA", "GGT"])
def test_first_hits_on_both_strands_equal_a_loop(motif):
    sequences = random_sequences(80, 40)
    hits = first_hits(sequences, motif)
    found = list(zip(hits.rows, hits.starts, hits.reverse, strict=True))
    expected = hits_by_loop(sequences, motif)
    assert found == expected
    palindrome = reverse_complement_by_loop(motif) == motif
    assert {reverse for *_, reverse in expected} == ({False} if palindrome else {False, True})
    assert 0 < len(expected) < 80


def test_a_motif_may_be_nowhere():
    sequences = random_sequences(5, 20, b"A")
    hits = first_hits(sequences, "GCGC")
    assert len(hits.rows) == len(hits.starts) == len(hits.reverse) == 0
    assert align_on_hits(np.zeros((5, 20, 4)), hits, 4, 3).shape == (0, 10, 4)


def test_aligned_windows_equal_a_loop():
    sequences, width, flank = random_sequences(80, 14), 4, 6
    values = np.random.default_rng(5).normal(size=(80, 14, 4)).astype(np.float32)
    hits = first_hits(sequences, "TGAC")
    expected = []
    for row, start, reverse in zip(hits.rows, hits.starts, hits.reverse, strict=True):
        window = []
        for position in range(start - flank, start + width + flank):
            inside = 0 <= position < 14
            window.append(values[row, position].tolist() if inside else [np.nan] * 4)
        if reverse:  # A and T, C and G change places, and the last base comes first
            window = [[t, g, c, a] for a, c, g, t in reversed(window)]
        expected.append(window)
    found = align_on_hits(values, hits, width, flank)
    np.testing.assert_array_equal(found, np.array(expected))
    assert np.isnan(found).any()
    assert hits.reverse.any()


def test_aligned_windows_show_the_motif_on_every_strand():
    sequences = random_sequences(80, 14)
    hits = first_hits(sequences, "TGAC")
    windows = align_on_hits(one_hot(sequences), hits, 4, 0)
    assert {spell(window) for window in windows} == {"TGAC"}


def test_spell_takes_the_highest_channel():
    scores = np.array([[0.1, 0.2, -3, 0], [-1, -2, -3, -0.5], [9, 1, 1, 1], [0, 0, 0.1, 0]])
    assert spell(scores) == "CTAG"
