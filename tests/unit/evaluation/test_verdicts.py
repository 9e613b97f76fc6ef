"""The sentence says what the numbers allow: better, worse, or not to be told apart."""

import math

import pandas as pd
import pytest

from cisfuse.evaluation.entries import main_entry
from cisfuse.evaluation.verdicts import (
    BASELINE,
    SIMULATED,
    SINGLE_INPUT,
    contrasts,
    named_entries,
    other_entries,
    rivals_of_kind,
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


RIVALS = ("sequence_cnn", "raw_accessibility", "matrix_regression", "other_program", "prevalence")
READS["matrix_regression"] = ["sequence", "accessibility"]
LOW, WORSE = (0.05, 0.01, 0.1), (-0.05, -0.1, -0.01)
LEVEL = (0.05, -0.01, 0.1)


def judge(found, reads=READS, main="fusion_cnn", **circumstances):
    """The verdict where the main model scores 0.3 and 0.9.

    ``found`` holds of some entries the difference (main minus entry) in each metric with its
    bounds; all others lie far below.
    """
    far = ((0.2, 0.1, 0.3), (0.4, 0.3, 0.5))
    differences = {name: found.get(name, far) for name in RIVALS}
    rows = [(main, main.partition("/")[0], 3, 0.3, 0.9)]
    if main.endswith("ensemble"):
        rows.append(("fusion_cnn", "fusion_cnn", 3, 0.99, 0.99))
    rows += [
        (name, name, 3 * name.endswith("cnn"), 0.3 - precision[0], 0.9 - roc[0])
        for name, (precision, roc) in differences.items()
    ]
    columns = ["entry", "model", "seeds", "average_precision", "roc_auc"]
    compared = [
        (main, name, metric, *ends)
        for name, both in differences.items()
        for metric, ends in zip(("average_precision", "roc_auc"), both, strict=True)
    ]
    return verdict(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(compared, columns=["model", "other", "metric", "difference", "low", "high"]),
        reads,
        main,
        "JUND in K562",
        binding,
        no_interval=NO_INTERVAL,
        **circumstances,
    )


def test_the_best_other_entry_comes_first_and_the_best_single_input_second():
    found = {
        "matrix_regression": ((-0.05, -0.1, -0.01), (-0.02, -0.03, -0.01)),
        "sequence_cnn": ((0.04, 0.01, 0.07), (0.1, 0.05, 0.15)),
        "raw_accessibility": ((0.1, 0.05, 0.15), (0.02, -0.01, 0.05)),
    }
    assert judge(found) == (
        "JUND in K562: fusion CNN (sequence and accessibility, mean over 3 seeds) is beaten by the "
        "best other entry in average precision (0.300 against 0.350 of matrix regression; "
        "difference \N{MINUS SIGN}0.050, 95 % interval \N{MINUS SIGN}0.100 to "
        "\N{MINUS SIGN}0.010) and in ROC-AUC (0.900 against 0.920 of matrix regression; "
        "difference \N{MINUS SIGN}0.020, 95 % interval \N{MINUS SIGN}0.030 to "
        "\N{MINUS SIGN}0.010). It beats its best single input in average precision (0.300 against "
        "0.260 of sequence CNN; difference +0.040, 95 % interval +0.010 to +0.070), but cannot be "
        "told apart from its best single input in ROC-AUC (0.900 against 0.880 of raw "
        "accessibility; difference +0.020, 95 % interval \N{MINUS SIGN}0.010 to +0.050)."
    )


@pytest.mark.parametrize(
    ("precision", "roc", "words"),
    [
        (LOW, (0.02, 0.001, 0.04), ["beats the best other entry in average", ") and in ROC-AUC ("]),
        (
            LEVEL,
            (0.02, -0.001, 0.04),
            ["cannot be told apart from the best other entry in average", ") or in ROC-AUC ("],
        ),
        (
            (-0.216, -0.390, 0.038),
            WORSE,
            ["cannot be told apart from the best other entry in av", ", but is beaten by it in R"],
        ),
        (WORSE, WORSE, ["is beaten by the best other entry in average", ") and in ROC-AUC ("]),
        (LOW, LEVEL, ["beats the best other entry in av", ", but cannot be told apart from it in"]),
        (WORSE, LOW, ["is beaten by the best other entry in av", ", but beats it in ROC-AUC ("]),
        ((0.05, *NONE), (0.02, *NONE), ["scores better than the best other entry", NO_INTERVAL]),
        (
            (-0.05, *NONE),
            (0.02, *NONE),
            ["scores worse than the best", ", but scores better than it in ROC-AUC", NO_INTERVAL],
        ),
        ((0.0, *NONE), (0.0, *NONE), ["scores the same as the best other entry in average"]),
        ((0.05, 0.0, 0.1), LOW, ["cannot be told apart from the best", ", but beats it in ROC"]),
    ],
)
def test_every_case_has_its_words(precision, roc, words):
    text = judge({"matrix_regression": (precision, roc)}).partition(" It ")[0]
    whole = judge({"matrix_regression": (precision, roc)})
    for word in words:
        assert word in (whole if word == NO_INTERVAL else text)
    assert (NO_INTERVAL in whole) == (precision[1] != precision[1])
    if not (precision[1] > 0 or roc[1] > 0):
        assert "beats" not in text


def test_other_programs_are_rivals_and_two_rivals_are_named_in_full():
    text = judge({"other_program": (WORSE, LOW), "matrix_regression": (LOW, WORSE)})
    first = "is beaten by the best other entry in average precision (0.300 against 0.350 of other "
    assert first in text
    assert ") and in ROC-AUC (0.900 against 0.950 of matrix regression;" in text


def test_one_sentence_suffices_where_the_best_other_entry_is_a_single_input():
    text = judge({"sequence_cnn": (LOW, LOW)})
    assert text.count("sequence CNN") == 2
    assert " It " not in text


def test_an_ensemble_stands_for_its_model_whose_seeds_are_no_rivals():
    text = judge({"matrix_regression": (LOW, LOW)}, main="fusion_cnn/ensemble")
    start = "JUND in K562: fusion CNN, ensemble (sequence and accessibility, of 3 seeds) beats the "
    assert text.startswith(start)
    assert main_entry("fusion_cnn", ["fusion_cnn", "fusion_cnn/ensemble"]) == "fusion_cnn/ensemble"
    assert main_entry("fusion_cnn", ["fusion_cnn", "deep/ensemble"]) == "fusion_cnn"


def test_remarks_come_last_and_the_confidence_is_said():
    found = {"matrix_regression": (LOW, LOW)}
    assert judge(found).endswith(").")
    text = judge(found, remarks=[SIMULATED, LEAKS, ""], confidence=0.9)
    assert text.endswith(f"{SIMULATED} {LEAKS}")
    assert text.count("90 % interval") == 4


def table(scores: dict[str, tuple[float, float]]) -> pd.DataFrame:
    rows = [(name, name.partition("/")[0], 3 * ("cnn" in name), *of) for name, of in scores.items()]
    return pd.DataFrame(rows, columns=["entry", "model", "seeds", "average_precision", "roc_auc"])


def test_rivals_are_single_inputs_of_several_and_baselines_of_one():
    entries = table(dict.fromkeys([*READS, "sequence_cnn/ensemble", "other"], (0.5, 0.5)))
    kind, rivals = rivals_of_kind(entries, READS, "fusion_cnn")
    assert (kind, rivals) == (
        SINGLE_INPUT,
        ["sequence_cnn", "raw_accessibility", "sequence_cnn/ensemble"],
    )
    kind, rivals = rivals_of_kind(entries, READS, "sequence_cnn")
    assert (kind, rivals) == (BASELINE, ["raw_accessibility", "prevalence", "matrix_regression"])
    assert other_entries(entries, "sequence_cnn/ensemble", binding) == [
        "fusion_cnn",
        "raw_accessibility",
        "prevalence",
        "matrix_regression",
        "other",
    ]


def test_the_entries_that_the_verdict_names():
    scores = {"fusion_cnn": (0.3, 0.9), "matrix_regression": (0.4, 0.8), "other": (0.2, 0.95)}
    scores |= {"sequence_cnn": (0.1, 0.7), "raw_accessibility": (0.05, 0.75)}
    expected = ["matrix_regression", "other", "sequence_cnn", "raw_accessibility"]
    assert named_entries(table(scores), READS, "fusion_cnn", binding) == expected


def test_a_ceiling_is_no_rival():
    entries = table(dict.fromkeys(["net", activity.CEILING, "ridge"], (0.5, 0.5)))
    assert other_entries(entries, "net", activity) == ["ridge"]


def test_without_a_rival_nothing_is_claimed():
    entries = table({"fusion_cnn": (0.3, 0.9)})
    comparisons = pd.DataFrame(columns=["model", "other", "metric", "difference", "low", "high"])
    assert contrasts(entries, comparisons, [], "fusion_cnn", binding) == []
    text = verdict(entries, comparisons, READS, "fusion_cnn", "JUND in K562", binding)
    assert text.endswith("and nothing else was scored beside it, so its worth cannot be said.")


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


def test_a_model_of_sequences_is_judged_by_all_and_then_by_its_best_baseline():
    worse = "95 % interval \N{MINUS SIGN}0.020 to \N{MINUS SIGN}0.001)"
    first, second = "\N{MINUS SIGN}0.020, ", "\N{MINUS SIGN}0.010, "
    assert judge_sequences(-0.02, -0.001) == (
        "A motif in random sequences: tfbs CNN (sequence only, mean over 5 seeds) is beaten by the "
        f"best other entry in average precision (0.980 against 1.000 of deep; difference {first}"
        f"{worse} and in ROC-AUC (0.980 against 1.000 of deep; difference {first}{worse}. It is "
        "beaten by the best baseline in average precision (0.980 against 0.990 of string search; "
        f"difference {second}{worse} and in ROC-AUC (0.980 against 0.990 of string search; "
        f"difference {second}{worse}."
    )
    assert "cannot be told apart from the best baseline" in judge_sequences(-0.02, 0.001)
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
        "MPRA in K562: net (sequence only) beats the best other entry in Pearson (0.900 against "
        "0.800 of ridge; difference +0.100, 95 % interval +0.050 to +0.150) and in mean squared "
        "error (0.200 against 0.400 of ridge; difference \N{MINUS SIGN}0.200, 95 % interval "
        "\N{MINUS SIGN}0.300 to \N{MINUS SIGN}0.100)."
    )
    text = judge_activity((0.05, 0.15), (0.1, 0.3))
    assert "beats the best other entry in Pearson (" in text
    assert ", but is beaten by it in mean squared error (" in text
    text = judge_activity((-0.15, -0.05), (0.1, 0.3))
    assert "is beaten by the best other entry in Pearson (" in text
    assert ") and in mean squared error (" in text
    text = judge_activity((-0.15, 0.05), (-0.1, 0.3))
    assert "cannot be told apart from the best other entry in Pearson (" in text
    assert ") or in mean squared error (" in text


def test_the_best_rival_has_the_least_error_and_one_without_a_score_is_none():
    squared = {**SQUARED, "mean": 0.1, "gc": math.nan}
    tables = activity_tables(PEARSON, squared, ((0.05, 0.15), (0.05, 0.15)))
    first, second = contrasts(*tables, ["ridge", "gc", "mean"], "net", activity)
    assert (first.metric, first.other, first.lower_is_better) == ("pearson", "ridge", False)
    assert (second.metric, second.other, second.lower_is_better) == (
        "mean_squared_error",
        "mean",
        True,
    )
    assert (first.outcome, second.outcome) == ("better", "worse")
    (only,) = contrasts(*tables, ["mean"], "net", activity)
    assert only.metric == "mean_squared_error", "the mean has no correlation"


def test_a_model_of_two_inputs_is_held_against_models_of_one():
    reads = {**ACTIVITY_READS, "net": ["sequence", "accessibility"]}
    bounds = (0.05, 0.15), (-0.3, -0.1)
    squared = {**SQUARED, "mean": 0.1}
    text = judge_activity(*bounds, squared=squared, reads=reads)
    assert "beats its best single input in Pearson" in text
    assert "of mean;" not in text.partition(" It ")[2], "the mean reads nothing"


def test_a_constant_network_is_worse_and_has_no_correlation():
    pearson, squared = {**PEARSON, "net": math.nan}, {**SQUARED, "net": 1.0}
    text = judge_activity(NONE, (0.5, 0.7), pearson=pearson, squared=squared)
    assert "is beaten by the best other entry in mean squared error (1.000 against 0.400" in text
    assert text.endswith("It has no Pearson, as where all predictions are the same.")
    assert "no Pearson" not in judge_activity((0.05, 0.15), (-0.3, -0.1))


def test_without_intervals_a_smaller_error_scores_better():
    text = judge_activity(NONE, NONE)
    assert "scores better than the best other entry in Pearson (" in text
    assert ") and in mean squared error (0.200 against 0.400" in text
    assert text.endswith(NO_INTERVAL)
