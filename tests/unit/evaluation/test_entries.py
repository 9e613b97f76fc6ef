"""Entries are one row per model, ensemble, baseline and other program, and are called in words."""

import pandas as pd
import pytest
from plain_scores import Scores, simulate_predictions

from cisfuse.base.wording import name_of
from cisfuse.evaluation.baselines.registry import BASELINES, baseline_inputs, curves_of
from cisfuse.evaluation.entries import (
    MOST_DRAWN,
    drawn_entries,
    input_words,
    read_scores,
    scored_entries,
)

BOTH = ["sequence", "accessibility"]
READS = {
    "fusion_cnn": BOTH,
    "sequence_cnn": BOTH[:1],
    "raw_accessibility": BOTH[1:],
    "gc_content": BOTH[:1],
}


@pytest.fixture(scope="module")
def metrics(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    shifts = {
        "fusion_cnn/seed-0": 3,
        "fusion_cnn/seed-1": 2,
        "fusion_cnn/ensemble": 3,
        "sequence_cnn/seed-0": 1,
        "raw_accessibility": 2,
    }
    scores = Scores(simulate_predictions(shifts, spans=400), replicates=5)
    scores.write(folder, "fusion_cnn")
    return read_scores(folder / "metrics.tsv")


def test_an_empty_cell_is_no_number_and_names_stay_text(metrics):
    valid = metrics[metrics["split"] == "valid"]
    assert valid["roc_auc_low"].isna().all()
    assert metrics.dtypes.drop(["model", "seed", "split"]).eq(float).all()
    assert set(metrics["seed"]) == {"0", "1", "mean", "ensemble", ""}


def test_each_entry_has_one_row_and_the_mean_stands_for_its_seeds(metrics):
    entries = scored_entries(metrics)
    names = ["fusion_cnn", "fusion_cnn/ensemble", "sequence_cnn", "raw_accessibility"]
    assert entries["entry"].tolist() == names
    assert entries["seeds"].tolist() == [2, 2, 1, 0]
    runs = metrics[(metrics["split"] == "test") & (metrics["model"] == "fusion_cnn")]
    seeds = runs[runs["seed"].isin(["0", "1"])]["average_precision"]
    assert entries["average_precision"][0] == pytest.approx(seeds.mean(), rel=1e-5)
    assert entries["average_precision_sd"][0] == pytest.approx(seeds.std(ddof=1), rel=1e-5)


def test_a_table_of_trained_models_alone_has_seeds_as_text(tmp_path):
    table = pd.DataFrame({"model": ["a"], "seed": [0], "split": ["test"], "roc_auc": [0.5]})
    table.to_csv(tmp_path / "metrics.tsv", sep="\t", index=False)
    assert scored_entries(read_scores(tmp_path / "metrics.tsv"))["seeds"].tolist() == [1]


def test_drawn_are_the_main_model_single_inputs_and_other_programs_first():
    entries = ["fusion_cnn", "fusion_cnn/ensemble", "sequence_cnn", "raw_accessibility"]
    entries += ["gc_content", "other"]
    models = ["fusion_cnn", "sequence_cnn"]
    expected = ["fusion_cnn/ensemble", "sequence_cnn", "raw_accessibility", "other"]
    assert drawn_entries(entries, models, READS) == expected
    named = ["gc_content", "other"]
    assert drawn_entries(entries, models, READS, named)[:4] == [expected[0], *named, expected[1]]
    many = [*entries, *(f"other_{number}" for number in range(20))]
    drawn = drawn_entries(many, models, READS)
    assert len(drawn) == MOST_DRAWN
    assert drawn[:4] == expected


def test_baselines_with_a_curve_stand_around_other_programs():
    names = [*BASELINES, "other"]
    drawn = drawn_entries(["fusion_cnn", *names], ["fusion_cnn"], READS | baseline_inputs())
    place = drawn.index("other")
    assert drawn[1:place] == curves_of("first")
    assert drawn[place + 1 :] == curves_of("last")[: MOST_DRAWN - place - 1]
    of_sequences = ["string_search", "kmer_regression", "gc_content", "other", "fusion_cnn"]
    expected = ["fusion_cnn", "other", "kmer_regression", "string_search"]
    assert drawn_entries(of_sequences, ["fusion_cnn"], READS | baseline_inputs()) == expected


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("fusion_cnn/seed-0", "fusion CNN"),
        ("fusion_cnn/seed-3", "fusion CNN (3)"),
        ("fusion_cnn/ensemble", "fusion CNN, ensemble"),
        ("kmer_regression", "k-mer regression"),
        ("gc_content", "GC content"),
        ("kmer_ridge", "k-mer ridge"),
    ],
)
def test_runs_are_named_in_words(run, words):
    assert name_of(run) == words


def test_inputs_are_named_in_words():
    assert input_words(BOTH[::-1]) == "sequence and accessibility"
    assert input_words(["accessibility"]) == "accessibility only"
    assert input_words([]) == "nothing"
    assert input_words(None) == "not stated"
