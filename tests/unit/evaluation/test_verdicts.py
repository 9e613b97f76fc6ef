"""The sentence says what the numbers allow: better, worse, or not to be told apart."""

import math

import pandas as pd
import pytest

from cisfuse.evaluation.verdicts import (
    BASELINE,
    SIMULATED,
    SINGLE_INPUT,
    contrasts,
    rival_kind,
    verdict,
)
from cisfuse.tasks.activity import words as activity
from cisfuse.tasks.binding import words as binding

NO_INTERVAL = "Too few blocks for an interval."
LEAKS = "The split leaks."
READS = {
    "fusion_cnn": ["sequence", "accessibility"],
    "sequence_cnn": ["sequence"],
    "raw_accessibility": ["accessibility"],
    "prevalence": [],
}
NONE = (math.nan, math.nan)


def judge(precision, roc, reads=READS, main="fusion_cnn", **circumstances):
    """The verdict where the main model scores 0.3 and 0.9 and the differences have these bounds.

    ``precision`` and ``roc`` are (difference to the best single input, low, high).
    """
    rows = []
    for entry in (*READS, "other_program"):
        shift = {"fusion_cnn": (0, 0), "sequence_cnn": (precision[0], 0.3)}.get(entry)
        shift = shift or {"raw_accessibility": (0.25, roc[0])}.get(entry, (-0.5, -0.5))
        seeds = 3 if entry.endswith("cnn") else 0
        rows.append((entry, seeds, 0.3 - shift[0], 0.9 - shift[1]))
    entries = pd.DataFrame(rows, columns=["entry", "seeds", "average_precision", "roc_auc"])
    compared = [
        ("fusion_cnn", "sequence_cnn", "average_precision", *precision),
        ("fusion_cnn", "raw_accessibility", "roc_auc", *roc),
        ("fusion_cnn/ensemble", "sequence_cnn", "average_precision", 9, 9, 9),
    ]
    columns = ["model", "other", "metric", "difference", "low", "high"]
    comparisons = pd.DataFrame(compared, columns=columns)
    place = "JUND in K562"
    return verdict(
        entries, comparisons, reads, main, place, binding, no_interval=NO_INTERVAL, **circumstances
    )


def test_better_in_both_is_said_with_scores_differences_and_intervals():
    assert judge((0.05, 0.01, 0.1), (0.02, 0.001, 0.04)) == (
        "JUND in K562: fusion CNN (sequence and accessibility, mean over 3 seeds) beats its best "
        "single input in average precision (0.300 against 0.250 of sequence CNN; difference "
        "+0.050, 95 % interval +0.010 to +0.100) and in ROC-AUC (0.900 against 0.880 of raw "
        "accessibility; difference +0.020, 95 % interval +0.001 to +0.040)."
    )


@pytest.mark.parametrize(
    ("precision", "roc", "words"),
    [
        (
            (0.05, -0.01, 0.1),
            (0.02, -0.001, 0.04),
            ["cannot be told apart from its best single input in average precision (", ") or in R"],
        ),
        (
            (-0.05, -0.1, -0.01),
            (-0.02, -0.04, -0.001),
            ["is worse than its best single input in average precision (", ") and in ROC-AUC ("],
        ),
        (
            (0.05, 0.01, 0.1),
            (0.02, -0.001, 0.04),
            ["beats its best single input in av", ", but cannot be told apart from it in ROC-AUC"],
        ),
        (
            (-0.05, -0.1, -0.01),
            (0.02, 0.001, 0.04),
            ["is worse than its best single input in av", ", but beats it in ROC-AUC ("],
        ),
        (
            (0.05, *NONE),
            (0.02, *NONE),
            ["scores better than its best single input in av", "(0.300 against", NO_INTERVAL],
        ),
        (
            (-0.05, *NONE),
            (0.02, *NONE),
            ["scores worse than its best", ", but scores better than it in ROC-AUC", NO_INTERVAL],
        ),
        ((0.0, *NONE), (0.0, *NONE), ["scores the same as its best single input in av"]),
        (
            (0.05, 0.0, 0.1),
            (0.02, 0.001, 0.04),
            ["cannot be told apart from its best single input in av", ", but beats it in ROC-AUC"],
        ),
    ],
)
def test_every_case_has_its_words(precision, roc, words):
    text = judge(precision, roc)
    for word in words:
        assert word in text
    assert ("interval +" in text or "interval \N{MINUS SIGN}" in text) == (NO_INTERVAL not in text)
    if precision[1] == precision[1] and not (precision[1] > 0 or roc[1] > 0):
        assert "beats" not in text


def test_remarks_come_last_and_the_confidence_is_said():
    bounds = (0.05, 0.01, 0.1), (0.02, 0.001, 0.04)
    plain = judge(*bounds)
    assert plain.endswith(").")
    text = judge(*bounds, remarks=[SIMULATED, LEAKS, ""], confidence=0.9)
    assert text.endswith(f"{SIMULATED} {LEAKS}")
    assert text.count("90 % interval") == 2


def test_the_best_single_input_is_found_for_each_metric_alone():
    text = judge((0.05, 0.01, 0.1), (0.02, 0.001, 0.04))
    assert "of sequence CNN; difference +0.050" in text
    assert "of raw accessibility; difference +0.020" in text
    assert "other program" not in text


def test_without_a_rival_nothing_is_claimed():
    bounds = (0.05, 0.01, 0.1), (0.02, 0.001, 0.04)
    alone = {"fusion_cnn": READS["fusion_cnn"], "prevalence": []}
    text = judge(*bounds, reads=alone)
    assert "no single input of its was scored beside it, so its worth cannot be said." in text
    assert "beats" not in text
    text = judge(*bounds, reads={"sequence_cnn": ["sequence"]}, main="sequence_cnn")
    assert "no baseline of its was scored beside it" in text


def test_rivals_are_single_inputs_of_several_and_baselines_of_one():
    assert rival_kind(READS, "fusion_cnn") == SINGLE_INPUT
    assert rival_kind(READS, "sequence_cnn") == BASELINE
    assert rival_kind({"one": ["signal"]}, "one") == BASELINE


def test_an_entry_that_was_not_scored_is_no_rival():
    entries = pd.DataFrame(
        {"entry": ["fusion_cnn"], "seeds": [1], "average_precision": [0.3], "roc_auc": [0.9]}
    )
    comparisons = pd.DataFrame(columns=["model", "other", "metric", "difference", "low", "high"])
    assert contrasts(entries, comparisons, READS, "fusion_cnn", binding) == []


def judge_sequences(low: float, high: float, **circumstances) -> str:
    """The verdict of a model of sequence alone, whose rivals are baselines and no models."""
    reads = {"tfbs_cnn": ["sequence"], "deep": ["sequence"], "string_search": ["sequence"]}
    reads |= {"prevalence": [], "raw_accessibility": ["accessibility"]}
    scores = {"tfbs_cnn": 0.98, "deep": 1.0, "string_search": 0.99, "prevalence": 0.5, "other": 1.0}
    entries = pd.DataFrame(
        [
            (name, 5 * name.endswith(("cnn", "deep")), score, score)
            for name, score in scores.items()
        ],
        columns=["entry", "seeds", "average_precision", "roc_auc"],
    )
    rows = [
        ("tfbs_cnn", other, metric, 0.98 - scores[other], low, high)
        for other in scores
        for metric in ("average_precision", "roc_auc")
    ]
    columns = ["model", "other", "metric", "difference", "low", "high"]
    comparisons = pd.DataFrame(rows, columns=columns)
    place = "a motif in random sequences"
    return verdict(
        entries,
        comparisons,
        reads,
        "tfbs_cnn",
        place,
        binding,
        no_interval=NO_INTERVAL,
        **circumstances,
    )


def test_a_model_of_sequences_is_judged_by_its_best_baseline():
    assert judge_sequences(-0.02, -0.001) == (
        "A motif in random sequences: tfbs CNN (sequence only, mean over 5 seeds) is worse than "
        "its best baseline in average precision (0.980 against 0.990 of string search; difference "
        "\N{MINUS SIGN}0.010, 95 % interval \N{MINUS SIGN}0.020 to \N{MINUS SIGN}0.001) and in "
        "ROC-AUC (0.980 against 0.990 of string search; difference \N{MINUS SIGN}0.010, 95 % "
        "interval \N{MINUS SIGN}0.020 to \N{MINUS SIGN}0.001)."
    )
    assert "cannot be told apart from its best baseline" in judge_sequences(-0.02, 0.001)
    assert judge_sequences(*NONE).endswith(NO_INTERVAL)
    assert judge_sequences(-1, 1, remarks=[LEAKS]).endswith(LEAKS)


ACTIVITY_READS = {"net": ["sequence"], "ridge": ["sequence"], "gc": ["sequence"], "mean": []}


def activity_tables(
    pearson: dict, squared: dict, bounds: tuple[tuple, tuple]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Entries with these scores, and differences of the network with these bounds."""
    rows = [(name, 1 * (name == "net"), pearson[name], squared[name]) for name in pearson]
    entries = pd.DataFrame(rows, columns=["entry", "seeds", *activity.JUDGED])
    compared = [
        ("net", other, metric, scores["net"] - scores[other], *ends)
        for metric, scores, ends in zip(activity.JUDGED, (pearson, squared), bounds, strict=True)
        for other in pearson
        if other != "net"
    ]
    columns = ["model", "other", "metric", "difference", "low", "high"]
    return entries, pd.DataFrame(compared, columns=columns)


PEARSON = {"net": 0.9, "ridge": 0.8, "gc": 0.1, "mean": math.nan}
SQUARED = {"net": 0.2, "ridge": 0.4, "gc": 0.9, "mean": 1.0}


def judge_activity(*bounds: tuple, pearson=PEARSON, squared=SQUARED, reads=ACTIVITY_READS) -> str:
    tables = activity_tables(pearson, squared, bounds)
    return verdict(*tables, reads, "net", "MPRA in K562", activity, no_interval=NO_INTERVAL)


def test_of_errors_less_is_better():
    assert judge_activity((0.05, 0.15), (-0.3, -0.1)) == (
        "MPRA in K562: net (sequence only) beats its best baseline in Pearson (0.900 against 0.800 "
        "of ridge; difference +0.100, 95 % interval +0.050 to +0.150) and in mean squared error "
        "(0.200 against 0.400 of ridge; difference \N{MINUS SIGN}0.200, 95 % interval "
        "\N{MINUS SIGN}0.300 to \N{MINUS SIGN}0.100)."
    )
    text = judge_activity((0.05, 0.15), (0.1, 0.3))
    assert "beats its best baseline in Pearson (" in text
    assert ", but is worse than it in mean squared error (" in text
    text = judge_activity((-0.15, -0.05), (0.1, 0.3))
    assert "is worse than its best baseline in Pearson (" in text
    assert ") and in mean squared error (" in text
    text = judge_activity((-0.15, 0.05), (-0.1, 0.3))
    assert "cannot be told apart from its best baseline in Pearson (" in text
    assert ") or in mean squared error (" in text


def test_the_best_rival_has_the_least_error_and_one_without_a_score_is_none():
    squared = {**SQUARED, "mean": 0.1, "gc": math.nan}
    tables = activity_tables(PEARSON, squared, ((0.05, 0.15), (0.05, 0.15)))
    first, second = contrasts(*tables, ACTIVITY_READS, "net", activity)
    assert (first.metric, first.other, first.lower_is_better) == ("pearson", "ridge", False)
    assert (second.metric, second.other, second.lower_is_better) == (
        "mean_squared_error",
        "mean",
        True,
    )
    assert (first.outcome, second.outcome) == ("better", "worse")
    reads = {name: ACTIVITY_READS[name] for name in ("net", "mean")}
    (only,) = contrasts(*tables, reads, "net", activity)
    assert only.metric == "mean_squared_error", "the mean has no correlation"


def test_a_model_of_two_inputs_is_held_against_models_of_one():
    reads = {**ACTIVITY_READS, "net": ["sequence", "accessibility"]}
    bounds = (0.05, 0.15), (-0.3, -0.1)
    squared = {**SQUARED, "mean": 0.1}
    text = judge_activity(*bounds, squared=squared, reads=reads)
    assert "beats its best single input in Pearson" in text
    assert "of mean;" not in text, "the mean reads nothing"


def test_a_constant_network_is_worse_and_has_no_correlation():
    pearson, squared = {**PEARSON, "net": math.nan}, {**SQUARED, "net": 1.0}
    text = judge_activity(NONE, (0.5, 0.7), pearson=pearson, squared=squared)
    assert "is worse than its best baseline in mean squared error (1.000 against 0.400" in text
    assert text.endswith("It has no Pearson, as where all predictions are the same.")
    assert "no Pearson" not in judge_activity((0.05, 0.15), (-0.3, -0.1))


def test_without_intervals_a_smaller_error_scores_better():
    text = judge_activity(NONE, NONE)
    assert "scores better than its best baseline in Pearson (" in text
    assert ") and in mean squared error (0.200 against 0.400" in text
    assert text.endswith(NO_INTERVAL)
