"""An architecture's own options: from the config's mapping to its dataclass.

An option's type is the annotation of its field: int, float, bool, str, or a tuple of one of
them, such as ``tuple[int, ...]``, which the config writes as a list. A whole number is fine
where a float is asked for.
"""

import dataclasses
import difflib
import math
import sys
import typing
from collections.abc import Mapping
from typing import Any

from cisfuse.base.errors import ConfigError
from cisfuse.config.schemas import shorten

TYPES: dict[type, str] = {
    int: "is not a whole number; write one without quotation marks or a point",
    float: "is not a finite number; write one without quotation marks",
    bool: "is not a truth value; write true or false",
    str: "is not text; put it in quotation marks",
}


def read_options(options: type, given: Mapping[str, Any]) -> Any:
    """An instance of the dataclass ``options`` with what is given, and its defaults for the rest.

    Raises `ConfigError` for an unknown option, naming the nearest one, for a wrong type, and for
    what the dataclass refuses.
    """
    kinds = typing.get_type_hints(options)
    known = [entry.name for entry in dataclasses.fields(options)]
    for name in given:
        if name not in known:
            raise ConfigError(f"options: unknown key '{name}'; {_hint(name, known)}")
    read = {name: _read(name, value, kinds[name]) for name, value in given.items()}
    try:
        return options(**read)
    except ConfigError as error:
        raise ConfigError(f"options.{error}") from None


def check_range(options: Any, names: tuple[str, ...], least: float, most: float = math.inf) -> None:
    """Raise `ConfigError` for the first of the options that is not from ``least`` to ``most``.

    Of a tuple each entry is checked, and one at least must be there.
    """
    for name in names:
        value = getattr(options, name)
        values = value if isinstance(value, tuple) else (value,)
        if not values:
            raise ConfigError(f"{name}: must not be empty; give one number at least")
        for number in values:
            if not least <= number <= most:
                bounds = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
                raise ConfigError(f"{name}: {shorten(number)} is out of range; give {bounds}")


def _hint(name: Any, known: list[str]) -> str:
    if not known:
        return "this architecture has no options; remove it"
    close = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"


def _read(name: str, value: Any, kind: Any) -> Any:
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError(f"options.{name}: {shorten(value)} is not a list; write [A, B]")
        return tuple(_read(name, entry, typing.get_args(kind)[0]) for entry in value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and is_number and abs(value) <= sys.float_info.max:
        return float(value)
    if kind is not float and type(value) is kind:
        return value
    raise ConfigError(f"options.{name}: {shorten(value)} {TYPES[kind]}")
