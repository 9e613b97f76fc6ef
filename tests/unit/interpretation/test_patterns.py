"""Patterns have the names and the strand of their best match, and come back from files."""

import io

import numpy as np
import pytest
from Bio import motifs as biopython

from cisfuse.base.files import write_arrays
from cisfuse.dna.tomtom import jaspar_targets
from cisfuse.interpretation.explained import read_arrays
from cisfuse.interpretation.patterns import (
    COLUMNS,
    Pattern,
    meme_text,
    name_patterns,
    pattern_arrays,
    pattern_words,
    patterns_from,
)


def planted_matrix() -> np.ndarray:
    """NRF1, which no other factor's matrix is like."""
    ids, _, targets = jaspar_targets()
    return targets[ids.index("MA0506.3")]


def test_a_pattern_without_information_has_no_match():
    flat = np.full((10, 4), 0.25, np.float32)
    site = np.eye(4, dtype=np.float32)[[0, 3, 2, 0, 1, 3, 1, 0]]
    patterns = [Pattern("positive", 50, flat, flat), Pattern("negative", 40, site, -site)]
    turned, table = name_patterns(patterns)
    assert table["match_1"].isna().tolist() == [True, False]
    assert table["consensus"].tolist()[0] == "N" * 10
    assert [pattern.seqlets for pattern in turned] == [50, 40]
    assert name_patterns([])[1].columns.tolist() == list(COLUMNS)


def test_a_pattern_reads_like_its_best_match():
    matrix = planted_matrix().astype(np.float32)
    patterns = [Pattern("positive", 9, part, 2 * part) for part in (matrix, matrix[::-1, ::-1])]
    turned, table = name_patterns(patterns)
    for pattern in turned:
        np.testing.assert_array_equal(pattern.ppm, matrix)
        np.testing.assert_array_equal(pattern.cwm, 2 * matrix)
    assert table["consensus"].nunique() == 1


def test_biopython_reads_the_meme_file():
    matrix = planted_matrix().astype(np.float32)
    # Biopython makes whole numbers of sites of the shares.
    patterns = [
        Pattern("positive", 10**6, matrix, matrix),
        Pattern("negative", 10**5, matrix[:5], matrix[:5]),
    ]
    names = ["pattern_1", "pattern_2"]
    read = biopython.parse(io.StringIO(meme_text(patterns, names)), "minimal")
    assert [motif.name for motif in read] == names
    assert [motif.num_occurrences for motif in read] == [10**6, 10**5]
    for motif, pattern in zip(read, patterns, strict=True):
        shares = np.array([motif.pwm[base] for base in "ACGT"]).T
        np.testing.assert_allclose(shares, pattern.ppm, atol=1e-4)
    assert not biopython.parse(io.StringIO(meme_text([], [])), "minimal")


def test_patterns_in_words():
    matrix = planted_matrix().astype(np.float32)
    first = name_patterns([Pattern("positive", 9, matrix, matrix)])[1].to_dict("records")[0]
    words = pattern_words(first)
    assert words.startswith("pattern 1, positive, 9 seqlets: ")
    assert f", most like {first['match_1']} (q {first['q_1']:.2g})" in words
    assert pattern_words(first | {"q_1": np.nan}).endswith(f"{first['consensus']}, no match")


@pytest.mark.parametrize("count", [0, 2])
def test_patterns_come_back_from_their_file(tmp_path, count):
    generator = np.random.default_rng(0)
    patterns = [
        Pattern(sign, number, *generator.random((2, 6 + number, 4), np.float32))
        for number, sign in enumerate(("positive", "negative")[:count])
    ]
    write_arrays(tmp_path / "patterns.npz", pattern_arrays(patterns))
    found = patterns_from(read_arrays(tmp_path / "patterns.npz"))
    assert [(each.sign, each.seqlets) for each in found] == [
        (each.sign, each.seqlets) for each in patterns
    ]
    for each, pattern in zip(found, patterns, strict=True):
        np.testing.assert_array_equal(each.ppm, pattern.ppm)
        np.testing.assert_array_equal(each.cwm, pattern.cwm)
