"""The optimiser's settings of each model, and the weights that a training starts from."""

import os
from collections.abc import Mapping
from typing import Any

from cisfuse.base.errors import ConfigError
from cisfuse.config.settings import model_settings

# Of a run MODEL/seed-N, and of the path of a saved model.
SEED, SAVED = "/seed-", ".keras"


def check_training(config: Mapping, place: str) -> None:
    """Raise `ConfigError` where a model's optimiser, schedule or start cannot be used.

    ``config`` is what `cisfuse.config.settings.load_config` gives, of the file ``place``.
    """
    training = config["training"]
    for name in training["models"]:
        settings = model_settings(training, name)
        try:
            _check_optimizer(settings)
            for seed in training["seeds"]:
                _follow_starts(training, name, seed)
        except ConfigError as error:
            raise ConfigError(f"{place}: training.models.{name}: {error}") from None


def _check_optimizer(settings: Mapping[str, Any]) -> None:
    optimizer, decay = settings["optimizer"], settings["weight_decay"]
    if optimizer == "adam" and decay:
        raise ConfigError(
            f"weight_decay: {decay:g} goes with optimizer: adamw, and this is adam; change one"
        )
    if optimizer == "adamw" and not decay:
        raise ConfigError("weight_decay: adamw without it is adam; give one, such as 0.01")
    first, last = settings["learning_rate"], settings["final_learning_rate"]
    if settings["schedule"] == "constant" and last:
        raise ConfigError(
            f"final_learning_rate: {last:g} goes with schedule: linear or cosine, and this is "
            "constant; change one"
        )
    if last > first:
        raise ConfigError(
            f"final_learning_rate: {last:g} is above learning_rate, {first:g}; correct one"
        )


def start_of(training: Mapping, model: str, seed: int) -> tuple[str, int] | str | None:
    """Where a training's first weights come from.

    A run, as its model and seed; the path of a saved model; or None for fresh weights. Raises
    `ConfigError` for a run that is not in the config and for a file that is not there.
    """
    start = model_settings(training, model)["starts_from"]
    if start is None:
        return None
    models, seeds = training["models"], training["seeds"]
    name, at_seed, number = start.partition(SEED)
    if name in models and (not at_seed or number in map(str, seeds)):
        return name, int(number) if at_seed else seed
    if name in models:
        raise ConfigError(
            f"starts_from: '{start}' is of no seed under training.seeds; there are "
            f"{', '.join(map(str, seeds))}"
        )
    if not start.endswith(SAVED):
        raise ConfigError(
            f"starts_from: '{start}' is neither under training.models nor the path of a {SAVED} "
            f"file; there are {', '.join(models)}"
        )
    if not os.path.isfile(start):
        raise ConfigError(f"starts_from: {start}: no such file; correct the path")
    return start


def _follow_starts(training: Mapping, model: str, seed: int) -> None:
    """Raise `ConfigError` where a run would start, over others perhaps, from its own weights."""
    seen = [(model, seed)]
    while isinstance(start := start_of(training, *seen[-1]), tuple):
        if start in seen:
            circle = " from ".join(f"{name}{SEED}{number}" for name, number in [*seen, start])
            raise ConfigError(f"starts_from: {circle} is a circle; let one of them start afresh")
        seen.append(start)
