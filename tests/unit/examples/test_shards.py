"""Shards hold what was written, any TensorFlow program can read them, and damage is found."""

import os
import subprocess
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from cisfuse.base.errors import DamagedFileError
from cisfuse.base.files import read_json, write_json
from cisfuse.examples.shards import (
    Examples,
    ShardWriter,
    SplitWriter,
    concatenate,
    feature_table,
    iterate_shards,
    read_shard,
    read_split,
    shard_rows,
    verify_shards,
)

LENGTH = 12
SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"


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


def write_shard(path: str, spans: pd.DataFrame, sequences: np.ndarray, signals: list[str]) -> dict:
    """Write rows as one shard, in one piece; returns its entry of the manifest."""
    writer = ShardWriter(path, signals)
    writer.add(spans, sequences)
    return writer.close()


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


def write_slowly(path: Path, spans: pd.DataFrame, sequences: np.ndarray, signals: list[str]):
    """The reference: a shard written one Example after the other, by TensorFlow."""

    def bytes_of(value: bytes) -> tf.train.Feature:
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    with tf.io.TFRecordWriter(str(path)) as writer:
        for row, span in enumerate(spans.itertuples()):
            feature = {
                "name": bytes_of(span.name.encode()),
                "sequence": bytes_of(sequences[row].tobytes()),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[span.label])),
            }
            for signal in signals:
                floats = tf.train.FloatList(value=[getattr(span, signal)])
                feature[signal] = tf.train.Feature(float_list=floats)
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString(deterministic=True))


def assert_holds(examples: Examples, spans: pd.DataFrame, sequences: np.ndarray) -> None:
    assert examples.names.dtype.kind == "S"
    assert [name.decode() for name in examples.names] == spans["name"].tolist()
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


def test_a_shard_is_what_tensorflow_would_write(tmp_path):
    """Two signals, one of them float64 in the table, and a name that is not ASCII."""
    spans, sequences = make_rows(200)
    spans["methylation"] = np.random.default_rng(3).normal(size=200) * 1e-3
    spans.loc[5, "name"] = "Å1:3-15"
    signals = ["methylation", "accessibility"]
    write_shard(str(tmp_path / "fast"), spans, sequences, signals)
    write_slowly(tmp_path / "slow", spans, sequences, signals)
    assert (tmp_path / "fast").read_bytes() == (tmp_path / "slow").read_bytes()
    manifest = {"features": feature_table(LENGTH, signals), "signals": signals}
    examples = read_shard(tmp_path / "fast", manifest)
    assert_holds(examples, spans, sequences)
    np.testing.assert_array_equal(
        examples.signals["methylation"], spans["methylation"].astype(np.float32)
    )


@pytest.mark.parametrize("count", [0, 1, 2, 10, 57])
def test_a_split_written_in_pieces_is_the_same(tmp_path, count):
    spans, sequences = make_rows(count)
    whole = []
    for number, rows in enumerate(shard_rows(count, 4)):
        (tmp_path / "whole").mkdir(exist_ok=True)
        path = str(tmp_path / "whole" / f"{number}.tfrecord")
        whole.append(write_shard(path, spans.iloc[rows], sequences[rows], ["accessibility"]))
    for size in (1, 3, 7, 100):
        folder = tmp_path / str(size)
        folder.mkdir()
        paths = [str(folder / entry["file"]) for entry in whole]
        writer = SplitWriter(paths, count, ["accessibility"])
        for start in range(0, count, size):
            rows = slice(start, start + size)
            writer.add(spans.iloc[rows], sequences[rows])
        entry = writer.close()
        assert entry["shards"] == whole
        assert (entry["spans"], entry["positives"]) == (count, spans["label"].sum())
        for path in paths:
            assert Path(path).read_bytes() == (tmp_path / "whole" / Path(path).name).read_bytes()


def test_a_split_that_an_error_cuts_short_leaves_no_half_a_shard(tmp_path):
    spans, sequences = make_rows(10)
    paths = [str(tmp_path / f"{number}.tfrecord") for number in range(2)]

    writer = SplitWriter(paths, 10, ["accessibility"])
    with suppress(OSError), writer:
        writer.add(spans.iloc[:7], sequences[:7])
        raise OSError("the disk is full")
    assert [path.name for path in tmp_path.iterdir()] == ["0.tfrecord"]


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


def test_shards_are_given_one_by_one(manifest):
    spans, sequences = make_rows(10, seed=0)
    shards = list(iterate_shards(manifest, "train"))
    for examples, rows in zip(shards, shard_rows(10, 3), strict=True):
        assert_holds(examples, spans.iloc[rows], sequences[rows])


def test_signals_at_every_base_are_read(tmp_path):
    """The contract is more general than what is written now."""
    values = np.random.default_rng(0).normal(size=(6, LENGTH)).astype(np.float32)
    spans, sequences = make_rows(6)
    with tf.io.TFRecordWriter(str(tmp_path / "test.tfrecord")) as writer:
        for row in range(6):
            feature = {
                "name": {"bytes_list": {"value": [spans["name"][row].encode()]}},
                "sequence": {"bytes_list": {"value": [sequences[row].tobytes()]}},
                "label": {"int64_list": {"value": [spans["label"][row]]}},
                "atac": {"float_list": {"value": values[row].tolist()}},
            }
            example = tf.train.Example(features={"feature": feature})
            writer.write(example.SerializeToString(deterministic=True))
    features = feature_table(LENGTH, ["atac"])
    features[-1]["shape"] = [LENGTH]
    shards = [{"file": "test.tfrecord", "spans": 6}]
    content = {"features": features, "signals": ["atac"], "splits": {"test": {"shards": shards}}}
    write_json(content, tmp_path / "manifest.json")
    examples = read_split(tmp_path / "manifest.json", "test")
    np.testing.assert_array_equal(examples.signals["atac"], values)
    np.testing.assert_array_equal(examples.sequences, sequences)


def test_examples_are_written_and_read_without_tensorflow():
    """Its import takes 4 s and 600 MB, and the rules of this stage need none of it."""
    code = (
        "import sys, cisfuse.base.files, cisfuse.examples.shards, cisfuse.jobs.job, "
        "cisfuse.readers.genome, cisfuse.readers.signals, cisfuse.readers.spans; "
        "assert 'tensorflow' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


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


def test_reading_another_number_of_spans_than_the_manifest_says_names_the_file(manifest):
    name = "train-00002-of-00003.tfrecord"
    spans, sequences = make_rows(1)
    write_shard(str(Path(manifest).parent / name), spans, sequences, ["accessibility"])
    with pytest.raises(DamagedFileError, match=rf"{name}: holds 1 spans, .* says 3; delete it"):
        read_split(manifest, "train")


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
