"""Configs for tests: the smallest one, loaded with defaults, and the places of all its keys."""

from collections.abc import Mapping
from pathlib import Path

from cisfuse.config.settings import load_config
from cisfuse.config.sheet import load_samples
from cisfuse.evaluation.baselines.registry import BASELINES, check_names
from cisfuse.models.checks import check_inputs, check_models
from cisfuse.sources import registry as sources
from cisfuse.tasks import registry as tasks

ROOT = Path(__file__).resolve().parents[2]
CONFIG_SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SAMPLES_SCHEMA = ROOT / "workflow" / "schemas" / "samples.schema.yaml"
MINIMAL = {"study": "jund", "samples": "samples.tsv", "references": {"genome": "genome.fa"}}


def load(content: Mapping, place: str = "config.yaml") -> dict:
    """A config with its defaults, before its source and its task have seen it."""
    protocol = tasks.default_protocol(content.get("task", "binding"), place)
    return load_config(content, CONFIG_SCHEMA, place, protocol)


def load_sheet(path: str | Path) -> dict[str, dict]:
    """A sample sheet by the sample's name."""
    checks = sources.check_row, sources.needed_columns
    return load_samples(path, SAMPLES_SCHEMA, *checks, taken=BASELINES)


def check_study(config: Mapping, samples: Mapping[str, Mapping], place: str) -> dict:
    """The config as the rules use it, checked as workflow/rules/common.smk checks it."""
    source = sources.part_of(sources.source_of(samples, config["samples"]), "study")
    config = sources.with_defaults(tasks.check_config(config, place), source)
    source.check(config, samples, place)
    check_models(config, place)
    check_inputs(config, source.FEATURES, source.EXAMPLES, place)
    check_names(config["training"]["models"], place)
    return config


def load_with(section: str, content) -> dict:
    """Load the minimal config with one more section, or more keys of references."""
    if section == "references":
        content = {**MINIMAL["references"], **content}
    return load({**MINIMAL, section: content})


def leaves(rule: dict, place: str = "", described: bool = False):
    """Yield (place, rule, whether its section is described) of every key without keys."""
    for key, inner in rule.get("properties", {}).items():
        where = f"{place}.{key}".strip(".")
        if "properties" in inner:
            yield from leaves(inner, where, "description" in inner)
        else:
            yield where, inner, described
    if isinstance(rule.get("additionalProperties"), dict):
        yield from leaves(rule["additionalProperties"], f"{place}.*")
