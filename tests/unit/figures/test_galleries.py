"""A gallery takes the right spans in the right order, and says when there is none."""

import numpy as np
import pandas as pd
import pytest
from panels import make_maps

from cisfuse.figures.galleries import GALLERIES, choose_rows, heading_of, plot_gallery
from cisfuse.figures.style import save_figure


def make_spans(count: int = 400) -> pd.DataFrame:
    generator = np.random.default_rng(5)
    outcomes = ["true_positive", "false_positive", "false_negative", "true_negative"]
    table = pd.DataFrame(
        {
            "split": generator.choice(["test", "train"], count),
            "logit": generator.normal(size=count).round(1),
            "outcome": generator.choice(outcomes, count),
            "role": "background",
        }
    )
    table.loc[(table["outcome"] == "true_negative") & (table.index % 2 == 0), "role"] = (
        "closed_motif"
    )
    return table


@pytest.mark.parametrize("name", GALLERIES)
def test_rows_equal_a_sort(name):
    spans, gallery = make_spans(), GALLERIES[name]
    wanted = []
    for row, span in spans.iterrows():
        value = span["role"] if name == "closed_motifs" else span["outcome"]
        if span["split"] == "test" and value == name.removesuffix("s"):
            wanted.append((-span["logit"] if name != "false_negatives" else span["logit"], row))
    assert len(wanted) > 10
    expected = [row for _, row in sorted(wanted)]
    assert choose_rows(spans, gallery, 6).tolist() == expected[:6]
    assert choose_rows(spans, gallery, 1000).tolist() == expected
    assert choose_rows(spans.iloc[:0], gallery, 6).tolist() == []


def test_a_heading_names_the_facts():
    span = pd.Series(
        {"name": "chr22:1-102", "chrom": "chr22", "outcome": "false_negative", "logit": 0.125}
    )
    span["accessibility"] = 0.5
    words = heading_of(span, 1.25, 0.4)
    for word in ("chr22:1-102 (+)", "false negative", "0.12", "1.25", "accessibility 0.5", "0.4"):
        assert word in words


def test_the_heading_of_a_labelled_sequence_has_no_strand_and_no_accessibility():
    span = pd.Series({"name": "seq-7", "chrom": "seq-7", "outcome": "true_positive", "logit": 2.0})
    words = heading_of(span, 1.25, None)
    assert words == "seq-7    true positive    logit 2.00 (called from 1.25)"
    nothing = heading_of(span.replace(2.0, -0.001), -0.004, None)
    assert nothing == "seq-7    true positive    logit 0.00 (called from 0.00)"


def test_panels_of_a_gallery_share_their_scale(tmp_path):
    panels = [make_maps(row) for row in range(3)]
    gallery = GALLERIES["true_positives"]
    figure = plot_gallery(gallery, panels, ["one", "two", "three"], "JUND, simulated data")
    letters = [part.axes[0] for part in figure.subfigs[1:]]
    assert len({axes.get_ylim() for axes in letters}) == 1
    save_figure(figure, tmp_path / "gallery.png")
    svg = (tmp_path / "gallery.svg").read_text()
    for word in (gallery.heading, "JUND, simulated data", "one", "two", "three"):
        assert word in svg


@pytest.mark.parametrize("name", GALLERIES)
def test_an_empty_gallery_is_a_sentence(tmp_path, name):
    gallery = GALLERIES[name]
    save_figure(plot_gallery(gallery, [], [], "JUND"), tmp_path / "empty.png")
    assert gallery.empty in (tmp_path / "empty.svg").read_text()
