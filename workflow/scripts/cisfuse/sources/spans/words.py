"""How the page calls spans, their splits and what was resampled."""

from collections.abc import Mapping

import pandas as pd

UNITS = {"unit": "span", "units": "spans", "Units": "Spans", "resamples": "blocks"}
READ = "from sequence and chromatin accessibility"
NO_INTERVAL = "Too few blocks of the genome were tested for an interval, so this may be chance."
HIDDEN: tuple[str, ...] = ()  # metrics that say nothing of this source
SPLIT_METHODS = {
    "blocks": "contiguous blocks of each chromosome, with gaps between splits",
    "chromosomes": "whole chromosomes",
    "random": "random spans, so that neighbours lie in train and test",
    "given": "given with the spans",
}
GLOSSARY = (
    (
        "Span, peak",
        "A span is one stretch of the genome that is scored. A peak is an interval that an "
        "experiment called bound; it may cover several spans.",
    ),
)


def split_words(splits: pd.DataFrame) -> str:
    """How spans were split; ``splits`` is the table of that name."""
    method = str(splits["method"].iloc[0])
    words = SPLIT_METHODS.get(method, method)
    if "blocks" not in splits:
        return words
    size, blocks = splits["block_size"].iloc[0], splits["blocks"]
    shares = ", ".join(
        f"{count:,.0f} {split}" for split, count in zip(splits["split"], blocks, strict=True)
    )
    return f"{words}; {blocks.sum():,.0f} blocks of {size:,.0f} bp: {shares}"


def drawn(rest: pd.Series, number: float, informative: str) -> str:
    """What the bootstrap drew; ``rest`` is the row of bootstrap.tsv.

    ``informative`` are the task's words for blocks that count, "with positives", or empty.
    """
    size = f"{rest['blocks']:,.0f} blocks of {rest['block_size']:,.0f} bp"
    counted = f"{rest['informative']:,.0f} of them {informative}"
    return f"{size}, {counted}" if informative else size


def few(noun: str) -> str:
    """What is scarce where intervals are rough."""
    return "blocks"


def facts(
    row: Mapping[str, str],
    *,
    genome: str | None,
    length: int,
    count: int,
    peak_width: int | None = None,
) -> list[tuple[str, str]]:
    """What examples were made from, as terms and descriptions; ``row`` is the sample sheet's.

    ``peak_width`` is what peaks were resized to, in bases.
    """
    resized = f", resized to {peak_width:,} bp" if peak_width else ""
    origin = f"given in {row['spans']}"
    if row["peaks"]:
        origin = f"labelled by the peaks {row['peaks']}{resized}"
    found = [
        ("Genome", str(genome)),
        ("Spans", f"{length} bp, {origin}"),
        ("Accessibility", row["atac"]),
    ]
    if row.get("ambiguous"):
        found.insert(2, ("Left out", f"unbound spans that touch {row['ambiguous']}"))
    return found
