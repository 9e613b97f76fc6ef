"""How the page calls sequences, their splits and what was resampled."""

from collections.abc import Mapping

import pandas as pd

UNITS = {
    "unit": "sequence",
    "units": "sequences",
    "Units": "Sequences",
    "resamples": "resamples",
}
READ = "from sequence alone"
# Of the page's words `{few}` and `{strata}` are the task's.
NO_INTERVAL = "Too few {few} were tested for an interval, so this may be chance."
HIDDEN = ("peak_recall_at_fdr_50",)  # each sequence is a peak of its own
SPLIT_METHODS = {
    "given": "given with the sequences",
    "stratified": "random{strata}; identical sequences together",
    "shuffled": "shuffled and cut, as scikit-learn and Keras do it; repeats may be anywhere",
}
GLOSSARY = (
    (
        "Sequence",
        "One sequence is scored at a time. Sequences have no place on a genome, and each is "
        "resampled by itself.",
    ),
)


def split_words(splits: pd.DataFrame) -> str:
    """How sequences were split; ``splits`` is the table of that name."""
    method = str(splits["method"].iloc[0])
    return SPLIT_METHODS.get(method, method)


def drawn(rest: pd.Series, number: float, informative: str) -> str:
    """What the bootstrap drew: each of ``number`` sequences, or random groups of them.

    ``rest`` is the row of bootstrap.tsv; ``informative`` are the task's words for groups that
    count, "with positives", or empty.
    """
    counted = f"{rest['informative']:,.0f} of them"
    if rest["blocks"] == number:
        positive = informative.removeprefix("with ").removesuffix("s")
        whole = f"{number:,.0f} sequences"
        return f"{whole}, {counted} {positive}" if informative else whole
    groups = f"{rest['blocks']:,.0f} random groups of sequences"
    return f"{groups}, {counted} {informative}" if informative else groups


def few(noun: str) -> str:
    """What is scarce where intervals are rough; ``noun`` is the task's."""
    return f"{noun}s"


def facts(
    row: Mapping[str, str],
    *,
    genome: str | None,
    length: int,
    count: int,
    peak_width: int | None = None,
) -> list[tuple[str, str]]:
    """What examples were made from, as terms and descriptions; ``row`` is the sample sheet's."""
    labels = f", with the labels of {row['labels']}" if row.get("labels") else ""
    return [("Sequences", f"{count:,} of {length} bases, {row['sequences']}{labels}")]
