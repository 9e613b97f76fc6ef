"""The page says which rounds were kept, and which models may be undertrained and why."""

import pandas as pd
import pytest

from cisfuse.report.course import describe_training
from cisfuse.tasks.binding import fitting
from cisfuse.tasks.binding.words import METRIC_NAMES

SETTINGS = {
    "fusion_cnn": {"selection_metric": "average_precision"},
    "sequence_cnn": {"selection_metric": "average_precision"},
}
READS = {
    "fusion_cnn": ["sequence", "accessibility"],
    "sequence_cnn": ["sequence"],
    "raw_accessibility": ["accessibility"],
    "gc_content": ["sequence"],
    "matrix_regression": ["sequence", "accessibility"],
}


def rounds(precision: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"round": range(1, len(precision) + 1), "valid_average_precision": precision}
    )


def metrics(**valid: float) -> pd.DataFrame:
    rows = [
        (name, "", split, score) for name, score in valid.items() for split in ("valid", "test")
    ]
    rows.append(("fusion_cnn", "0", "valid", 0.9))
    return pd.DataFrame(rows, columns=["model", "seed", "split", "average_precision"])


def describe(fusion: dict[int, list[float]], raw: float = 0.1, sequence=(0.2, 0.3, 0.1)):
    tables = {f"fusion_cnn/seed-{seed}": rounds(values) for seed, values in fusion.items()}
    tables |= {f"sequence_cnn/seed-{seed}": rounds(list(sequence)) for seed in fusion}
    found = metrics(raw_accessibility=raw, gc_content=0.01, matrix_regression=0.8)
    return describe_training(tables, found, SETTINGS, READS, fitting, METRIC_NAMES, [])


def test_a_row_per_model_with_its_rounds_and_scores_by_seed():
    training = describe({0: [0.1, 0.4, 0.2], 1: [0.2, 0.1, 0.15]})
    first, second = training.rows
    assert len(training.columns) == len(first)
    assert first == ["fusion CNN", "2, 1 of 3", "average precision", "0.400, 0.200", "0.200, 0.150"]
    assert second[1] == "2, 2 of 3"
    assert training.warnings == []


@pytest.mark.parametrize(
    ("fusion", "raw", "words"),
    [
        ({0: [0.1, 0.2, 0.3]}, 0.1, "its best round is the last one; raise training.rounds."),
        ({0: [0.3, 0.2], 1: [0.2, 0.3]}, 0.1, "the last one with seed 1; raise"),
        ({0: [0.2, 0.3], 1: [0.2, 0.3]}, 0.1, "the last one with every seed; raise"),
        ({0: [0.3, 0.2]}, 0.3, "no round is better than raw accessibility (0.300 on valid); raise"),
        (
            {0: [0.3, 0.2], 1: [0.5, 0.4], 2: [0.2, 0.1]},
            0.4,
            "than raw accessibility (0.400 on valid) with seeds 0, 2; raise training.rounds.",
        ),
    ],
)
def test_why_a_model_may_be_undertrained(fusion, raw, words):
    (warning,) = describe(fusion, raw).warnings
    assert warning.startswith("fusion CNN may be undertrained: ")
    assert words in warning


def test_a_model_of_one_input_is_held_against_no_single_input():
    assert describe({0: [0.6, 0.5]}, raw=0.4, sequence=(0.05, 0.02)).warnings == []
