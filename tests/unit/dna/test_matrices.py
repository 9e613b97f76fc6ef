"""The best match of a matrix is that of a loop; a factor has the matrices that it should have."""

import logging

import numpy as np
import pytest
from Bio.motifs.jaspar import Motif

from cisfuse.base.errors import ConfigError
from cisfuse.dna.matrices import (
    best_scores,
    choose_matrices,
    consensus,
    groups_of,
    log_odds,
    matrix_table,
)


def make_sequences(seed: int, count: int = 40, length: int = 30) -> np.ndarray:
    generator = np.random.default_rng(seed)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (count, length))
    sequences[generator.random(sequences.shape) < 0.06] = ord("N")
    sequences[0] = ord("N")
    return sequences


def make_motif(seed: int, width: int) -> Motif:
    counts = np.random.default_rng(seed).integers(0, 50, (4, width))
    counts[0] += 1
    return Motif("MA0001.1", "TEST", counts=dict(zip("ACGT", counts.tolist(), strict=True)))


def log_odds_by_formula(motif: Motif) -> list[dict[str, float]]:
    """Square root of the sites as pseudocount, a quarter to each base, against shares of 1/4."""
    totals = [sum(motif.counts[base][place] for base in "ACGT") for place in range(motif.length)]
    pseudocount = np.sqrt(np.mean(totals)) / 4
    return [
        {
            base: np.log2((motif.counts[base][place] + pseudocount) / (total + 4 * pseudocount) * 4)
            for base in "ACGT"
        }
        for place, total in enumerate(totals)
    ]


def best_by_loop(sequence: bytes, motif: Motif) -> float:
    odds, best = log_odds_by_formula(motif), np.nan
    forward = sequence.decode()
    backward = forward[::-1].translate(str.maketrans("ACGT", "TGCA"))
    for strand in (forward, backward):
        for start in range(len(strand) - motif.length + 1):
            window = strand[start : start + motif.length]
            if "N" not in window:
                score = sum(column[base] for column, base in zip(odds, window, strict=True))
                best = score if np.isnan(best) else max(best, score)
    return best


@pytest.mark.parametrize("width", [1, 5, 6, 7, 12, 13, 30])
def test_best_scores_equal_a_loop(width):
    sequences, motifs = make_sequences(width), [make_motif(1, width), make_motif(2, 8)]
    expected = [[best_by_loop(row.tobytes(), motif) for motif in motifs] for row in sequences]
    found = best_scores(sequences, [log_odds(motif) for motif in motifs])
    assert found.dtype == np.float32
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_best_scores_equal_those_of_biopython():
    motif, sequences = choose_matrices("JUND", [])[1], make_sequences(7)[1:]
    matrix = log_odds(motif)
    strands = (motif.pssm, motif.pssm.reverse_complement())
    expected = [
        max(np.fmax.reduce(strand.calculate(row.tobytes())) for strand in strands)
        for row in sequences
    ]
    np.testing.assert_allclose(best_scores(sequences, [matrix])[:, 0], expected, atol=1e-3)


def test_both_strands_of_a_site_tie():
    matrix = log_odds(choose_matrices("JUND", [])[0])
    sites = np.array([list(b"CCATGACTCATCC"), list(b"GGATGAGTCATGG")], dtype=np.uint8)
    found = best_scores(sites, [matrix])[:, 0]
    assert found[0] == found[1]
    assert found[0] == pytest.approx(matrix.max(axis=1).sum(), abs=1e-3)


def test_a_matrix_wider_than_the_spans_has_no_score_and_no_spans_none():
    matrices = [log_odds(make_motif(3, 31)), log_odds(make_motif(4, 30))]
    found = best_scores(make_sequences(5)[1:], matrices)
    assert np.isnan(found[:, 0]).all()
    assert best_scores(make_sequences(5)[:0], matrices).shape == (0, 2)
    assert best_scores(make_sequences(5), []).shape == (40, 0)


@pytest.mark.parametrize("factor", ["JUND", "jund", "JUND(var.2)"])
def test_a_factor_has_the_newest_version_of_all_its_matrices(factor):
    motifs = choose_matrices(factor, [])
    assert [motif.matrix_id for motif in motifs] == ["MA0491.3", "MA0492.2"]
    assert {motif.name for motif in motifs} == {"JUND"}


def test_matrices_are_chosen_by_id_or_name_each_once():
    wanted = ["MA0491.1", "FOS::JUND", "ma0492", "MA0492.2"]
    motifs = choose_matrices("CTCF", wanted)
    assert [motif.matrix_id for motif in motifs] == ["MA0491.1", "MA1141.2", "MA0492.2"]


@pytest.mark.parametrize(
    ("name", "near"),
    [("JUNDD", "JUND"), ("MA0491.9", r"MA0491\.1, MA0491\.2, MA0491\.3"), ("' OR 1=1", "jaspar")],
)
def test_a_matrix_that_jaspar_lacks_is_refused_with_near_ones(name, near):
    with pytest.raises(ConfigError, match=near) as caught:
        choose_matrices("JUND", ["JUND", name])
    assert repr(name) in str(caught.value)
    assert "evaluation.matrices" in str(caught.value)


def test_a_factor_without_a_matrix_is_a_warning(caplog):
    with caplog.at_level(logging.WARNING, logger="cisfuse"):
        assert choose_matrices("EP300", []) == []
    assert "no matrix of EP300" in caplog.text
    assert "look it up" in caplog.text, "SEP3 of plants is not near"


def test_a_factor_of_another_group_is_found_there():
    for group in (None, "fungi"):
        motifs = choose_matrices("Reb1", [], group)
        assert [motif.matrix_id for motif in motifs] == ["MA0363.3"]
        assert groups_of(motifs, group) == ["fungi"]
    assert matrix_table(motifs)["group"].tolist() == ["fungi"]


def test_vertebrates_come_first_and_the_config_sets_another_group(caplog):
    with caplog.at_level(logging.INFO, logger="cisfuse"):
        assert {motif.tax_group for motif in choose_matrices("CTCF", [])} == {"vertebrates"}
        assert {motif.tax_group for motif in choose_matrices("ABF1", [])} == {"fungi"}
    levels = {record.getMessage().split()[4]: record.levelname for record in caplog.records}
    assert levels == {"CTCF": "INFO", "ABF1": "WARNING"}
    assert "evaluation.taxonomic_group" in caplog.text
    insects = choose_matrices("CTCF", [], "insects")
    assert [motif.matrix_id for motif in insects] == ["MA0531.2"]


def test_matrices_named_in_the_config_are_of_any_group(caplog):
    motifs = choose_matrices("none", ["REB1", "MA0491.3"])
    assert groups_of(motifs) == ["vertebrates", "fungi"]
    assert groups_of([]) == groups_of([], "vertebrates") == ["vertebrates"]
    with pytest.raises(ConfigError, match=r"'REB1' among plants \(evaluation\.taxonomic_group\)"):
        choose_matrices("none", ["REB1"], "plants")
    assert choose_matrices("REB1", [], "plants") == []
    assert "no matrix of REB1 among plants" in caplog.text


def test_the_table_describes_each_matrix():
    table = matrix_table(choose_matrices("JUND", []))
    assert table["matrix"].tolist() == ["MA0491.3", "MA0492.2"]
    assert table["length"].tolist() == [9, 11]
    assert table["consensus"].tolist() == ["ATGACTCAT", "RATGAYGTCAT"]
    assert table["sites"].tolist() == [105945, 33631]
    assert table["group"].tolist() == ["vertebrates"] * 2
    columns = ["matrix", "name", "collection", "group", "release", "length", "sites", "consensus"]
    assert matrix_table([]).columns.tolist() == columns


def test_consensus_is_iupac():
    counts = np.array([[10, 0, 0, 0], [5, 5, 0, 0], [1, 1, 1, 1], [0, 0, 0, 9]], float)
    assert consensus(counts) == "AMNT"
    assert consensus(np.zeros((4, 4))) == ""
