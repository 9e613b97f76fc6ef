"""Shared stretches are those that a search for every substring finds, on either strand."""

import numpy as np
import pytest

from cisfuse.dna import stretches as module
from cisfuse.dna.sequences import reverse_complement
from cisfuse.dna.stretches import Stretches, hash_stretches


def draw(seed: int, count: int, bases: int, letters: bytes = b"ACGT") -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.choice(np.frombuffer(letters, np.uint8), (count, bases))


def words(row: np.ndarray, length: int) -> set[bytes]:
    text = row.tobytes()
    found = {text[first : first + length] for first in range(len(text) - length + 1)}
    return {word for word in found if set(word) <= set(b"ACGT")}


def shared_by_search(sequences: np.ndarray, others: np.ndarray, length: int) -> list[bool]:
    """Every substring of both strands of others, looked up as text."""
    known: set[bytes] = set()
    for row in (*others, *reverse_complement(others)):
        known |= words(row, length)
    return [bool(words(row, length) & known) for row in sequences]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("bases", "length"), [(9, 9), (14, 7), (30, 1), (20, 8), (40, 10)])
@pytest.mark.parametrize("letters", [b"ACGT", b"AACCGTN", b"ACN"])
def test_shared_stretches_equal_a_search_for_substrings(seed, bases, length, letters, monkeypatch):
    """A table of few bits passes many stretches that are not there."""
    monkeypatch.setattr(module, "MOST_BITS", 4 if seed else 25)
    one, other = draw(seed, 60, bases, letters), draw(seed + 100, 80, bases, letters)
    stretches = Stretches([one[:25], one[25:]], length)
    stretches.mark(other[:33])
    stretches.mark(other[33:])
    assert stretches.among(one).tolist() == shared_by_search(one, other, length)


@pytest.mark.parametrize("length", [1, 5, 12])
def test_both_strands_of_a_stretch_have_one_number(length):
    sequences = draw(1, 50, 12, b"ACGTN")
    hashes, known = hash_stretches(sequences, length)
    turned, turned_known = hash_stretches(reverse_complement(sequences), length)
    assert hashes.shape == known.shape == (50, 13 - length)
    assert hashes.dtype == np.uint64
    np.testing.assert_array_equal(hashes[known], turned[:, ::-1][known])
    np.testing.assert_array_equal(known, turned_known[:, ::-1])
    text = {row[i : i + length].tobytes() for row in sequences for i in range(13 - length)}
    text = {min(word, reverse_complement(np.frombuffer(word, np.uint8)).tobytes()) for word in text}
    assert len(np.unique(hashes[known])) == len([word for word in text if b"N" not in word])


def test_nothing_is_shared_with_nothing():
    sequences = draw(2, 5, 10)
    stretches = Stretches([sequences], 5)
    assert not stretches.among(sequences).any()
    stretches.mark(sequences[:0])
    assert not stretches.among(sequences).any()
    none = Stretches([], 5)
    none.mark(sequences)
    assert not none.among(sequences).any()
