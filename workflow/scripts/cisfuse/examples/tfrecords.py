"""TFRecord files of `tf.train.Example`s, written and read in blocks without TensorFlow.

Building one Example after the other, Python writes 90,000 spans a second. Here the records
of one length are the rows of one array, 13 times as fast: values are copied by column. The bytes
are those of `tf.io.TFRecordWriter` and `Example.SerializeToString(deterministic=True)`, to
which the tests and benchmarks/reading.py compare them.

A record is the length of its Example (uint64), the masked CRC-32C of these 8 bytes (uint32),
the Example, and the masked CRC-32C of the Example (uint32), all little-endian
(https://www.tensorflow.org/tutorials/load_data/tfrecord).
"""

import os
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import google_crc32c
import numpy as np

from cisfuse.base.errors import DamagedFileError
from cisfuse.examples.protobuf import (
    OtherFeatures,
    WireType,
    decode_examples,
    encode_examples,
    lengths_of,
    wire_type_of,
)

HEADER = 12  # bytes before an Example
FOOTER = 4  # bytes behind it
# Blocks that fit into a processor's cache are no slower than larger ones, and bound the memory.
BLOCK_BYTES = 1 << 20


def encode_records(columns: Mapping[str, np.ndarray]) -> Iterator[np.ndarray]:
    """Encode rows as records; yields a file's bytes in pieces, uint8 (bytes,).

    Each column has n rows and becomes the feature of its name: byte strings, dtype S (n,), and
    uint8, float16 and int32 (n, ...) one value of a bytes_list, float32 (n, ...) a float_list,
    int64 (n, ...) an int64_list. Raises `ValueError` for other dtypes.
    """
    types = {name: wire_type_of(name, column) for name, column in columns.items()}
    count = len(next(iter(columns.values())))
    row_bytes = HEADER + FOOTER + sum(column[:1].nbytes for column in columns.values())
    step = max(1, BLOCK_BYTES // row_bytes)
    for start in range(0, count, step):
        block = {name: column[start : start + step] for name, column in columns.items()}
        yield _encode_block(block, types)


def _encode_block(block: Mapping[str, np.ndarray], types: Mapping[str, WireType]) -> np.ndarray:
    """Encode rows in groups of one layout; records in their order."""
    count = len(next(iter(block.values())))
    lengths = {
        name: lengths_of(block[name])
        for name, wire_type in types.items()
        if wire_type.has_own_length()
    }
    key = _layouts(lengths, count)
    groups = []
    for number in np.unique(key):
        rows = np.flatnonzero(key == number)
        group = block
        if len(rows) < count:
            group = {name: column[rows] for name, column in block.items()}
        here = {name: int(values[rows[0]]) for name, values in lengths.items()}
        groups.append((rows, _frame(encode_examples(group, types, here))))
    if len(groups) == 1:
        return groups[0][1].ravel()
    # Records of several lengths become rows of the longest, read without what is unused.
    longest = max(records.shape[1] for _, records in groups)
    padded = np.empty((count, longest), dtype=np.uint8)
    used = np.zeros((count, longest), dtype=bool)
    for rows, records in groups:
        padded[rows, : records.shape[1]] = records
        used[rows, : records.shape[1]] = True
    return padded[used]


def _layouts(lengths: Mapping[str, np.ndarray], count: int) -> np.ndarray:
    """A number for each row that is the same for rows with the same lengths, int64 (count,)."""
    key = np.zeros(count, dtype=np.int64)
    for values in lengths.values():
        if values.min() == values.max():
            continue
        if key.any():  # numbers below the count of rows, so that products stay small
            key = np.unique(key, return_inverse=True)[1]
        key = key * (values.max() + 1) + values
    return key


def _frame(examples: np.ndarray) -> np.ndarray:
    """Records of Examples, uint8 (n, record_length) of (n, example_length)."""
    count, length = examples.shape
    header = struct.pack("<Q", length)
    records = np.empty((count, HEADER + length + FOOTER), dtype=np.uint8)
    records[:, :HEADER] = np.frombuffer(header + _masked_checksum(header), np.uint8)
    records[:, HEADER:-FOOTER] = examples
    records[:, -FOOTER:] = _checksums(records).astype("<u4")[:, None].view(np.uint8)
    return records


def _checksums(records: np.ndarray) -> np.ndarray:
    """Masked CRC-32C of the Example in each record, uint32 (n,)."""
    length = records.shape[1] - HEADER - FOOTER
    # Unpacked from one buffer, since a row of an array costs an object more.
    examples = struct.iter_unpack(f"{HEADER}x{length}s{FOOTER}x", np.ascontiguousarray(records))
    crc32c = google_crc32c.value
    return _masked(np.fromiter((crc32c(data) for (data,) in examples), np.uint32, len(records)))


def _masked(checksums: np.ndarray) -> np.ndarray:
    """Checksums as TFRecords hold them, uint32: turned right by 15 bits, plus a constant."""
    turned = (checksums >> np.uint32(15)) | (checksums << np.uint32(17))
    return turned + np.uint32(0xA282EAD8)


def _masked_checksum(content: bytes) -> bytes:
    return _masked(np.array([google_crc32c.value(content)], np.uint32)).astype("<u4").tobytes()


class _BadRecord(Exception):
    """What is wrong with a row of a block."""

    def __init__(self, row: int, reason: str):
        super().__init__(row, reason)
        self.row = row
        self.reason = reason


def read_records(
    path: str | Path, types: Mapping[str, WireType]
) -> Iterator[dict[str, np.ndarray]]:
    """Read the records of a file in order, in blocks; columns are those of `encode_records`.

    A file without records gives one block without rows. Both checksums of every record are
    compared. Raises `DamagedFileError`, also for a file that cannot be read and for records
    that hold other features.
    """
    done = 0
    try:
        with open(path, "rb") as handle:
            for content, bounds in _whole_records(handle):
                yield _decode_block(content, bounds, types)
                done += len(bounds) - 1
        if not done:
            yield {name: wire_type.empty_column() for name, wire_type in types.items()}
    except _BadRecord as error:
        raise _damaged(path, f"record {done + error.row:,} {error.reason}") from error
    except OSError as error:
        raise _damaged(path, str(error.strerror)) from error


def _damaged(path: str | Path, reason: str) -> DamagedFileError:
    return DamagedFileError(
        f"{path}: damaged ({reason}); delete it and run again, and its rule makes it anew"
    )


def _whole_records(handle: IO[bytes]) -> Iterator[tuple[bytes, np.ndarray]]:
    """Blocks of the file, and where in each the whole records start and the last ends (n + 1,)."""
    known: dict[bytes, int] = {}  # length of the record by its header; few lengths occur
    size = os.fstat(handle.fileno()).st_size
    position, wanted = 0, BLOCK_BYTES
    while position < size:
        handle.seek(position)
        content = handle.read(wanted)
        bounds = _record_bounds(content, known)
        if len(bounds) > 1:
            yield content, np.array(bounds)
            position, wanted = position + bounds[-1], BLOCK_BYTES
            continue
        needed = known.get(content[:HEADER], size)
        if wanted >= needed or position + needed > size:
            raise _BadRecord(0, "is cut short")
        wanted = needed


def _record_bounds(content: bytes, known: dict[bytes, int]) -> list[int]:
    bounds, end = [0], 0
    while len(header := content[end : end + HEADER]) == HEADER:
        if header not in known:
            if header[8:] != _masked_checksum(header[:8]):
                raise _BadRecord(len(bounds) - 1, "has a length that differs from its checksum")
            known[header] = HEADER + int.from_bytes(header[:8], "little") + FOOTER
        end += known[header]
        if end > len(content):
            break
        bounds.append(end)
    return bounds


def _decode_block(
    content: bytes, bounds: np.ndarray, types: Mapping[str, WireType]
) -> dict[str, np.ndarray]:
    """Decode records in groups of one length; columns in the order of the records."""
    lengths = np.diff(bounds)
    whole = np.frombuffer(content, np.uint8, bounds[-1])
    groups = []
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        if len(rows) == len(lengths):
            records = whole.reshape(len(rows), length)
        else:
            records = np.lib.stride_tricks.sliding_window_view(whole, length)[bounds[rows]]
        differs = _checksums(records) != records[:, -FOOTER:].copy().view("<u4")[:, 0]
        if differs.any():
            raise _BadRecord(int(rows[differs.argmax()]), "differs from its checksum")
        examples = records[:, HEADER:-FOOTER]
        while len(rows):
            try:
                same, columns = decode_examples(examples, types)
            except OtherFeatures:
                reason = "does not hold the features of the manifest"
                raise _BadRecord(int(rows[0]), reason) from None
            groups.append((rows[same], columns))
            examples, rows = examples[~same], rows[~same]
    if len(groups) == 1:
        return groups[0][1]
    return {name: _merge([(rows, columns[name]) for rows, columns in groups]) for name in types}


def _merge(parts: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """One column of parts that come with the numbers of their rows."""
    count = sum(len(rows) for rows, _ in parts)
    dtype = np.result_type(*(values for _, values in parts))
    column = np.empty((count, *parts[0][1].shape[1:]), dtype)
    for rows, values in parts:
        column[rows] = values
    return column
