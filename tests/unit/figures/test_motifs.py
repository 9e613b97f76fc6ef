"""Matrices are laid on patterns as they belong; tables without rows become sentences."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.figures import motifs as motif_figures
from cisfuse.figures.motifs import place_on, plot_filters, plot_motifs
from cisfuse.figures.style import save_figure

TITLE = "JUND, simulated data"


def shares_of(word: str) -> np.ndarray:
    """Shares of the bases, (width, 4); N is a quarter of each."""
    rows = {"N": [0.25] * 4}
    rows |= {base: [0.91 if other == base else 0.03 for other in "ACGT"] for base in "ACGT"}
    return np.array([rows[letter] for letter in word])


@pytest.mark.parametrize(
    ("pattern", "target", "expected"),
    [
        ("NNATGACTCATNN", "ATGACTCAT", (False, 2)),
        ("TGACCA", "GGTGACCANN", (False, -2)),
        ("NNTGACCANN", "TGGTCA", (True, 2)),
        ("TGACC", "NNTGGTCA", (True, 0)),
        ("ACGGT", "NACCG", (True, 1)),
        ("AC", "TTTTTTAC", (False, -6)),
    ],
)
def test_a_matrix_lies_where_its_bases_agree(pattern, target, expected):
    assert place_on(shares_of(pattern), shares_of(target)) == expected


def test_the_place_of_a_matrix_equals_a_loop():
    generator = np.random.default_rng(8)
    for _ in range(30):
        pattern = generator.dirichlet(np.full(4, 0.3), generator.integers(4, 15))
        target = generator.dirichlet(np.full(4, 0.3), generator.integers(4, 15))
        scores = {}
        for reverse in (False, True):
            turned = target[::-1, ::-1] if reverse else target
            for offset in range(1 - len(target), len(pattern)):
                scores[reverse, offset] = sum(
                    (pattern[place] - 0.25) @ (turned[place - offset] - 0.25)
                    for place in range(len(pattern))
                    if 0 <= place - offset < len(target)
                )
        assert place_on(pattern, target) == max(scores, key=scores.get)


def make_patterns(count: int) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    rows, arrays = [], {}
    for number in range(1, count + 1):
        matched = number != 2
        rows.append(
            {
                "pattern": number,
                "sign": "positive" if number < 3 else "negative",
                "seqlets": 1000 * number,
                "width": 8,
                "consensus": "VTGACTCAVVVVVVVVVVVV",
                "match_1": "JUND" if matched else "",
                "id_1": "MA0491.3" if matched else "",
                "p_1": 1e-8 if matched else "",
                "q_1": (1e-5, 0.2)[number % 2] if matched else "",
            }
        )
        arrays[f"ppm_{number}"] = shares_of("NTGACTCA").astype(np.float32)
        arrays[f"cwm_{number}"] = shares_of("NTGACTCA").astype(np.float32) - 0.25
    columns = ["pattern", "sign", "seqlets", "width", "consensus"]
    return pd.DataFrame(rows, columns=[*columns, "match_1", "id_1", "p_1", "q_1"]), arrays


def draw_motifs(count: int, note: str = ""):
    matrices = {"MA0491.3": 100 * shares_of("NTGAGTCANN")}
    return plot_motifs(*make_patterns(count), matrices, note, TITLE)


def make_filters(count: int) -> tuple[pd.DataFrame, np.ndarray]:
    counts = np.random.default_rng(9).integers(0, 50, (count, 10, 4)).astype(np.float32)
    counts[1:2] = 0
    rows = [
        (number, int(counts[number - 1].sum()), "FOS" if number == 1 else "", "MA1", 1e-4, 1e-3)
        if number == 1
        else (number, int(counts[number - 1].sum()), "", "", "", "")
        for number in range(1, count + 1)
    ]
    columns = ["filter", "windows", "match", "id", "p", "q"]
    return pd.DataFrame(rows, columns=columns), counts


def test_a_matched_matrix_is_turned_and_lies_under_the_pattern():
    figure = plot_motifs(*make_patterns(1), {"MA0491.3": 100 * shares_of("NNTGAGTCA")}, "", TITLE)
    _, contributions, information, nearest = figure.axes
    # TGAGTCA on the other strand is TGACTCA; N, N hang over the right end.
    assert contributions.get_xlim() == information.get_xlim() == (-0.5, 9.5)
    assert nearest.get_xlim() == (-1.5, 8.5)
    boxes = [patch.get_path().get_extents() for patch in nearest.patches]
    tall = [box for box in boxes if box.height > 0.8]
    assert sorted(round(box.x0 + box.width / 2) for box in tall) == list(range(7))


def test_the_busiest_filters_are_drawn_when_there_are_many(monkeypatch):
    monkeypatch.setattr(motif_figures, "MOST_FILTERS", 4)
    table, counts = make_filters(7)
    figure = plot_filters(table, counts, TITLE)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    drawn = [int(title.partition(":")[0].removeprefix("filter ")) for title in titles]
    most = sorted(zip(-table["windows"], table["filter"], strict=True))[:4]
    assert drawn == sorted(number for _, number in most)
    assert "the busiest 4 of 7" in figure.get_suptitle()


def test_the_first_patterns_are_drawn_when_there_are_many(monkeypatch):
    monkeypatch.setattr(motif_figures, "MOST_PATTERNS", 1)
    figure = draw_motifs(3)
    assert "the first 1 of 3" in figure.get_suptitle()
    assert len(figure.axes) == 4


WRITTEN = {
    "motifs": (
        lambda: draw_motifs(3),
        ["1  positive", "3  negative", "3,000 seqlets", "JUND MA0491.3, q 0.2", "no match"],
    ),
    "no_motif": (
        lambda: draw_motifs(0, "Too few seqlets: more positive spans would help."),
        ["Too few seqlets: more positive spans would help."],
    ),
    "filters": (
        lambda: plot_filters(*make_filters(5), TITLE),
        ["filter 5:", "FOS MA1, q 0.001", "never fires", "no match", "bits"],
    ),
    "no_filter": (
        lambda: plot_filters(make_filters(0)[0], np.zeros((0, 0, 4), np.float32), TITLE),
        ["does not read sequence"],
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_figures_say_what_they_show_and_two_writes_are_alike(tmp_path, name):
    draw, words = WRITTEN[name]
    contents = []
    for copy in ("one", "two"):
        save_figure(draw(), tmp_path / f"{copy}.png")
        contents.append([(tmp_path / f"{copy}{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    for word in [TITLE, *words]:
        assert word in contents[0][1].decode(), word
