"""Motifs in spans, and attributions aligned on them.

Attributions have the shape (n, length, 4), channels A, C, G, T.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cisfuse.dna.sequences import BASES, reverse_complement

IUPAC = {
    **{base: base for base in "ACGT"},
    **{"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"},
    **{"B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT"},
}


def match_motif(sequences: np.ndarray, motif: str) -> np.ndarray:
    """Where an IUPAC motif matches the given strand: bool (n, length - len(motif) + 1)."""
    allowed = np.zeros((len(motif), 256), dtype=bool)
    for position, letter in enumerate(motif):
        for base in IUPAC[letter]:
            allowed[position, ord(base)] = True
    windows = np.lib.stride_tricks.sliding_window_view(sequences, len(motif), axis=1)
    return np.logical_and.reduce([allowed[i][windows[..., i]] for i in range(len(motif))])


def match_either_strand(sequences: np.ndarray, motif: str) -> np.ndarray:
    """Whether a span holds an IUPAC motif on either strand: bool (n,)."""
    strands = (sequences, reverse_complement(sequences))
    return np.logical_or.reduce([match_motif(strand, motif).any(axis=1) for strand in strands])


def holds_any(sequences: np.ndarray, motifs: Sequence[str]) -> np.ndarray:
    """Whether one of the IUPAC motifs lies on either strand of each span: bool (n,)."""
    found = np.zeros(len(sequences), bool)
    for motif in motifs:
        if len(motif) <= sequences.shape[1]:
            found |= match_either_strand(sequences, motif)
    return found


@dataclass(frozen=True)
class MotifHits:
    """The first match of a motif in each span that has one.

    rows: int64 (h,), rows of the spans; starts: int64 (h,), first base of the match within
    the span, on the forward strand; reverse: bool (h,).
    """

    rows: np.ndarray
    starts: np.ndarray
    reverse: np.ndarray


def first_hits(sequences: np.ndarray, motif: str) -> MotifHits:
    """Find a motif on both strands; the leftmost match of a span counts, forward first."""
    length = sequences.shape[1]
    forward = match_motif(sequences, motif)
    backward = match_motif(reverse_complement(sequences), motif)[:, ::-1]
    either = forward | backward
    rows = np.flatnonzero(either.any(axis=1))
    starts = either[rows].argmax(axis=1)
    assert length - len(motif) + 1 == either.shape[1]
    return MotifHits(rows, starts, ~forward[rows, starts])


def align_on_hits(values: np.ndarray, hits: MotifHits, width: int, flank: int) -> np.ndarray:
    """Cut windows around matches out of attributions and turn them to the motif's strand.

    values: (n, length, 4); returns (h, flank + width + flank, 4). Positions beyond a span's
    ends are NaN.
    """
    padded = np.pad(
        values.astype(np.float64), ((0, 0), (flank, flank), (0, 0)), constant_values=np.nan
    )
    columns = hits.starts[:, None] + np.arange(width + 2 * flank)[None, :]
    windows = padded[hits.rows[:, None], columns]
    windows[hits.reverse] = windows[hits.reverse, ::-1, ::-1]
    return windows


def spell(scores: np.ndarray) -> str:
    """The base of the highest score at each position of (length, 4)."""
    return "".join(chr(BASES[channel]) for channel in scores.argmax(axis=1))
