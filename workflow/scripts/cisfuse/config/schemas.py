"""JSON schemas: defaults filled in, and violations in words.

`jsonschema` checks; this module puts what it finds into words for the person who wrote the
file.
"""

import copy
import difflib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from cisfuse.base.errors import ConfigError


def load_schema(path: str | Path) -> dict:
    """Read a JSON schema that is written in YAML."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def fill_defaults(content: dict, schema: Mapping) -> dict:
    """A copy of ``content`` with the schema's defaults where a key is absent, to any depth.

    Keys come in the schema's order: Snakemake compares parameters with their order, and a
    default that is written out, or keys that change places, must rerun nothing.
    """
    filled = {}
    for key, rule in schema.get("properties", {}).items():
        if key in content:
            filled[key] = content[key]
        elif "default" in rule:
            filled[key] = copy.deepcopy(rule["default"])
        if isinstance(filled.get(key), dict):
            filled[key] = fill_defaults(filled[key], rule)
    return filled | {key: content[key] for key in content if key not in filled}


def numbers_as_floats(content: Any, rule: Mapping, schema: Mapping) -> Any:
    """A copy of ``content`` in which every ``number`` of the schema is a float, to any depth.

    YAML reads 1 as a whole number, Keras takes no whole number for a rate, and a parameter that
    is written 0 in one place and 0.0 in another would rerun its rules. ``rule`` is the part of
    ``schema`` that ``content`` has been checked against.
    """

    def as_float(value: Any, rule: Mapping) -> Any:
        return float(value) if _is_whole(None, value) and "number" in types_of(rule) else value

    return map_leaves(content, rule, schema, as_float)


def map_leaves(
    content: Any, rule: Mapping, schema: Mapping, change: Callable[[Any, Mapping], Any]
) -> Any:
    """A copy of ``content`` with each value that is neither a mapping nor a list changed.

    ``change`` gets the value and its rule, which is empty where the schema has none.
    """
    if "$ref" in rule:
        rule = schema["$defs"][rule["$ref"].removeprefix("#/$defs/")]
    if isinstance(content, Mapping):
        known, other = rule.get("properties", {}), rule.get("additionalProperties")
        other = other if isinstance(other, Mapping) else {}
        return {
            key: map_leaves(value, known.get(key, other), schema, change)
            for key, value in content.items()
        }
    if isinstance(content, list):
        return [map_leaves(value, rule.get("items", {}), schema, change) for value in content]
    return change(content, rule)


def types_of(rule: Mapping) -> list[str]:
    """The types that a rule of a schema allows."""
    kinds = rule.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def check_schema(content: Any, schema: Mapping, place: str) -> None:
    """Raise `ConfigError` for the first violation, in words; ``place`` names the file."""
    errors = sorted(
        Validator(schema).iter_errors(content), key=lambda error: list(map(str, error.path))
    )
    if errors:
        raise ConfigError(f"{place}: {describe(errors[0])}")


def _is_finite(_checker: Any, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A whole number may be larger than any float, which math.isfinite does not take.
    return is_number and (isinstance(value, int) or math.isfinite(value))


def _is_whole(_checker: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_pattern(
    _validator: Any, pattern: str, value: Any, _schema: Mapping
) -> Iterator[jsonschema.ValidationError]:
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield jsonschema.ValidationError("")


# JSON Schema itself takes 20.0 for a whole number, .nan and .inf for numbers, and looks for a
# pattern anywhere, also before a last line end.
Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    validators={"pattern": _check_pattern},
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": _is_finite, "integer": _is_whole}
    ),
)

TYPES = {
    "integer": "is not a whole number; write one without quotation marks or a point",
    "number": "is not a finite number; write one without quotation marks, small ones as 0.001",
    "string": "is not text; put it in quotation marks (YAML reads 22 and yes, no, on otherwise)",
    "boolean": "is not a truth value; write true or false",
    "array": "is not a list; write [A, B], or a line '- A' for each",
    "object": "is not a section; write keys with values, indented below it",
}
BOUNDS = {
    "minimum": "is out of range; give {} or more",
    "maximum": "is out of range; give {} or less",
    "exclusiveMinimum": "is out of range; give more than {}",
    "exclusiveMaximum": "is out of range; give less than {}",
    "minLength": "must not be empty; give some text",
    "maxLength": "is too long; give {} letters or fewer",
    "minItems": "must not be empty; give one at least",
    "minProperties": "must not be empty; give one at least",
}


def describe(error: jsonschema.ValidationError) -> str:
    """One violation of a schema as a sentence that says where it is and what would do."""
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    value, rule = shorten(error.instance), error.validator_value
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        close = difflib.get_close_matches(str(unknown), known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"
        return f"{where}: unknown key '{unknown}'; {hint}"
    if error.instance is None and "object" in str(error.schema.get("type")):
        return f"{where}: the section is empty; give it keys, or delete its line for the defaults"
    if error.validator == "required":
        missing = next(key for key in rule if key not in error.instance)
        return f"{where}: the key '{missing}' is missing; add it"
    if error.validator == "enum":
        return f"{where}: {value} is not one of {', '.join(map(str, rule))}; choose one of them"
    if error.validator == "pattern":
        meaning = error.schema.get("description", "")
        return f"{where}: {value} does not match {rule}; correct it. {meaning}".rstrip()
    if error.validator == "type":
        expected = rule if isinstance(rule, str) else rule[0]
        return f"{where}: {value} {TYPES[expected]}"
    if error.validator == "uniqueItems":
        return f"{where}: {value} has a duplicate; keep one of each"
    bound = BOUNDS.get(str(error.validator), f"is not accepted; correct it ({error.message})")
    return f"{where}: {value} {bound.format(rule)}"


def shorten(value: Any, longest: int = 80) -> str:
    """A value as it is shown in a message."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4,300 digits.
        text = "a huge number"
    return text if len(text) <= longest else f"{text[:longest]}..."


class RepeatedKey(Exception):
    """A key, and the number of the line that gives it again, or 0."""


class StrictLoader(yaml.SafeLoader):
    """Reads YAML, and refuses a mapping that has a key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen = set()
        for key, _ in node.value:
            if (key.tag, key.value) in seen:
                raise RepeatedKey(key.value, key.start_mark.line + 1)
            if isinstance(key, yaml.ScalarNode):
                seen.add((key.tag, key.value))
        return super().construct_mapping(node, deep)


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise RepeatedKey(name, 0)
    return dict(pairs)


def check_repeats(path: str | Path) -> None:
    """Raise `ConfigError` where a config file gives a key twice, of which only the last counts.

    The file is one that Snakemake has read already, as JSON or else as YAML.
    """
    text = Path(path).read_text(encoding="utf-8")
    try:
        try:
            json.loads(text, object_pairs_hook=_refuse_repeats)
        except ValueError:
            yaml.load(text, StrictLoader)
    except RepeatedKey as error:
        key, line = error.args
        place = f"{path}: line {line}" if line else f"{path}"
        raise ConfigError(f"{place}: the key '{key}' is there twice; keep one of them") from None
