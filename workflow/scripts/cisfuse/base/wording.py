"""Numbers and titles as figures, tables and pages write them."""

import math

WORDS = {"cnn": "CNN", "gc": "GC", "kmer": "k-mer", "jaspar": "JASPAR"}
ENSEMBLE = "ensemble"  # the run that is the mean over a model's seeds


MINUS = "\N{MINUS SIGN}"


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
    return text[1:] if float(text) == 0 else text.replace("-", MINUS)


def two_decimals(value: float) -> str:
    """A number with two decimals and a true minus; nothing for what is not finite."""
    return f"{value:.2f}".replace("-", MINUS) if math.isfinite(value) else ""


def capitalised(words: str) -> str:
    """Words as a title begins: the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]


def name_of(run: str) -> str:
    """An entry or a run such as ``fusion_cnn/seed-3`` in words."""
    model, _, rest = run.partition("/")
    words = " ".join(WORDS.get(word, word) for word in model.split("_"))
    seed = rest.removeprefix("seed-")
    if rest == ENSEMBLE:
        return f"{words}, ensemble"
    return f"{words} ({seed})" if seed not in ("", "0") else words
