"""JSON schemas: defaults filled in, and violations in words.

`jsonschema` checks; this module puts what it finds into words for the person who wrote the
file.
"""

import copy
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from cisfuse.errors import ConfigError


def load_schema(path: str | Path) -> dict:
    """Read a JSON schema that is written in YAML."""
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def fill_defaults(content: dict, schema: Mapping) -> dict:
    """A copy of ``content`` with the schema's defaults where a key is absent, to any depth.

    Keys come in the schema's order: Snakemake compares parameters with their order, and a
    default that is written out, or keys that change places, shall rerun nothing.
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


def check_schema(content: Any, schema: Mapping, place: str) -> None:
    """Raise `ConfigError` for the first violation, in words; ``place`` names the file."""
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(content), key=lambda error: list(map(str, error.path)))
    if errors:
        raise ConfigError(f"{place}: {describe(errors[0])}")


def describe(error: jsonschema.ValidationError) -> str:
    """One violation of a schema as a sentence that says where it is and what would do."""
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        close = difflib.get_close_matches(str(unknown), known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}"
        return f"{where}: unknown key '{unknown}'; {hint}"
    if error.instance is None and "object" in str(error.schema.get("type")):
        return f"{where}: the section is empty; give it keys, or delete its line for the defaults"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{where}: the key '{missing}' is missing; add it"
    if error.validator == "enum":
        words = ", ".join(str(word) for word in error.validator_value)
        return f"{where}: {error.instance!r} is not one of {words}"
    if error.validator == "pattern":
        meaning = error.schema.get("description", "")
        return f"{where}: {error.instance!r} has not the form {error.validator_value} {meaning}"
    return f"{where}: {error.message}"
