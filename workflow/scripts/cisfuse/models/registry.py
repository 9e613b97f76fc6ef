"""The registry of architectures: one per file, imported when asked for and not before.

An architecture's module has one function, ``build(settings) -> keras.Model``. The model's
inputs are named after features of the examples, sequence as one-hot float32 (n, length, 4)
and each signal as raw float32 (n, 1); its output is the logit, float32 (n, 1), whatever the
precision of the layers between.
"""

import importlib
from dataclasses import dataclass
from typing import Any

from cisfuse.base.errors import ConfigError
from cisfuse.models.settings import ModelSettings


@dataclass(frozen=True)
class Architecture:
    """Where an architecture is built, the features that it reads, and the bases that it needs."""

    module: str
    inputs: tuple[str, ...]
    shortest: int = 1


ARCHITECTURES = {
    "fusion_cnn": Architecture("cisfuse.models.fusion_cnn", ("sequence", "accessibility")),
    "sequence_cnn": Architecture("cisfuse.models.sequence_cnn", ("sequence",)),
    "accessibility_logistic": Architecture(
        "cisfuse.models.accessibility_logistic", ("accessibility",)
    ),
    "pooled_cnn": Architecture("cisfuse.models.pooled_cnn", ("sequence",)),
    "tfbs_cnn": Architecture("cisfuse.models.tfbs_cnn", ("sequence",), 15),
    "tfbs_cnn_deep": Architecture("cisfuse.models.tfbs_cnn_deep", ("sequence",), 5),
}


def architecture_of(name: str) -> Architecture:
    """Look up an architecture; raises `ConfigError` that lists those there are."""
    try:
        return ARCHITECTURES[name]
    except KeyError:
        known = ", ".join(ARCHITECTURES)
        raise ConfigError(f"no architecture is called '{name}'; there are {known}") from None


def build_model(name: str, settings: ModelSettings) -> Any:
    """Build a `keras.Model` with fresh weights from the global seed."""
    return importlib.import_module(architecture_of(name).module).build(settings)
