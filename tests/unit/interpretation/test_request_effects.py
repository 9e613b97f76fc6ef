"""Calls of requests are those at the threshold, and changes of sites those of their scores."""

import numpy as np
import pandas as pd
import pytest
from requested_rows import PLACE, make_rows

from cisfuse.dna.matrices import choose_matrices, log_odds
from cisfuse.dna.sequences import BASES
from cisfuse.interpretation.request_effects import (
    Calling,
    changed_sites,
    contributions_of,
    sites_on_requests,
)

CALLING = Calling(threshold=1.5, median=0.4)


def bits(sequence: str, motif) -> float:
    """The score of a window, base by base."""
    odds = log_odds(motif)
    return float(sum(odds[i, BASES.index(ord(base))] for i, base in enumerate(sequence)))


def test_a_match_is_lost_gained_or_of_another_score():
    motif = choose_matrices("JUND", [])[0]
    rows = make_rows("ATGACTCAT", PLACE - 1, "C")
    lost = changed_sites(rows, [motif]).iloc[0]
    assert lost["change"] == "lost"
    assert (lost["start"], lost["end"], lost["strand"]) == (1014, 1023, "+")
    assert lost["reference"] == pytest.approx(bits("ATGACTCAT", motif), abs=1e-3)
    assert lost["alternative"] == pytest.approx(bits("ACGACTCAT", motif), abs=1e-3)
    gained = changed_sites(rows.iloc[::-1], [motif]).iloc[0]
    assert gained["change"] == "gained"
    assert gained["alternative"] == lost["reference"]
    # Of the last T less depends.
    rows = make_rows("ATGACTCAT", PLACE - 8, "C")
    assert changed_sites(rows, [motif])["change"].tolist() == ["weakened"]
    assert changed_sites(rows.iloc[::-1], [motif])["change"].tolist() == ["strengthened"]
    assert changed_sites(rows.iloc[[0, 0]], [motif])["change"].tolist() == ["as before"]


def test_matches_on_the_other_strand_have_its_score():
    motif = choose_matrices("JUND", [])[1]
    site = "ATGACGTCATC"  # reverse complement of GATGACGTCAT
    found = changed_sites(make_rows(site, PLACE - 3, "T"), [motif]).iloc[0]
    scores = {"+": bits(site, motif), "-": bits("GATGACGTCAT", motif)}
    assert found["strand"] == max(scores, key=scores.get)
    assert found["reference"] == pytest.approx(max(scores.values()), abs=1e-3)


def test_matches_beside_the_variant_do_not_count():
    found = changed_sites(make_rows("ATGACTCAT", PLACE + 1, "T"), choose_matrices("JUND", []))
    assert found.empty
    assert changed_sites(make_rows("ATGACTCAT", 3, "T"), []).empty


@pytest.mark.parametrize(
    ("logit", "label", "words"),
    [
        (1.5, 1, "called bound, a true positive"),
        (1.49, 1, "called unbound, a false negative"),
        (1.5, 0, "called bound, a false positive"),
        (-3, 0, "called unbound, a true negative"),
        (2, -1, "called bound"),
        (-2, -1, "called unbound"),
    ],
)
def test_calls_are_those_at_the_threshold(logit, label, words):
    assert CALLING.word(logit, label) == words


def test_a_model_without_accessibility_has_no_contribution_of_it():
    arrays = {"mutagenesis_accessibility": np.zeros(3)}
    assert contributions_of(arrays, "mutagenesis") is None
    arrays["mutagenesis_accessibility"][1] = 0.5
    assert contributions_of(arrays, "mutagenesis")[1] == 0.5


def test_sites_lie_on_the_allele_that_holds_them():
    motif = choose_matrices("JUND", [])[0]
    rows = make_rows("ATGACTCAT", PLACE - 1, "C")
    found = sites_on_requests(rows, [motif], None)
    assert found["name"].tolist() == ["row 0"]
    assert (found["start"].tolist(), found["end"].tolist()) == ([1014], [1023])
    known = pd.DataFrame(
        {"chrom": ["chr1", "chr2"], "start": [1010, 1010], "end": [1020, 1020], "strand": "+"}
    ).assign(site="AP1", score=1.0)
    both = sites_on_requests(rows, [motif], known)
    assert both["source"].tolist() == ["known", "known", "matrix"]
    assert both["name"].tolist() == ["row 0", "row 1", "row 0"]
