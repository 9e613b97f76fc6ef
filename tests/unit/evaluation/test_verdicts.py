"""The sentence says what the numbers allow: better, worse, or not to be told apart."""

import math

import pandas as pd
import pytest

from cisfuse.evaluation.verdicts import (
    BASELINE,
    FEW_POSITIVES,
    LEAKS,
    NO_INTERVAL,
    REPEATED,
    SIMULATED,
    contrasts,
    verdict,
)

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
    return verdict(entries, comparisons, reads, main, "JUND in K562", **circumstances)


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
            ["scores higher than its best single input in av", "(0.300 against", NO_INTERVAL],
        ),
        (
            (-0.05, *NONE),
            (0.02, *NONE),
            ["scores lower than its best", ", but scores higher than it in ROC-AUC", NO_INTERVAL],
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


def test_simulated_data_leaks_and_another_confidence_are_said():
    bounds = (0.05, 0.01, 0.1), (0.02, 0.001, 0.04)
    plain = judge(*bounds)
    assert SIMULATED not in plain
    assert LEAKS not in plain
    text = judge(*bounds, simulated=True, leaks=True, confidence=0.9)
    assert text.endswith(f"{SIMULATED} {LEAKS}")
    assert text.count("90 % interval") == 2


def test_the_best_single_input_is_found_for_each_metric_alone():
    text = judge((0.05, 0.01, 0.1), (0.02, 0.001, 0.04))
    assert "of sequence CNN; difference +0.050" in text
    assert "of raw accessibility; difference +0.020" in text
    assert "other program" not in text


def test_without_a_fusion_or_a_single_input_nothing_is_claimed():
    bounds = (0.05, 0.01, 0.1), (0.02, 0.001, 0.04)
    assert "no fusion to judge" in judge(*bounds, main="sequence_cnn")
    alone = {"fusion_cnn": READS["fusion_cnn"], "prevalence": []}
    text = judge(*bounds, reads=alone)
    assert "its worth cannot be said" in text
    assert "beats" not in text


def test_an_entry_that_was_not_scored_is_no_rival():
    entries = pd.DataFrame(
        {"entry": ["fusion_cnn"], "seeds": [1], "average_precision": [0.3], "roc_auc": [0.9]}
    )
    comparisons = pd.DataFrame(columns=["model", "other", "metric", "difference", "low", "high"])
    assert contrasts(entries, comparisons, READS, "fusion_cnn") == []


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
    return verdict(entries, comparisons, reads, "tfbs_cnn", place, rival=BASELINE, **circumstances)


def test_a_model_of_sequences_is_judged_by_its_best_baseline():
    assert judge_sequences(-0.02, -0.001) == (
        "A motif in random sequences: tfbs CNN (sequence only, mean over 5 seeds) is worse than "
        "its best baseline in average precision (0.980 against 0.990 of string search; difference "
        "\N{MINUS SIGN}0.010, 95 % interval \N{MINUS SIGN}0.020 to \N{MINUS SIGN}0.001) and in "
        "ROC-AUC (0.980 against 0.990 of string search; difference \N{MINUS SIGN}0.010, 95 % "
        "interval \N{MINUS SIGN}0.020 to \N{MINUS SIGN}0.001)."
    )
    assert "cannot be told apart from its best baseline" in judge_sequences(-0.02, 0.001)
    assert judge_sequences(*NONE).endswith(FEW_POSITIVES)
    assert judge_sequences(-1, 1, simulated=True, leaks=True).endswith(f"{SIMULATED} {REPEATED}")
