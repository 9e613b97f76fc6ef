"""Which round of a training is kept, and whether the training may have been too short.

``task`` is the part ``fitting`` of the study's task, which says what can choose a round and
whether more of it is better. Nothing here needs TensorFlow: the page says the same as the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import pandas as pd

LAST = "none"  # the selection metric that takes the last round
RAISE = "raise training.rounds"


def best_round(rounds: pd.DataFrame, selection_metric: str, task: ModuleType) -> int:
    """The number of the round with the best metric on valid; the earliest of equals.

    ``rounds`` is what the rule train_model writes; the metric ``none`` takes the last round.
    """
    if selection_metric == LAST:
        return int(rounds["round"].iloc[-1])
    values = rounds[f"valid_{selection_metric}"]
    best = values.idxmax() if task.SELECTION[selection_metric] else values.idxmin()
    return int(rounds.loc[best, "round"])


def is_rising(rounds: pd.DataFrame, selection_metric: str, task: ModuleType) -> bool:
    """Whether a training of several rounds ended while it still got better on valid."""
    if selection_metric == LAST or len(rounds) < 2:
        return False
    return best_round(rounds, selection_metric, task) == rounds["round"].iloc[-1]


@dataclass(frozen=True)
class Course:
    """The rounds of a model's trainings: what was chosen, and what later rounds did.

    metric: that is shown, the one that chooses where one does; rounds: how many; by seed, chosen:
    the kept round, best and last: the metric on valid in that round and in the last one; rising:
    the seeds that were still getting better.
    """

    metric: str
    rounds: int
    chosen: dict[int, int]
    best: dict[int, float]
    last: dict[int, float]
    rising: list[int]


def course_of(
    tables: Mapping[int, pd.DataFrame], selection_metric: str, task: ModuleType
) -> Course:
    """The course of a model's trainings; ``tables`` are their rounds.tsv by seed."""
    chosen = {seed: best_round(table, selection_metric, task) for seed, table in tables.items()}
    metric = next(iter(task.SELECTION)) if selection_metric == LAST else selection_metric
    values = {seed: table.set_index("round")[f"valid_{metric}"] for seed, table in tables.items()}
    return Course(
        metric,
        max(map(len, tables.values())),
        chosen,
        {seed: float(values[seed][number]) for seed, number in chosen.items()},
        {seed: float(of_seed.iloc[-1]) for seed, of_seed in values.items()},
        [seed for seed, table in tables.items() if is_rising(table, selection_metric, task)],
    )


def never_above(course: Course, bar: float, task: ModuleType) -> list[int]:
    """The seeds whose kept round is no better on valid than a bar, such as accessibility's."""
    more = task.SELECTION[course.metric]
    return [seed for seed, value in course.best.items() if (value <= bar if more else value >= bar)]
