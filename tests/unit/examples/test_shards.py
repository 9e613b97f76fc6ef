"""Shards hold what was written, any TensorFlow program can read them, and damage is found."""

import os
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from example_builders import span_examples, write_examples, write_shards

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_json, write_json
from cisfuse.examples.features import Feature, text_column
from cisfuse.examples.shards import (
    Examples,
    SplitWriter,
    concatenate,
    iterate_shards,
    read_shard,
    read_split,
    shard_rows,
    verify_shards,
)

LENGTH = 12
SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"
# A window with a profile, a gene's tokens, two numbers, and two arrays to predict.
OTHER_FEATURES = (
    Feature("gene", "string", (), "symbol", "name"),
    Feature("window", "string", (), "CHROM:START-END, half-open", "place"),
    Feature("sequence", "uint8", (LENGTH,), "ASCII base", "input", "bases", True),
    Feature("atac", "float32", (LENGTH, 2), "reads per base", "input", "signal", True),
    Feature("tokens", "int64", (7,), "rank of a gene", "input", "tokens"),
    Feature("distance", "int64", (), "bp to the start", "input", "scalar"),
    Feature("tracks", "float16", (3, 2), "log reads", "target"),
    Feature("weight", "float32", (), "in the loss", "weight"),
)


def make_spans(count: int, seed: int = 0) -> Examples:
    generator = np.random.default_rng(seed)
    return span_examples(
        generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH)),
        generator.integers(0, 2, count),
        generator.gamma(1, 1, count),
        [f"chr1:{row}-{row + LENGTH}" for row in generator.permutation(count)],
    )


def make_others(count: int, seed: int = 0) -> Examples:
    generator = np.random.default_rng(seed)
    arrays = {
        "gene": text_column(f"gene{row}" for row in range(count)),
        "window": text_column(f"Å1:{row}-{row + LENGTH}" for row in range(count)),
        "sequence": generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH)),
        "atac": generator.normal(size=(count, LENGTH, 2)).astype(np.float32),
        "tokens": generator.integers(0, 25_000, (count, 7)),
        "distance": generator.integers(-100_000, 100_000, count),
        "tracks": generator.normal(size=(count, 3, 2)).astype(np.float16),
        "weight": generator.random(count).astype(np.float32),
    }
    return Examples(OTHER_FEATURES, arrays)


MAKERS = pytest.mark.parametrize("make", [make_spans, make_others])


@pytest.fixture
def manifest(tmp_path):
    splits = {"train": make_spans(10, 0), "test": make_spans(5, 1)}
    return write_examples(tmp_path / "examples", splits, shards=3)


def write_slowly(path: Path, examples: Examples) -> None:
    """The reference: a shard written one Example after the other, by TensorFlow."""

    def feature_of(name: str, value) -> tf.train.Feature:
        dtype = examples.feature(name).dtype
        if dtype == "float32":
            return tf.train.Feature(float_list=tf.train.FloatList(value=np.ravel(value).tolist()))
        if dtype == "int64":
            return tf.train.Feature(int64_list=tf.train.Int64List(value=np.ravel(value).tolist()))
        content = value if dtype == "string" else value.tobytes()
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[content]))

    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in range(len(examples)):
            feature = {
                name: feature_of(name, array[row]) for name, array in examples.arrays.items()
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString(deterministic=True))


def assert_same(found: Examples, expected: Examples) -> None:
    assert found.features == expected.features
    assert set(found.arrays) == {feature.name for feature in found.features}
    for name, array in expected.arrays.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype.kind == array.dtype.kind
        assert found[name].dtype == array.dtype or array.dtype.kind == "S"


def test_shards_share_rows_out_in_order():
    for count in range(40):
        for shards in range(1, 12):
            slices = shard_rows(count, shards)
            lengths = [part.stop - part.start for part in slices]
            assert len(slices) == shards
            assert (slices[0].start, slices[-1].stop) == (0, count)
            assert all(one.stop == other.start for one, other in pairwise(slices))
            assert max(lengths) - min(lengths) <= 1


def test_examples_know_their_names_and_targets():
    spans = make_spans(6)
    assert len(spans) == 6
    assert "accessibility" in spans
    assert "methylation" not in spans
    assert spans.names is spans["name"]
    assert spans.targets.dtype == np.float32
    np.testing.assert_array_equal(spans.targets, spans["label"])
    assert spans.feature("sequence").kind == "bases"
    others = make_others(4)
    assert others.names is others["gene"], "a name comes before a place"
    with pytest.raises(KeyError):
        others.feature("accessibility")


@pytest.mark.parametrize("targets", [0, 2])
def test_there_is_no_target_unless_there_is_one(targets):
    more = Feature("more", "float32", (), "", "target")
    features = [feature for feature in make_spans(3).features if feature.role != "target"]
    features += [more] * (targets > 0) + [Feature("other", "float32", (), "", "target")]
    with pytest.raises(KeyError, match=f"{targets} features are targets"):
        _ = Examples(tuple(features[: 3 + targets]), make_spans(3).arrays).targets


def test_another_array_leaves_the_examples_alone():
    spans = make_spans(4)
    before = spans["accessibility"].copy()
    changed = spans.with_array("accessibility", np.zeros(4, np.float32))
    assert not changed["accessibility"].any()
    np.testing.assert_array_equal(spans["accessibility"], before)


@MAKERS
def test_a_shard_is_what_tensorflow_would_write(tmp_path, make):
    examples = make(200)
    entry = write_shards(tmp_path, "train", examples, 1)["shards"][0]
    path = tmp_path / entry["file"]
    write_slowly(tmp_path / "slow", examples)
    assert path.read_bytes() == (tmp_path / "slow").read_bytes()
    assert entry["examples"] == 200
    assert_same(read_shard(path, examples.features), examples)


@MAKERS
@pytest.mark.parametrize("count", [0, 1, 2, 10, 57])
def test_a_split_written_in_pieces_is_the_same(tmp_path, make, count):
    examples = make(count)
    (tmp_path / "whole").mkdir()
    whole = write_shards(tmp_path / "whole", "train", examples, 4)
    sizes = [part.stop - part.start for part in shard_rows(count, 4)]
    assert [shard["examples"] for shard in whole["shards"]] == sizes
    for size in (1, 3, 7, 100):
        folder = tmp_path / str(size)
        folder.mkdir()
        paths = [str(folder / entry["file"]) for entry in whole["shards"]]
        writer = SplitWriter(paths, count, examples.features)
        for start in range(0, count, size):
            writer.add(examples.take(slice(start, start + size)).arrays)
        assert writer.close() == whole
        for path in paths:
            assert Path(path).read_bytes() == (tmp_path / "whole" / Path(path).name).read_bytes()


def test_columns_that_are_not_those_of_the_features_are_refused(tmp_path):
    examples = make_spans(4)
    arrays = examples.arrays
    writer = SplitWriter([str(tmp_path / "x")], 4, examples.features)
    with writer:
        with pytest.raises(ValueError, match="columns are"):
            writer.add({name: arrays[name] for name in ("name", "sequence")})
        with pytest.raises(ValueError, match="'label' is int64"):
            writer.add({**arrays, "label": arrays["label"].astype(np.float32)})
        with pytest.raises(ValueError, match="'sequence' is uint8"):
            writer.add({**arrays, "sequence": arrays["sequence"][:, 1:]})
        with pytest.raises(ValueError, match="different numbers"):
            writer.add({**arrays, "label": arrays["label"][1:]})


def test_a_split_that_an_error_cuts_short_leaves_no_half_a_shard(tmp_path):
    examples = make_spans(10)
    paths = [str(tmp_path / f"{number}.tfrecord") for number in range(2)]

    writer = SplitWriter(paths, 10, examples.features)
    with suppress(OSError), writer:
        writer.add(examples.take(slice(7)).arrays)
        raise OSError("the disk is full")
    assert [path.name for path in tmp_path.iterdir()] == ["0.tfrecord"]


@MAKERS
def test_any_tensorflow_program_can_read_a_shard_by_its_manifest(tmp_path, make):
    examples = make(10)
    path = Path(write_examples(tmp_path / "examples", {"train": examples}, 3))
    content = read_json(path)
    dtypes = {"int64": tf.int64, "float32": tf.float32}
    layout = {
        feature["name"]: tf.io.FixedLenFeature(
            feature["shape"] if feature["dtype"] in dtypes else [],
            dtypes.get(feature["dtype"], tf.string),
        )
        for feature in content["features"]
    }
    files = [shard["file"] for shard in content["splits"]["train"]["shards"]]
    records = tf.data.TFRecordDataset([str(path.parent / file) for file in files])
    for row, record in enumerate(records):
        example = tf.io.parse_single_example(record, layout)
        for feature in content["features"]:
            value = example[feature["name"]]
            if feature["dtype"] in ("uint8", "float16", "int32"):
                value = tf.reshape(tf.io.decode_raw(value, feature["dtype"]), feature["shape"])
            np.testing.assert_array_equal(value.numpy(), examples[feature["name"]][row])
    assert row == 9


def test_a_split_is_its_shards_in_order(manifest):
    assert_same(read_split(manifest, "train"), make_spans(10, seed=0))
    assert_same(read_split(manifest, "test"), make_spans(5, seed=1))


def test_shards_are_given_one_by_one(manifest):
    spans = make_spans(10, seed=0)
    shards = list(iterate_shards(manifest, "train"))
    for examples, rows in zip(shards, shard_rows(10, 3), strict=True):
        assert_same(examples, spans.take(rows))


def test_features_of_any_number_dtype_and_shape_are_read(tmp_path):
    others = make_others(11)
    path = write_examples(tmp_path / "others", {"train": others}, 3)
    assert_same(read_split(path, "train"), others)
    assert_same(concatenate(iterate_shards(path, "train")), others)
    assert verify_shards(path)["examples"].sum() == 11


def test_examples_are_written_and_read_without_tensorflow():
    """Its import takes 4 s and 600 MB, and the rules of this stage need none of it."""
    code = (
        "import sys, cisfuse.base.files, cisfuse.examples.shards, cisfuse.examples.stream, "
        "cisfuse.jobs.job, cisfuse.readers.genome, cisfuse.readers.signals, cisfuse.readers.spans; "
        "assert 'tensorflow' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_a_split_may_have_fewer_rows_than_shards(tmp_path):
    manifest = write_examples(tmp_path / "few", {"valid": make_spans(2)}, shards=5)
    assert_same(read_split(manifest, "valid"), make_spans(2))
    assert sorted(verify_shards(manifest)["examples"]) == [0, 0, 0, 1, 1]


def test_two_writes_give_the_same_bytes(tmp_path, manifest):
    splits = {"train": make_spans(10, 0), "test": make_spans(5, 1)}
    again = write_examples(tmp_path / "again", splits, shards=3)
    assert Path(again).read_bytes() == Path(manifest).read_bytes()
    for path in Path(manifest).parent.iterdir():
        assert path.read_bytes() == (Path(again).parent / path.name).read_bytes()


def test_whole_shards_are_listed(manifest):
    table = verify_shards(manifest)
    assert table.columns.tolist() == ["split", "file", "examples", "sha256"]
    assert table.groupby("split")["examples"].sum().to_dict() == {"train": 10, "test": 5}


@pytest.mark.parametrize(
    ("damage", "message"),
    [("flip", "checksum"), ("cut", "checksum"), ("remove", "missing"), ("count", "holds")],
)
def test_damage_names_the_file(manifest, damage, message):
    name = "train-00001-of-00003.tfrecord"
    path = Path(manifest).parent / name
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    elif damage == "cut":
        path.write_bytes(content[:-3])
    elif damage == "remove":
        path.unlink()
    else:
        entries = read_json(manifest)
        entries["splits"]["train"]["shards"][1]["examples"] += 1
        entries["splits"]["train"]["examples"] += 1
        write_json(entries, manifest)
    with pytest.raises(DamagedFileError, match=rf"{name}: .*{message}"):
        verify_shards(manifest)


def test_reading_another_number_of_examples_than_the_manifest_says_names_the_file(manifest):
    name = "train-00002-of-00003.tfrecord"
    entry = write_shards(Path(manifest).parent, "other", make_spans(1), 1)["shards"][0]
    (Path(manifest).parent / entry["file"]).replace(Path(manifest).parent / name)
    with pytest.raises(DamagedFileError, match=rf"{name}: holds 1 examples, .* says 3; delete it"):
        read_split(manifest, "train")


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "length"])
def test_reading_a_damaged_shard_names_the_file(tmp_path, manifest, damage):
    name = "test-00000-of-00003.tfrecord"
    path = Path(manifest).parent / name
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    elif damage == "cut":
        path.write_bytes(content[:-3])
    elif damage == "remove":
        path.unlink()
    else:
        shorter = span_examples(make_spans(2)["sequence"][:, 1:], accessibility=np.ones(2))
        entry = write_shards(tmp_path, "shorter", shorter, 1)["shards"][0]
        (tmp_path / entry["file"]).replace(path)
    with pytest.raises(DamagedFileError, match=f"{name}: damaged .*run again"):
        read_split(manifest, "test")


def test_rows_are_taken_and_joined_in_the_given_order(manifest):
    spans = make_spans(10, seed=0)
    train = read_split(manifest, "train")
    rows = np.array([7, 0, 7, 3])
    np.testing.assert_array_equal(train.take(rows)["sequence"], spans["sequence"][rows])
    assert train.take(rows).names.tolist() == spans.names[rows].tolist()
    parts = [train.take(np.arange(6, 10)), train.take(np.arange(6))]
    order = [6, 7, 8, 9, 0, 1, 2, 3, 4, 5]
    assert_same(concatenate(iter(parts)), spans.take(order))
    assert len(concatenate(parts)) == 10
