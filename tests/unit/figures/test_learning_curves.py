"""Learning curves show the tables' numbers: each seed, and their mean."""

import warnings

import numpy as np
import pandas as pd
import pytest

from cisfuse.figures.learning_curves import plot_learning
from cisfuse.figures.style import save_figure

LOSSES = {"tfbs_cnn": "Mean squared error", "tfbs_cnn_deep": "Cross-entropy"}


def make_rounds(models=tuple(LOSSES), seeds=3, rounds=4) -> dict[str, pd.DataFrame]:
    generator = np.random.default_rng(0)
    columns = [f"{s}_{m}" for s in ("train", "valid") for m in ("loss", "accuracy")]
    return {
        f"{model}/seed-{seed}": pd.DataFrame(generator.random((rounds, 4)), columns=columns).assign(
            epochs=np.arange(1, rounds + 1)
        )
        for model in models
        for seed in range(seeds)
    }


def test_every_seed_is_a_thin_line_and_the_mean_a_thick_one():
    rounds = make_rounds()
    figure = plot_learning(rounds, LOSSES, "accuracy", "title")
    panels = figure.axes
    assert [axes.get_title() for axes in panels[:2]] == ["tfbs CNN", "tfbs CNN deep"]
    assert [axes.get_ylabel() for axes in panels[:2]] == list(LOSSES.values())
    for axes, measure, model in zip(
        panels, ["loss"] * 2 + ["accuracy"] * 2, [*LOSSES] * 2, strict=True
    ):
        lines = axes.get_lines()
        assert len(lines) == 2 * (3 + 1)
        for split, drawn in zip(("train", "valid"), (lines[:4], lines[4:]), strict=True):
            own = [rounds[f"{model}/seed-{seed}"][f"{split}_{measure}"] for seed in range(3)]
            for line, values in zip(drawn, [*own, sum(own) / 3], strict=True):
                np.testing.assert_allclose(line.get_ydata(), values)
            assert drawn[3].get_linewidth() > 2 * drawn[0].get_linewidth()
        assert lines[0].get_color() != lines[4].get_color()


def test_a_flat_loss_is_not_drawn_on_the_frame():
    rounds = make_rounds(("tfbs_cnn",), seeds=1)
    for table in rounds.values():
        table[["train_loss", "valid_loss"]] = np.log(2)
    axes = plot_learning(rounds, {"tfbs_cnn": "Cross-entropy"}, "accuracy", "title").axes[0]
    assert axes.get_ylim() == pytest.approx((0, 1.05 * np.log(2)))


@pytest.mark.parametrize(("count", "seeds", "rounds"), [(1, 1, 1), (2, 5, 10), (5, 2, 3)])
def test_figures_are_written_twice_alike_and_say_what_they_show(tmp_path, count, seeds, rounds):
    losses = {f"model_{number}": "Cross-entropy" for number in range(count)}
    tables = make_rounds(tuple(losses), seeds, rounds)
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            save_figure(plot_learning(tables, losses, "accuracy", "JUND"), folder / "learning.png")
        contents.append([(folder / f"learning{end}").read_bytes() for end in (".png", ".svg")])
    assert contents[0] == contents[1]
    svg = contents[0][1].decode()
    for word in ("Cross-entropy", "Accuracy", "Epochs", "train", "validation", "JUND", *losses):
        assert word.replace("_", " ") in svg


def test_another_score_can_stand_beneath_the_loss():
    rounds = {
        run: table.rename(columns=lambda name: name.replace("accuracy", "mean_squared_error"))
        for run, table in make_rounds(("tfbs_cnn",), seeds=2).items()
    }
    figure = plot_learning(rounds, {"tfbs_cnn": "Smooth L1"}, "mean_squared_error", "title")
    assert [axes.get_ylabel() for axes in figure.axes] == ["Smooth L1", "Mean squared error"]
    means = sum(table["valid_mean_squared_error"] for table in rounds.values()) / 2
    np.testing.assert_allclose(figure.axes[1].get_lines()[-1].get_ydata(), means)
