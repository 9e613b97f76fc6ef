"""Varints of whole columns are those of the definition, byte by byte."""

import numpy as np
import pytest

from cisfuse.examples.varints import decode_varints, encode_varints, row_bytes

EDGES = [0, 1, 127, 128, 16_383, 16_384, 2**35 - 1, 2**35, 2**62, 2**63 - 1, -1, -300, -(2**63)]


def slow_varint(number: int) -> bytes:
    """The definition, for one integer."""
    number %= 2**64
    encoded = bytearray()
    while number > 127:
        encoded.append(number % 128 + 128)
        number //= 128
    return bytes([*encoded, number])


@pytest.mark.parametrize("number", EDGES)
def test_one_integer_is_encoded_by_the_definition(number):
    column = np.array([number])
    expected = slow_varint(number)
    assert row_bytes(column).tolist() == [len(expected)]
    encoded = encode_varints(column, len(expected))
    assert encoded.tobytes() == expected
    np.testing.assert_array_equal(decode_varints(encoded, 1), [[number]])


def test_rows_of_one_length_are_encoded_together():
    """Each row has the same integers in another order, so all rows take as many bytes."""
    generator = np.random.default_rng(0)
    column = np.stack([generator.permutation(EDGES) for _ in range(30)])
    (width,) = set(row_bytes(column).tolist())
    encoded = encode_varints(column, width)
    assert encoded.shape == (30, width)
    for row, content in zip(column.tolist(), encoded, strict=True):
        assert content.tobytes() == b"".join(map(slow_varint, row))
    np.testing.assert_array_equal(decode_varints(encoded, len(EDGES)), column)


def test_shaped_integers_are_counted_by_row():
    column = np.random.default_rng(1).integers(-5, 500, (20, 2, 3))
    expected = [sum(len(slow_varint(number)) for number in row.ravel().tolist()) for row in column]
    assert row_bytes(column).tolist() == expected


@pytest.mark.parametrize(
    ("encoded", "count"),
    [([1, 2], 1), ([1], 2), ([128], 1), ([1, 128], 1), ([128] * 10 + [1], 1), ([255] * 9 + [2], 1)],
)
def test_bytes_that_are_not_so_many_integers_give_nothing(encoded, count):
    assert decode_varints(np.array([encoded], np.uint8), count) is None


def test_one_bad_row_among_good_ones_is_found():
    encoded = np.array([[128, 1, 5], [5, 128, 1], [128, 128, 1]], np.uint8)
    np.testing.assert_array_equal(decode_varints(encoded[:2], 2), [[128, 5], [5, 128]])
    assert decode_varints(encoded, 2) is None
