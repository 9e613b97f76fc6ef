"""A planted motif comes back and is named; what cannot be searched ends in a sentence."""

import re

import numpy as np
import pytest

from cisfuse.dna.matrices import consensus
from cisfuse.dna.sequences import one_hot
from cisfuse.dna.tomtom import information, jaspar_targets
from cisfuse.interpretation.discovery import (
    SETTINGS,
    SHORT,
    discover,
    seqlet_size,
    settings_of,
)
from cisfuse.interpretation.patterns import COLUMNS, name_patterns

COUNT, LENGTH = 150, 61
PLANTED = "MA0506.3"  # NRF1, which no other factor's matrix is like


def planted_matrix() -> np.ndarray:
    ids, _, targets = jaspar_targets()
    return targets[ids.index(PLANTED)]


def plant(seed: int = 0, sign: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Hypothetical contributions and random sequences with a site each, on either strand."""
    generator, matrix = np.random.default_rng(seed), planted_matrix()
    letters = np.frombuffer(b"ACGT", np.uint8)
    sequences = generator.choice(letters, (COUNT, LENGTH))
    hypothetical = generator.normal(scale=0.02, size=(COUNT, LENGTH, 4))
    for row in range(COUNT):
        strand = matrix if generator.random() < 0.5 else matrix[::-1, ::-1]
        start = generator.integers(8, LENGTH - len(matrix) - 8)
        site = [generator.choice(letters, p=shares) for shares in strand]
        place = slice(start, start + len(matrix))
        sequences[row, place] = site
        hypothetical[row, place] += sign * np.log2((strand + 0.05) / 0.25 / 1.2) / 5
    sequences[0, :3] = ord("N")
    return hypothetical.astype(np.float32), sequences


@pytest.fixture(scope="module")
def found():
    return discover(*plant())


def test_a_planted_motif_is_the_first_pattern_and_is_named(found):
    assert found.note == ""
    assert found.seqlets["positive"] > 100 > found.seqlets["negative"]
    patterns, table = name_patterns(found.patterns)
    assert table.columns.tolist() == list(COLUMNS)
    assert table["pattern"].tolist() == list(range(1, len(patterns) + 1))
    first = table.iloc[0]
    assert (first["match_1"], first["id_1"], first["sign"]) == ("Nrf1", PLANTED, "positive")
    assert first["q_1"] < 0.01
    assert first["seqlets"] > 50
    assert first["width"] == len(patterns[0].ppm) == len(patterns[0].cwm)
    np.testing.assert_allclose(patterns[0].ppm.sum(axis=1), 1, rtol=1e-5)
    # Turned to the strand of the matrix, and cut to where it contributes.
    assert consensus(planted_matrix()) == "CTGCGCMTGCGC"
    assert re.search("TGCGC.TGCGC", first["consensus"])
    assert len(planted_matrix()) - 2 <= first["width"] <= len(planted_matrix()) + 6
    core = information(patterns[0].ppm) > 1
    bases = patterns[0].ppm.argmax(axis=1)
    assert np.array_equal(patterns[0].cwm.argmax(axis=1)[core], bases[core])


WORD = "AAAGAGGAAGTT"


def plant_word(count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """A word anywhere in each sequence, its ends too, and nothing else that is alike."""
    generator, word = np.random.default_rng(4), np.frombuffer(WORD.encode(), np.uint8)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, length))
    hypothetical = generator.normal(scale=0.05, size=(count, length, 4))
    for row, start in enumerate(generator.integers(0, length - len(word) + 1, count)):
        sequences[row, start : start + len(word)] = word
        hypothetical[row, start : start + len(word)] += one_hot(word) - 0.25
    return hypothetical.astype(np.float32), sequences


@pytest.mark.parametrize("length", [40, 50])
def test_in_short_sequences_a_planted_word_is_the_first_pattern(length):
    found = discover(*plant_word(300, length))
    assert found.note == ""
    first = found.patterns[0]
    partner = WORD[::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert WORD in consensus(first.ppm) or partner in consensus(first.ppm)
    assert first.seqlets >= 100
    assert found.seqlets["positive"] > 200


def test_long_spans_have_the_settings_of_long_ones():
    assert settings_of(101) is settings_of(SHORT) is SETTINGS
    assert settings_of(SHORT - 1)["min_metacluster_size"] == SETTINGS["min_metacluster_size"]
    assert (SHORT, seqlet_size(101), seqlet_size(50)) == (60, 25, 18)


def test_the_same_maps_give_the_same_patterns(found):
    again = discover(*plant())
    assert again.seqlets == found.seqlets
    assert len(again.patterns) == len(found.patterns) > 0
    for one, other in zip(again.patterns, found.patterns, strict=True):
        assert (one.sign, one.seqlets) == (other.sign, other.seqlets)
        assert one.ppm.tobytes() == other.ppm.tobytes()
        assert one.cwm.tobytes() == other.cwm.tobytes()


def test_a_motif_that_lowers_the_logit_is_negative():
    found = discover(*plant(sign=-1))
    assert found.patterns[0].sign == "negative"
    assert found.patterns[0].cwm.sum() < 0
    assert found.seqlets["negative"] > 100


def test_positive_patterns_come_first_and_then_those_with_the_most_seqlets(monkeypatch):
    class Raw:
        def __init__(self, seqlets: int, height: float):
            self.seqlets = [None] * seqlets
            self.sequence = np.eye(4)[np.arange(12) % 4]
            self.contrib_scores = self.sequence * np.where(np.arange(12) % 11, height, 0)[:, None]

    raw = [Raw(30, 1), Raw(90, 0.5)], [Raw(200, -1)]
    monkeypatch.setattr("modiscolite.tfmodisco.TFMoDISco", lambda *_, **__: raw)
    patterns = discover(*plant()).patterns
    listed = [(pattern.sign, pattern.seqlets) for pattern in patterns]
    assert listed == [("positive", 90), ("positive", 30), ("negative", 200)]
    assert [len(pattern.ppm) for pattern in patterns] == [12, 12, 12]
    monkeypatch.setattr("modiscolite.tfmodisco.TFMoDISco", lambda *_, **__: ([], None))
    nothing = discover(*plant())
    assert nothing.patterns == []
    assert nothing.note.startswith("No pattern")


@pytest.mark.parametrize("count", [0, 1, 2, 5, 30])
def test_too_few_spans_are_a_note(count):
    hypothetical, sequences = plant()
    found = discover(hypothetical[:count], sequences[:count])
    assert found.patterns == []
    assert found.note.endswith(".")
    if count > 1:
        assert found.note.startswith("Too few seqlets")
        assert found.seqlets["positive"] <= 100


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda maps, sequences: (0 * maps, sequences), "is not 0"),
        (lambda maps, sequences: (0 * maps + 1, sequences), "cannot work"),
        (lambda maps, sequences: (np.abs(maps), sequences), "cannot work|Too few|No pattern"),
        (lambda maps, sequences: (maps, sequences * 0 + ord("N")), "is not 0"),
        (lambda maps, sequences: (maps[:, :18], sequences[:, :18]), "18 bases are too short"),
        (lambda maps, sequences: (maps[:, :19], sequences[:, :19]), "cannot work|Too few"),
        (lambda maps, sequences: (maps[:, :26], sequences[:, :26]), "Too few|No pattern|^$"),
    ],
)
def test_maps_that_cannot_be_searched_are_a_note(change, words):
    found = discover(*change(*plant()))
    assert re.search(words, found.note)


def plant_beside_unknown_letters(count: int, unknown: int) -> tuple[np.ndarray, np.ndarray]:
    """A word between two stretches of N, whose contributions are exactly 0."""
    hypothetical, sequences = plant_word(count, 101)
    generator, word = np.random.default_rng(5), np.frombuffer(WORD.encode(), np.uint8)
    for row, start in enumerate(generator.integers(unknown, 101 - unknown - len(word), count)):
        sequences[row, start : start + len(word)] = word
        hypothetical[row, start : start + len(word)] += one_hot(word) - 0.25
        ends = np.r_[:unknown, 101 - unknown : 101]
        sequences[row, ends], hypothetical[row, ends] = ord("N"), 0
    return hypothetical, sequences


def test_a_word_beside_letters_without_contributions_is_found():
    hypothetical, sequences = plant_beside_unknown_letters(150, 35)
    before = hypothetical.copy(), sequences.copy()
    found = discover(hypothetical, sequences)
    assert found.note == ""
    first = found.patterns[0]
    partner = WORD[::-1].translate(str.maketrans("ACGT", "TGCA"))
    assert WORD in consensus(first.ppm) or partner in consensus(first.ppm)
    assert first.seqlets >= 60
    assert np.isfinite(first.ppm).all()
    np.testing.assert_allclose(first.ppm.sum(axis=1), 1, rtol=1e-6)
    assert np.array_equal(hypothetical, before[0])
    assert np.array_equal(sequences, before[1])


def raising(error: BaseException):
    def search(*_arguments, **_settings):
        raise error

    return search


def test_what_leidenalg_raises_is_a_note_and_an_interrupt_is_not(monkeypatch):
    from modiscolite import tfmodisco

    error = BaseException("Could not construct partition: Cannot accept NaN weights.")
    monkeypatch.setattr(tfmodisco, "TFMoDISco", raising(error))
    found = discover(*plant())
    assert found.patterns == []
    assert found.note.startswith("TF-MoDISco cannot work with the contributions of these 150 spans")
    assert "NaN weights" in found.note
    for other in (KeyboardInterrupt(), SystemExit(1), MemoryError(), TypeError("a defect")):
        monkeypatch.setattr(tfmodisco, "TFMoDISco", raising(other))
        with pytest.raises(type(other)):
            discover(*plant())


def test_a_note_calls_an_example_by_its_name():
    hypothetical, sequences = np.zeros((3, LENGTH, 4), np.float32), plant()[1][:3]
    assert discover(hypothetical, sequences, "sequence").note.startswith("No sequence has a ")
    short = discover(hypothetical[:, :5], sequences[:, :5], "sequence").note
    assert short.startswith("Sequences of 5 bases are too short")
    assert short.endswith("Longer sequences would help.")
