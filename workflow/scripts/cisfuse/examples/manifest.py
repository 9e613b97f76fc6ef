"""The manifest of examples: what their features are, and which shards hold them.

It is the contract between the stage that makes examples and all that read them, so its version and
each of its fields are checked whenever it is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_json, write_json
from cisfuse.examples.features import Feature, check_features

FORMAT_VERSION = 2
KEYS = {
    "sample": str,
    "task": str,
    "features": list,
    "transforms": dict,
    "configuration": dict,
    "inputs": dict,
    "splits": dict,
}


@dataclass(frozen=True)
class Shard:
    """One file of a split: its path, the number of its examples and its SHA-256."""

    path: Path
    examples: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a manifest says, and where it is.

    transforms: by signal and transform the constants that were fitted on train. splits: by split
    its shards, in order.
    """

    path: Path
    sample: str
    task: str
    features: tuple[Feature, ...]
    transforms: Mapping[str, Mapping[str, Mapping[str, float]]]
    splits: Mapping[str, tuple[Shard, ...]]

    def feature(self, name: str) -> Feature:
        """A feature by its name; raises `DamagedFileError` that lists those there are."""
        for feature in self.features:
            if feature.name == name:
                return feature
        known = ", ".join(feature.name for feature in self.features)
        raise _damaged(self.path, f"no feature is called '{name}'; there are {known}")

    def has(self, name: str) -> bool:
        """Tell whether a feature has this name."""
        return any(feature.name == name for feature in self.features)

    def shards(self, split: str) -> tuple[Shard, ...]:
        """The shards of a split, in order; raises `DamagedFileError` for one that is not there."""
        if split not in self.splits:
            known = ", ".join(self.splits)
            raise _damaged(self.path, f"no split is called '{split}'; there are {known}")
        return self.splits[split]

    def count(self, split: str) -> int:
        """The number of examples of a split."""
        return sum(shard.examples for shard in self.shards(split))

    def bytes_of(self, split: str) -> int:
        """What the arrays of a split take in memory, roughly."""
        return self.count(split) * sum(feature.value_bytes() for feature in self.features)


def write_manifest(
    path: str | Path,
    *,
    sample: str,
    task: str,
    features: Sequence[Feature],
    transforms: Mapping[str, Mapping[str, Mapping[str, float]]],
    splits: Mapping[str, Mapping[str, Any]],
    configuration: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """Write a manifest.

    transforms: by signal the constants of each of its transforms, as fitted on train. splits: the
    entries that `cisfuse.examples.shards.SplitWriter.close` gives. configuration: the settings
    behind the examples; inputs: the checksums of the files that they were made of.
    """
    content = {
        "format_version": FORMAT_VERSION,
        "sample": sample,
        "task": task,
        "features": [feature.to_json() for feature in features],
        "transforms": transforms,
        "configuration": dict(configuration or {}),
        "inputs": dict(inputs or {}),
        "splits": splits,
    }
    _checked(Path(path), content)
    write_json(content, path)


def read_manifest(path: str | Path) -> Manifest:
    """Read a manifest; raises `DamagedFileError` that says what is wrong with it."""
    path = Path(path)
    content = read_json(path)
    version = content.get("format_version") if isinstance(content, dict) else None
    if version != FORMAT_VERSION:
        raise _damaged(
            path, f"its format_version is {version!r}, and this version of cisfuse reads 2"
        )
    try:
        return _checked(path, content)
    except ValueError as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, reason: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path}: {reason}; delete it and run again, and write_tfrecords makes it anew"
    )


def _checked(path: Path, content: Mapping[str, Any]) -> Manifest:
    """The manifest of its JSON; raises `ValueError`."""
    if set(content) != {"format_version", *KEYS}:
        raise ValueError(f"its keys are {', '.join(sorted(content))}")
    for key, of_type in KEYS.items():
        if not isinstance(content[key], of_type):
            raise ValueError(f"{key} is {content[key]!r:.100}")
    features = tuple(Feature.from_json(entry) for entry in content["features"])
    check_features(features)
    names = {feature.name for feature in features}
    for signal, transforms in content["transforms"].items():
        if signal not in names or not _are_constants(transforms):
            raise ValueError(f"transforms of {signal} are {transforms!r:.100}")
    splits = {
        split: tuple(_shards(path.parent, split, entry))
        for split, entry in content["splits"].items()
    }
    return Manifest(
        path, content["sample"], content["task"], features, content["transforms"], splits
    )


def _are_constants(transforms: Any) -> bool:
    if not isinstance(transforms, dict) or not all(
        isinstance(constants, dict) for constants in transforms.values()
    ):
        return False
    values = [value for constants in transforms.values() for value in constants.values()]
    return all(type(value) in (int, float) and isfinite(value) for value in values)


def _shards(folder: Path, split: str, entry: Any) -> list[Shard]:
    if not isinstance(entry, dict) or set(entry) != {"examples", "shards"}:
        raise ValueError(f"split {split} is {entry!r:.100}")
    shards = []
    for shard in entry["shards"]:
        if not isinstance(shard, dict) or set(shard) != {"file", "examples", "sha256"}:
            raise ValueError(f"a shard of {split} is {shard!r:.100}")
        if type(shard["examples"]) is not int or shard["examples"] < 0:
            raise ValueError(f"{shard['file']} has {shard['examples']!r} examples")
        shards.append(Shard(folder / str(shard["file"]), shard["examples"], shard["sha256"]))
    if entry["examples"] != sum(shard.examples for shard in shards):
        raise ValueError(f"split {split} has {entry['examples']!r} examples, its shards others")
    return shards
