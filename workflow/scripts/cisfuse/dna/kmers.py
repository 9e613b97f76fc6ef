"""Gapped k-mers of spans, the same for both strands, as sparse features of a linear model.

A feature is a word of 7 letters, or of 7 letters with one base of any kind between two of them:
gapped k-mers as in M. Ghandi, D. Lee, M. Mohammad-Noori and M. A. Beer, "Enhanced Regulatory
Sequence Prediction Using Gapped k-mer Features" (PLoS Computational Biology 2014), of the
windows of 8 bases. A word and its reverse complement are one feature.
"""

from functools import cache

import numpy as np
from scipy.sparse import csr_array

from cisfuse.dna.sequences import BASES

LETTERS = 7
# Letters before the gap; a word without a gap has them all.
PARTS = tuple(range(1, LETTERS + 1))
UNKNOWN = -(4 ** (LETTERS + 1))  # makes the code of every word that holds it negative


@cache
def _features() -> tuple[dict[int, np.ndarray], int]:
    """The number of each word's feature by its letters before the gap, and how many there are.

    Arrays are int32 (4**7,): the letters of a word as digits A, C, G, T of a number to base 4.
    """
    codes = np.arange(4**LETTERS, dtype=np.int32)
    turned, rest = np.zeros_like(codes), codes.copy()
    for _ in range(LETTERS):
        turned = 4 * turned + 3 - rest % 4
        rest //= 4
    canonical, number = np.unique(np.minimum(codes, turned), return_inverse=True)
    features = {LETTERS: number.astype(np.int32)}
    count = len(canonical)
    for before in range(1, (LETTERS + 1) // 2):
        # The gap lies elsewhere in the reverse complement, so no word is its own.
        features[before] = count + codes
        features[LETTERS - before] = count + turned
        count += len(codes)
    return features, count


def _word_features(sequences: np.ndarray) -> np.ndarray:
    """The feature of each word of each span, int32 (n, words); negative where a base is unknown."""
    table = np.full(256, UNKNOWN, dtype=np.int32)
    table[np.frombuffer(BASES, np.uint8)] = range(4)
    bases = table[sequences]
    runs = {1: bases}  # codes of all stretches of so many bases
    for length in range(2, LETTERS + 1):
        runs[length] = 4 * runs[length - 1][:, :-1] + bases[:, length - 1 :]
    columns = []
    for before, numbers in _features()[0].items():
        codes = runs[before]
        if before < LETTERS:
            after = runs[LETTERS - before][:, before + 1 :]
            codes = codes[:, : after.shape[1]] * 4 ** (LETTERS - before) + after
        columns.append(np.where(codes < 0, -1, numbers[np.maximum(codes, 0)]))
    return np.concatenate(columns, axis=1)


def kmer_features(sequences: np.ndarray) -> csr_array:
    """How often each feature is in each span; rows are scaled to a length of 1.

    sequences: uint8 ASCII (n, length). Returns float32 (n, features); a row is all zeros where
    no word is free of unknown bases.
    """
    count = len(sequences)
    words = _word_features(sequences)
    words.sort(axis=1)
    changes = np.ones(words.shape, dtype=bool)
    changes[:, 1:] = words[:, 1:] != words[:, :-1]
    starts = np.flatnonzero(changes)
    times = np.diff(np.append(starts, words.size)).astype(np.float32)
    known = words.ravel()[starts] >= 0
    starts, times = starts[known], times[known]
    rows = starts // max(words.shape[1], 1)
    lengths = np.sqrt(np.bincount(rows, weights=times**2, minlength=count))
    values = (times / lengths[rows]).astype(np.float32)
    ends = np.searchsorted(rows, np.arange(count + 1))
    shape = (count, _features()[1])
    return csr_array((values, words.ravel()[starts], ends.astype(np.int32)), shape=shape)
