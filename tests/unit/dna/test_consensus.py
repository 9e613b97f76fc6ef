"""The words of a factor come from its matrices, and stand often enough to be found."""

import numpy as np
import pytest
from Bio.motifs.jaspar import Motif

from cisfuse.dna.consensus import WORD_BITS, choose_words, matrix_core, rarest_part
from cisfuse.dna.matrices import choose_matrices
from cisfuse.dna.motifs import IUPAC


def words_of(factor, length=101):
    return choose_words([], choose_matrices(factor, []), factor, length)


def motif_of(word: str, flank: int = 2) -> Motif:
    """A matrix whose columns have the bases of IUPAC letters, with flat columns to each side."""
    letters = "N" * flank + word + "N" * flank
    counts = {base: [60 * (base in IUPAC[letter]) for letter in letters] for base in "ACGT"}
    return Motif("MA0001.1", "TEST", counts=counts)


@pytest.mark.parametrize(
    ("factor", "searched", "planted"),
    [
        ("Reb1", ["TTACCCG"], "TTACCCG"),
        ("MYC", ["CACGTG"], "CACGTG"),
        # Two matrices, one of each form.
        ("JUND", ["TGACTCA", "ATGAYGT"], "TGACTCA"),
        # No place of a genome holds all letters of so long a core.
        ("REST", ["CAGCACC"], "CAGCACCATGGACAG"),
        ("ABF1", ["CGTNNANAGT"], "CGTATATAGTGA"),
    ],
)
def test_a_factor_has_the_consensus_of_its_matrices(factor, searched, planted):
    words = words_of(factor)
    assert (words.searched, words.planted, words.note) == (searched, planted, "")


def test_words_of_the_config_stand_as_they_are():
    words = choose_words(["TGASTCA", "CCCC"], choose_matrices("MYC", []), "MYC", 101)
    assert (words.searched, words.planted, words.note) == (["TGASTCA", "CCCC"], "TGASTCA", "")


def test_a_factor_without_a_matrix_has_a_sentence():
    words = words_of("EP300")
    assert (words.searched, words.planted) == ([], "")
    assert "JASPAR has no matrix of EP300" in words.note
    assert "interpretation.motifs" in words.note


def test_what_is_longer_than_a_span_is_left_out():
    assert words_of("REST", 10).searched == ["CAGCACC"]
    assert words_of("REST", 10).planted == "CAGCACC"
    assert words_of("REST", 6).searched == []
    assert "no matrix of REST has a consensus that fits into 6 bases" in words_of("REST", 6).note


def test_a_word_and_its_reverse_complement_are_one():
    motifs = [motif_of(word) for word in ("TTACGR", "TTACGR", "YCGTAA", "TTACGG")]
    assert choose_words([], motifs, "TEST", 101).searched == ["TTACGR", "TTACGG"]


def test_flat_flanks_are_no_part_of_a_core():
    assert matrix_core(motif_of("ACNGT", flank=3)).shape == (5, 4)
    assert matrix_core(motif_of("", flank=3)).shape == (0, 4)
    assert choose_words([], [motif_of("", 3), motif_of("ACG", 3)], "TEST", 101).searched == []


def test_the_rarest_part_is_the_shortest_that_is_rare():
    start, word = rarest_part(matrix_core(motif_of("CGGNNNNNNNNNNNACGTACGT")))
    assert (start, word) == (14, "ACGTACG")
    bits = sum(2 - np.log2(len(IUPAC[letter])) for letter in word)
    assert WORD_BITS <= bits < WORD_BITS + 2
    assert rarest_part(matrix_core(motif_of("CACGTG"))) == (0, "CACGTG")
