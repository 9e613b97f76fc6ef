"""Configs for tests: the smallest one, loaded with defaults, and the places of all its keys."""

from pathlib import Path

from cisfuse.config.settings import load_config
from cisfuse.config.sheet import load_samples
from cisfuse.evaluation.baselines.registry import BASELINES
from cisfuse.sources import registry as sources
from cisfuse.tasks import registry as tasks

ROOT = Path(__file__).resolve().parents[2]
CONFIG_SCHEMA = ROOT / "workflow" / "schemas" / "config.schema.yaml"
SAMPLES_SCHEMA = ROOT / "workflow" / "schemas" / "samples.schema.yaml"
MINIMAL = {"study": "jund", "samples": "samples.tsv", "references": {"genome": "genome.fa"}}


def load(content: dict) -> dict:
    """The config with defaults, those of its task with them."""
    protocol = tasks.default_protocol(content.get("task", "binding"), "config.yaml")
    return load_config(content, CONFIG_SCHEMA, "config.yaml", protocol)


def load_sheet(path) -> dict[str, dict]:
    """The rows of a sample sheet, checked as the workflow checks them."""
    return load_samples(
        path, SAMPLES_SCHEMA, sources.check_row, sources.needed_columns, taken=BASELINES
    )


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
