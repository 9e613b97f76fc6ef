"""Planted motifs lie apart from each other, in every order and on both strands."""

import numpy as np

from cisfuse.simulation.planting import find_sites, plant_motifs


def test_planted_motifs_do_not_overlap():
    motifs = {
        name: {"word": word, "weight": 1, "fraction": 1.0}
        for name, word in {"a": "AAAAAA", "c": "CCCAAA", "g": "GAGAGAGA"}.items()
    }
    for length in (20, 23):  # 20: no base is free
        codes = np.full((500, length), ord("N"), np.uint8)
        plant_motifs(codes, motifs, 1)
        assert ((codes != ord("N")).sum(axis=1) == 20).all()
        for motif in motifs.values():
            rows, _, _ = find_sites(codes, motif["word"])
            assert set(rows) == set(range(500))
    orders = {"".join(chr(base) for base in row if base != ord("N")) for row in codes}
    assert len(orders) == 6 * 8  # all orders and strands


def test_a_fraction_of_zero_plants_nothing_and_others_stay_where_they_were():
    motifs = {
        "a": {"word": "AAWAAA", "fraction": 0.5},
        "c": {"word": "CCCAAA", "fraction": 0.0},
    }
    codes = np.full((400, 30), ord("N"), np.uint8)
    plant_motifs(codes, motifs, 2)
    held = (codes != ord("N")).sum(axis=1)
    assert set(held) == {0, 6}
    assert 150 < (held == 6).sum() < 250
    words = {bytes(row[row != ord("N")]).decode() for row in codes[held == 6]}
    assert words == {"AAAAAA", "AATAAA", "TTTTTT", "TTTATT"}
    starts = np.argmax(codes[held == 6] != ord("N"), axis=1)
    assert (starts.min(), starts.max()) == (0, 24)


def test_a_place_where_both_strands_match_is_one_site():
    codes = np.array([list(b"TACGTACCT"), list(b"AGGTAAAAA")], np.uint8)
    rows, starts, reverse = find_sites(codes, "ACGT")
    assert (rows.tolist(), starts.tolist(), reverse.tolist()) == ([0], [1], [False])
    rows, starts, reverse = find_sites(codes, "ACCT")
    assert (rows.tolist(), starts.tolist(), reverse.tolist()) == ([0, 1], [5, 0], [False, True])
