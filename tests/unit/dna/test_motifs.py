"""Motif searches and alignments agree with loops and regular expressions."""

import re

import numpy as np
import pytest

from cisfuse.dna.motifs import (
    IUPAC,
    align_on_hits,
    first_hits,
    holds_any,
    match_either_strand,
    match_motif,
    spell,
)
from cisfuse.dna.sequences import one_hot

LENGTH = 30
PARTNER = {"A": "T", "C": "G", "G": "C", "T": "A"}


def random_sequences(count: int, length: int, letters: bytes = b"ACGT") -> np.ndarray:
    generator = np.random.default_rng(3)
    return generator.choice(np.frombuffer(letters, np.uint8), (count, length))


def reverse_complement_by_loop(sequence: str) -> str:
    return "".join(PARTNER.get(base, base) for base in reversed(sequence))


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


def test_a_match_on_either_strand_equals_a_search_of_both_texts():
    sequences = random_sequences(60, 25, b"ACGTN")
    found = match_either_strand(sequences, "TGAC")
    texts = [sequence.tobytes().decode() for sequence in sequences]
    expected = ["TGAC" in text or "TGAC" in reverse_complement_by_loop(text) for text in texts]
    assert found.tolist() == expected
    assert 0 < sum(expected) < 60


def test_any_of_several_motifs_is_looked_for_on_both_strands():
    sequences = np.full((4, LENGTH), ord("G"), np.uint8)
    sequences[0, 3:10] = np.frombuffer(b"TGACTCA", np.uint8)
    sequences[1, 20:27] = np.frombuffer(b"TGAGTCA", np.uint8)
    sequences[2, 22:30] = np.frombuffer(b"TGACGTCA", np.uint8)
    assert holds_any(sequences, ["TGACTCA"]).tolist() == [True, True, False, False]
    assert holds_any(sequences, ["TGACTCA", "TGACGTCA"]).tolist() == [True, True, True, False]
    assert not holds_any(sequences[:, :5], ["TGACTCA"]).any()
    assert holds_any(sequences[:0], ["TGACTCA"]).shape == (0,)


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
