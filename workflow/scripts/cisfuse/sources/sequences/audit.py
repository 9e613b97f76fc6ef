"""Split leakage of labelled sequences: repeats of test in train.

Sequences have no place, so that nothing leaks by neighbours; but train may hold a test sequence,
or one nearly like it, on either strand. A table of sequences has the columns ``sequence``,
``split`` and the target, as ``spans.tsv.gz`` has; all sequences have one length.
"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.files import read_table
from cisfuse.dna.sequences import BASES, one_hot, reverse_complement, sequences_of

NEAR = 0.1  # share of the places in which a near-duplicate differs at most
# Most sequences of each split, and their bases, that are compared one by one; they bound memory.
MOST_COMPARED, MOST_BASES = 5000, 5_000_000
DRAW_SEED = 0
ROWS = 500  # test sequences whose pairs are in memory at once
HASH_SEED = 0


def audit_sample(inputs: Mapping[str, Any], target: ModuleType) -> pd.DataFrame:
    """Audit the table ``inputs["spans"]``; see `audit_splits`."""
    columns = ["sequence", "split", target.TARGET]
    return audit_splits(read_table(inputs["spans"], columns), target)


def audit_splits(table: pd.DataFrame, target: ModuleType) -> pd.DataFrame:
    """All checks of a split: ``check``, ``count``, ``of`` and their share ``value``.

    A sequence with any letter but A, C, G and T repeats no other, and such a letter differs from
    every letter: what stands for N is not known.
    """
    sequences = sequences_of(table)
    train, test = ((table["split"] == name).to_numpy() for name in ("train", "test"))
    repeated = find_repeats(sequences[test], sequences[train])
    audited = target.audited(table[target.TARGET].to_numpy())[test]
    generator = np.random.default_rng(DRAW_SEED)
    near = find_near(*(_draw(sequences[rows], generator) for rows in (test, train)))
    own = int(repeated[audited].sum()), int(audited.sum())
    rows = [
        ("duplicate_sequences", int(repeated.sum()), len(repeated)),
        (f"duplicate_{target.AUDITED}_sequences", *own),
        ("near_duplicate_sequences", int(near.sum()), len(near)),
    ]
    found = pd.DataFrame(rows, columns=["check", "count", "of"])
    return found.assign(value=(found["count"] / found["of"]).where(found["of"] > 0))


def find_repeats(test: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Which sequences, uint8 (n, length), are among others, (m, length), on either strand."""
    hashes, known = hash_strands(test)
    others, others_known = hash_strands(train)
    return known & np.isin(hashes, others[others_known])


def find_near(test: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Which sequences, uint8 (n, length), differ from any other, (m, length), by `NEAR` at most.

    Either strand counts. The places that agree are the product of one-hot rows.
    """
    length = test.shape[1]
    agreeing = length - int(NEAR * length + 1e-9)
    near = np.zeros(len(test), dtype=bool)
    if not len(train):
        return near
    for others in (train, reverse_complement(train)):
        columns = one_hot(others).reshape(-1, 4 * length).T
        for start in range(0, len(test), ROWS):
            rows = one_hot(test[start : start + ROWS]).reshape(-1, 4 * length)
            near[start : start + ROWS] |= (rows @ columns).max(axis=1) >= agreeing - 0.5
    return near


def hash_strands(sequences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A number for each sequence, the same for both strands, and whether it is all bases.

    The number of a strand is the sum modulo 2^64 of random numbers, one for each place and
    base; the lesser of both strands' counts. Two sequences that differ get the same with a
    chance of 2^-62 at most, so none is to be expected among the pairs of millions of spans.
    sequences: uint8 (n, length), upper-case. Returns uint64 (n,) and bool (n,).
    """
    generator = np.random.default_rng(HASH_SEED)
    table = generator.integers(0, 2**64, (sequences.shape[1], 256), dtype=np.uint64)
    is_base = np.isin(np.arange(256), list(BASES))
    strands = sequences, reverse_complement(sequences)
    hashes = np.minimum(*(_hash(strand, table) for strand in strands))
    return hashes, is_base[sequences].all(axis=1)


def _hash(sequences: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Sum of the table's entries, (length, 256), at the bytes of (n, length) sequences."""
    total = np.zeros(len(sequences), dtype=np.uint64)
    for entries, letters in zip(table, sequences.T, strict=True):
        total += entries[letters]
    return total


def _draw(sequences: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    most = min(MOST_COMPARED, max(MOST_BASES // sequences.shape[1], 1))
    if len(sequences) <= most:
        return sequences
    return sequences[np.sort(generator.choice(len(sequences), most, replace=False))]
