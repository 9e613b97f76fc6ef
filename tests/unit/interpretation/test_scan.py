"""A scan gives each base the best score of the windows that cover it."""

import numpy as np
import pytest
from Bio.motifs.jaspar import Motif

from cisfuse.dna.matrices import choose_matrices, log_odds
from cisfuse.interpretation.scan import scan_maps

LENGTH = 24


def make_sequences(count: int = 12) -> np.ndarray:
    generator = np.random.default_rng(3)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, LENGTH))
    sequences[0, 12] = ord("N")
    sequences[1] = ord("N")
    return sequences


def covered_by_loop(sequence: bytes, motifs: list[Motif]) -> list[float]:
    text, best = sequence.decode(), [-np.inf] * len(sequence)
    for motif in motifs:
        odds = log_odds(motif)
        for start in range(len(text) - motif.length + 1):
            window = text[start : start + motif.length]
            if "N" in window:
                continue
            partner = window[::-1].translate(str.maketrans("ACGT", "TGCA"))
            score = max(
                sum(odds[place, "ACGT".index(base)] for place, base in enumerate(strand))
                for strand in (window, partner)
            )
            for place in range(start, start + motif.length):
                best[place] = max(best[place], score)
    return best


def test_each_base_has_the_best_of_the_windows_that_cover_it():
    sequences, motifs = make_sequences(), choose_matrices("JUND", [])
    expected = np.array([covered_by_loop(row.tobytes(), motifs) for row in sequences])
    uncovered = np.isinf(expected)
    assert uncovered[1].all()
    expected[uncovered] = expected[~uncovered].min()
    found = scan_maps(sequences, motifs)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize(
    "motifs", [[], [Motif("M", "wide", counts=dict.fromkeys("ACGT", [1] * 30))]]
)
def test_a_scan_without_a_window_is_flat(motifs):
    assert not scan_maps(make_sequences(), motifs).any()
