"""Words of a factor's matrices: what is searched for in spans, and what is planted in them.

The core of a matrix reaches from its first to its last column of `CORE_BITS` or more. Its whole
consensus, if it is as long as that of a zinc finger, stands nowhere in a genome, so the word that
is searched is a part: the shortest whose IUPAC letters stand at one place in 2 ** `WORD_BITS` of
random bases, or fewer. The word that is planted has the likeliest base of each column of the core.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from Bio.motifs.jaspar import Motif
from Bio.Seq import reverse_complement

from cisfuse.dna.matrices import consensus
from cisfuse.dna.motifs import IUPAC, spell
from cisfuse.dna.sequences import BASES
from cisfuse.dna.tomtom import information

CORE_BITS = 1.0
WORD_BITS = 13  # 6 letters and a half
LEAST = 4  # letters of a word


@dataclass(frozen=True)
class Words:
    """Words that stand for what a factor binds.

    searched: IUPAC; planted: letters A, C, G and T, or IUPAC where the config gives it, empty
    without words. note: why there is none; empty when there is one.
    """

    searched: list[str]
    planted: str
    note: str = ""


def choose_words(given: Sequence[str], motifs: Sequence[Motif], factor: str, length: int) -> Words:
    """The words that the config gives, or else those of the factor's matrices.

    length: bases of a span, which no word exceeds. The first of ``given``, or that of the first
    matrix, is planted. Of words that are equal, or reverse complements, the first is kept.
    """
    if given:
        return Words(list(given), given[0])
    searched: list[str] = []
    planted = ""
    for core in map(matrix_core, motifs):
        start, word = rarest_part(core)
        if not LEAST <= len(word) <= length:
            continue
        if not {word, reverse_complement(word)} & set(searched):
            searched.append(word)
        part = core if len(core) <= length else core[start : start + len(word)]
        planted = planted or spell(part)
    if searched:
        return Words(searched, planted)
    why = (
        f"no matrix of {factor} has a consensus that fits into {length} bases"
        if motifs
        else f"JASPAR has no matrix of {factor}"
    )
    note = (
        f"No motif is planted or looked for, since {why}; interpretation.motifs can name one in "
        "the config."
    )
    return Words([], "", note)


def matrix_core(motif: Motif) -> np.ndarray:
    """Shares of the bases in the core of a matrix, float64 (width, 4); none has a width of 0."""
    counts = np.array([motif.counts[base] for base in BASES.decode()], dtype=float).T
    shares = counts / counts.sum(axis=1, keepdims=True)
    places = np.flatnonzero(information(shares) >= CORE_BITS)
    return shares[places[0] : places[-1] + 1] if len(places) else shares[:0]


def rarest_part(core: np.ndarray) -> tuple[int, str]:
    """First column and IUPAC word of the shortest part of a core that has `WORD_BITS`.

    core: (width, 4). Of parts of one length that which has the most information counts; where all
    have less than `WORD_BITS`, it is the whole core.
    """
    word = consensus(core)
    bits = np.array([2 - np.log2(len(IUPAC[letter])) for letter in word])
    for width in range(LEAST, len(word)):
        ones = np.ones(width)
        rare = np.convolve(bits, ones, "valid") >= WORD_BITS
        if rare.any():
            known = np.convolve(information(core), ones, "valid").round(9)
            start = int(np.where(rare, known, -1).argmax())
            return start, word[start : start + width]
    return 0, word
