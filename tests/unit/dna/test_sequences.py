"""Encodings of sequences agree with loops over bases."""

import numpy as np

from cisfuse.dna.sequences import one_hot, reverse_complement

PARTNER = {"A": "T", "C": "G", "G": "C", "T": "A"}


def test_one_hot_equals_a_loop():
    text = b"ACGTacgtNnRU-*\x00\xff"
    expected = np.zeros((len(text), 4))
    for position, byte in enumerate(text):
        for channel, base in enumerate("ACGT"):
            expected[position, channel] = chr(byte).upper() == base
    found = one_hot(np.frombuffer(text, np.uint8).reshape(4, 4))
    np.testing.assert_array_equal(found.reshape(-1, 4), expected)
    assert found.shape == (4, 4, 4)
    assert found.dtype == np.float32


def random_sequences(count: int, length: int, letters: bytes = b"ACGT") -> np.ndarray:
    generator = np.random.default_rng(3)
    return generator.choice(np.frombuffer(letters, np.uint8), (count, length))


def reverse_complement_by_loop(sequence: str) -> str:
    return "".join(PARTNER.get(base, base) for base in reversed(sequence))


def test_reverse_complement_equals_a_loop():
    sequences = random_sequences(20, 15, b"ACGTN")
    expected = [reverse_complement_by_loop(row.tobytes().decode()) for row in sequences]
    found = reverse_complement(sequences)
    assert [row.tobytes().decode() for row in found] == expected
    np.testing.assert_array_equal(reverse_complement(found), sequences)
