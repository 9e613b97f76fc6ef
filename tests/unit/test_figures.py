"""Saliency maps are written twice alike, say what they show, and bear having none to show."""

import warnings

import numpy as np
import pandas as pd
import pytest

from cisfuse.figures import save_figure
from cisfuse.motifs import MotifHits, align_on_hits
from cisfuse.saliency_figures import aligned_table, plot_aligned_mean, plot_saliency_maps

LENGTH = 40
FLANK = 5


def make_maps(count: int = 3) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    generator = np.random.default_rng(2)
    maps = {
        "sequences": generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH)),
        "sequence_gradient": generator.normal(size=(count, LENGTH, 4)).astype(np.float32),
        "accessibility_gradient": generator.normal(size=count).astype(np.float32),
        "accessibility_transformed": generator.normal(size=count).astype(np.float32),
    }
    spans = pd.DataFrame(
        {
            "name": [f"chr22:{1000 * row}-{1000 * row + LENGTH}" for row in range(count)],
            "label": [1, 0, 1][:count],
            "accessibility": [0.5, 0.25, 2.0][:count],
            "logit": [3.14159, -2.5, 0.0][:count],
        }
    )
    return maps, spans


def make_means() -> dict[str, dict[str, np.ndarray]]:
    maps, _ = make_maps()
    hits = MotifHits(np.array([0, 1]), np.array([2, 20]), np.array([False, True]))
    none = MotifHits(np.zeros(0, int), np.zeros(0, int), np.zeros(0, bool))
    return {
        motif: {
            name: align_on_hits(maps["sequence_gradient"], found, len(motif), FLANK)
            for name in ("gradient", "gradient_times_input")
        }
        for motif, found in [("TGACTCA", hits), ("TGACGTCA", none)]
    }


def draw_saliency(rows: list[int]):
    maps, spans = make_maps()
    return plot_saliency_maps(maps, spans, np.array(rows, int), "JUND in HepG2")


FIGURES = {
    "saliency": (
        lambda: draw_saliency([2, 0]),
        [
            "(logits)",
            "chr22:2000-2040",
            "logit 3.14",
            "accessibility 0.5",
            "Position (bp, 0-based)",
            "2,020",
        ],
    ),
    "no_spans": (lambda: draw_saliency([]), ["no such span in this sample"]),
    "aligned": (
        lambda: plot_aligned_mean(make_means(), FLANK, "JUND in HepG2"),
        [
            "TGACTCA (shaded), 2 spans",
            "TGACGTCA: in no positive span of test",
            "first base (bp)",
            "(logits)",
        ],
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_what_they_show_and_two_writes_are_alike(tmp_path, name):
    draw, words = FIGURES[name]
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            save_figure(draw(), folder / f"{name}.png")
        contents.append([(folder / f"{name}{end}").read_bytes() for end in (".png", ".svg")])
    png, svg = contents[0]
    assert contents[0] == contents[1]
    assert png.startswith(b"\x89PNG")
    for word in ["JUND in HepG2", *words]:
        assert word in svg.decode(), word


def test_a_model_without_any_gradient_is_drawn_without_a_warning(tmp_path):
    maps, spans = make_maps()
    flat = {name: values * 0 if "gradient" in name else values for name, values in maps.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        save_figure(plot_saliency_maps(flat, spans, np.array([0]), "title"), tmp_path / "flat.png")
    assert (tmp_path / "flat.svg").is_file()


def test_aligned_means_equal_a_loop():
    means = make_means()
    for motif, aligned in means.items():
        table = aligned_table(motif, aligned, FLANK)
        width = len(motif) + 2 * FLANK
        assert len(table) == 2 * width
        assert set(table["motif"]) == {motif}
        for name, windows in aligned.items():
            part = table[table["attribution"] == name].reset_index(drop=True)
            assert part["position"].tolist() == list(range(-FLANK, width - FLANK))
            for position in range(width):
                rows = [row for row in windows[:, position] if not np.isnan(row).any()]
                assert part.loc[position, "spans"] == len(rows)
                expected = np.mean(rows, axis=0) if rows else np.zeros(4)
                np.testing.assert_allclose(part.loc[position, list("ACGT")].astype(float), expected)
    assert aligned_table("TGACTCA", means["TGACTCA"], FLANK)["spans"].min() == 1
