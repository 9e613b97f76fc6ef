"""The course of training on the page: which rounds were kept, and what may be undertrained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import pandas as pd

from cisfuse.base.wording import format_score, name_of
from cisfuse.report.pages import Figure
from cisfuse.training.selection import RAISE, Course, course_of, never_above


@dataclass(frozen=True)
class Training:
    """What the page says of the rounds of a sample's models: columns and rows of a table,
    sentences, figures."""

    columns: list[str]
    rows: list[list[str]]
    warnings: list[str]
    figures: list[Figure]


def describe_training(
    rounds: Mapping[str, pd.DataFrame],
    metrics: pd.DataFrame,
    settings: Mapping[str, Mapping[str, object]],
    reads: Mapping[str, Sequence[str]],
    fitting: ModuleType,
    names: Mapping[str, str],
    figures: Sequence[Figure],
) -> Training:
    """The table of rounds and the warnings.

    ``rounds`` are tables of the rule train_model by run (``fusion_cnn/seed-0``), ``metrics`` is
    what score_predictions writes; ``settings`` are those of each model, ``reads`` says what each
    model and baseline reads; ``names`` are the metrics' names.
    """
    rows, warnings = [], []
    for model, own in settings.items():
        tables = {
            int(run.rpartition("-")[2]): table
            for run, table in rounds.items()
            if run.partition("/")[0] == model
        }
        course = course_of(tables, str(own["selection_metric"]), fitting)
        rows.append(_row(model, course, names))
        bar = _bar(metrics, course, model, reads, fitting.SELECTION[course.metric])
        warnings += _warnings(model, course, bar, fitting)
    columns = ["Model", "Round kept", "Chosen by", "Score on valid", "After the last round"]
    return Training(columns, rows, warnings, list(figures))


def _row(model: str, course: Course, names: Mapping[str, str]) -> list[str]:
    numbers = [
        ", ".join(map(format_score, values.values())) for values in (course.best, course.last)
    ]
    kept = ", ".join(map(str, course.chosen.values()))
    return [name_of(model), f"{kept} of {course.rounds}", names[course.metric], *numbers]


def _bar(
    metrics: pd.DataFrame,
    course: Course,
    model: str,
    reads: Mapping[str, Sequence[str]],
    more: bool,
) -> tuple[str, float] | None:
    """The best on valid of the baselines that read one input of a model with several, if any."""
    valid = metrics[(metrics["split"] == "valid") & (metrics["seed"] == "")]
    scores = valid.set_index("model")[course.metric].dropna()
    read = {name: set(reads.get(name, ())) for name in scores.index}
    beneath = scores[[len(read[name]) == 1 and read[name] < set(reads[model]) for name in read]]
    if beneath.empty:
        return None
    name = str(beneath.idxmax() if more else beneath.idxmin())
    return name, float(beneath[name])


def _warnings(
    model: str, course: Course, bar: tuple[str, float] | None, fitting: ModuleType
) -> list[str]:
    """Why a model may be undertrained, a sentence for each reason."""
    found = []
    if course.rising:
        found.append(f"its best round is the last one{_seeds(course.rising, course)}")
    if bar:
        low = [seed for seed in never_above(course, bar[1], fitting) if seed not in course.rising]
        if low:
            which = f"{name_of(bar[0])} ({format_score(bar[1])} on valid){_seeds(low, course)}"
            found.append(f"no round is better than {which}")
    return [f"{name_of(model)} may be undertrained: {reason}; {RAISE}." for reason in found]


def _seeds(some: Sequence[int], course: Course) -> str:
    if len(course.chosen) == 1:
        return ""
    if len(some) == len(course.chosen):
        return " with every seed"
    return f" with seed{'s' if len(some) > 1 else ''} {', '.join(map(str, some))}"
