"""Numbers are written the same way in every figure, table and page."""

import math

from cisfuse.base.wording import (
    capitalised,
    format_interval,
    format_score,
    interval_words,
    percent,
    signed,
    two_decimals,
)


def test_numbers_are_written_the_same_way_everywhere():
    assert format_score(0.12345) == "0.123"
    assert format_score(-0.0001) == "0.000"
    assert format_score(math.nan) == ""
    assert format_interval(0.1, 0.25) == "[0.100, 0.250]"
    assert format_interval(0.1, math.nan) == ""
    assert interval_words(0.2, 0.1, 0.25) == "0.200 [0.100, 0.250]"
    assert interval_words(0.2, math.nan, math.nan) == "0.200"
    assert [percent(share) for share in (0.95, 0.999, 0)] == ["95 %", "99.9 %", "0 %"]
    assert capitalised("ROC-AUC of all") == "ROC-AUC of all"


def test_signs_are_written_and_zero_has_none():
    assert signed(0.0123) == "+0.012"
    assert signed(-0.5) == "\N{MINUS SIGN}0.500"
    assert signed(-0.0001) == signed(0.0001) == "0.000"
    assert signed(0.00034, 4) == "+0.0003"
    assert signed(-0.00001, 4) == "0.0000"


def test_a_minus_is_a_true_one():
    assert two_decimals(-1.234) == "\u22121.23"
    assert two_decimals(0.005) == "0.01"
    assert two_decimals(math.nan) == ""
