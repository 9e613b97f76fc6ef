"""Motifs in random sequences: planting them without overlap, and finding where they match."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cisfuse.dna.motifs import IUPAC, match_motif
from cisfuse.dna.sequences import reverse_complement
from cisfuse.simulation.generators import part_generator


def plant_motifs(codes: np.ndarray, motifs: Mapping[str, Mapping[str, Any]], seed: int) -> None:
    """Write each motif into its share of the sequences, uint8 (n, length), in place.

    Motifs of a sequence do not overlap; their order, the gaps between them, their strands and
    the bases at ambiguous letters are random.
    """
    shape = (len(codes), len(motifs))
    fractions = np.array([motif["fraction"] for motif in motifs.values()])
    widths = np.array([len(motif["word"]) for motif in motifs.values()])
    planted = part_generator(seed, "planted").random(shape) < fractions
    order = np.argsort(np.where(planted, part_generator(seed, "order").random(shape), 2), axis=1)
    taken = np.take_along_axis(planted * widths, order, axis=1)
    # Each of the k motifs of a sequence gets a place among the free bases; sorted, they are the
    # free bases before it.
    free = (codes.shape[1] - taken.sum(axis=1))[:, None]
    drawn = np.floor(part_generator(seed, "places").random(shape) * (free + 1))
    drawn[np.arange(shape[1]) >= planted.sum(axis=1)[:, None]] = np.inf
    starts = np.sort(drawn, axis=1) + np.cumsum(taken, axis=1) - taken
    reverse = part_generator(seed, "strands").random(shape) < 0.5
    for column, (name, motif) in enumerate(motifs.items()):
        rows, ranks = np.nonzero((order == column) & planted[:, [column]])
        letters = _draw_word(motif["word"], len(codes), part_generator(seed, f"word {name}"))
        letters = np.where(reverse[:, [column]], reverse_complement(letters), letters)[rows]
        places = starts[rows, ranks].astype(np.int64)[:, None] + np.arange(widths[column])
        codes[rows[:, None], places] = letters


def _draw_word(word: str, count: int, generator: np.random.Generator) -> np.ndarray:
    """``count`` readings of an IUPAC word, uint8 (count, letters)."""
    uniform = generator.random((count, len(word)))
    columns = [
        np.frombuffer(IUPAC[letter].encode(), np.uint8)[(draws * len(IUPAC[letter])).astype(int)]
        for letter, draws in zip(word, uniform.T, strict=True)
    ]
    return np.column_stack(columns)


def find_sites(codes: np.ndarray, word: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matches of an IUPAC word in uint8 (n, length): rows, starts, and whether on ``-``; (h,) each.

    A place where both strands match is one match, on ``+``.
    """
    forward = match_motif(codes, word)
    backward = match_motif(reverse_complement(codes), word)[:, ::-1]
    rows, starts = np.nonzero(forward | backward)
    return rows, starts, ~forward[rows, starts]
