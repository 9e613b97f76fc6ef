"""The registry of tasks: a folder each, whose modules are imported when they are asked for.

A task is a folder of four modules, apart so that an edit of the words of a page trains nothing:

- ``target``: the column that is predicted, how users write it, and what a split must hold;
- ``fitting``: losses, which examples an epoch takes, and what is measured after each round;
- ``scores``: what is measured on test, from sums over blocks of examples;
- ``words``: how scores, figures and verdicts are called.

They are light: what needs TensorFlow or matplotlib is named by its dotted name. The contract is
the module `cisfuse.tasks.binding`'s; a test compares the others with it.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from cisfuse.base.errors import ConfigError
from cisfuse.config.schemas import shorten
from cisfuse.config.settings import model_settings

# Settings of training that only some tasks have, and what they are where they do nothing.
IDLE = {"class_weights": "none", "negatives_per_positive": 0}
PARTS = ("target", "fitting", "scores", "words")


def task_names() -> list[str]:
    """The tasks that there are, sorted."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/target.py"))


def module_of(task: str, part: str) -> str:
    """The dotted name of a part of a task, for its import and for digests of the code.

    Raises `ConfigError` that lists the tasks there are.
    """
    if task not in task_names():
        raise ConfigError(
            f"no task is called {shorten(task)}; choose one of {', '.join(task_names())}"
        )
    return f"cisfuse.tasks.{task}.{part}"


def part_of(task: str, part: str) -> ModuleType:
    """A part of a task, one of `PARTS`; raises `ConfigError` for an unknown task."""
    return importlib.import_module(module_of(task, part))


def default_protocol(task: str, place: str) -> str:
    """The training protocol of a task; raises `ConfigError` for a task that is none."""
    try:
        return part_of(task, "fitting").PROTOCOL
    except ConfigError as error:
        raise ConfigError(f"{place}: task: {error}") from None


def check_config(config: Mapping, place: str) -> dict:
    """The config with what it leaves to the task, as the metric that chooses the round.

    A task without labels that can be called settles ``evaluation.called_labels``, so that a
    source's default does not ask for them. Raises `ConfigError` for settings that the task does
    not have.
    """
    task, training = config["task"], dict(config["training"])
    fitting = part_of(task, "fitting")
    metric = training["selection_metric"] or next(iter(fitting.SELECTION))
    if metric != "none" and metric not in fitting.SELECTION:
        raise ConfigError(
            f"{place}: training.selection_metric: the task {task} has no metric '{metric}'; choose "
            f"one of {', '.join([*fitting.SELECTION, 'none'])}"
        )
    training["selection_metric"] = metric
    for name in training["models"]:
        _check_model(
            model_settings(training, name), fitting, task, f"{place}: training.models.{name}"
        )
    words = part_of(task, "words")
    if config["interpretation"]["models"] and not words.EXPLAINED:
        raise ConfigError(
            f"{place}: interpretation.models: models of the task {task} are not explained yet; "
            "remove it"
        )
    evaluation = dict(config["evaluation"])
    if len(words.CONVENTIONS) < 2:
        for key in ("called_labels", "published"):
            if evaluation[key]:
                raise ConfigError(
                    f"{place}: evaluation.{key} is for labels that can be called, which the task "
                    f"{task} does not have; remove it"
                )
        evaluation["called_labels"] = False
    return {**config, "training": training, "evaluation": evaluation}


def _check_model(settings: Mapping, fitting: ModuleType, task: str, place: str) -> None:
    """Raise `ConfigError` for a loss, or another setting, that the task does not have."""
    if settings["loss"] not in fitting.LOSSES:
        raise ConfigError(
            f"{place}: the task {task} has no loss '{settings['loss']}'; choose one of "
            f"{', '.join(fitting.LOSSES)}"
        )
    for key, idle in IDLE.items():
        if key not in fitting.SETTINGS and settings[key] != idle:
            raise ConfigError(
                f"{place}: {key} is {settings[key]}, which the task {task} does not have; write "
                f"{idle}, or remove it"
            )
