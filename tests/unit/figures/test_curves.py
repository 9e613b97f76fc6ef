"""Figures of the scores show the tables' numbers, are written twice alike, and bear gaps."""

import warnings

import numpy as np
import pandas as pd
import pytest
from plain_scores import READS, SHIFTS, Scores, simulate_predictions

from cisfuse.base.wording import interval_words
from cisfuse.evaluation.entries import drawn_entries, read_scores, scored_entries
from cisfuse.figures.curves import plot_calibration, plot_precision_recall, plot_roc, plot_rounds
from cisfuse.figures.scores import group_rows, plot_ablation, plot_summary
from cisfuse.figures.style import save_figure
from cisfuse.tasks.binding import fitting
from cisfuse.tasks.binding import words as binding

TITLE = "JUND in HepG2"
LOSSES = {"fusion_cnn": "Weighted cross-entropy", "b": "Weighted cross-entropy"}
MODELS = ["fusion_cnn", "sequence_cnn"]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The tables of score_predictions as they are read, by their file's stem."""
    folder = tmp_path_factory.mktemp("scores")
    Scores(simulate_predictions(SHIFTS), replicates=15).write(folder, "fusion_cnn")
    return {path.name.partition(".")[0]: read_scores(path) for path in folder.iterdir()}


@pytest.fixture(scope="module")
def rounds():
    columns = ["loss"]
    columns += [f"{s}_{m}" for s in ("train", "valid") for m in ("roc_auc", "average_precision")]
    values = np.random.default_rng(1).random((3, 5))
    table = pd.DataFrame(values, columns=columns).assign(epochs=[10, 20, 30])
    return {"fusion_cnn/seed-0": table, "fusion_cnn/seed-1": table * 0.8, "b/seed-0": table * 0.9}


def drawn_of(tables):
    return drawn_entries(scored_entries(tables["metrics"])["entry"].tolist(), MODELS, READS)


def ablation(tables, comparisons=None):
    comparisons = tables["comparisons"] if comparisons is None else comparisons
    entries = scored_entries(tables["metrics"])
    return plot_ablation(
        tables["metrics"], entries, comparisons, READS, "fusion_cnn", binding, TITLE
    )


def summary(tables):
    entries = scored_entries(tables["metrics"])
    both = {"hepg2": entries, "hepg2/folds": entries}
    return plot_summary(both, [*drawn_of(tables), "fusion_cnn/ensemble"], binding, TITLE)


FIGURES = {
    "roc": (
        lambda tables, _: plot_roc(
            tables["curves"], scored_entries(tables["metrics"]), drawn_of(tables), TITLE
        ),
        [
            "False positive rate",
            "True positive rate (recall)",
            "fusion CNN, ensemble: ",
            "chance: 0.500",
        ],
    ),
    "precision_recall": (
        lambda tables, _: plot_precision_recall(
            tables["curves"], scored_entries(tables["metrics"]), drawn_of(tables), TITLE
        ),
        ["Recall", "Precision", "prevalence: 0.", "other program: ", "Average precision [interv"],
    ),
    "ablation": (
        lambda tables, _: ablation(tables),
        ["Sequence only", "Accessibility only", "Sequence and accessibility", "minus the entry"],
    ),
    "calibration": (
        lambda tables, _: plot_calibration(tables["calibration"], MODELS, TITLE),
        ["Predicted probability of binding", "Observed share bound", "sequence CNN"],
    ),
    "summary": (
        lambda tables, _: summary(tables),
        ["hepg2", "hepg2, folds pooled", "raw accessibility", "Average precision", "ROC-AUC"],
    ),
    "rounds": (
        lambda _, rounds: plot_rounds(rounds, LOSSES, fitting.DRAWN, TITLE),
        ["Epochs", "ROC-AUC", "Average precision", "Weighted cross-entropy", "fusion CNN"],
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_what_they_show_and_two_writes_are_alike(tmp_path, tables, rounds, name):
    draw, words = FIGURES[name]
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            save_figure(draw(tables, rounds), folder / f"{name}.png")
        contents.append([(folder / f"{name}{end}").read_bytes() for end in (".png", ".svg")])
    png, svg = contents[0]
    assert contents[0] == contents[1]
    assert png.startswith(b"\x89PNG")
    for word in [TITLE, *words]:
        assert word in svg.decode(), word


def test_curves_are_those_of_the_table_and_legends_give_score_and_interval(tables):
    entries = scored_entries(tables["metrics"]).set_index("entry")
    plots = {"roc_auc": (plot_roc, "roc")}
    plots["average_precision"] = (plot_precision_recall, "precision_recall")
    for metric, (plot, curve) in plots.items():
        figure = plot(tables["curves"], entries.reset_index(), drawn_of(tables), TITLE)
        lines = {line.get_label(): line for line in figure.axes[0].get_lines()}
        assert len(lines) == len(drawn_of(tables)) + 1
        row = entries.loc["fusion_cnn/ensemble"]
        numbers = interval_words(row[metric], row[f"{metric}_low"], row[f"{metric}_high"])
        line = lines[f"fusion CNN, ensemble: {numbers}"]
        points = tables["curves"].query("model == 'fusion_cnn' and seed == 'ensemble'")
        points = points[points["curve"] == curve]
        np.testing.assert_array_equal(line.get_xydata(), points[["x", "y"]].to_numpy())
        band = figure.axes[0].collections[0].get_paths()[0].vertices
        assert band[:, 1].min() == points["low"].min()
        assert band[:, 1].max() == points["high"].max()


def test_curves_without_intervals_are_drawn_without_bands(tables, tmp_path):
    curves = tables["curves"].assign(low=np.nan, high=np.nan)
    metrics = tables["metrics"].copy()
    bounds = metrics.columns.str.endswith(("_low", "_high"))
    metrics.loc[:, bounds] = np.nan
    figure = plot_roc(curves, scored_entries(metrics), drawn_of(tables), TITLE)
    save_figure(figure, tmp_path / "roc.png")
    assert "fusion CNN, ensemble: 0." in (tmp_path / "roc.svg").read_text()
    assert "[0." not in (tmp_path / "roc.svg").read_text()


def test_the_only_ensemble_among_the_curves_is_the_main_one(tables):
    assert drawn_of(tables) == [
        "fusion_cnn/ensemble",
        "sequence_cnn",
        "raw_accessibility",
        "other_program",
    ]


def dots(axes):
    """Value and fill of every dot of a panel, from the top down."""
    found = [line for line in axes.get_lines() if line.get_marker() == "o"]
    return [(line.get_xdata()[0], line.get_markerfacecolor()) for line in found]


def test_the_ablation_shows_scores_and_differences_of_the_tables(tables):
    order = ["raw_accessibility", "sequence_cnn", "fusion_cnn", "fusion_cnn/ensemble"]
    order += ["other_program"]
    entries = scored_entries(tables["metrics"]).set_index("entry")
    pairs = tables["comparisons"].query("model == 'fusion_cnn'")
    panels = ablation(tables).axes
    for metric, scores, differences in zip(
        ("average_precision", "roc_auc"), panels[::2], panels[1::2], strict=True
    ):
        assert [value for value, _ in dots(scores)] == entries.loc[order, metric].tolist()
        paired = pairs[pairs["metric"] == metric].set_index("other")
        for (value, fill), other in zip(dots(differences), order, strict=True):
            if other == "fusion_cnn":
                assert np.isnan(value)
                continue
            row = paired.loc[other]
            assert value == row["difference"]
            assert (fill == "white") == (row["low"] <= 0 <= row["high"])


def test_single_trainings_are_ticks_beside_their_mean(tables):
    panel = ablation(tables).axes[0]
    ticks = [line for line in panel.get_lines() if line.get_marker() == "|"]
    runs = tables["metrics"].query("split == 'test' and model == 'fusion_cnn'")
    runs = runs[runs["seed"].isin(["0", "1"])]
    assert [line.get_xdata().tolist() for line in ticks] == [runs["average_precision"].tolist()]


def test_a_difference_without_interval_is_no_claim(tables):
    comparisons = tables["comparisons"].assign(low=np.nan, high=np.nan)
    fills = [fill for value, fill in dots(ablation(tables, comparisons).axes[1]) if value == value]
    assert set(fills) == {"white"}


def test_calibration_marks_bins_without_a_positive(tables):
    bins = tables["calibration"].copy()
    first = (bins["model"] == "fusion_cnn") & (bins["seed"] == "0") & (bins["bin"] == 1)
    bins.loc[first, ["observed", "positives", "low"]] = 0
    figure = plot_calibration(bins, MODELS, TITLE)
    assert [axes.get_title() for axes in figure.axes if axes.get_visible()] == [
        "fusion CNN",
        "sequence CNN",
    ]
    marked = {line.get_marker(): line for line in figure.axes[0].get_lines()}
    assert marked["^"].get_xdata().tolist() == bins.loc[first, "predicted"].tolist()
    own = bins[(bins["model"] == "fusion_cnn") & (bins["seed"] == "0") & ~first]
    points = own[["predicted", "observed"]].to_numpy()
    np.testing.assert_array_equal(marked["o"].get_xydata(), points)


def test_a_long_title_is_folded_and_all_of_it_is_inside_the_figure(tables):
    entries = scored_entries(tables["metrics"])
    title = "a planted motif of 12 bases in sequences at random, simulated data"
    for plot in (plot_roc, plot_precision_recall):
        figure = plot(tables["curves"], entries, drawn_of(tables), title)
        figure.draw_without_rendering()
        text = figure.axes[0].title
        assert " ".join(text.get_text().split()).endswith(title)
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        short = plot(tables["curves"], entries, drawn_of(tables), TITLE)
        assert short.axes[0].get_title().splitlines()[1:] == [TITLE]


def test_entries_of_one_input_are_no_ablation(tables):
    entries = scored_entries(tables["metrics"])
    comparisons = tables["comparisons"]

    def title_of(reads):
        figure = plot_ablation(
            tables["metrics"], entries, comparisons, reads, "fusion_cnn", binding, TITLE
        )
        return figure.get_suptitle()

    assert title_of(READS) == f"What each input is worth\n{TITLE}"
    assert title_of({name: ["sequence"] for name in READS}) == f"All entries\n{TITLE}"


def test_losses_that_differ_share_no_name(rounds):
    mixed = {**LOSSES, "b": "Mean squared error"}
    assert (
        plot_rounds(rounds, mixed, fitting.DRAWN, TITLE).axes[2].get_ylabel()
        == "Loss, of each model its own"
    )
    same = dict.fromkeys(LOSSES, "Mean squared error")
    assert (
        plot_rounds(rounds, same, fitting.DRAWN, TITLE).axes[2].get_ylabel() == "Mean squared error"
    )


def test_seeds_of_a_model_share_colour_and_legend(rounds):
    figure = plot_rounds(rounds, LOSSES, fitting.DRAWN, TITLE)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["fusion CNN", "b"]
    loss = figure.axes[2].get_lines()
    assert loss[0].get_color() == loss[1].get_color() != loss[2].get_color()


def test_rows_lie_below_their_headings():
    rows, headings = group_rows({"first": ["a", "b"], "second": ["c"]})
    assert headings[0] > rows[0] > rows[1] > headings[1] > rows[2]
