"""Scatter and residual plots show the numbers that they are given, and two writes are the same."""

import warnings

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.text import Text
from scipy.stats import pearsonr, spearmanr

from cisfuse.figures.activity import (
    DENSE,
    MOST_PANELS,
    plot_residuals,
    plot_scatter,
    running_mean,
    score_lines,
)
from cisfuse.figures.style import save_figure

TITLE = "simulated factor in simulated reporter, simulated data"
FEW, MANY = 200, DENSE + 300
SLOPES = {"pooled_cnn": 0.9, "kmer_ridge": 0.6, "gc_content": 0.1, "mean": 0.0, "other": 0.5}


def make_predictions(count):
    generator = np.random.default_rng(count)
    activity = generator.normal(1, 2, count)
    return {
        entry: pd.DataFrame(
            {"activity": activity, "predicted": 1 + slope * (generator.normal(activity, 0.5) - 1)}
        )
        for entry, slope in SLOPES.items()
    }


def make_entries(predictions):
    rows = []
    for entry, table in predictions.items():
        y, p = table["activity"], table["predicted"]
        flat = p.nunique() == 1
        row = {
            "pearson": np.nan if flat else pearsonr(y, p).statistic,
            "spearman": np.nan if flat else spearmanr(y, p).statistic,
            "mean_squared_error": np.mean((y - p) ** 2),
        }
        ends = {f"{name}_low": value - 0.01 for name, value in row.items()}
        ends |= {f"{name}_high": value + 0.01 for name, value in row.items()}
        rows.append({"entry": entry, **row, **ends})
    return pd.DataFrame(rows)


def scatter(count, panels=2, reachable=0.949):
    predictions = make_predictions(count)
    drawn = list(SLOPES)[:panels]
    return plot_scatter(predictions, make_entries(predictions), drawn, TITLE, reachable)


FIGURES = {
    "few": (
        lambda: scatter(FEW),
        [
            "Measured activity",
            "Predicted activity",
            "pooled CNN",
            "Highest reachable Pearson: 0.949",
        ],
    ),
    "many": (
        lambda: scatter(MANY, 4),
        ["Examples in a hexagon", "Pearson undefined", "GC content"],
    ),
    "one": (lambda: scatter(MANY, 1), ["predicted = measured", "MSE"]),
    "residuals": (
        lambda: plot_residuals(make_predictions(MANY)["kmer_ridge"], TITLE),
        ["Residual (measured - predicted)", "running mean, 95 % band", "Examples in a hexagon"],
    ),
    "constant": (
        lambda: plot_residuals(make_predictions(FEW)["mean"], TITLE),
        ["Predicted activity", "normal, of the same mean and SD"],
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_what_they_show_and_two_writes_are_the_same(tmp_path, name):
    draw, words = FIGURES[name]
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            save_figure(draw(), folder / f"{name}.png")
        contents.append([(folder / f"{name}{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    text = " ".join(contents[0][1].decode().split())
    for word in words:
        assert word in text, word


@pytest.mark.parametrize("name", FIGURES)
def test_all_text_is_large_enough_inside_and_apart(name):
    figure = FIGURES[name][0]()
    figure.draw_without_rendering()
    shown = [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text.get_window_extent().width
    ]
    visible = {axes for axes in figure.axes if axes.get_visible()}
    shown = [text for text in shown if text.axes is None or text.axes in visible]
    assert all(text.get_fontsize() >= 8 for text in shown)
    boxes = [axes.title for axes in visible] + [axes.xaxis.label for axes in visible]
    boxes = [text for text in [*boxes, *figure.texts] if text.get_text()]
    boxes = [text.get_window_extent() for text in boxes]
    boxes += [legend.get_window_extent() for legend in figure.legends]
    for place, box in enumerate(boxes):
        assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[:place])


def test_dots_are_the_examples_and_panels_share_their_axes():
    figure = scatter(FEW, 3)
    predictions = make_predictions(FEW)
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert len(panels) == 3
    for axes, table in zip(panels, predictions.values(), strict=False):
        dots = next(line for line in axes.get_lines() if line.get_marker() == "o")
        np.testing.assert_array_equal(dots.get_xydata(), table.to_numpy())
        identity = next(line for line in axes.get_lines() if line.get_linestyle() == "--")
        assert (identity.get_xdata() == identity.get_ydata()).all()
        assert axes.get_xlim() == axes.get_ylim() == panels[0].get_xlim()
        assert axes.get_xlim()[0] < table.to_numpy().min() < table.to_numpy().max()
        assert table.to_numpy().max() < axes.get_xlim()[1]


def test_hexagons_count_every_example_on_one_scale():
    figure = scatter(MANY, 4)
    cells = [
        found
        for axes in figure.axes
        for found in axes.collections
        if isinstance(found, PolyCollection) and found.get_array() is not None
    ]
    hexagons = [found for found in cells if found.get_array().sum() == MANY]
    assert len(hexagons) == 4
    most = max(found.get_array().max() for found in hexagons)
    assert {(found.norm.vmin, found.norm.vmax) for found in hexagons} == {(1, most)}


def test_no_more_panels_than_have_room_and_a_title_without_what_is_unknown():
    figure = scatter(FEW, 5, reachable=None)
    assert len([axes for axes in figure.axes if axes.get_visible()]) == MOST_PANELS
    assert figure.get_suptitle() == f"Predicted and measured activity on test\n{TITLE}"


def test_scores_are_given_with_their_intervals():
    entries = make_entries(make_predictions(FEW)).set_index("entry")
    row = entries.loc["pooled_cnn"]
    pearson, spearman, error = row[["pearson", "spearman", "mean_squared_error"]]
    assert score_lines(row) == [
        f"Pearson {pearson:.3f} [{pearson - 0.01:.3f}, {pearson + 0.01:.3f}]",
        f"Spearman {spearman:.3f} [{spearman - 0.01:.3f}, {spearman + 0.01:.3f}]",
        f"MSE {error:.3g} [{error - 0.01:.3g}, {error + 0.01:.3g}]",
    ]
    bare = row.where(~row.index.str.contains("_low|_high"), np.nan)
    assert score_lines(bare)[::2] == [f"Pearson {pearson:.3f}", f"MSE {error:.3g}"]
    assert score_lines(entries.loc["mean"])[:2] == ["Pearson undefined", "Spearman undefined"]


@pytest.mark.parametrize("count", [2, 7, 30, 1000])
def test_the_running_mean_is_that_of_windows_by_hand(count):
    generator = np.random.default_rng(count)
    x, y = generator.normal(size=count), generator.normal(size=count)
    found = running_mean(x, y)
    size = min(count, max(10, count // 10))
    order = sorted(range(count), key=lambda row: x[row])
    expected = []
    for start in range(0, count - size + 1, max(1, size // 5)):
        rows = order[start : start + size]
        mean = sum(y[row] for row in rows) / size
        variance = sum((y[row] - mean) ** 2 for row in rows) / (size - 1)
        half = 1.96 * np.sqrt(variance / size)
        expected.append([sum(x[row] for row in rows) / size, mean, mean - half, mean + half])
    np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-9, atol=1e-12)


def test_there_is_no_running_mean_over_a_constant_or_one_example():
    assert len(running_mean(np.ones(50), np.arange(50.0))) == 0
    assert len(running_mean(np.ones(1), np.ones(1))) == 0


def test_residuals_are_measured_minus_predicted_and_all_are_in_the_histogram():
    table = make_predictions(FEW)["kmer_ridge"]
    left, right = plot_residuals(table, TITLE).axes
    dots = next(line for line in left.get_lines() if line.get_marker() == "o")
    residuals = (table["activity"] - table["predicted"]).to_numpy()
    np.testing.assert_array_equal(dots.get_ydata(), residuals)
    np.testing.assert_array_equal(dots.get_xdata(), table["predicted"])
    assert sum(bar.get_width() for bar in right.patches) == FEW
    assert right.get_title() == f"mean {residuals.mean():.3g}, SD {residuals.std():.3g}"
    curve = next(line for line in right.get_lines() if line.get_linestyle() == "-.")
    # Its area is that of the bars, but for the ends that are cut off.
    area = np.trapezoid(curve.get_xdata(), curve.get_ydata())
    bars = sum(bar.get_width() * bar.get_height() for bar in right.patches)
    assert area == pytest.approx(bars, rel=0.05)
