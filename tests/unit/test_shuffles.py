"""Shuffles keep dinucleotides, and all of them are equally likely."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from cisfuse.shuffles import dinucleotide_shuffle


def pairs(text: bytes) -> Counter:
    return Counter(text[place : place + 2] for place in range(len(text) - 1))


@pytest.mark.parametrize("letters", [b"ACGT", b"AC", b"ACGTN"])
def test_shuffles_keep_dinucleotides(letters):
    generator = np.random.default_rng(3)
    sequences = generator.choice(np.frombuffer(letters, np.uint8), (200, 60))
    shuffled = dinucleotide_shuffle(sequences, np.random.default_rng(1))
    assert shuffled.dtype == np.uint8
    for before, after in zip(sequences, shuffled, strict=True):
        assert pairs(before.tobytes()) == pairs(after.tobytes())
    assert (shuffled != sequences).any(axis=1).mean() > 0.99


def test_every_shuffle_is_equally_likely():
    """All orders of a short sequence with its dinucleotides, by brute force."""
    text = b"ACAGATACGA"
    possible = {
        order
        for middle in permutations(text[1:-1])
        if pairs(order := bytes([text[0], *middle, text[-1]])) == pairs(text)
    }
    assert len(possible) == 24
    copies = np.tile(np.frombuffer(text, np.uint8), (24_000, 1))
    found = Counter(map(bytes, dinucleotide_shuffle(copies, np.random.default_rng(7))))
    assert set(found) == possible
    assert chisquare(list(found.values())).pvalue > 0.01


@pytest.mark.parametrize("text", [b"AAAAA", b"ACGT", b"A", b"NNAC", b"AG"])
def test_what_has_one_order_stays(text):
    sequence = np.frombuffer(text, np.uint8)[None]
    assert dinucleotide_shuffle(sequence, np.random.default_rng(0)).tobytes() == text


def test_a_seed_gives_one_result():
    sequences = np.random.default_rng(3).choice(np.frombuffer(b"ACGT", np.uint8), (20, 60))
    one, same, other = (
        dinucleotide_shuffle(sequences, np.random.default_rng(i)) for i in (1, 1, 2)
    )
    assert (one == same).all()
    assert (one != other).any()


def test_any_other_letter_becomes_an_unknown_base():
    found = dinucleotide_shuffle(np.frombuffer(b"AXRA", np.uint8)[None], np.random.default_rng(0))
    assert found.tobytes() == b"ANNA"
