"""Each figure of an explained model has its words, its caption and its place, in one entry."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from cisfuse.interpretation.figures import FIGURES, Group, Section, figures_of, on_page

ROOT = Path(__file__).resolve().parents[3]
NAMES = [figure.name for figure in FIGURES]
OF_SPANS = ("sequence", "accessibility")


@pytest.mark.parametrize("figure", FIGURES, ids=NAMES)
def test_a_figure_has_a_caption_in_the_report_and_words_on_the_page(figure):
    caption = (ROOT / "workflow" / "report" / f"{figure.name}.rst").read_text(encoding="utf-8")
    assert len(caption.split()) > 10
    assert figure.group in get_args(Group)
    assert figure.section in get_args(Section)
    assert (ROOT / "workflow" / "scripts" / f"plot_{figure.group}.py").is_file()
    for words in figure.words("span"):
        assert words.endswith(".")
        assert not re.search("[{}]", words)


def test_names_and_places_are_taken_once():
    assert len(set(NAMES)) == len(FIGURES)
    assert len({(figure.section, figure.rank) for figure in FIGURES}) == len(FIGURES)


def test_words_call_an_example_by_its_name():
    for figure in FIGURES:
        of_spans, of_sequences = figure.words("span"), figure.words("sequence")
        replaced = tuple(re.sub(r"\bspan(s?)\b", r"sequence\1", words) for words in of_spans)
        assert replaced == of_sequences
    margins = next(figure for figure in FIGURES if figure.name == "margins")
    assert margins.words("sequence")[0] == "The ends of a sequence."


def test_a_study_has_the_figures_of_its_features_and_methods():
    assert list(figures_of(OF_SPANS, ["deletion"])) == NAMES
    assert set(NAMES) - set(figures_of(OF_SPANS, ["gradient"])) == {"deletion"}
    without = set(NAMES) - set(figures_of(["sequence"], ["deletion"]))
    assert without == {"accessibility", "closed_motifs"}


def test_the_page_shows_every_figure_once_in_its_order():
    shown = [figure.name for section in get_args(Section) for figure in on_page(NAMES, section)]
    assert sorted(shown) == sorted(NAMES)
    assert [figure.name for figure in on_page(NAMES, "examples")] == [
        *("accessibility", "true_positives", "deletion", "closed_motifs", "false_positives"),
        *("false_negatives", "aligned_mean"),
    ]
    assert [figure.name for figure in on_page({"filters", "margins"}, "model")] == [
        *("margins", "filters"),
    ]


def test_the_rules_read_them_without_loading_anything_heavy():
    heavy = ("numpy", "pandas", "matplotlib", "keras", "tensorflow")
    lines = (
        f"import sys, cisfuse.interpretation.figures as _; print(*set({heavy}) & set(sys.modules))"
    )
    environment = {"PYTHONPATH": str(ROOT / "workflow" / "scripts")}
    found = subprocess.run(
        [sys.executable, "-c", lines], env=environment, capture_output=True, text=True, check=True
    )
    assert not found.stdout.strip()
