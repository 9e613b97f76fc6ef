"""Test spans whose sequence train has too: the same, or half of it in one piece."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from cisfuse.dna.stretches import Stretches
from cisfuse.readers.spans import fetch_sequences
from cisfuse.sources.sequences.audit import hash_strands

PIECE_SPANS = 50_000  # spans whose sequences are in memory at once
STRETCH_SPANS = 10_000  # the same, where each of their stretches is a number
# Most test spans, and most audited ones, whose near-copies are looked for; they bound memory.
MOST_SEARCHED = 100_000
DRAW_SEED = 0
LEAST_STRETCH = 24  # bases: fewer are shared by chance among millions of stretches
Row = tuple[str, int, int, float]
Read = Callable[[str], np.ndarray]


def check_duplicates(spans: pd.DataFrame, audited: np.ndarray, read: Read, word: str) -> list[Row]:
    """Test spans whose sequence, or its reverse complement, train has too; all and audited.

    A span with any letter but A, C, G and T equals no other: what stands for N is not known.
    """
    hashes, known = hash_sequences(spans, read)
    train, test = ((spans["split"] == name).to_numpy() for name in ("train", "test"))
    repeated = test & known
    repeated[repeated] = np.isin(hashes[repeated], hashes[train & known])
    own = int((repeated & audited).sum()), int((test & audited).sum())
    return [
        share("duplicate_spans", int(repeated.sum()), int(test.sum())),
        share(f"duplicate_{word}s", *own),
    ]


def check_copies(spans: pd.DataFrame, audited: np.ndarray, read: Read, word: str) -> list[Row]:
    """Test spans of which train has near-copies, of all and of the audited ones.

    A near-copy has at least half of the span's bases in one piece, on either strand: so it may be
    moved by half a span, turned, or changed in a base anywhere. Of more than `MOST_SEARCHED` test
    spans, and of more audited ones, so many are drawn.
    """
    train, test = (np.flatnonzero(spans["split"] == name) for name in ("train", "test"))
    generator = np.random.default_rng(DRAW_SEED)
    drawn = _draw(test, generator)
    own = _draw(test[audited[test]], generator)
    rows = np.union1d(drawn, own)
    copied = find_copies(spans, rows, train, read)
    return [
        share(f"near_duplicate_{words}", int(copied[np.isin(rows, chosen)].sum()), len(chosen))
        for words, chosen in (("spans", drawn), (f"{word}s", own))
    ]


def find_copies(
    spans: pd.DataFrame, rows: np.ndarray, others: np.ndarray, read: Read
) -> np.ndarray:
    """Which spans have a near-copy among others; both are row numbers. Bool (n_rows,)."""
    found = np.zeros(len(rows), bool)
    if not len(rows) or not len(others):
        return found
    bases = int(spans["end"].iloc[0] - spans["start"].iloc[0])
    own = spans.iloc[rows]
    pieces = (sequences for _, sequences in _sequences(own, read, STRETCH_SPANS))
    stretches = Stretches(pieces, stretch_length(bases))
    for _, sequences in _sequences(spans.iloc[others], read, STRETCH_SPANS):
        stretches.mark(sequences)
    for piece, sequences in _sequences(own, read, STRETCH_SPANS):
        found[piece] = stretches.among(sequences)
    return found


def stretch_length(bases: int) -> int:
    """The bases that a near-copy has in one piece: half of a span's, at least `LEAST_STRETCH`."""
    return min(bases, max(LEAST_STRETCH, (bases + 1) // 2))


def hash_sequences(spans: pd.DataFrame, read: Read) -> tuple[np.ndarray, np.ndarray]:
    """What `hash_strands` gives for each span: uint64 (n_spans,) and bool (n_spans,)."""
    hashes, known = np.empty(len(spans), np.uint64), np.empty(len(spans), bool)
    for piece, sequences in _sequences(spans, read, PIECE_SPANS):
        hashes[piece], known[piece] = hash_strands(sequences)
    return hashes, known


def share(check: str, count: int, of: int) -> Row:
    """A row of the audit whose value is the share of the count."""
    return check, count, of, count / of if of else np.nan


def _sequences(
    spans: pd.DataFrame, read: Read, most: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row numbers of at most so many spans of a chromosome, and their bases."""
    for chrom, rows in spans.groupby("chrom", sort=False).indices.items():
        bases = read(chrom)
        for first in range(0, len(rows), most):
            piece = rows[first : first + most]
            yield piece, fetch_sequences(spans.iloc[piece], {chrom: bases}.__getitem__)


def _draw(rows: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    if len(rows) <= MOST_SEARCHED:
        return rows
    return np.sort(generator.choice(rows, MOST_SEARCHED, replace=False))
