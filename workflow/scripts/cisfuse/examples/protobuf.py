"""The bytes of a `tf.train.Example`, by the wire format of protocol buffers.

A field is a tag, ``number << 3 | 2`` for one that has a length, the length as a varint, and
the content (https://protobuf.dev/programming-guides/encoding/). An Example holds Features as
field 1. They hold a map as field 1, in the order of its names here; an entry holds a name as
field 1 and a Feature as field 2. A Feature holds one of three lists, which holds its values as
field 1: a byte string, or all floats or varints packed into one field.

Strings and integers take as many bytes as they need, so Examples of one layout, with values of
the same lengths in the same places, are encoded and decoded together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

from cisfuse.examples.varints import decode_varints, encode_varints, row_bytes

# The field of a Feature with the list for a dtype: bytes, floats, integers. Of the dtypes that have
# no list of their own the bytes are stored, from which `tf.io.decode_raw` makes values.
LIST_FIELD = {"string": 1, "uint8": 1, "float16": 1, "int32": 1, "float32": 2, "int64": 3}
ITEM_BYTES = {"uint8": 1, "float16": 2, "int32": 4, "float32": 4}


@dataclass(frozen=True)
class WireType:
    """How the values of one feature are stored.

    dtype: ``string`` (bytes of any length, the last not 0), ``uint8``, ``float16`` and ``int32``
    (one byte string, little-endian), ``float32`` or ``int64``; shape: of the value in one
    Example, ``()`` for a scalar or a string.
    """

    dtype: str
    shape: tuple[int, ...] = ()

    def has_own_length(self) -> bool:
        """Tell whether the length of the values is written in each Example."""
        return self.dtype == "string" or (self.dtype == "int64" and prod(self.shape) > 0)

    def value_bytes(self) -> int:
        """Bytes of the values in one Example, where all have as many."""
        return prod(self.shape) * ITEM_BYTES.get(self.dtype, 0)

    def empty_column(self) -> np.ndarray:
        """The column of no Example."""
        dtype = "S1" if self.dtype == "string" else self.dtype
        return np.zeros((0, *self.shape), dtype)


class OtherFeatures(ValueError):
    """Bytes that are not an Example with the features that it should have."""


def wire_type_of(name: str, column: np.ndarray) -> WireType:
    """The type that holds a column; raises `ValueError` where there is none."""
    if column.dtype.kind == "S" and column.ndim == 1:
        return WireType("string")
    dtype = str(column.dtype)
    if dtype == "string" or dtype not in LIST_FIELD:
        raise ValueError(f"{name}: no feature can be made of {dtype} {column.shape}")
    return WireType(dtype, column.shape[1:])


def lengths_of(column: np.ndarray) -> np.ndarray:
    """Bytes of each row's string or integers, int64 (n,)."""
    if column.dtype.kind == "S":
        return np.strings.str_len(column)
    return row_bytes(column)


def encode_examples(
    columns: Mapping[str, np.ndarray], types: Mapping[str, WireType], lengths: Mapping[str, int]
) -> np.ndarray:
    """Serialised Examples of rows, uint8 (n, example_length).

    ``lengths``: bytes of the values that have a length of their own, the same in all rows.
    """
    template, slots = _template(_sorted_values(types, lengths))
    count = len(next(iter(columns.values())))
    examples = np.tile(np.frombuffer(template, np.uint8), (count, 1))
    for name, column in columns.items():
        width = slots[name].stop - slots[name].start
        if width:
            examples[:, slots[name]] = _as_bytes(column, width)
    return examples


def _as_bytes(column: np.ndarray, width: int) -> np.ndarray:
    """Values of rows that take ``width`` bytes each, uint8 (n, width)."""
    if column.dtype == np.int64:
        return encode_varints(column, width)
    if column.dtype.kind != "S":
        column = column.astype(column.dtype.newbyteorder("<"), copy=False)
    encoded = np.ascontiguousarray(column).reshape(len(column), -1).view(np.uint8)
    return encoded[:, :width]


def decode_examples(
    examples: np.ndarray, types: Mapping[str, WireType]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Rows that have the layout of row 0, bool (n,), and the columns of these.

    examples: uint8 (n, example_length). Where an Example has one string and small integers,
    these are all rows. Raises `OtherFeatures` when row 0 does not hold the features.
    """
    lengths = _own_lengths(examples[0].tobytes(), types)
    template, slots = _template(_sorted_values(types, lengths))
    if len(template) != examples.shape[1]:
        raise OtherFeatures
    fixed = np.full(len(template), 255, dtype=np.uint8)
    for slot in slots.values():
        fixed[slot] = 0
    different = (examples ^ np.frombuffer(template, np.uint8)) & fixed
    same = np.ones(len(examples), dtype=bool)
    if different.any():  # cheaper than asking row by row, and mostly all that is asked
        same = ~different.any(axis=1)
        examples = examples[same]
    if not same[0]:
        raise OtherFeatures
    return same, {
        name: _as_column(np.ascontiguousarray(examples[:, slots[name]]), wire_type)
        for name, wire_type in types.items()
    }


def _as_column(values: np.ndarray, wire_type: WireType) -> np.ndarray:
    """Bytes of values, uint8 (n, bytes), as a column of their dtype and shape."""
    count, width = values.shape
    if wire_type.dtype == "string":
        return values.view(f"S{width}")[:, 0] if width else np.zeros(count, "S1")
    if wire_type.dtype == "int64":
        values = decode_varints(values, prod(wire_type.shape))
        if values is None:
            raise OtherFeatures
    elif wire_type.dtype != "uint8":
        dtype = np.dtype(wire_type.dtype)
        values = values.view(dtype.newbyteorder("<")).astype(dtype, copy=False)
    return values.reshape(count, *wire_type.shape)


@dataclass(frozen=True)
class Value:
    """A feature's name, its dtype, and how many bytes its values take in some Examples."""

    name: str
    dtype: str
    size: int


def _sorted_values(types: Mapping[str, WireType], lengths: Mapping[str, int]) -> tuple:
    """The `Value` of each feature in the order of an Example; ``lengths``: their own lengths."""
    return tuple(
        Value(name, types[name].dtype, lengths.get(name, types[name].value_bytes()))
        for name in sorted(types)
    )


@lru_cache(maxsize=256)
def _template(values: tuple[Value, ...]) -> tuple[bytes, dict[str, slice]]:
    """An Example whose values are zeros, and where in it each feature's values lie."""
    features, ends = b"", {}
    for value in values:
        features += _entry(value)
        ends[value.name] = len(features)  # an entry ends with the values
    example = _field(1, features)
    before = len(example) - len(features)
    slots = {
        value.name: slice(before + ends[value.name] - value.size, before + ends[value.name])
        for value in values
    }
    return example, slots


def _entry(value: Value) -> bytes:
    """The map's entry of one feature; a list without numbers lacks the field of its values."""
    numbers = value.dtype in ("float32", "int64")
    values = b"" if numbers and value.size == 0 else _field(1, bytes(value.size))
    return _field(1, _key(value.name) + _field(2, _field(LIST_FIELD[value.dtype], values)))


def _key(name: str) -> bytes:
    return _field(1, name.encode())


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; all bytes but the last have the highest bit."""
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    return bytes([*encoded, number])


def _own_lengths(example: bytes, types: Mapping[str, WireType]) -> dict[str, int]:
    """Bytes of each string and of integers in an Example of these features, read where they stand.

    For any other bytes some lengths up to that of the bytes come out, so a caller compares
    the Example with the template for them.
    """
    lengths = {name: 0 for name, wire_type in types.items() if wire_type.has_own_length()}
    position, _ = _open_field(example, 0)
    for value in _sorted_values(types, lengths):
        if value.name not in lengths:
            position += len(_entry(value))
            continue
        position, _ = _open_field(example, position)
        position += len(_key(value.name))
        for _ in ("Feature", "list", "value"):
            position, length = _open_field(example, position)
        lengths[value.name] = min(length, len(example))
        position += length
    return lengths


def _open_field(content: bytes, position: int) -> tuple[int, int]:
    """Where the content of the field at ``position`` starts, and its length."""
    length = 0
    for digit, byte in enumerate(content[position + 1 : position + 6]):
        length |= (byte & 127) << (7 * digit)
        if byte < 128:
            return position + digit + 2, length
    return len(content), 0
