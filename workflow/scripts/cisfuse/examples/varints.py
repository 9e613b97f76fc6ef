"""Integers as varints, by whole columns.

Seven bits a byte, the lowest first; all bytes but the last have the highest bit. A negative
number is the one that is 2^64 larger, and takes ten bytes
(https://protobuf.dev/programming-guides/encoding/).
"""

import numpy as np

LARGEST_OF_ONE_BYTE = 127
MOST_BYTES = 10  # of 64 bits


def row_bytes(column: np.ndarray) -> np.ndarray:
    """Bytes that the integers of each row take, int64 (n, ...) to int64 (n,)."""
    values = column.reshape(len(column), -1)
    if _are_short(values):
        return np.full(len(values), values.shape[1])
    return _value_bytes(values.view(np.uint64)).sum(axis=1)


def _are_short(values: np.ndarray) -> bool:
    """Tell whether each integer takes one byte."""
    return not values.size or bool(values.min() >= 0 and values.max() <= LARGEST_OF_ONE_BYTE)


def _value_bytes(values: np.ndarray) -> np.ndarray:
    """Bytes of each varint, uint64 to int64 of the same shape."""
    found = np.ones(values.shape, np.int64)
    for digits in range(1, MOST_BYTES):
        longer = values >= np.uint64(1 << (7 * digits))
        if not longer.any():
            break
        found += longer
    return found


def encode_varints(column: np.ndarray, width: int) -> np.ndarray:
    """The integers of rows that take ``width`` bytes each: int64 (n, ...) to uint8 (n, width)."""
    values = np.ascontiguousarray(column).reshape(len(column), -1)
    if width == values.shape[1]:  # no integer has less than a byte
        return values.astype(np.uint8)
    flat = values.view(np.uint64).ravel()
    sizes = _value_bytes(flat)
    ends = np.cumsum(sizes)
    digit = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
    shifted = np.repeat(flat, sizes) >> (np.uint64(7) * digit.astype(np.uint64))
    encoded = (shifted & np.uint64(127)).astype(np.uint8) | np.uint8(128)
    encoded[ends - 1] &= 127
    return encoded.reshape(len(values), width)


def decode_varints(encoded: np.ndarray, count: int) -> np.ndarray | None:
    """The ``count`` integers of each row, uint8 (n, bytes) to int64 (n, count).

    None where a row does not hold as many, or one of more than 64 bits.
    """
    if encoded.shape[1] == count:
        if encoded.size and encoded.max() > LARGEST_OF_ONE_BYTE:
            return None
        return encoded.astype(np.int64)
    is_last = encoded <= LARGEST_OF_ONE_BYTE
    if (is_last.sum(axis=1) != count).any() or not is_last[:, -1:].all():
        return None
    flat, last = encoded.ravel(), np.flatnonzero(is_last)
    first = np.concatenate([[0], last[:-1] + 1])
    sizes = last - first + 1
    if (sizes > MOST_BYTES).any() or (flat[last[sizes == MOST_BYTES]] > 1).any():
        return None
    digit = (np.arange(len(flat)) - np.repeat(first, sizes)).astype(np.uint64)
    shifted = (flat & np.uint8(127)).astype(np.uint64) << (np.uint64(7) * digit)
    return np.bitwise_or.reduceat(shifted, first).view(np.int64).reshape(len(encoded), count)
