"""The best word is that of a plain search over all words, and is found fast."""

import tracemalloc

import numpy as np
import pytest

from cisfuse.dna import string_search
from cisfuse.dna.string_search import find_word, holds

PLANTED = "AAAGAGGAAGTT"


def make_sequences(count: int, length: int, letters: bytes, seed: int) -> np.ndarray:
    letters = np.frombuffer(letters, np.uint8)
    return np.random.default_rng(seed).choice(letters, (count, length))


def plant(sequences: np.ndarray, rows, word: str, seed: int = 0) -> None:
    generator = np.random.default_rng(seed)
    for row in rows:
        start = generator.integers(0, sequences.shape[1] - len(word) + 1)
        sequences[row, start : start + len(word)] = np.frombuffer(word.encode(), np.uint8)


def plain_search(sequences: np.ndarray, labels: np.ndarray, weight: float = 1) -> str:
    """Every word of every positive, counted by looking into every sequence."""
    texts = [row.tobytes().decode() for row in sequences]
    ranked = []
    for length in range(4, min(16, sequences.shape[1]) + 1):
        words = {
            text[start : start + length]
            for text, label in zip(texts, labels, strict=True)
            if label == 1
            for start in range(len(text) - length + 1)
        }
        for word in words:
            if set(word) <= set("ACGT"):
                holders = [label for text, label in zip(texts, labels, strict=True) if word in text]
                true = sum(holders)
                called = true + weight * (len(holders) - true)
                f1 = 2 * true / (called + labels.sum())
                ranked.append((-f1, -length, word))
    return min(ranked)[2] if ranked else ""


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("letters", [b"ACGT", b"ACGTN", b"AC", b"AANCC"])
@pytest.mark.parametrize(("length", "share"), [(18, 0.5), (9, 0.2), (5, 0.7), (3, 0.5)])
def test_the_word_is_that_of_a_plain_search(seed, letters, length, share):
    """With two letters words repeat within a sequence and many are equally good."""
    sequences = make_sequences(40, length, letters, seed)
    labels = (np.random.default_rng(seed + 50).random(40) < share).astype(int)
    if length == 18:
        plant(sequences, np.flatnonzero(labels)[::2], "ACACCA")
    for weight in (1, 6):
        expected = plain_search(sequences, labels, weight)
        assert find_word(sequences, labels, weight) == expected


@pytest.mark.parametrize("word", [PLANTED, "TTTTTT", "ACGTACGTACGTACGTACGT"])
def test_a_planted_word_is_found_whole_or_its_first_longest_part(word):
    sequences = make_sequences(300, 50, b"ACGT", 1)
    plant(sequences, range(100), word)
    labels = (np.arange(300) < 100).astype(int)
    text = find_word(sequences, labels)
    held = holds(sequences, text)
    assert held[:100].all()
    assert text in word or word in text
    if len(word) > 16:
        assert text == "ACGTACGTACGTACGT"


def test_what_is_held_is_what_python_finds():
    sequences = make_sequences(200, 12, b"ACN", 3)
    texts = [row.tobytes().decode() for row in sequences]
    for word in ("A", "CA", "ACCA", texts[7], f"{texts[7]}A"):
        assert holds(sequences, word).tolist() == [word in text for text in texts]
    assert not holds(sequences, "").any()


def test_without_positives_or_known_bases_there_is_no_word():
    sequences = make_sequences(20, 12, b"ACGT", 0)
    assert find_word(sequences, np.zeros(20)) == ""
    sequences[:10] = ord("N")
    assert find_word(sequences, (np.arange(20) < 10).astype(int)) == ""
    # A word that all hold tells nothing, and is still the best.
    assert find_word(np.full((4, 6), ord("A"), np.uint8), np.array([0, 1, 0, 1])) == "AAAAAA"


def test_many_sequences_are_searched_in_bounded_memory():
    many = make_sequences(5000, 200, b"ACGT", 0)
    labels = (np.arange(5000) % 20 == 0).astype(int)
    tracemalloc.start()
    find_word(many, labels)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 80 * many.size
    assert string_search.MOST_BASES * 80 < 1e9
