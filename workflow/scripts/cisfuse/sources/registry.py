"""The registry of sources: a folder each, whose modules are imported when they are asked for.

A source says what kind of thing examples are, and makes their features from files. Of its folder
the modules below are asked for by name; the rules of a source, ``rules/sources/SOURCE.smk``, end
in its table of examples, and use what else is there.

- ``study``: columns of the sample sheet, features, files, checks of the config; light, since the
  rules read it;
- ``examples``: the features of a piece of the table of examples;
- ``audit``: what a split lets a model know of test, in numbers, and in words;
- ``words``: how the page calls examples, splits and resamples.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from cisfuse.base.errors import ConfigError

PARTS = ("study", "examples", "audit", "words")


def source_names() -> list[str]:
    """The sources that there are, sorted."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/study.py"))


def module_of(source: str, part: str) -> str:
    """The dotted name of a part of a source, for its import and for digests of the code."""
    return f"cisfuse.sources.{source}.{part}"


def part_of(source: str, part: str) -> ModuleType:
    """A part of a source, one of `PARTS`."""
    return importlib.import_module(module_of(source, part))


def study_of(sample: Mapping[str, str]) -> ModuleType:
    """The part ``study`` of the source that a row of the sample sheet is of.

    A row that fills no telling column is taken for one of spans, whose checks say what it lacks.
    """
    studies = [part_of(source, "study") for source in source_names()]
    for study in studies:
        if any(sample.get(column) for column in study.TELLING):
            return study
    return part_of("spans", "study")


def check_row(sample: Mapping[str, str]) -> None:
    """Raise `ConfigError`, without the place, where the files of a row do not go together."""
    study = study_of(sample)
    for source in source_names():
        other = part_of(source, "study")
        for column in other.FILES:
            if other is not study and sample.get(column) and column not in study.FILES:
                study.refuse(column)
    study.check_row(sample)


def needed_columns(header: list[str]) -> list[str]:
    """The columns of files that a sheet with this header must have."""
    return list(study_of(dict.fromkeys(header, "named")).NEEDED)


def file_columns() -> list[str]:
    """The columns of all sources that name files, those of spans first."""
    studies = [part_of(source, "study") for source in reversed(source_names())]
    return [column for study in studies for column in study.FILES]


def source_of(samples: Mapping[str, Mapping[str, str]], sheet: str) -> str:
    """The one source of all samples; raises `ConfigError` where a sheet has rows of two."""
    found: dict[str, str] = {}
    for name, sample in samples.items():
        found.setdefault(study_of(sample).NAME, name)
    if len(found) > 1:
        (one, first), (other, second) = found.items()
        raise ConfigError(
            f"{sheet}: sample '{first}' is of {one} and sample '{second}' of {other}; give each "
            "kind a study of its own"
        )
    return next(iter(found))


def with_defaults(config: Mapping, study: ModuleType) -> dict:
    """The config with the source's own defaults where it leaves a key to the source."""
    filled = dict(config)
    for section, defaults in study.DEFAULTS.items():
        own = {key: value for key, value in config[section].items() if value is not None}
        filled[section] = {**config[section], **defaults, **own}
    return filled
