"""The bytes of a `tf.train.Example`, by the wire format of protocol buffers.

A field is a tag, ``number << 3 | 2`` for one that has a length, the length as a varint, and
the content (https://protobuf.dev/programming-guides/encoding/). An Example holds Features as
field 1. They hold a map as field 1, in the order of its names here; an entry holds a name as
field 1 and a Feature as field 2. A Feature holds one of three lists, which holds its values as
field 1: a byte string, or all floats or varints packed into one field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np

# The field of a Feature with the list for a dtype: bytes, floats, integers.
LIST_FIELD = {"string": 1, "uint8": 1, "float32": 2, "int64": 3}
ITEM_BYTES = {"uint8": 1, "float32": 4, "int64": 1}
LARGEST_INTEGER = 127  # of a varint of one byte


@dataclass(frozen=True)
class Feature:
    """The type of one feature's values.

    dtype: ``string`` (bytes of any length, the last not 0), ``uint8`` (one byte string),
    ``float32`` or ``int64`` (0 to 127); shape: of the value in one Example, ``()`` for a scalar
    or a string.
    """

    dtype: str
    shape: tuple[int, ...] = ()

    def value_bytes(self) -> int:
        """Bytes of the values in one Example; not for a string."""
        return prod(self.shape) * ITEM_BYTES[self.dtype]

    def empty_column(self) -> np.ndarray:
        """The column of no Example."""
        dtype = "S1" if self.dtype == "string" else self.dtype
        return np.zeros((0, *self.shape), dtype)


class OtherFeatures(ValueError):
    """Bytes that are not an Example with the features that it should have."""


def feature_of(name: str, column: np.ndarray) -> Feature:
    """The feature that holds a column; raises `ValueError` where there is none."""
    if column.dtype.kind == "S" and column.ndim == 1:
        return Feature("string")
    dtype = str(column.dtype)
    if dtype not in ITEM_BYTES:
        raise ValueError(f"{name}: no feature can be made of {dtype} {column.shape}")
    if (
        dtype == "int64"
        and column.size
        and not 0 <= column.min() <= column.max() <= LARGEST_INTEGER
    ):
        raise ValueError(f"{name}: integers lie outside 0 to {LARGEST_INTEGER}")
    return Feature(dtype, column.shape[1:])


def encode_examples(
    columns: Mapping[str, np.ndarray], features: Mapping[str, Feature], lengths: Mapping[str, int]
) -> np.ndarray:
    """Serialised Examples of rows, uint8 (n, example_length).

    ``lengths``: of the strings, which is the same in all rows.
    """
    template, slots = _template(_sorted_values(features, lengths))
    count = len(next(iter(columns.values())))
    examples = np.tile(np.frombuffer(template, np.uint8), (count, 1))
    for name, column in columns.items():
        width = slots[name].stop - slots[name].start
        if column.dtype.kind == "i":
            column = column.astype(np.uint8)
        elif column.dtype.kind == "f":
            column = column.astype("<f4", copy=False)
        if width:
            encoded = np.ascontiguousarray(column).reshape(count, -1).view(np.uint8)
            examples[:, slots[name]] = encoded[:, :width]
    return examples


def decode_examples(
    examples: np.ndarray, features: Mapping[str, Feature]
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Rows whose strings are as long as those of row 0, bool (n,), and the columns of these.

    examples: uint8 (n, example_length). Where an Example has one string, these are all rows.
    Raises `OtherFeatures` when row 0 does not hold the features.
    """
    lengths = _text_bytes(examples[0].tobytes(), features)
    template, slots = _template(_sorted_values(features, lengths))
    if len(template) != examples.shape[1]:
        raise OtherFeatures
    fixed = np.full(len(template), 255, dtype=np.uint8)
    for slot in slots.values():
        fixed[slot] = 0
    different = (examples ^ np.frombuffer(template, np.uint8)) & fixed
    alike = np.ones(len(examples), dtype=bool)
    if different.any():  # cheaper than asking row by row, and mostly all that is asked
        alike = ~different.any(axis=1)
        examples = examples[alike]
    if not alike[0]:
        raise OtherFeatures
    return alike, {
        name: _as_column(np.ascontiguousarray(examples[:, slots[name]]), feature)
        for name, feature in features.items()
    }


def _as_column(values: np.ndarray, feature: Feature) -> np.ndarray:
    """Bytes of values, uint8 (n, bytes), as a column of their dtype and shape."""
    count, width = values.shape
    if feature.dtype == "string":
        return values.view(f"S{width}")[:, 0] if width else np.zeros(count, "S1")
    if feature.dtype == "float32":
        values = values.view("<f4").astype(np.float32, copy=False)
    elif feature.dtype == "int64":
        if values.size and values.max() > LARGEST_INTEGER:
            raise OtherFeatures
        values = values.astype(np.int64)
    return values.reshape(count, *feature.shape)


@dataclass(frozen=True)
class Value:
    """A feature's name, its dtype, and how many bytes its values take in some Examples."""

    name: str
    dtype: str
    size: int


def _sorted_values(features: Mapping[str, Feature], text_bytes: Mapping[str, int]) -> tuple:
    """The `Value` of each feature in the order of an Example; ``text_bytes``: of the strings."""
    return tuple(
        Value(
            name,
            features[name].dtype,
            text_bytes[name] if features[name].dtype == "string" else features[name].value_bytes(),
        )
        for name in sorted(features)
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


def _text_bytes(example: bytes, features: Mapping[str, Feature]) -> dict[str, int]:
    """Length of each string of an Example that holds these features, read where it stands.

    For any other bytes some lengths up to that of the bytes come out, so a caller compares
    the Example with the template for them.
    """
    texts = [name for name, feature in features.items() if feature.dtype == "string"]
    lengths = dict.fromkeys(texts, 0)
    position, _ = _open_field(example, 0)
    for value in _sorted_values(features, lengths):
        if value.dtype != "string":
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
