"""The registry of architectures: each file of this package that defines ``build`` is one.

An architecture's module declares, beside its docstring:

- ``INPUTS``: names of the features that it reads
- ``Options``: a frozen dataclass of its own options, with defaults; ``__post_init__`` raises
  `ConfigError` for values that make no network
- ``check(shapes, options)``: raises `ConfigError` for examples that it cannot read
- ``build(inputs, options) -> keras.Model``

The model's inputs are named after the features, sequence as one-hot float32 (n, length, 4) and
each signal of a span as raw float32 (n, 1); its output is the logit, float32 (n, 1), whatever the
precision of the layers between. Losses that the model adds itself are added to that of the task.

The config is checked with these modules before any job runs, so they import Keras and
TensorFlow, which takes seconds, inside ``build`` alone.
"""

import ast
import dataclasses
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cisfuse.base.errors import ConfigError
from cisfuse.models.inputs import ModelInputs
from cisfuse.models.options import read_options

if TYPE_CHECKING:
    import keras

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Architecture:
    """What a file declares: see the docstring of this module. module: its dotted name."""

    module: str
    inputs: tuple[str, ...]
    options: type
    check: Callable[[Mapping[str, tuple[int, ...]], Any], None]
    build: "Callable[[ModelInputs, Any], keras.Model]"


@cache
def architectures() -> tuple[str, ...]:
    """Names of the architectures, sorted: the files of this package that define ``build``."""
    modules = (path for path in FOLDER.glob("*.py") if path.stem.isidentifier())
    return tuple(sorted(path.stem for path in modules if _defines_build(path)))


def _defines_build(path: Path) -> bool:
    """Read the file instead of importing it: the files of layers import TensorFlow."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    return any(isinstance(node, ast.FunctionDef) and node.name == "build" for node in tree.body)


def architecture_of(name: str) -> Architecture:
    """Look up an architecture; raises `ConfigError` that lists those there are."""
    if name not in architectures():
        known = ", ".join(architectures())
        raise ConfigError(f"no architecture is called '{name}'; there are {known}")
    module = importlib.import_module(f"cisfuse.models.{name}")
    return Architecture(module.__name__, module.INPUTS, module.Options, module.check, module.build)


def options_of(name: str, given: Mapping[str, Any]) -> Any:
    """The options of an architecture, an instance of its ``Options``, from the config's mapping.

    Raises `ConfigError` in one line for an unknown option, a wrong type and a wrong value.
    """
    return read_options(architecture_of(name).options, given)


def filled_options(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The config's mapping of options with the defaults of the rest, as JSON has it."""
    filled = dataclasses.asdict(options_of(name, given))
    return {key: list(v) if isinstance(v, tuple) else v for key, v in filled.items()}


def build_model(
    name: str, inputs: ModelInputs, options: Mapping[str, Any] | None = None
) -> "keras.Model":
    """Build a model with fresh weights from the global seed; ``options`` as in the config.

    Raises `ConfigError` for options that are wrong and for shapes that the architecture refuses.
    """
    architecture, chosen = architecture_of(name), options_of(name, options or {})
    architecture.check(inputs.shapes, chosen)
    return architecture.build(inputs, chosen)
