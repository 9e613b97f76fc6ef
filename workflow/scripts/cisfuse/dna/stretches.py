"""Stretches that two sets of sequences share, on either strand.

A stretch is every run of so many bases of a sequence: of 101 bases there are 51 of 51. A copy of
a sequence that is moved by some bases, or turned to the other strand, shares stretches with it,
and so does one with a few changed bases. Stretches are compared as numbers, so that the time is
linear in the sequences, and one set is read piece by piece.
"""

from collections.abc import Iterable

import numpy as np

from cisfuse.dna.sequences import BASES, reverse_complement

SEED = 0
MOST_BITS, SPARE_BITS = 25, 3  # of the table of first bits, which is 32 MiB at most
MULTIPLIER = 0x9E3779B97F4A7C15  # odd, and so with an inverse modulo 2^64
MIXER = np.uint64(0xD6E8FEB86659FD93)
HALF = np.uint64(32)


def hash_stretches(sequences: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """A number for every stretch, the same for both strands, and whether it is all bases.

    sequences: uint8 (n, bases), upper-case; ``length`` is at most ``bases``. Returns uint64 and
    bool, both (n, bases - length + 1). The number of a strand is a polynomial in a constant,
    modulo 2^64, whose coefficients are random numbers of the letters (Karp and Rabin 1987); the
    lesser of both strands' counts.
    """
    bases = sequences.shape[1]
    numbers = np.random.default_rng(SEED).integers(0, 2**64, 256, dtype=np.uint64)
    turned = numbers[reverse_complement(np.arange(256, dtype=np.uint8)[:, None])[:, 0]]
    powers = _powers(MULTIPLIER, bases)
    inverse = _powers(pow(MULTIPLIER, -1, 2**64), bases)
    hashes = _sums(numbers[sequences] * powers, length)
    hashes *= inverse[: bases - length + 1]
    other = _sums(turned[sequences] * inverse, length)
    other *= powers[length - 1 :]
    np.minimum(hashes, other, out=hashes)
    hashes ^= hashes >> HALF
    hashes *= MIXER
    hashes ^= hashes >> HALF
    unknown = ~np.isin(np.arange(256), list(BASES))
    return hashes, _sums(unknown[sequences].astype(np.int32), length) == 0


def _powers(base: int, count: int) -> np.ndarray:
    return np.array([pow(base, exponent, 2**64) for exponent in range(count)], np.uint64)


def _sums(values: np.ndarray, length: int) -> np.ndarray:
    """Sums over every run of ``length`` columns; ``values``, (n, columns), are overwritten."""
    np.cumsum(values, axis=1, out=values)
    sums = values[:, length - 1 :].copy()
    sums[:, 1:] -= values[:, : sums.shape[1] - 1]
    return sums


class Stretches:
    """The stretches of some sequences, and which of them others have.

    It takes 8 bytes for each stretch, and 32 MiB at most for a table of their first bits, which
    tells most stretches of others that are not here at once.
    """

    def __init__(self, pieces: Iterable[np.ndarray], length: int) -> None:
        """Collect the stretches of pieces of sequences, uint8 (n, bases)."""
        self.length = length
        found = [np.zeros(0, np.uint64)]
        for piece in pieces:
            hashes, known = hash_stretches(piece, length)
            found.append(hashes[known])
        hashes = np.concatenate(found)
        found.clear()
        hashes.sort()
        first = np.ones(len(hashes), bool)
        np.not_equal(hashes[1:], hashes[:-1], out=first[1:])
        self.hashes = hashes[first]
        self.shared = np.zeros(len(self.hashes), bool)
        bits = min(MOST_BITS, len(self.hashes).bit_length() + SPARE_BITS)
        self._shift = np.uint64(64 - bits)
        self._begun = np.zeros(1 << bits, bool)
        self._begun[self.hashes >> self._shift] = True

    def mark(self, others: np.ndarray) -> None:
        """Mark the stretches that other sequences have, uint8 (n, bases)."""
        hashes, known = hash_stretches(others, self.length)
        hashes = hashes[known]
        hashes = hashes[self._begun[hashes >> self._shift]]
        if len(hashes):
            place = np.searchsorted(self.hashes, hashes)
            place = np.minimum(place, len(self.hashes) - 1)
            self.shared[place[self.hashes[place] == hashes]] = True

    def among(self, sequences: np.ndarray) -> np.ndarray:
        """Which of the sequences, uint8 (n, bases), have a marked stretch; bool (n,)."""
        hashes, known = hash_stretches(sequences, self.length)
        return (np.isin(hashes, self.hashes[self.shared]) & known).any(axis=1)
