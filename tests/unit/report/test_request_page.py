"""The page of requests says what the numbers are, needs no other file, and is sound HTML."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from requested_rows import PLACE, make_rows

from cisfuse.dna.matrices import choose_matrices
from cisfuse.interpretation.request_effects import Calling, changed_sites
from cisfuse.report.pages import Figure as Picture
from cisfuse.report.pages import render
from cisfuse.report.request_page import view_request, with_sign

TEMPLATE = Path(__file__).resolve().parents[3] / "workflow" / "report" / "requested.html.j2"
CALLING = Calling(threshold=1.5, median=0.4)
PICTURE = Picture("data:image/png;base64,AAAA", "a <picture>", "")
VOID = {"meta", "img", "br"}


def make_span(label: int = 1, splits: str = "test") -> pd.DataFrame:
    row = make_rows("TGACTCA", 10, "T").iloc[[0]].copy()
    row["request"], row["allele"], row["place"] = "chr1:1,000-1,031", "span", -1
    row["label"], row["splits"] = label, splits
    return row


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


def test_bases_are_known_to_a_model_of_another_sample_by_the_spans_of_that_one():
    def known_as(*arguments):
        view = view_request(make_span(1, "train"), np.zeros(1), None, None, *arguments)
        return dict(view.facts)["Known as"]

    own = "a span of the study (train), bound"
    assert known_as(CALLING, PICTURE, ("k562", "test")) == own
    seen = f"{own}; the model was trained on these bases in k562"
    assert known_as(CALLING, PICTURE, ("k562", "train,valid")) == seen


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
    assert view.alleles[1][3] == with_sign(logits[1] - logits[0])
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


def test_numbers_have_true_minus_signs():
    assert with_sign(1.234) == "+1.23"
    assert with_sign(-0.5) == "\u22120.50"
    assert with_sign(0.0) == "+0.00"
