"""The page of requests says what the numbers are, needs no other file, and is sound HTML."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cisfuse.dna.matrices import choose_matrices, log_odds
from cisfuse.dna.sequences import BASES
from cisfuse.figures.saliency import SpanMaps
from cisfuse.interpretation.request_windows import COLUMNS
from cisfuse.report.pages import Figure as Picture
from cisfuse.report.pages import render
from cisfuse.report.request_page import (
    Calling,
    changed_sites,
    contributions_of,
    draw_request,
    panel_heading,
    plain,
    signed,
    view_request,
)

TEMPLATE = Path(__file__).resolve().parents[3] / "workflow" / "report" / "requested.html.j2"
CALLING = Calling(threshold=1.5, median=0.4)
PICTURE = Picture("data:image/png;base64,AAAA", "a <picture>", "")
LENGTH, START, PLACE = 31, 1000, 15
VOID = {"meta", "img", "br"}


def make_rows(site: str, at: int, alternative: str) -> pd.DataFrame:
    """A variant at `PLACE` of a window of C and A that holds a site from ``at`` on."""
    letters = list(("CA" * LENGTH)[:LENGTH])
    letters[at : at + len(site)] = site
    changed = [*letters[:PLACE], alternative, *letters[PLACE + 1 :]]
    values = {
        **{"request": f"chr1:1016:{letters[PLACE]}>{alternative}", "name": "chr1:1000-1031"},
        **{"chrom": "chr1", "start": START, "end": START + LENGTH, "place": PLACE},
        **{"accessibility": 2.0, "label": -1, "splits": ""},
    }
    rows = [
        {**values, "allele": "reference", "sequence": "".join(letters)},
        {**values, "allele": "alternative", "sequence": "".join(changed)},
    ]
    return pd.DataFrame(rows)[COLUMNS]


def make_span(label: int = 1, splits: str = "test") -> pd.DataFrame:
    row = make_rows("TGACTCA", 10, "T").iloc[[0]].copy()
    row["request"], row["allele"], row["place"] = "chr1:1,000-1,031", "span", -1
    row["label"], row["splits"] = label, splits
    return row


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


def test_a_span_in_words():
    view = view_request(make_span(), np.array([2.5]), np.array([0.75]), None, CALLING, PICTURE)
    assert view.kind == "span"
    assert view.verdict == "Logit 2.50: called bound, a true positive."
    facts = dict(view.facts)
    assert facts["Window"] == "chr1:1000-1031 (0-based, half-open), 31 bp"
    assert facts["Known as"] == "a span of the study (test), bound"
    assert facts["Accessibility"] == "2 (median of train 0.4)"
    assert facts["Contribution of accessibility"] == "+0.75 logits against that median"
    assert view.alleles == view.sites == []


@pytest.mark.parametrize(
    ("label", "splits", "words"),
    [
        (0, "valid", "a span of the study (valid), not bound"),
        (1, "train", "a span of the study (train), bound; the model was trained on these bases"),
        (-1, "test", "no span of the study itself; overlaps spans of test"),
        (
            *(-1, "train,test"),
            "no span of the study itself; overlaps spans of train, test; the model was trained "
            "on these bases",
        ),
        (-1, "", "no span of the study, nor does it overlap one"),
    ],
)
def test_what_the_study_knows_of_a_window(label, splits, words):
    rows = make_span(label, splits)
    view = view_request(rows, np.array([0.0]), None, None, CALLING, PICTURE)
    assert dict(view.facts)["Known as"] == words
    assert "Contribution of accessibility" not in dict(view.facts)


@pytest.mark.parametrize(
    ("logits", "words"),
    [
        (
            [2.0, -1.0],
            "lowers the logit by 3.00, from 2.00 to \u22121.00; called bound turns called unbound.",
        ),
        (
            [-2.0, -1.0],
            "raises the logit by 1.00, from \u22122.00 to \u22121.00; the span stays called "
            "unbound.",
        ),
        (
            [2.0, 2.001],
            "leaves the logit as it is, from 2.00 to 2.00; the span stays called bound.",
        ),
    ],
)
def test_a_variant_in_words(logits, words):
    rows = make_rows("ATGACTCAT", PLACE - 1, "C")
    sites = changed_sites(rows, choose_matrices("JUND", [])[:1])
    view = view_request(rows, np.array(logits), np.zeros(2), sites, CALLING, PICTURE)
    assert view.verdict == f"C in place of T at chr1:1,016 {words}"
    assert [row[:2] for row in view.alleles] == [["reference", "T"], ["alternative", "C"]]
    assert view.alleles[0][3] == ""
    assert view.alleles[1][3] == signed(logits[1] - logits[0])
    assert view.sites[0][:2] == ["JUND (MA0491.3)", "chr1:1014-1023 (+)"]
    assert view.sites[0][-1] == "lost"


class Checker(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.addresses, self.ids = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.addresses += [attributes[key] for key in ("src", "href") if key in attributes]
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def render_views(views, simulated=True) -> Checker:
    page = render(
        TEMPLATE,
        study="a_study",
        model="fusion_cnn",
        place="JUND in <HepG2>",
        simulated=simulated,
        method="mutagenesis",
        threshold=1.5,
        threshold_f1=0.6,
        reach=15,
        reads_accessibility=simulated,
        views=views,
        version="9.9",
    )
    assert "<script" not in page
    assert "url(" not in page
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    return checker


def test_the_page_is_sound_and_holds_everything():
    rows = make_rows("ATGACTCAT", PLACE - 1, "C")
    sites = changed_sites(rows, choose_matrices("JUND", [])[:1])
    views = [
        view_request(make_span(), np.array([2.5]), None, None, CALLING, PICTURE),
        view_request(rows, np.array([2.0, 1.0]), None, sites, CALLING, PICTURE),
        view_request(rows, np.array([2.0, 0.5]), None, sites[:0], CALLING, PICTURE),
    ]
    checker = render_views(views)
    text = re.sub(r"\s+", " ", " ".join(checker.text))
    for view in views:
        assert text.count(view.verdict) == 2  # at a glance, and where it belongs
        assert view.text in text
    assert "simulated data" in text
    assert "JUND in <HepG2>" in text
    assert "1.50 or more is called bound" in text
    assert "No matrix of the factor matches" in text
    inside = [address for address in checker.addresses if address.startswith("#")]
    assert [address[1:] for address in inside] == checker.ids
    others = set(checker.addresses) - set(inside)
    assert others == {PICTURE.source}
    assert "Both alleles have the accessibility" in text
    text = " ".join(render_views(views[:2], simulated=False).text)
    assert "Both alleles have the accessibility" not in text
    assert "simulated" not in text
    assert "At a glance" not in text


def test_a_variant_is_drawn_as_two_panels_on_one_scale():
    rows = make_rows("ATGACTCAT", PLACE - 1, "C")
    generator = np.random.default_rng(0)
    none = pd.DataFrame(columns=["name", "start", "end", "strand", "site", "score", "source"])
    panels = [
        SpanMaps(
            *("chr1", START, np.frombuffer(text.encode(), np.uint8)),
            *(scale * generator.normal(size=LENGTH), generator.normal(size=(LENGTH, 4)), none),
            place=PLACE,
        )
        for text, scale in zip(rows["sequence"], (1, 5), strict=True)
    ]
    headings = [panel_heading(row, 2.0, CALLING) for _, row in rows.iterrows()]
    assert "reference T" in headings[0]
    assert "alternative C" in headings[1]
    figure = draw_request(panels, headings, "chr1:1016:T>C", "fusion_cnn, simulated data")
    assert isinstance(figure, Figure)
    assert [text.get_text() for text in figure.texts] == [
        "chr1:1016:T>C\nfusion_cnn, simulated data"
    ]
    letters = [axes for axes in figure.axes if axes.get_ylabel().startswith("contribution")]
    assert len(letters) == 2
    assert letters[0].get_ylim() == letters[1].get_ylim()


def test_numbers_have_true_minus_signs():
    assert plain(-1.234) == "\u22121.23"
    assert plain(np.nan) == ""
    assert signed(1.234) == "+1.23"
    assert signed(-0.5) == "\u22120.50"


def test_a_model_without_accessibility_has_no_contribution_of_it():
    arrays = {"mutagenesis_accessibility": np.zeros(3)}
    assert contributions_of(arrays, "mutagenesis") is None
    arrays["mutagenesis_accessibility"][1] = 0.5
    assert contributions_of(arrays, "mutagenesis")[1] == 0.5
