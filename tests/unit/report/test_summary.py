"""The headline says what was scored, best first, and whether the data are real."""

import numpy as np
import pandas as pd
import pytest
from plain_scores import Scores, simulate_predictions

from cisfuse.evaluation.entries import read_scores, scored_entries
from cisfuse.report.summary import figure_lines, headline, summary_table
from cisfuse.tasks.activity import words as activity
from cisfuse.tasks.binding import words as binding


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    shifts = {
        "sequence_cnn/seed-0": 1,
        "fusion_cnn/seed-0": 4,
        "fusion_cnn/seed-1": 3,
        "fusion_cnn/ensemble": 4.5,
        "raw_accessibility": 2,
    }
    scores = Scores(simulate_predictions(shifts, spans=600), replicates=10)
    scores.write(folder, "fusion_cnn")
    return scored_entries(read_scores(folder / "metrics.tsv"))


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_data_are_called_simulated(entries, simulated):
    first = headline("jund", {"hepg2": entries}, [], simulated, binding, "spans").splitlines()[0]
    assert first == "Study jund" + (" (SIMULATED data)" if simulated else "")


def test_entries_are_ranked_by_average_precision_on_test(entries):
    lines = headline("jund", {"hepg2": entries}, [], False, binding, "spans").splitlines()
    rows = {line.split()[0]: line for line in lines if line.startswith("  ")}
    ranked = entries.sort_values("average_precision", ascending=False)["entry"].tolist()
    assert list(rows)[1:] == ranked
    assert len(ranked) == 4
    first = entries.iloc[0]
    expected = f"hepg2: 600 test spans, {first['positives']:.0f} positive, prevalence "
    assert f"{expected}{first['prevalence']:.4f}" in lines


def test_sequences_are_called_so(entries):
    text = headline("tfbs", {"planted": entries}, [], True, binding, "sequences")
    assert "planted: 600 test sequences, " in text
    assert "span" not in text


def test_each_entry_has_its_spread_over_seeds_and_its_intervals(entries):
    text = headline("jund", {"hepg2": entries}, [], False, binding, "spans")
    rows = {line.split()[0]: line for line in text.splitlines() if line.startswith("  ")}
    for _, row in entries.iterrows():
        line = rows[row["entry"]]
        for metric in ("average_precision", "roc_auc"):
            assert f"[{row[f'{metric}_low']:.3f}, {row[f'{metric}_high']:.3f}]" in line
            spread = f"{row[metric]:.3f} +- {row[f'{metric}_sd']:.3f}"
            assert (spread in line) == (row["entry"] == "fusion_cnn")
    assert rows["fusion_cnn"].split()[1] == "2"
    assert text.isascii()
    assert not any(line.endswith(" ") for line in text.splitlines())


def test_what_is_not_available_is_said_under_the_scores(entries):
    both = {"hepg2": entries, "hepg2/folds": entries}
    absent = {"hepg2": ["jaspar_best_match"]}
    lines = headline("jund", both, [], False, binding, "spans", absent).splitlines()
    rows = [line for line in lines if line.startswith("  jaspar_best_match")]
    assert len(rows) == 2
    start = rows[0].index("not available")
    (first, *_) = (line for line in lines if line.startswith("  fusion_cnn/ensemble"))
    assert first[start - 2 : start + 2] == "  0."


def test_every_sample_and_figure_is_listed(entries):
    both = {"hepg2": entries, "k562": entries}
    figures = ["a/roc.png", "a/rounds.png", "b/c/roc.png"]
    text = headline("jund", both, figures, False, binding, "spans")
    assert text.count("600 test spans") == 2
    assert text.endswith("  a/\n    roc.png rounds.png\n  b/c/\n    roc.png\n")


def test_many_figures_are_wrapped_and_none_is_broken():
    figures = [f"results/jund/seed-0/the-figure-of-number-{number}.png" for number in range(9)]
    lines = figure_lines(figures)
    assert lines[0] == "  results/jund/seed-0/"
    assert " ".join(" ".join(lines[1:]).split()) == " ".join(path[20:] for path in figures)
    assert max(map(len, lines)) <= 100
    assert len(lines) > 2


def test_the_table_has_every_entry_of_every_sample(entries):
    table = summary_table({"hepg2": entries, "k562/folds": entries})
    assert table.columns[:3].tolist() == ["sample", "model", "seed"]
    assert table["sample"].tolist() == ["hepg2"] * 4 + ["k562/folds"] * 4
    assert table["seed"].tolist() == ["0", "mean", "ensemble", ""] * 2
    own = table[table["sample"] == "hepg2"]
    for metric in ("average_precision", "roc_auc_low", "brier_skill_high", "recall_at_fdr_50"):
        assert own[metric].tolist() == entries[metric].tolist()


def test_activities_are_ranked_by_pearson_and_what_has_none_comes_last():
    metrics = ["pearson", "mean_squared_error"]
    rows = [("mean", 0, np.nan, 0.9), ("ridge", 0, 0.5, 0.7), ("net", 2, 0.8, 0.3)]
    table = pd.DataFrame(rows, columns=["entry", "seeds", *metrics])
    for metric in metrics:
        table[f"{metric}_sd"] = table[f"{metric}_low"] = table[f"{metric}_high"] = np.nan
    table = table.assign(spans=400.0, mean=1.5, standard_deviation=0.25)
    text = headline("mpra", {"reporters": table}, [], True, activity, "sequences")
    assert "reporters: 400 test sequences, activity 1.5 with standard deviation 0.25" in text
    lines = text.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")][1:4] == [
        *("net", "ridge", "mean")
    ]
    (header,) = [line for line in lines if line.startswith("  entry")]
    assert header.split()[2:] == ["Pearson", "mean", "squared", "error"]
    assert next(line for line in lines if line.startswith("  mean")).split() == ["mean", "0.900"]
