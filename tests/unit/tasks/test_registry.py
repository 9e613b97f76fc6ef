"""The contract of a task, which is what the task binding has, and what a config may ask of one."""

import importlib
import inspect
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from configs import MINIMAL, load

from cisfuse.base.errors import ConfigError
from cisfuse.base.splits import SPLITS
from cisfuse.config.protocols import PROTOCOLS
from cisfuse.tasks.registry import (
    IDLE,
    PARTS,
    check_config,
    default_protocol,
    module_of,
    part_of,
    task_names,
)
from cisfuse.tasks.words import Column, FigureOfScores

# What binding has for itself: a place for its words, and scores that others need not have.
OWN = {"words": {"SPACE"}, "scores": {"GRIDS"}, "fitting": {"accuracy"}}


def contract(module: ModuleType) -> list[str]:
    """The constants and the functions of its own that a module has for others."""
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (name.isupper() or getattr(value, "__module__", "") == module.__name__)
    ]


def shape_of(function) -> list[tuple]:
    """Kind and default of each parameter; a task calls them by words of its own."""
    parameters = inspect.signature(function).parameters.values()
    return [(parameter.kind, parameter.default) for parameter in parameters]


def test_tasks_are_the_folders_that_have_a_target():
    assert task_names() == ["activity", "binding"]
    for task in task_names():
        for part in PARTS:
            assert part_of(task, part).__name__ == module_of(task, part)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("task", task_names())
def test_each_part_of_a_task_has_the_names_and_signatures_of_bindings(task, part):
    known, other = part_of("binding", part), part_of(task, part)
    names = set(contract(known)) - OWN.get(part, set())
    assert len(names) > 8
    for name in names:
        value, expected = getattr(other, name, None), getattr(known, name)
        if inspect.isfunction(expected):
            assert shape_of(value) == shape_of(expected), name
        else:
            assert type(value) is type(expected), name


def test_what_differs_from_bindings_is_found():
    """The comparison above can fail."""
    words = part_of("binding", "words")
    assert {"JUDGED", "headline", "FIGURES", "tested_words"} <= set(contract(words))
    assert not {"Column", "FigureOfScores", "pd"} & set(contract(words))
    target = part_of("binding", "target")
    assert shape_of(target.describe_bad) != shape_of(target.is_value)


@pytest.mark.parametrize("task", task_names())
def test_the_words_of_a_task_name_what_its_scores_have(task):
    words, scores = part_of(task, "words"), part_of(task, "scores")
    known = {*scores.METRICS, *scores.COUNTED}
    assert all(isinstance(column, Column) and column.metric in known for column in words.COLUMNS)
    assert {*words.METRIC_NAMES} <= known
    assert len(words.JUDGED) == 2
    assert {*words.JUDGED} <= {*words.METRIC_NAMES} & {*scores.COMPARED}
    assert {*scores.COMPARED} <= {*scores.METRICS}
    assert {*words.METRIC_NAMES} >= words.LOWER_IS_BETTER
    assert scores.FIRST in scores.METRICS
    assert words.REFERENCE in ("", *scores.COUNTED)
    assert {*words.TABLES} == {*scores.TABLES, *(["curves"] if scores.CURVES else [])}


@pytest.mark.parametrize("task", task_names())
def test_figures_of_a_task_have_functions_that_draw_them_and_captions(task):
    names = [figure.name for figure in part_of(task, "words").FIGURES]
    assert len(set(names)) == len(names)
    for figure in part_of(task, "words").FIGURES:
        assert isinstance(figure, FigureOfScores)
        module, _, function = figure.draw.partition(":")
        assert list(
            inspect.signature(getattr(importlib.import_module(module), function)).parameters
        )
        words = {"unit": "x", "units": "xs", "Units": "Xs", "resamples": "rs", "ablation": "a"}
        assert figure.heading.format(**words)
        assert figure.note.format(**words)


@pytest.mark.parametrize("task", task_names())
def test_rounds_are_chosen_and_drawn_by_scores_that_they_have(task):
    fitting = part_of(task, "fitting")
    assert {*fitting.SELECTION} <= {*fitting.ROUND_SCORES}
    assert {*fitting.DRAWN} <= {*fitting.ROUND_SCORES}
    assert fitting.LEARNING in fitting.ROUND_SCORES
    assert fitting.LOSSES.keys() == fitting.LOSS_NAMES.keys()
    settings = PROTOCOLS[fitting.PROTOCOL]
    assert settings["loss"] in fitting.LOSSES
    assert fitting.loss_words(settings)
    words = part_of(task, "words")
    for metric, more_is_better in fitting.SELECTION.items():
        assert more_is_better == (metric not in words.LOWER_IS_BETTER)


def test_losses_are_those_that_training_has():
    losses = importlib.import_module("cisfuse.training.losses").LOSSES
    for task in task_names():
        assert {*part_of(task, "fitting").LOSSES.values()} <= losses.keys()


@pytest.mark.parametrize("task", task_names())
def test_the_counts_of_splits_fill_the_columns_of_the_page(task):
    target, words = part_of(task, "target"), part_of(task, "words")
    values = np.array([0, 1, 1, 0, 1, 0], target.DTYPE)
    table = pd.DataFrame({target.TARGET: values, "split": ["train", "valid", "test"] * 2})
    counts = target.count_splits(table, SPLITS)
    assert counts.index.tolist() == [*SPLITS]
    assert counts["spans"].tolist() == [2, 2, 2]
    for _, row in counts.iterrows():
        assert len(words.split_cells(row)) == len(words.SPLIT_COLUMNS)
        assert target.describe_counts(row)


def test_an_unknown_task_is_named_with_those_that_there_are():
    assert [default_protocol(task, "x") for task in task_names()] == [
        "regression",
        "sequence_first",
    ]
    for task in ("bindign", "", "../binding", "a\nb", 5, None, ["binding"]):
        with pytest.raises(ConfigError) as caught:
            default_protocol(task, "config.yaml")
        assert str(caught.value) == (
            f"config.yaml: task: no task is called {task!r}; choose one of activity, binding"
        )


def check(task: str = "binding", models: dict | None = None, **sections) -> dict:
    content = {**MINIMAL, "task": task, **sections}
    if models:
        content["training"] = {**content.get("training", {}), "models": models}
    return check_config(load(content), "config.yaml")


def test_a_task_chooses_its_metric_where_the_config_names_none():
    assert check()["training"]["selection_metric"] == "average_precision"
    assert check("activity")["training"]["selection_metric"] == "mean_squared_error"
    for task, metric in (("binding", "roc_auc"), ("activity", "pearson"), ("activity", "none")):
        checked = check(task, training={"selection_metric": metric})
        assert checked["training"]["selection_metric"] == metric


def test_nothing_else_of_the_config_changes():
    for task in task_names():
        config = load({**MINIMAL, "task": task, "training": {"selection_metric": "none"}})
        called = None if task == "binding" else False
        expected = {**config, "evaluation": {**config["evaluation"], "called_labels": called}}
        assert check_config(config, "x") == expected
        assert config["evaluation"]["called_labels"] is None, "the config itself stays"


def test_protocols_follow_the_task_and_may_be_mixed_where_the_loss_fits():
    assert check("activity")["training"]["loss"] == "mean_squared_error"
    assert check("activity")["training"]["protocol"] == "regression"
    models = {"fusion_cnn": {"loss": "smooth_l1"}}
    assert check("activity", models)["training"]["models"] == models
    check("binding", {"fusion_cnn": {"protocol": "tutorial"}})


@pytest.mark.parametrize(
    ("task", "sections", "message"),
    [
        (
            "binding",
            {"training": {"selection_metric": "pearson"}},
            "training.selection_metric: the task binding has no metric 'pearson'; choose one of "
            "average_precision, roc_auc, none",
        ),
        (
            "activity",
            {"training": {"selection_metric": "roc_auc"}},
            "training.selection_metric: the task activity has no metric 'roc_auc'; choose one of "
            "mean_squared_error, mean_absolute_error, pearson, none",
        ),
        (
            "binding",
            {"training": {"loss": "smooth_l1"}},
            "training.models.fusion_cnn: the task binding has no loss 'smooth_l1'; choose one of "
            "cross_entropy, mean_squared_error",
        ),
        (
            "activity",
            {"models": {"fusion_cnn": {}, "sequence_cnn": {"loss": "cross_entropy"}}},
            "training.models.sequence_cnn: the task activity has no loss 'cross_entropy'; choose "
            "one of mean_squared_error, smooth_l1",
        ),
        (
            "activity",
            {"training": {"class_weights": "balanced"}},
            "training.models.fusion_cnn: class_weights is balanced, which the task activity does "
            "not have; write none, or remove it",
        ),
        (
            "activity",
            {"models": {"fusion_cnn": {"negatives_per_positive": 3}}},
            "training.models.fusion_cnn: negatives_per_positive is 3, which the task activity does "
            "not have; write 0, or remove it",
        ),
        (
            "activity",
            {"evaluation": {"called_labels": True}},
            "evaluation.called_labels is for labels that can be called, which the task activity "
            "does not have; remove it",
        ),
        (
            "activity",
            {"evaluation": {"published": {"fusion_cnn": {"convention": "scores"}}}},
            "evaluation.published is for labels that can be called, which the task activity does "
            "not have; remove it",
        ),
        (
            "activity",
            {"interpretation": {"models": ["fusion_cnn"]}},
            "interpretation.models: models of the task activity are not explained yet; remove it",
        ),
    ],
)
def test_what_a_task_does_not_have_is_named(task, sections, message):
    with pytest.raises(ConfigError) as caught:
        check(task, **sections)
    assert str(caught.value) == f"config.yaml: {message}"


def test_a_protocol_of_another_task_is_refused_by_what_it_sets():
    with pytest.raises(ConfigError, match="fusion_cnn: the task activity has no loss 'cross_entr"):
        check("activity", training={"protocol": "sequence_first"})


def test_settings_that_do_nothing_may_be_written_out():
    models = {"fusion_cnn": dict(IDLE)}
    assert check("activity", models)["training"]["models"] == models
