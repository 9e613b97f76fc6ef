"""Numbers and titles as figures, tables and pages write them."""

import math


def format_score(value: float) -> str:
    """A score with three decimals; nothing for NaN."""
    return "" if math.isnan(value) else f"{value:z.3f}"


def percent(share: float) -> str:
    """A share in percent, with one decimal if that is not 0."""
    return f"{round(100 * share, 1):g} %"


def format_interval(low: float, high: float) -> str:
    """An interval in brackets; nothing when there is none."""
    return "" if math.isnan(low) or math.isnan(high) else f"[{low:z.3f}, {high:z.3f}]"


def interval_words(value: float, low: float, high: float) -> str:
    """A score with its interval, if it has one."""
    return f"{format_score(value)} {format_interval(low, high)}".rstrip()


def signed(value: float, decimals: int = 3) -> str:
    """A number with its decimals and its sign; zero has none."""
    text = f"{value:+z.{decimals}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def capitalised(words: str) -> str:
    """Words as a title begins: the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]
