"""Records written by column are those of TensorFlow's own writer, and no damage goes unseen."""

import struct
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
import tensorflow as tf

from cisfuse.base.errors import DamagedFileError
from cisfuse.examples import tfrecords
from cisfuse.examples.protobuf import WireType
from cisfuse.examples.tfrecords import encode_records, read_records

SPANS = {
    "name": WireType("string"),
    "sequence": WireType("uint8", (11,)),
    "label": WireType("int64"),
    "accessibility": WireType("float32"),
}
LATER = {
    "name": WireType("string"),
    "cell": WireType("string"),
    "sequence": WireType("uint8", (700,)),
    "targets": WireType("int64", (130,)),
    "atac": WireType("float32", (700,)),
    "Strands": WireType("float32", (5, 2)),
    "methylation": WireType("float32"),
    "counts": WireType("int64", (0,)),
    "nothing": WireType("float32", (0,)),
    "ä": WireType("uint8", (3,)),
}


INTEGERS = {
    "name": WireType("string"),
    "tokens": WireType("int64", (40,)),
    "count": WireType("int64"),
    "grid": WireType("int64", (2, 3)),
    "label": WireType("int64"),
    "track": WireType("float16", (9,)),
    "place": WireType("int32", (2,)),
}


def make_columns(types: dict[str, WireType], count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Random values; strings of 0 to 9 bytes, integers of every size, floats of every kind."""
    generator = np.random.default_rng(seed)
    columns = {}
    for name, wire_type in types.items():
        shape = (count, *wire_type.shape)
        if wire_type.dtype == "string":
            lengths = generator.integers(0, 10, count)
            columns[name] = np.array([b"123456789"[:length] for length in lengths], "S9")
        elif wire_type.dtype == "float32":
            bits = generator.integers(0, 2**32, shape, dtype=np.uint32)
            columns[name] = np.nan_to_num(bits.view(np.float32))
        elif wire_type.dtype == "float16":
            columns[name] = generator.normal(size=shape).astype(np.float16)
        elif wire_type.dtype == "int32":
            columns[name] = generator.integers(-(2**31), 2**31, shape, dtype=np.int32)
        elif wire_type.dtype == "uint8":
            columns[name] = generator.integers(0, 256, shape, dtype=np.uint8)
        else:
            columns[name] = generator.integers(0, 128, shape)
            if name in ("tokens", "grid"):
                columns[name] = generator.integers(0, 70_000, shape)
            elif name == "count":
                bits = generator.integers(0, 64, shape)
                columns[name] = generator.integers(-(2**63), 2**63, shape) >> bits
    return columns


def write_slowly(path: Path, columns: dict[str, np.ndarray]) -> None:
    """The reference: one Example after the other, by TensorFlow."""
    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in range(len(next(iter(columns.values())))):
            feature = {}
            for name, column in columns.items():
                value = column[row]
                if column.dtype == np.float32:
                    floats = tf.train.FloatList(value=np.ravel(value).tolist())
                    feature[name] = tf.train.Feature(float_list=floats)
                elif column.dtype == np.int64:
                    integers = tf.train.Int64List(value=np.ravel(value).tolist())
                    feature[name] = tf.train.Feature(int64_list=integers)
                else:
                    content = value if column.dtype.kind == "S" else value.tobytes()
                    feature[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=[content]))
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString(deterministic=True))


def write(path: Path, columns: dict[str, np.ndarray]) -> Path:
    path.write_bytes(b"".join(piece.tobytes() for piece in encode_records(columns)))
    return path


def read(path: Path, types: dict[str, WireType]) -> dict[str, np.ndarray]:
    blocks = list(read_records(path, types))
    return {name: np.concatenate([block[name] for block in blocks]) for name in types}


@pytest.mark.parametrize("types", [SPANS, LATER, INTEGERS], ids=["spans", "later", "integers"])
@pytest.mark.parametrize(("count", "block"), [(0, 1 << 20), (1, 1 << 20), (60, 1 << 20), (60, 400)])
def test_bytes_and_values_are_those_of_tensorflow(tmp_path, monkeypatch, types, count, block):
    """A block of 400 bytes is a few short records, or a part of a long one."""
    monkeypatch.setattr(tfrecords, "BLOCK_BYTES", block)
    columns = make_columns(types, count)
    write_slowly(tmp_path / "slow", columns)
    path = write(tmp_path / "fast", columns)
    assert path.read_bytes() == (tmp_path / "slow").read_bytes()
    found = read(path, types)
    for name, column in columns.items():
        np.testing.assert_array_equal(found[name], column)
        assert found[name].dtype.kind == column.dtype.kind
        assert found[name].dtype == column.dtype or column.dtype.kind == "S"


@pytest.mark.parametrize("length", [*range(100, 140), *range(16_360, 16_400)])
def test_lengths_may_need_more_bytes(tmp_path, length):
    """Around 2^7 and 2^14 the varints of a value and of what encloses it grow one by one."""
    columns = {
        "name": np.array([b"x" * length, b"y" * (length - 1)]),
        "signal": np.ones((2, length // 4), np.float32),
    }
    write_slowly(tmp_path / "slow", columns)
    path = write(tmp_path / "fast", columns)
    assert path.read_bytes() == (tmp_path / "slow").read_bytes()
    types = {"name": WireType("string"), "signal": WireType("float32", (length // 4,))}
    np.testing.assert_array_equal(read(path, types)["name"], columns["name"])


def test_columns_may_be_views_of_others(tmp_path):
    columns = make_columns(SPANS, 20)
    views = {name: column[::-2] for name, column in columns.items()}
    write_slowly(tmp_path / "slow", {name: column.copy() for name, column in views.items()})
    assert write(tmp_path / "fast", views).read_bytes() == (tmp_path / "slow").read_bytes()


@pytest.mark.parametrize(
    "column",
    [
        np.array([1, 2], np.int16),
        np.array([0.5, 1.5]),
        np.array(["a", "b"]),
        np.array([True, False]),
        np.array([[b"a"], [b"b"]]),
    ],
    ids=["int16", "float64", "str", "bool", "two dimensions"],
)
def test_other_columns_are_refused(column):
    with pytest.raises(ValueError, match="signal: "):
        list(encode_records({"signal": column}))


def with_checksums(example: bytes) -> bytes:
    """A whole record of any bytes, by the definition of the format."""

    def checksum(content: bytes) -> bytes:
        crc = google_crc32c.value(content)
        return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)

    length = struct.pack("<Q", len(example))
    return length + checksum(length) + example + checksum(example)


def assert_damaged(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(DamagedFileError) as caught:
        read(path, SPANS)
    message = str(caught.value)
    assert message.startswith(f"{path}: damaged (record ")
    assert message.endswith("); delete it and run again, and its rule makes it anew")
    return message


@pytest.mark.parametrize("block", [1 << 20, 300])
def test_random_damage_is_always_found(tmp_path, monkeypatch, block):
    monkeypatch.setattr(tfrecords, "BLOCK_BYTES", block)
    generator = np.random.default_rng(1)
    path = write(tmp_path / "shard", make_columns(SPANS, 12))
    content = path.read_bytes()
    bounds = {len(b"".join(parts)) for parts in prefixes(content)}
    for _ in range(400):
        place = int(generator.integers(len(content)))
        flipped = bytearray(content)
        flipped[place] ^= 1 << int(generator.integers(8))
        assert_damaged(path, bytes(flipped))
        if place not in bounds:
            assert_damaged(path, content[:place])
        junk = generator.bytes(int(generator.integers(1, 200)))
        assert_damaged(path, content + junk)
        assert_damaged(path, content[:place] + junk + content[place:])


def prefixes(content: bytes) -> list[list[bytes]]:
    """The file's first 0, 1, 2, ... records."""
    records = []
    while content:
        length = struct.unpack("<Q", content[:8])[0] + 16
        records.append(content[:length])
        content = content[length:]
    return [records[:number] for number in range(len(records) + 1)]


def test_records_with_right_checksums_and_other_content_are_found(tmp_path):
    """As another program may write them: random bytes, or an Example with one byte changed."""
    generator = np.random.default_rng(2)
    path = write(tmp_path / "shard", make_columns(SPANS, 2))
    content = path.read_bytes()
    first = prefixes(content)[1][0]
    example = first[12:-4]
    values = find_values(make_columns(SPANS, 2), example)
    for place in range(len(example)):
        for bit in range(8):
            changed = bytearray(example)
            changed[place] ^= 1 << bit
            if place in values:
                continue
            assert_damaged(path, first + with_checksums(bytes(changed)))
    for size in [*range(30), 100, 1000]:
        assert "record 2 does not hold" in assert_damaged(
            path, content + with_checksums(generator.bytes(size))
        )


def find_values(columns: dict[str, np.ndarray], example: bytes) -> set[int]:
    """Where the values of the first row lie in its Example, by search."""
    places: set[int] = set()
    for name, column in columns.items():
        value = column[0].item() if name == "name" else column[0].tobytes()
        value = bytes([column[0]]) if name == "label" else value
        key = example.index(name.encode()) + len(name)
        start = example.index(value, key + 6)
        places.update(range(start, start + len(value)))
    return places


def test_messages_name_the_record(tmp_path, monkeypatch):
    monkeypatch.setattr(tfrecords, "BLOCK_BYTES", 500)
    path = write(tmp_path / "shard", make_columns(SPANS, 30))
    content = path.read_bytes()
    starts = [len(b"".join(parts)) for parts in prefixes(content)]

    def flip(place: int) -> bytes:
        return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    assert "record 0 has a length that differs" in assert_damaged(path, flip(0))
    assert "record 17 has a length that differs" in assert_damaged(path, flip(starts[17] + 3))
    assert "record 23 differs from its checksum" in assert_damaged(path, flip(starts[23] + 30))
    assert "record 29 is cut short" in assert_damaged(path, content[:-1])
    assert "record 5 is cut short" in assert_damaged(path, content[: starts[5] + 7])


@pytest.mark.parametrize("content", [b"\x80", b"\x01\x02", b"\x81\x80", b"\xff" * 9 + b"\x02"])
def test_bytes_that_are_not_one_integer_are_found(tmp_path, content):
    """Cut short, two integers, cut short after two bytes, more than 64 bits."""
    of_this_length = {1: 1, 2: 300, 10: -1}[len(content)]
    path = write(tmp_path / "shard", {"label": np.array([of_this_length])})
    example = path.read_bytes()[12:-4]
    path.write_bytes(with_checksums(example[: -len(content)] + content))
    with pytest.raises(DamagedFileError, match="record 0 does not hold"):
        read(path, {"label": WireType("int64")})


def test_integers_and_strings_may_make_up_for_each_other(tmp_path):
    """All records have one length, but other layouts."""
    columns = {
        "name": np.array([b"abc", b"ab", b"a"]),
        "count": np.array([1, 300, 100_000]),
    }
    path = write(tmp_path / "shard", columns)
    assert len({len(record) for record in prefixes(path.read_bytes())[-1]}) == 1
    found = read(path, {"name": WireType("string"), "count": WireType("int64")})
    for name, column in columns.items():
        np.testing.assert_array_equal(found[name], column)


def test_layouts_of_many_long_columns_are_told_apart(tmp_path):
    """Their lengths as one number would not fit into 64 bits."""
    generator = np.random.default_rng(3)
    columns = {f"tokens_{number}": generator.integers(0, 300, (50, 2000)) for number in range(8)}
    path = write(tmp_path / "shard", columns)
    write_slowly(tmp_path / "slow", columns)
    assert path.read_bytes() == (tmp_path / "slow").read_bytes()
    found = read(path, dict.fromkeys(columns, WireType("int64", (2000,))))
    for name, column in columns.items():
        np.testing.assert_array_equal(found[name], column)


@pytest.mark.parametrize(
    "types", [{}, {"name": WireType("string")}, LATER, SPANS | {"more": WireType("int64")}]
)
def test_records_of_other_features_are_found(tmp_path, types):
    path = write(tmp_path / "shard", make_columns(SPANS, 3))
    with pytest.raises(DamagedFileError, match=r"record \d does not hold"):
        read(path, types)


def test_what_cannot_be_opened_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DamagedFileError, match=rf"{path.name}: damaged \(.*directory\)"):
            read(path, SPANS)
