"""The best round on valid is kept, and a training that was still getting better is named."""

from types import SimpleNamespace

import pandas as pd
import pytest

from cisfuse.training.selection import best_round, course_of, is_rising, never_above

TASK = SimpleNamespace(SELECTION={"average_precision": True, "error": False})


def rounds(precision: list[float], error: list[float] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "round": range(1, len(precision) + 1),
            "valid_average_precision": precision,
            "valid_error": error or precision,
        }
    )


def test_the_best_round_is_the_earliest_of_equals():
    table = rounds([0.1, 0.3, 0.3, 0.2])
    assert best_round(table, "average_precision", TASK) == 2
    assert best_round(table, "error", TASK) == 1
    assert best_round(table, "none", TASK) == 4


@pytest.mark.parametrize(
    ("precision", "metric", "rising"),
    [
        ([0.1, 0.2, 0.3], "average_precision", True),
        ([0.1, 0.3, 0.3], "average_precision", False),
        ([0.3, 0.2, 0.1], "error", True),
        ([0.1, 0.2, 0.3], "none", False),
        ([0.1], "average_precision", False),
    ],
)
def test_a_training_whose_best_round_is_the_last_was_still_getting_better(
    precision, metric, rising
):
    assert is_rising(rounds(precision), metric, TASK) == rising


def test_the_course_of_several_seeds():
    tables = {0: rounds([0.1, 0.4, 0.2]), 5: rounds([0.1, 0.2, 0.3])}
    course = course_of(tables, "average_precision", TASK)
    assert (course.metric, course.rounds, course.rising) == ("average_precision", 3, [5])
    assert course.chosen == {0: 2, 5: 3}
    assert course.best == {0: 0.4, 5: 0.3}
    assert course.last == {0: 0.2, 5: 0.3}
    assert never_above(course, 0.3, TASK) == [5]
    assert never_above(course, 0.2, TASK) == []


def test_where_the_last_round_is_taken_the_first_metric_is_shown():
    course = course_of({0: rounds([0.4, 0.2])}, "none", TASK)
    assert (course.metric, course.chosen, course.best) == ("average_precision", {0: 2}, {0: 0.2})
    errors = course_of({0: rounds([1, 1], [0.4, 0.2])}, "error", TASK)
    assert never_above(errors, 0.1, TASK) == [0]
    assert never_above(errors, 0.3, TASK) == []
