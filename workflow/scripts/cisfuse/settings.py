"""The config and the sample sheet: defaults filled in, every mistake named.

`jsonschema` checks; this module puts what it finds into words for the person who wrote the
file.
"""

import copy
import csv
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from cisfuse.errors import ConfigError
from cisfuse.models import architecture_of

TRAINING_OVERRIDES = (
    "transform",
    "epochs_per_round",
    "batch_size",
    "learning_rate",
    "class_weights",
    "precision",
    "xla",
)


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


def load_config(config: Mapping, schema_path: str | Path, place: str) -> dict:
    """Check a config and fill in its defaults.

    Raises `ConfigError` with the place (the config file) and the key.
    """
    schema = load_schema(schema_path)
    check_schema(dict(config), schema, place)
    filled = fill_defaults(dict(config), schema)
    fractions = filled["splits"]["fractions"]
    if abs(sum(fractions.values()) - 1) > 1e-6:
        raise ConfigError(
            f"{place}: splits.fractions: they add up to {sum(fractions.values()):g}; "
            "change them so that they add up to 1"
        )
    references = filled["references"]
    if "://" in references["genome"]:
        if not references["genome"].startswith(("http://", "https://")):
            raise ConfigError(
                f"{place}: references.genome: only http and https addresses are fetched, not "
                f"{references['genome']}; download it yourself and give its path"
            )
        if not references["genome_checksum"]:
            raise ConfigError(
                f"{place}: references.genome is an address, so references.genome_checksum must "
                "say what it shall hold; add 'sha256:...' or 'md5:...'"
            )
    for motif in filled["interpretation"]["motifs"]:
        if len(motif) > filled["spans"]["length"]:
            raise ConfigError(
                f"{place}: interpretation.motifs: {motif} is longer than a span "
                f"({filled['spans']['length']} bases); shorten it"
            )
    for name in filled["interpretation"]["models"]:
        if name not in filled["training"]["models"]:
            raise ConfigError(
                f"{place}: interpretation.models: '{name}' is not under training.models; "
                f"there are {', '.join(filled['training']['models'])}"
            )
    for name in filled["training"]["models"]:
        try:
            architecture = model_settings(filled["training"], name)["architecture"]
        except ConfigError as error:
            raise ConfigError(f"{place}: training.models.{name}: {error}") from None
        if name in filled["interpretation"]["models"] and not reads_sequence(architecture):
            raise ConfigError(
                f"{place}: interpretation.models: '{name}' reads no sequence, so it has no "
                "saliency map; take it off the list"
            )
    return filled


def reads_sequence(architecture: str) -> bool:
    """Tell whether an architecture reads sequence."""
    return "sequence" in architecture_of(architecture).inputs


def model_settings(training: Mapping, name: str) -> dict:
    """The training settings of one model: the section's values, the model's own over them."""
    own = training["models"][name]
    settings = {key: own.get(key, training[key]) for key in TRAINING_OVERRIDES}
    settings["architecture"] = own.get("architecture", name)
    architecture_of(settings["architecture"])
    settings["selection_metric"] = training["selection_metric"]
    return settings


def load_samples(path: str | Path, schema_path: str | Path) -> dict[str, dict]:
    """Read a sample sheet; rows by the sample's name, every column as text.

    Raises `ConfigError` with the file, the line and the column.
    """
    schema = load_schema(schema_path)
    if not Path(path).is_file():
        raise ConfigError(
            f"{path}: no such sample sheet; correct the config's key 'samples' (paths are "
            "relative to the working directory)"
        )
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the text is not UTF-8 ({error.reason}); save it so") from None
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    ]
    samples: dict[str, dict] = {}
    reader = csv.reader((line for _, line in lines), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [column.strip() for column in next(reader, [])]
    for column in header:
        if header.count(column) > 1:
            raise ConfigError(f"{path}: the column '{column}' is there twice; keep one")
    for (number, _), row in zip(lines[1:], reader, strict=True):
        place = f"{path}: line {number}"
        if len(row) != len(header):
            raise ConfigError(
                f"{place}: has {len(row)} columns, the header has {len(header)}; separate "
                "columns with single tabs, and leave an empty one empty"
            )
        sample = {key: value.strip() for key, value in zip(header, row, strict=True)}
        check_schema(sample, schema, place)
        sample = fill_defaults(sample, schema)
        if bool(sample["peaks"]) == bool(sample["spans"]):
            raise ConfigError(f"{place}: give either peaks or spans, and leave the other empty")
        if sample["sample"] in samples:
            raise ConfigError(
                f"{place}: the sample '{sample['sample']}' is there twice; rename one"
            )
        samples[sample["sample"]] = sample
    if not samples:
        raise ConfigError(f"{path}: holds no sample; add a header line and a line per sample")
    return samples


def check_files(config: Mapping, samples: Mapping[str, Mapping], place: str) -> None:
    """Raise `ConfigError` for the first file that the config or the sample sheet names in vain.

    Snakemake itself passes over a missing input whose outputs are there, so that a mistyped
    path would silently give the results of the path before it. The files of a simulated study
    are made by a rule.
    """
    references = config["references"]
    if references["simulation"]:
        return
    named = {f"{place}: references.{key}": references[key] for key in ("genome", "blacklist")}
    for name, sample in samples.items():
        for column in ("peaks", "spans", "atac"):
            named[f"{config['samples']}: sample '{name}', {column}"] = sample[column]
    for origin, path in named.items():
        if path and "://" not in path and not Path(path).is_file():
            raise ConfigError(
                f"{origin}: {path}: no such file; correct the path (paths are relative to the "
                "working directory), or bring the file"
            )
