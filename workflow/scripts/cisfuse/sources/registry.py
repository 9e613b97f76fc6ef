"""What a study is made of: places of a genome, or labelled sequences that have none.

A study has samples of one kind. Whether the config fits that kind is checked here, when the
config and the sample sheet are both known.
"""

from collections.abc import Mapping

from cisfuse.base.errors import ConfigError

NEED_PLACES = ("blocks", "chromosomes")
# What models can read of each kind of example, in words and by name.
FEATURES = {
    "labelled sequences": ("sequence",),
    "spans": ("sequence", "accessibility"),
}


def of_sequences(samples: Mapping[str, Mapping]) -> bool:
    """Tell whether the samples of a study, by name, are labelled sequences."""
    return all(sample["sequences"] for sample in samples.values())


def examples_of(samples: Mapping[str, Mapping]) -> str:
    """What the examples of a study are, a key of `FEATURES`."""
    return "labelled sequences" if of_sequences(samples) else "spans"


def check_source(config: Mapping, samples: Mapping[str, Mapping], place: str) -> None:
    """Raise `ConfigError` where the config, from ``place``, does not fit the samples."""
    if of_sequences(samples):
        _check_sequences(config, samples, place)
        return
    for name, sample in samples.items():
        if sample["sequences"]:
            raise ConfigError(
                f"{config['samples']}: sample '{name}' has labelled sequences and others have "
                "not; give each kind a study of its own"
            )
    if config["splits"]["method"] == "shuffled":
        raise ConfigError(
            f"{place}: splits.method: shuffled is for labelled sequences; choose blocks or "
            "chromosomes, or random to follow a published protocol"
        )
    references = config["references"]
    if not references["genome"]:
        raise ConfigError(f"{place}: references: the key 'genome' is missing; add it")
    if references["sequence_simulation"]:
        raise ConfigError(
            f"{place}: references.sequence_simulation goes with labelled sequences, and the "
            "sample sheet has none; remove it, or name its file in the column 'sequences'"
        )


def _check_sequences(config: Mapping, samples: Mapping[str, Mapping], place: str) -> None:
    if config["preset"] != "none":
        raise ConfigError(
            f"{place}: preset: {config['preset']} makes bins of a genome, on which labelled "
            "sequences have no place; remove it"
        )
    for key in ("genome", "genome_checksum", "blacklist", "simulation"):
        if config["references"][key]:
            raise ConfigError(
                f"{place}: references.{key}: labelled sequences have no place on a genome; remove "
                "it, or give peaks or spans in the sample sheet"
            )
    for name, sample in samples.items():
        if sample["trained_on"]:
            raise ConfigError(
                f"{config['samples']}: sample '{name}', trained_on: models are scored on other "
                "samples by place, which labelled sequences have not; leave the column empty"
            )
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
            f"{place}: splits.folds: folds are made by place, which labelled sequences have not; "
            "remove it"
        )
    for key in ("spans", "variants"):
        if config["interpretation"][key]:
            raise ConfigError(
                f"{place}: interpretation.{key}: labelled sequences have no place on a genome; "
                "remove it"
            )
