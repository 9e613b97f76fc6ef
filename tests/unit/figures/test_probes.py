"""Pictures of probes show the numbers, on round raw values, and bear models without an input."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.figures.probes import (
    OUTCOMES,
    like_the_middle,
    plot_accessibility,
    plot_margins,
    raw_ticks,
)
from cisfuse.figures.style import save_figure

NONE = {"left": None, "right": None, "padding_left": 0, "padding_right": 0}
MARGIN = {"left": 4, "right": 6, "padding_left": 12, "padding_right": 15}


def make_response() -> pd.DataFrame:
    transformed = np.linspace(-2, 3, 50)
    accessibility = np.maximum(np.exp(transformed) - np.exp(-2), 0)
    tables = [
        pd.DataFrame(
            {
                "sequences": name,
                "accessibility": accessibility,
                "transformed": transformed,
                "logit_mean": transformed + shift,
                "logit_low": transformed + shift - 1,
                "logit_high": transformed + shift + 1,
                "spans": spans,
            }
        )
        for name, shift, spans in (("with_motif", 2, 61), ("without_motif", -2, 200))
    ]
    return pd.concat(tables, ignore_index=True)


def make_spans(count: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    generator = np.random.default_rng(4)
    spans = pd.DataFrame(
        {
            "split": generator.choice(["test", "train"], count),
            "outcome": generator.choice([*OUTCOMES, "true_negative"], count),
        }
    )
    return spans, generator.normal(size=count).astype(np.float32)


def make_positions() -> tuple[pd.DataFrame, pd.DataFrame]:
    starts, places = np.arange(95), np.arange(101)
    positions = pd.DataFrame(
        {"motif": "TGACTCA", "start": starts, "gain_mean": 2.0, "gain_sd": 0.5, "spans": 200}
    )
    return positions, pd.DataFrame({"position": places, "mean_absolute": 0.03, "spans": 150})


def axes_with(figure, title: str):
    return next(axes for axes in figure.axes if axes.get_title(loc="left").startswith(title))


def test_the_response_is_drawn_as_it_is():
    response = make_response()
    figure = plot_accessibility(response, *make_spans(), 1.25, "JUND")
    axes = axes_with(figure, "Response")
    lines = {line.get_label(): line for line in axes.lines}
    for name, label in (
        ("with_motif", "bound spans with a motif (61)"),
        ("without_motif", "background spans without one (200)"),
    ):
        part = response[response["sequences"] == name]
        np.testing.assert_allclose(lines[label].get_xdata(), part["transformed"])
        np.testing.assert_allclose(lines[label].get_ydata(), part["logit_mean"])
    assert lines["called bound from here"].get_ydata()[0] == 1.25


def test_points_and_medians_are_those_of_the_test_spans_of_an_outcome():
    spans, contributions = make_spans()
    figure = plot_accessibility(make_response(), spans, contributions, 0, "JUND")
    axes = axes_with(figure, "Contribution")
    points = [line for line in axes.lines if line.get_marker() == "."]
    assert len(points) == len(OUTCOMES)
    for place, (outcome, drawn) in enumerate(zip(OUTCOMES, points, strict=True)):
        rows = [
            row
            for row in range(len(spans))
            if spans["split"][row] == "test" and spans["outcome"][row] == outcome
        ]
        np.testing.assert_array_equal(
            np.sort(drawn.get_ydata()), np.sort([contributions[row] for row in rows])
        )
        assert np.abs(drawn.get_xdata() - place).max() < 0.5
        medians = [
            line.get_ydata()[0]
            for line in axes.lines
            if len(line.get_xdata()) == 2
            and np.isclose(np.mean(line.get_xdata()), place)
            and np.isclose(line.get_linewidth(), 1.4)
        ]
        assert medians == [pytest.approx(np.median(contributions[rows]))]


@pytest.mark.parametrize("outcomes", [["true_positive"], ["true_negative"]])
def test_an_outcome_without_spans_is_left_empty(tmp_path, outcomes):
    spans, contributions = make_spans()
    kept = spans["outcome"].isin(outcomes).to_numpy()
    figure = plot_accessibility(make_response(), spans[kept], contributions[kept], 0, "JUND")
    save_figure(figure, tmp_path / "figure.png")
    assert "(0)" in (tmp_path / "figure.svg").read_text()


@pytest.mark.parametrize("transform", ["none", "log", "shifted"])
def test_ticks_are_round_raw_values_in_their_places(transform):
    raw = np.linspace(0, 80, 4001)
    places = {"none": raw, "log": np.log(raw + 0.01), "shifted": (np.log(raw + 3) - 7) / 2}
    ticks, found = raw_ticks(pd.Series(raw), pd.Series(places[transform]))
    assert 3 <= len(ticks) <= 12
    assert ticks[0] == 0
    span = np.ptp(places[transform])
    for tick, place in zip(ticks, found, strict=True):
        assert tick == 0 or f"{tick:e}"[0] in "125"
        expected = {"none": tick, "log": np.log(tick + 0.01), "shifted": (np.log(tick + 3) - 7) / 2}
        assert place == pytest.approx(expected[transform], abs=0.01 * span)
    assert np.diff(found).min() >= 0.09 * span


def test_margins_are_where_they_were_measured():
    figure = plot_margins(*make_positions(), MARGIN, "JUND")
    upper, lower = figure.axes
    ends = [segment[0, 0] for segment in upper.collections[-1].get_segments()]
    assert ends == [4, 94 - 6]
    for axes in (upper, lower):
        edges = [(box.get_x(), box.get_x() + box.get_width()) for box in axes.patches]
        assert edges == [(-0.5, 11.5), (85.5, 100.5)]


def test_a_gain_that_is_nowhere_that_of_the_middle_has_no_margin():
    margin = {**MARGIN, "left": 95, "right": 95}
    figure = plot_margins(*make_positions(), margin, "JUND")
    assert len(figure.axes[0].collections) == 1
    assert "dashed" not in figure.axes[0].get_title(loc="left")


WRITTEN = {
    "accessibility": (
        lambda: plot_accessibility(make_response(), *make_spans(), 1.25, "JUND, simulated data"),
        ["Response", "accessibility of the span", "against the median of train (logits)"],
    ),
    "no_accessibility": (
        lambda: plot_accessibility(
            make_response().iloc[:0], *make_spans(), 1.25, "JUND, simulated data"
        ),
        ["does not read accessibility"],
    ),
    "margins": (
        lambda: plot_margins(*make_positions(), MARGIN, "JUND, simulated data"),
        ["TGACTCA put into 200 background spans", "4 bp from", "6 bp from", "12 and 15 bp", "(bp)"],
    ),
    "no_margin": (
        lambda: plot_margins(*make_positions(), NONE, "JUND, simulated data"),
        ["TGACTCA put into 200 background spans", "0 and 0 bp"],
    ),
    "no_motif": (
        lambda: plot_margins(
            *(table.iloc[:0] for table in make_positions()),
            NONE,
            "JUND, simulated data",
            note="No motif: JASPAR has no matrix of EP300.",
        ),
        ["No motif: JASPAR has no matrix of EP300."],
    ),
    "response_without_motifs": (
        lambda: plot_accessibility(
            make_response().replace({"with_motif": "bound", "without_motif": "background"}),
            *make_spans(),
            1.25,
            "JUND, simulated data",
        ),
        [">bound spans (", ">background spans ("],
    ),
    "no_sequence": (
        lambda: plot_margins(
            *(table.iloc[:0] for table in make_positions()), NONE, "JUND, simulated data"
        ),
        ["no span of test that lacks the motifs is rightly called", "does not read sequence"],
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
    for word in ["JUND, simulated data", *words]:
        assert word in contents[0][1].decode(), word


def test_how_far_from_the_ends_the_gain_is_that_of_the_middle():
    words = "the gain is that of the middle"
    assert like_the_middle(0, 0) == f"{words} right up to both ends"
    assert like_the_middle(0, 7) == f"{words} right up to the left end and 7 bp from the right"
    assert like_the_middle(3, 7) == f"{words} 3 bp from the left end and 7 bp from the right"
