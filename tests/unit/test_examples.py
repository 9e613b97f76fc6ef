"""Shards hold what was written, any TensorFlow program can read them, and damage is found."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from cisfuse.errors import DamagedFileError
from cisfuse.examples import (
    Examples,
    concatenate,
    feature_table,
    read_shard,
    read_split,
    shard_rows,
    verify_shards,
    write_shard,
)
from cisfuse.files import read_json, write_json

LENGTH = 12


def make_rows(count: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    generator = np.random.default_rng(seed)
    spans = pd.DataFrame(
        {
            "name": [f"chr1:{row}-{row + LENGTH}" for row in generator.permutation(count)],
            "label": generator.integers(0, 2, count),
            "accessibility": generator.gamma(1, 1, count).astype(np.float32),
        }
    )
    return spans, generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH))


def write_examples(folder: Path, counts: dict[str, int], shards: int) -> str:
    """Write splits and their manifest as the rule write_tfrecords does."""
    folder.mkdir()
    splits = {}
    for seed, (split, count) in enumerate(counts.items()):
        spans, sequences = make_rows(count, seed)
        entries = []
        for number, rows in enumerate(shard_rows(count, shards)):
            path = folder / f"{split}-{number:05d}-of-{shards:05d}.tfrecord"
            part = spans.iloc[rows]
            entries.append(write_shard(str(path), part, sequences[rows], ["accessibility"]))
        splits[split] = {"shards": entries}
    features = feature_table(LENGTH, ["accessibility"])
    manifest = {"features": features, "signals": ["accessibility"], "splits": splits}
    write_json(manifest, folder / "manifest.json")
    return str(folder / "manifest.json")


@pytest.fixture
def manifest(tmp_path):
    return write_examples(tmp_path / "examples", {"train": 10, "test": 5}, shards=3)


def assert_holds(examples: Examples, spans: pd.DataFrame, sequences: np.ndarray) -> None:
    assert examples.names.tolist() == spans["name"].tolist()
    np.testing.assert_array_equal(examples.sequences, sequences)
    np.testing.assert_array_equal(examples.labels, spans["label"])
    np.testing.assert_array_equal(examples.signals["accessibility"], spans["accessibility"])
    assert examples.sequences.dtype == np.uint8
    assert examples.labels.dtype == np.float32
    assert examples.signals["accessibility"].dtype == np.float32


def test_shards_share_rows_out_in_order():
    for count in range(40):
        for shards in range(1, 12):
            slices = shard_rows(count, shards)
            lengths = [part.stop - part.start for part in slices]
            assert len(slices) == shards
            assert (slices[0].start, slices[-1].stop) == (0, count)
            assert all(one.stop == other.start for one, other in pairwise(slices))
            assert max(lengths) - min(lengths) <= 1


def test_a_shard_gives_back_what_was_written(tmp_path, manifest):
    spans, sequences = make_rows(7, seed=9)
    path = str(tmp_path / "shard.tfrecord")
    entry = write_shard(path, spans, sequences, ["accessibility"])
    assert_holds(read_shard(path, read_json(manifest)), spans, sequences)
    assert (entry["file"], entry["spans"]) == ("shard.tfrecord", 7)
    assert entry["positives"] == spans["label"].sum()


def test_batches_of_reading_leave_no_trace(tmp_path, manifest, monkeypatch):
    monkeypatch.setattr("cisfuse.examples.READ_BATCH", 3)
    spans, sequences = make_rows(7)
    path = str(tmp_path / "shard.tfrecord")
    write_shard(path, spans, sequences, ["accessibility"])
    assert_holds(read_shard(path, read_json(manifest)), spans, sequences)


def test_any_tensorflow_program_can_read_a_shard_by_its_manifest(manifest):
    content = read_json(manifest)
    dtypes = {"string": tf.string, "uint8": tf.string, "int64": tf.int64, "float32": tf.float32}
    layout = {
        feature["name"]: tf.io.FixedLenFeature([], dtypes[feature["dtype"]])
        for feature in content["features"]
    }
    shapes = {feature["name"]: feature["shape"] for feature in content["features"]}
    files = [shard["file"] for shard in content["splits"]["train"]["shards"]]
    records = tf.data.TFRecordDataset([str(Path(manifest).parent / file) for file in files])
    spans, sequences = make_rows(10, seed=0)
    for row, record in enumerate(records):
        example = tf.io.parse_single_example(record, layout)
        sequence = tf.io.decode_raw(example["sequence"], tf.uint8)
        assert list(sequence.shape) == shapes["sequence"]
        assert sequence.numpy().tobytes() == sequences[row].tobytes()
        assert example["name"].numpy().decode() == spans["name"][row]
        assert example["label"].numpy() == spans["label"][row]
        assert example["accessibility"].numpy() == spans["accessibility"][row]
    assert row == 9


def test_a_split_is_its_shards_in_order(manifest):
    assert_holds(read_split(manifest, "train"), *make_rows(10, seed=0))
    assert_holds(read_split(manifest, "test"), *make_rows(5, seed=1))


def test_a_split_may_have_fewer_rows_than_shards(tmp_path):
    manifest = write_examples(tmp_path / "few", {"valid": 2}, shards=5)
    assert_holds(read_split(manifest, "valid"), *make_rows(2, seed=0))
    assert sorted(verify_shards(manifest)["spans"]) == [0, 0, 0, 1, 1]


def test_two_writes_give_the_same_bytes(tmp_path, manifest):
    again = write_examples(tmp_path / "again", {"train": 10, "test": 5}, shards=3)
    assert Path(again).read_bytes() == Path(manifest).read_bytes()
    for path in Path(manifest).parent.iterdir():
        assert path.read_bytes() == (Path(again).parent / path.name).read_bytes()


def test_whole_shards_are_listed(manifest):
    table = verify_shards(manifest)
    assert table.columns.tolist() == ["split", "file", "spans", "positives", "sha256"]
    assert table.groupby("split")["spans"].sum().to_dict() == {"train": 10, "test": 5}
    assert table["positives"].sum() == sum(
        make_rows(n, s)[0]["label"].sum() for s, n in [(0, 10), (1, 5)]
    )


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
        entries["splits"]["train"]["shards"][1]["positives"] += 1
        write_json(entries, manifest)
    with pytest.raises(DamagedFileError, match=rf"{name}: .*{message}"):
        verify_shards(manifest)


@pytest.mark.parametrize("damage", ["flip", "cut", "remove", "length"])
def test_reading_a_damaged_shard_names_the_file(manifest, damage):
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
        spans, sequences = make_rows(2)
        write_shard(str(path), spans, sequences[:, 1:], ["accessibility"])
    with pytest.raises(DamagedFileError, match=f"{name}: damaged .*run again"):
        read_split(manifest, "test")


def test_a_damaged_manifest_is_named(manifest):
    path = Path(manifest)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DamagedFileError, match=r"manifest\.json: damaged"):
        verify_shards(manifest)


def test_rows_are_taken_and_joined_in_the_given_order(manifest):
    spans, sequences = make_rows(10, seed=0)
    train = read_split(manifest, "train")
    rows = np.array([7, 0, 7, 3])
    assert_holds(train.take(rows), spans.iloc[rows], sequences[rows])
    parts = [train.take(np.arange(6, 10)), train.take(np.arange(6))]
    order = [6, 7, 8, 9, 0, 1, 2, 3, 4, 5]
    assert_holds(concatenate(iter(parts)), spans.iloc[order], sequences[order])
    assert len(concatenate(parts)) == 10
