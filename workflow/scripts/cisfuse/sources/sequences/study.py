"""A study of sequences without a genome: its sheet, config and files; read by the rules."""

from collections.abc import Mapping
from typing import NoReturn

from cisfuse.base.errors import ConfigError

NAME = "sequences"
UNIT, UNITS = "sequence", "sequences"
EXAMPLES = "labelled sequences"  # what they are, in messages
TELLING = ("sequences",)
FILES = ("sequences", "labels")
NEEDED = ("sequences",)
FEATURES = ("sequence",)
GENOME: dict[str, str] = {}
SETTINGS = ("length", "other_lengths", "labels_header")
TABLES = ("spans.tsv.gz", "splits.tsv", "audit.tsv")
BASELINES = ("string_search",)
IDLE = ("transform", "sequence_rounds")  # settings of training that do nothing here
DEFAULTS = {"evaluation": {"called_labels": True, "learning_curves": True}}
NEED_PLACES = ("blocks", "chromosomes")


def refuse(column: str) -> NoReturn:
    """Raise `ConfigError` for a column of another source that a row of sequences fills."""
    raise ConfigError(f"{column} does not go with labelled sequences; leave it empty")


def check_row(sample: Mapping[str, str]) -> None:
    """Any row with sequences is complete: the labels may stand in the same file."""


def check(config: Mapping, samples: Mapping[str, Mapping], place: str) -> None:
    """Raise `ConfigError` where the config, from ``place``, does not fit the samples."""
    if config["preset"] != "none":
        raise ConfigError(
            f"{place}: preset: {config['preset']} makes bins of a genome, on which labelled "
            "sequences have no place; remove it"
        )
    for key in ("genome", "genome_checksum", "names", "blacklist", "simulation"):
        if config["references"][key]:
            raise ConfigError(
                f"{place}: references.{key}: labelled sequences have no place on a genome; remove "
                "it, or give peaks or spans in the sample sheet"
            )
    for name, sample in samples.items():
        if sample["trained_on"]:
            raise ConfigError(
                f"{config['samples']}: sample '{name}', trained_on: models are scored on other "
                "samples by place, which labelled sequences do not have; leave the column empty"
            )
    _check_splits(config, place)
    for key in ("spans", "variants"):
        if config["interpretation"][key]:
            raise ConfigError(
                f"{place}: interpretation.{key}: labelled sequences have no place on a genome; "
                "remove it"
            )


def _check_splits(config: Mapping, place: str) -> None:
    splits = config["splits"]
    if splits["method"] in NEED_PLACES:
        raise ConfigError(
            f"{place}: splits.method: {splits['method']} needs places on a genome; for labelled "
            "sequences choose random, which is stratified, shuffled, given, or auto"
        )
    for section in ("spans", "splits"):
        named = config[section]["chromosomes"]
        if any(named.values()) if isinstance(named, Mapping) else named:
            raise ConfigError(
                f"{place}: {section}.chromosomes: labelled sequences have no place on a genome; "
                "remove it, and leave out sequences, or give each a split, in their file"
            )
    if splits["folds"]:
        raise ConfigError(
            f"{place}: splits.folds: folds are made by place, which labelled sequences do not "
            "have; remove it"
        )
