"""Shuffles keep dinucleotides, and all of them are equally likely."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import chisquare

from cisfuse.dna.shuffles import dinucleotide_shuffles


def pairs(text: bytes) -> Counter:
    return Counter(text[place : place + 2] for place in range(len(text) - 1))


@pytest.mark.parametrize("letters", [b"ACGT", b"AC", b"ACGTN"])
def test_shuffles_keep_dinucleotides(letters):
    generator = np.random.default_rng(3)
    sequences = generator.choice(np.frombuffer(letters, np.uint8), (200, 60))
    shuffled = dinucleotide_shuffles(sequences, 3, 1)
    assert shuffled.dtype == np.uint8
    assert shuffled.shape == (200, 3, 60)
    for before, after in zip(sequences, shuffled, strict=True):
        for copy in after:
            assert pairs(before.tobytes()) == pairs(copy.tobytes())
    assert (shuffled != sequences[:, None]).any(axis=2).mean() > 0.99
    assert (shuffled[:, 0] != shuffled[:, 1]).any(axis=1).mean() > 0.99


def test_every_shuffle_is_equally_likely():
    """All orders of a short sequence with its dinucleotides, by brute force."""
    text = b"ACAGATACGA"
    possible = {
        order
        for middle in permutations(text[1:-1])
        if pairs(order := bytes([text[0], *middle, text[-1]])) == pairs(text)
    }
    assert len(possible) == 24
    sequence = np.frombuffer(text, np.uint8)[None]
    found = Counter(map(bytes, dinucleotide_shuffles(sequence, 24_000, 7)[0]))
    assert set(found) == possible
    assert chisquare(list(found.values())).pvalue > 0.01


@pytest.mark.parametrize("text", [b"AAAAA", b"ACGT", b"A", b"NNAC", b"AG"])
def test_what_has_one_order_stays(text):
    sequence = np.frombuffer(text, np.uint8)[None]
    assert dinucleotide_shuffles(sequence, 1, 0).tobytes() == text


def test_a_seed_gives_one_result():
    sequences = np.random.default_rng(3).choice(np.frombuffer(b"ACGT", np.uint8), (20, 60))
    one, same, other = (dinucleotide_shuffles(sequences, 2, seed) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_shuffles_do_not_depend_on_the_other_sequences():
    sequences = np.random.default_rng(3).choice(np.frombuffer(b"ACGT", np.uint8), (20, 60))
    among, alone = (dinucleotide_shuffles(some, 4, 1) for some in (sequences, sequences[7:8]))
    assert (among[7] == alone[0]).all()


def test_any_other_letter_becomes_an_unknown_base():
    found = dinucleotide_shuffles(np.frombuffer(b"AXRA", np.uint8)[None], 1, 0)
    assert found.tobytes() == b"ANNA"
