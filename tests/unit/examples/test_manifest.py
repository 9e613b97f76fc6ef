"""A manifest is read as it was written, and what differs from the contract is named."""

import re

import numpy as np
import pytest
from example_builders import span_examples, write_examples

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_json, write_json
from cisfuse.examples.manifest import FORMAT_VERSION, read_manifest, write_manifest

TRANSFORMS = {"accessibility": {"none": {}, "log": {"pseudocount": 0.25}}}


def examples(count: int):
    return span_examples(np.full((count, 12), ord("A"), np.uint8), None, np.ones(count))


@pytest.fixture
def path(tmp_path):
    splits = {"train": examples(10), "test": examples(5)}
    return write_examples(tmp_path, splits, 3, TRANSFORMS)


def test_a_manifest_says_what_was_written(path):
    found = read_manifest(path)
    assert str(found.path) == path
    assert (found.sample, found.task) == ("sample", "binding")
    assert found.features == examples(1).features
    assert found.transforms == TRANSFORMS
    assert found.feature("sequence").shape == (12,)
    assert found.has("accessibility")
    assert not found.has("methylation")
    assert (found.count("train"), found.count("test")) == (10, 5)
    assert [shard.examples for shard in found.shards("train")] == [3, 4, 3]
    assert all(shard.path.parent == found.path.parent for shard in found.shards("test"))
    assert found.bytes_of("train") == 10 * (32 + 12 + 8 + 4)


def test_the_keys_are_those_of_the_contract(path):
    content = read_json(path)
    assert content["format_version"] == FORMAT_VERSION == 2
    assert set(content) == {
        *("format_version", "sample", "task", "features", "transforms"),
        *("configuration", "inputs", "splits"),
    }
    shard = content["splits"]["train"]["shards"][0]
    assert set(shard) == {"file", "examples", "sha256"}


@pytest.mark.parametrize("version", [1, 3, None, "2"])
def test_another_version_is_refused(path, version):
    write_json(read_json(path) | {"format_version": version}, path)
    message = (
        f"{re.escape(path)}: its format_version is {version!r}, and this version of cisfuse reads "
        "2; delete it and run again, and write_tfrecords makes it anew"
    )
    with pytest.raises(DamagedFileError, match=message):
        read_manifest(path)


def edited(content: dict, keys: list, value) -> dict:
    inner = content
    for key in keys[:-1]:
        inner = inner[key]
    if value is None:
        del inner[keys[-1]]
    else:
        inner[keys[-1]] = value
    return content


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (["task"], None, "its keys are"),
        (["more"], 1, "its keys are"),
        (["sample"], 7, "sample is 7"),
        (["features"], {}, "features is {}"),
        (["features", 1, "dtype"], "float64", "feature 'sequence': dtype is 'float64'"),
        (["features", 1, "turns"], None, "a feature has the keys"),
        (["features", 2, "name"], "name", "two features are called 'name'"),
        (["transforms", "methylation"], {}, "transforms of methylation"),
        (["transforms", "accessibility"], [], "transforms of accessibility"),
        (["transforms", "accessibility", "log", "pseudocount"], "x", "transforms of accessibility"),
        (["splits", "train"], [], "split train is"),
        (["splits", "train", "examples"], 11, "split train has 11 examples"),
        (["splits", "train", "shards", 0, "sha256"], None, "a shard of train is"),
        (["splits", "train", "shards", 0, "examples"], -1, "has -1 examples"),
        (["splits", "train", "shards", 0, "examples"], "3", "has '3' examples"),
    ],
)
def test_what_differs_is_named(path, keys, value, message):
    write_json(edited(read_json(path), keys, value), path)
    with pytest.raises(DamagedFileError) as caught:
        read_manifest(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert message in said
    assert said.endswith("; delete it and run again, and write_tfrecords makes it anew")
    assert "\n" not in said


@pytest.mark.parametrize("content", ["[]", "7", '"text"', "null"])
def test_json_of_another_kind_is_refused(path, content):
    with open(path, "w") as handle:
        handle.write(content)
    with pytest.raises(DamagedFileError, match="its format_version is None"):
        read_manifest(path)


def test_a_damaged_manifest_is_named(path):
    with open(path, "rb+") as handle:
        handle.truncate(100)
    with pytest.raises(DamagedFileError, match=r"manifest\.json: damaged"):
        read_manifest(path)


def test_what_is_not_there_is_named(path):
    manifest = read_manifest(path)
    with pytest.raises(
        DamagedFileError, match="no feature is called 'methylation'; there are name"
    ):
        manifest.feature("methylation")
    with pytest.raises(DamagedFileError, match="no split is called 'valid'; there are test, train"):
        manifest.shards("valid")


def test_a_contradiction_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="name or their place"):
        write_manifest(
            tmp_path / "manifest.json",
            sample="x",
            task="binding",
            features=examples(1).features[1:],
            transforms={},
            splits={},
        )
    assert not list(tmp_path.iterdir())
