"""Each picture of single spans is drawn of the spans, by the method and the motifs it names."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from panels import LENGTH, make_arrays, make_sites

from cisfuse.figures.explained_spans import DRAWINGS, ExplainedSpans, aligned_means, draw
from cisfuse.figures.saliency import span_maps
from cisfuse.figures.style import save_figure
from cisfuse.interpretation.figures import FIGURES, NEED_MOTIFS

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"
MOTIF = "TGACTCA"


@pytest.fixture
def explained():
    """Two true positives of test, and one of train; the first and the last hold the motif."""
    arrays = make_arrays()
    arrays["deletion"] = arrays["gradient"] / 4
    arrays["logits"] = np.array([1.0, 2.0, 3.0])
    site = np.frombuffer(MOTIF.encode(), np.uint8)
    arrays["sequences"][0, 10 : 10 + len(site)] = site
    arrays["sequences"][2, 10 : 10 + len(site)] = site
    spans = pd.DataFrame(
        {
            "name": [f"span-{row}" for row in range(3)],
            "chrom": "chr22",
            "start": 1000,
            "end": 1000 + LENGTH,
            "split": ["test", "test", "train"],
            "logit": arrays["logits"],
            "accessibility": [0.5, 0.25, 0.75],
            "outcome": "true_positive",
            "role": "positive",
        }
    )
    return ExplainedSpans(
        *(spans, make_sites(), arrays),
        threshold=0.5,
        median=0.4,
        reach=5,
        method="gradient",
        motifs=[MOTIF, "GGGGGGGGGGGG"],
        top=6,
        flank=3,
    )


def test_every_figure_of_the_registry_is_drawn():
    by_group = {}
    for figure in FIGURES:
        by_group.setdefault(figure.group, set()).add(figure.name)
    assert set(DRAWINGS) == by_group.pop("saliency")
    for group, names in by_group.items():
        adapter = (SCRIPTS / f"plot_{group}.py").read_text(encoding="utf-8")
        assert names == {name for name in names if f", output.{name})" in adapter}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_picture_is_drawn(explained, tmp_path, name):
    figure, lines = DRAWINGS[name](explained, "fusion_cnn, simulated data")
    save_figure(figure, tmp_path / "figure.png")
    svg = (tmp_path / "figure.svg").read_text()
    assert "fusion_cnn, simulated data" in svg
    assert lines
    assert name in ("aligned_mean", lines[0].partition(":")[0])


def test_panels_are_those_of_the_rows_by_the_method(explained):
    panels = explained.panels(np.array([2, 1]), "deletion")
    for row, panel in zip((2, 1), panels, strict=True):
        span = explained.spans.iloc[row]
        expected = span_maps(explained.maps, row, "deletion", span, explained.sites, 5)
        np.testing.assert_array_equal(panel.projection, expected.projection)
        assert panel.margin == 5


def test_galleries_say_how_many_spans_they_show(explained):
    assert DRAWINGS["true_positives"](explained, "x")[1] == ["true_positives: 2 spans drawn"]
    assert DRAWINGS["false_positives"](explained, "x")[1] == ["false_positives: 0 spans drawn"]
    one = replace(explained, top=1)
    assert DRAWINGS["true_positives"](one, "x")[1] == ["true_positives: 1 spans drawn"]


def test_means_are_over_bound_spans_of_test_alone(explained):
    _, lines = DRAWINGS["aligned_mean"](explained, "x")
    assert lines[0].startswith(f"{MOTIF}: 1 bound spans of test, spelt ")
    assert lines[1] == "GGGGGGGGGGGG: in no bound span of test"
    table = aligned_means(explained)
    means = table[(table["motif"] == MOTIF) & (table["attribution"] == "hypothetical")]
    expected = explained.maps["gradient"][0, 7 : 10 + len(MOTIF) + 3]
    np.testing.assert_allclose(means[list("ACGT")].to_numpy(), expected, rtol=1e-6)
    assert means["position"].tolist() == list(range(-3, len(MOTIF) + 3))
    assert (means["spans"] == 1).all()


def test_a_study_without_bound_spans_has_its_pictures(explained):
    spans = explained.spans.assign(role="background", outcome="true_negative")
    none = replace(explained, spans=spans)
    assert DRAWINGS["deletion"](none, "x")[1] == [
        "deletion: largest changes of the probability none"
    ]
    assert (aligned_means(none)["spans"] == 0).all()


def test_without_motifs_a_sentence_stands_for_the_pictures_that_need_them(explained, tmp_path):
    note = "No motif is planted or looked for, since JASPAR has no matrix of EP300."
    without = replace(explained, motifs=[], note=note)
    for name in DRAWINGS:
        figure, lines = draw(name, without, "fusion_cnn, simulated data")
        save_figure(figure, tmp_path / f"{name}.png")
        svg = (tmp_path / f"{name}.svg").read_text()
        assert "fusion_cnn, simulated data" in svg
        assert (note in svg) == (name in NEED_MOTIFS)
        assert (lines == [f"{name}: {note}"]) == (name in NEED_MOTIFS)
    table = aligned_means(without)
    assert table.columns.tolist() == aligned_means(explained).columns.tolist()
    assert table.empty
    _, lines = draw("aligned_mean", explained, "x")
    assert lines == DRAWINGS["aligned_mean"](explained, "x")[1]
