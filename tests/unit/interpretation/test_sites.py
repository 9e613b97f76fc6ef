"""Sites on spans agree with loops."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.dna.matrices import choose_matrices, log_odds, matches
from cisfuse.interpretation.sites import (
    COLUMNS,
    known_sites,
    matrix_sites,
    missed_words,
    planted_sites,
    sites_on_spans,
)


def make_spans() -> pd.DataFrame:
    starts = np.array([100, 201, 302, 50])
    table = pd.DataFrame({"chrom": ["chr1", "chr1", "chr1", "chr2"], "start": starts})
    table["end"] = table["start"] + 101
    table["name"] = [f"{row.chrom}:{row.start}-{row.end}" for row in table.itertuples()]
    return table


def make_sites() -> pd.DataFrame:
    generator = np.random.default_rng(6)
    starts = generator.integers(0, 500, 60)
    chrom = generator.choice(["chr1", "chr2", "chr3"], 60)
    table = pd.DataFrame({"chrom": chrom, "start": starts})
    table["end"] = starts + generator.integers(1, 40, 60)
    table["site"], table["score"], table["strand"] = "S", np.arange(60.0), "+"
    return table


def test_known_sites_equal_a_loop():
    spans, sites = make_spans(), make_sites()
    expected = set()
    for span in spans.itertuples():
        for site in sites.itertuples():
            if site.chrom == span.chrom and site.start < span.end and site.end > span.start:
                expected.add((span.name, site.start, site.end, site.score))
    found = known_sites(sites, spans)
    assert list(found.columns) == COLUMNS
    columns = ("name", "start", "end", "score")
    assert set(zip(*(found[column] for column in columns), strict=True)) == expected
    assert len(found) == len(expected) > 10
    assert set(found["source"]) == {"known"}


def test_sites_that_all_lie_elsewhere_are_told():
    spans, sites = make_spans(), make_sites()
    assert missed_words("s.bed", sites, spans) == ""
    assert missed_words("s.bed", sites.iloc[:0], spans) == ""
    start = "s.bed: none of its 60 sites lies on an explained span; "
    named = missed_words("s.bed", sites.assign(chrom="1"), spans)
    assert named == start + "its first column has '1', the spans have 'chr1'"
    far = sites.assign(start=sites["start"] + 9000, end=sites["end"] + 9000)
    assert missed_words("s.bed", far, spans) == start + "check their positions, which count from 0"


def test_a_site_beside_a_span_is_not_on_it():
    spans = make_spans().iloc[:1]
    sites = pd.DataFrame(
        {"chrom": "chr1", "start": [90, 201, 99, 200], "end": [100, 210, 101, 205]}
    )
    sites = sites.assign(site="S", score=0.0, strand=".")
    assert known_sites(sites, spans)["start"].tolist() == [99, 200]


def test_there_may_be_no_site():
    spans = make_spans()
    assert known_sites(make_sites().iloc[:0], spans).empty
    assert matrix_sites(np.full((4, 101), ord("A"), np.uint8), spans, []).empty


@pytest.fixture(scope="module")
def motif():
    return choose_matrices("JUND", ["MA0491.3"])[0]


def random_sequences(count: int) -> np.ndarray:
    generator = np.random.default_rng(8)
    sequences = generator.choice(
        np.frombuffer(b"ACGTN", np.uint8), (count, 101), p=[0.24] * 4 + [0.04]
    )
    sequences[::3, 40:47] = np.frombuffer(b"TGACTCA", np.uint8)
    return sequences


def test_matches_equal_a_loop_over_windows(motif):
    sequences = random_sequences(60)
    matrix = log_odds(motif)
    rows, starts, reverse, scores = matches(sequences, motif)
    found = set(zip(rows, starts, reverse, strict=True))
    every = []
    for row, start in np.ndindex(60, 102 - len(matrix)):
        window = sequences[row, start : start + len(matrix)].tobytes().decode()
        if "N" in window:
            assert not {(row, start, False), (row, start, True)} & found
            continue
        partner = window[::-1].translate(str.maketrans("ACGT", "TGCA"))
        for strand, text in ((False, window), (True, partner)):
            score = sum(matrix[place, "ACGT".index(base)] for place, base in enumerate(text))
            every.append((score, (row, start, strand)))
    threshold = scores.min()
    assert found == {place for score, place in every if score >= threshold - 1e-4}
    assert set(reverse) == {False, True}
    assert len(found) > 20


def test_the_threshold_is_a_p_value_of_random_windows(motif):
    """Of all words of random bases, drawn at random, one in ten thousand or fewer matches."""
    generator = np.random.default_rng(9)
    sequences = generator.choice(np.frombuffer(b"ACGT", np.uint8), (4000, 101))
    for p_value in (1e-3, 1e-4):
        hits = len(matches(sequences, motif, p_value)[0])
        windows = 2 * 4000 * (102 - motif.length)
        assert hits < 1.2 * p_value * windows
    assert len(matches(sequences, motif, 1e-3)[0]) > 0.3 * 1e-3 * windows


def test_a_span_shorter_than_the_matrix_has_no_match(motif):
    assert all(len(part) == 0 for part in matches(random_sequences(3)[:, :5], motif))


def test_overlapping_matches_give_way_to_the_best(motif):
    spans = make_spans().iloc[:1]
    text = b"A" * 40 + b"GATGACTCATC" + b"A" * 50
    sequences = np.frombuffer(text, np.uint8)[None]
    rows, starts, reverse, scores = matches(sequences, motif)
    assert len(rows) == 2  # the site is nearly its own reverse complement
    assert starts.tolist() == [41, 41]
    found = matrix_sites(sequences, spans, [motif, motif])
    assert len(found) == 1
    assert found.loc[0, ["start", "end", "site", "source"]].tolist() == [
        *(100 + starts[0], 100 + starts[0] + motif.length, "JUND", "matrix")
    ]
    assert found.loc[0, "score"] == pytest.approx(scores.max())
    assert found.loc[0, "strand"] == ("-" if reverse[scores.argmax()] else "+")


def test_planted_motifs_are_known_sites_on_the_given_strand():
    spans = pd.DataFrame({"name": ["a", "b", "c"], "start": [0, 0, 100]})
    bases = [b"ACGTGGAA", b"TTTTTTTT", b"GGACGTGG"]
    sequences = np.array([list(row) for row in bases], np.uint8)
    found = planted_sites(sequences, spans, ["GG", "TTCC"])
    assert found[["name", "start", "end", "site"]].to_numpy().tolist() == [
        ["a", 4, 6, "GG"],
        ["c", 100, 102, "GG"],
        ["c", 106, 108, "GG"],
    ]
    assert set(found["source"]) == {"known"}
    assert set(found["strand"]) == {"+"}
    assert list(found.columns) == COLUMNS


def test_all_sites_stand_in_one_table():
    spans = make_spans()
    sequences = np.random.default_rng(1).choice(np.frombuffer(b"ACGT", np.uint8), (4, 101))
    matrices = choose_matrices("JUND", [])
    sequences[1, 50:59] = np.frombuffer(b"ATGACTCAT", np.uint8)
    matched = matrix_sites(sequences, spans, matrices)
    assert len(matched)
    pd.testing.assert_frame_equal(sites_on_spans(sequences, spans, matrices), matched)
    known, planted = known_sites(make_sites(), spans), planted_sites(sequences, spans, ["TGACTCA"])
    found = sites_on_spans(sequences, spans, matrices, known=make_sites(), planted=["TGACTCA"])
    expected = pd.concat([planted, known, matched], ignore_index=True)
    pd.testing.assert_frame_equal(found, expected)
