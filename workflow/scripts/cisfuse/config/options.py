"""Values that Snakemake's ``--config`` gives: their types, and where messages say they stand."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from cisfuse.config.schemas import map_leaves, types_of

OPTION = "--config"
# Names that every message may hold without being about them.
COMMON = ("study", "samples")


def typed(values: Mapping, schema: Mapping) -> dict:
    """What ``--config`` gives, with the types that a config file would give.

    Snakemake leaves whatever is inside a mapping as text: ``'spans={length: 50}'``. It becomes
    what YAML reads in it, unless the schema asks for text.
    """
    return {
        key: map_leaves({key: value}, schema, schema, _read)[key]
        if isinstance(value, Mapping)
        else value
        for key, value in values.items()
    }


def _read(value: Any, rule: Mapping) -> Any:
    if not isinstance(value, str):
        return value
    try:
        read = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError):  # the latter for a date that no calendar has
        return value
    kinds = types_of(rule)
    if value in rule.get("enum", ()) or ("string" in kinds and not ("null" in kinds and not read)):
        return value
    if {"number", "integer"} & set(kinds):
        for number in (int, float):
            try:
                return number(value)
            except ValueError:
                continue
    return read


def name_options(message: str, place: str, given: Mapping) -> str:
    """A message on a mistake in a config, with ``--config`` for its place where that gave it.

    ``message`` begins with ``place``, that of the config's files, and the key: ``config.yaml:
    spans.length: ...``. ``given`` is what ``--config`` gave. Where the mistake lies between keys
    of which it gave some, both places are named.
    """
    if "samples" in given:
        message = message.replace("the config's key 'samples'", f"{OPTION} samples=")
    if not given or not message.startswith(f"{place}: "):
        return message
    text = message.removeprefix(f"{place}: ")
    reached, rest = _walk(given, text)
    if not isinstance(reached, Mapping):
        return f"{OPTION}: {text}"
    if unknown := re.search(r"unknown key '([^']*)'", rest):
        return f"{OPTION}: {text}" if unknown[1] in reached else message
    whole = reached is not given and rest.startswith((":", " "))
    if whole or any(_is_in(key, text) for key in _leaves(given) if key not in COMMON):
        return f"{place} and {OPTION}: {text}"
    return message


def _walk(given: Any, text: str) -> tuple[Any, str]:
    """What ``given`` holds at the key that a text begins with, as deep as it goes, and the rest."""
    while isinstance(given, Mapping):
        keys = [key for key in given if re.match(rf"{re.escape(str(key))}([.: ]|$)", text)]
        if not keys:
            break
        key = max(keys, key=len)
        given, text = given[key], text[len(key) :].removeprefix(".")
    return given, text


def _is_in(key: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text) is not None


def _leaves(given: Mapping) -> Iterator[str]:
    for key, value in given.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        else:
            yield str(key)
