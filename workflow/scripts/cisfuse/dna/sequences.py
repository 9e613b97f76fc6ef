"""Sequences as bytes: one-hot encoding and the reverse complement.

A sequence is uint8 ASCII, (..., length); channels of an encoding are A, C, G, T.
"""

import numpy as np
import pandas as pd

BASES = b"ACGT"
BASE_CODES = np.frombuffer(BASES, np.uint8)
COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A"}


def one_hot_table() -> np.ndarray:
    """One-hot rows of all 256 bytes, float32 (256, 4), channels A, C, G, T.

    Lower case counts as bases; every other byte is all zeros.
    """
    table = np.zeros((256, len(BASES)), dtype=np.float32)
    for channel, base in enumerate(BASES):
        table[base, channel] = 1
        table[ord(chr(base).lower()), channel] = 1
    return table


def one_hot(sequences: np.ndarray) -> np.ndarray:
    """One-hot encode bytes of bases: uint8 (..., length) to float32 (..., length, 4)."""
    return one_hot_table()[sequences]


def reverse_complement(sequences: np.ndarray) -> np.ndarray:
    """Reverse complement of upper-case bases, uint8 (..., length); other bytes stay."""
    table = np.arange(256, dtype=np.uint8)
    for base, partner in COMPLEMENT.items():
        table[ord(base)] = ord(partner)
    return table[sequences[..., ::-1]]


def sequences_of(table: pd.DataFrame) -> np.ndarray:
    """The column ``sequence`` as bytes: uint8 ASCII (n, length)."""
    text = "".join(table["sequence"]).encode("ascii")
    return np.frombuffer(text, np.uint8).reshape(len(table), len(text) // max(len(table), 1))
