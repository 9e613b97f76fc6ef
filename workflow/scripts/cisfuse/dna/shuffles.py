"""Shuffled sequences that keep their dinucleotides: references for attributions.

S. F. Altschul and B. W. Erickson, "Significance of nucleotide sequence alignments: a method for
random sequence permutation that preserves dinucleotide and codon usage" (Molecular Biology and
Evolution 1985).
"""

import zlib
from collections.abc import Sequence

import numpy as np

from cisfuse.dna.sequences import BASES

LETTERS = len(BASES) + 1  # any letter but A, C, G and T counts as one


def dinucleotide_shuffles(sequences: np.ndarray, copies: int, seed: int) -> np.ndarray:
    """Shuffle each sequence ``copies`` times, all its shuffles being equally likely.

    sequences: uint8 ASCII (n, length); returns uint8 (n, copies, length). Every dinucleotide
    occurs as often as before, so the first and the last base stay. Letters other than A, C, G
    and T count as one and become N. Shuffles follow from the sequence and the seed, whatever
    other sequences there are.

    The letters that follow each letter are put into random order. A walk that takes them one
    after the other uses them all if the last ones lead from every letter to the final one;
    orders in which they do not are drawn again.
    """
    numbers = np.full(256, LETTERS - 1, dtype=np.int64)
    numbers[np.frombuffer(BASES, np.uint8)] = range(len(BASES))
    codes = np.repeat(numbers[sequences], copies, axis=0)
    if codes.shape[1] > 1:
        keys = [zlib.crc32(sequence.tobytes()) for sequence in sequences]
        generators = [np.random.default_rng([seed, key]) for key in keys]
        codes = _walk(codes, _draw_orders(codes, generators, copies))
    return _letters(codes).reshape(len(sequences), copies, -1)


def _draw_orders(
    codes: np.ndarray, generators: Sequence[np.random.Generator], copies: int
) -> np.ndarray:
    """Orders of the followers of each letter that a walk can take, int64 (rows, length - 1)."""
    steps = codes.shape[1] - 1
    following = np.empty((len(codes), steps), dtype=np.int64)
    pending = np.arange(len(codes))
    while len(pending):
        owners, counts = np.unique(pending // copies, return_counts=True)
        keys = [
            generators[owner].random((count, steps))
            for owner, count in zip(owners, counts, strict=True)
        ]
        drawn = _order_followers(codes[pending], np.concatenate(keys))
        reaches = _last_ones_reach_the_end(codes[pending], drawn)
        following[pending[reaches]] = drawn[reaches]
        pending = pending[~reaches]
    return following


def _letters(codes: np.ndarray) -> np.ndarray:
    return np.frombuffer(BASES + b"N", np.uint8)[codes]


def _starts(codes: np.ndarray) -> np.ndarray:
    """Where the followers of each letter begin among those of all: int64 (n, LETTERS + 1)."""
    counts = (codes[:, :-1, None] == np.arange(LETTERS)).sum(axis=1)
    return np.pad(counts.cumsum(axis=1), ((0, 0), (1, 0)))


def _order_followers(codes: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """The letters after each A in the order of their keys, then those after each C, and so on.

    keys: from 0 to 1, (rows, length - 1).
    """
    order = (codes[:, :-1] + keys).argsort(axis=1)
    return np.take_along_axis(codes[:, 1:], order, axis=1)


def _last_ones_reach_the_end(codes: np.ndarray, following: np.ndarray) -> np.ndarray:
    """Whether the last follower of each letter leads on to the final letter: bool (n,)."""
    starts, final = _starts(codes), codes[:, -1:]
    present = starts[:, 1:] > starts[:, :-1]
    last = np.take_along_axis(following, np.maximum(starts[:, 1:] - 1, 0), axis=1)
    place = np.broadcast_to(np.arange(LETTERS), present.shape)
    for _ in range(LETTERS):
        place = np.where(place == final, place, np.take_along_axis(last, place, axis=1))
    return ((place == final) | ~present).all(axis=1)


def _walk(codes: np.ndarray, following: np.ndarray) -> np.ndarray:
    """Follow each letter's followers in their order, from the first letter on."""
    rows, taken = np.arange(len(codes)), _starts(codes)[:, :-1].copy()
    walked = np.empty_like(codes)
    walked[:, 0] = codes[:, 0]
    for step in range(codes.shape[1] - 1):
        letter = walked[:, step]
        walked[:, step + 1] = following[rows, taken[rows, letter]]
        taken[rows, letter] += 1
    return walked
