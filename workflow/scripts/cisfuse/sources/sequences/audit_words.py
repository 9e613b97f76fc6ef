"""The leakage audit of sequences in words, for logs and for the page."""

from typing import Any

import pandas as pd

from cisfuse.base.wording import percent
from cisfuse.sources.sequences.audit import MOST_COMPARED, NEAR
from cisfuse.sources.spans.audit_words import share_words

MANY = 0.01  # share of test sequences that are in train too from which on scores are too good
CHECKS = {
    "duplicate_sequences": "Test sequences that are also in train",
    "duplicate_positive_sequences": "Test positives that are also in train",
    "near_duplicate_sequences": (
        f"Test sequences that differ from one of train in at most {percent(NEAR)} of the places"
    ),
}
MANY_NEAR = 0.1  # the same of those that differ in a few places from one of train
LEAKS = (
    "The split leaks: sequences of test, or near-copies of them, are in train too, so all scores "
    "here are too good."
)


def is_leaking(audit: pd.DataFrame, method: str) -> bool:
    """Tell whether scores on test are too good: train has `MANY` of test, or nearly `MANY_NEAR`."""
    share = audit.set_index("check")["value"]
    copied = share["duplicate_sequences"] >= MANY
    return bool(copied or share["near_duplicate_sequences"] >= MANY_NEAR)


def describe_audit(audit: pd.DataFrame, method: str) -> str:
    """One paragraph on what `audit_splits` found; it begins with a warning when test leaks."""
    row: dict[str, Any] = {check.check: check for check in audit.itertuples(index=False)}
    repeated, near = row["duplicate_sequences"], row["near_duplicate_sequences"]
    text = ["Sequences have no place, so that no neighbour can tell of them."]
    if is_leaking(audit, method):
        text = [
            "Warning: scores on test are too good, because train holds sequences of test, or "
            "near-copies."
        ]
    text.append(f"{share_words(repeated)} test sequences are in train too, on either strand")
    if positives := row.get("duplicate_positive_sequences"):
        text[-1] += f"; among the positives of test it is {share_words(positives)}"
    text[-1] += "."
    text.append(
        f"{share_words(near)} test sequences differ from one of train in at most {percent(NEAR)} "
        f"of the places, on either strand. At most {MOST_COMPARED:,} of each split are compared, "
        "fewer where they are long; they are drawn."
    )
    return " ".join(text)


def audit_rows(audit: pd.DataFrame) -> list[tuple[str, str]]:
    """What was checked and what was found, as text."""
    rows = []
    for row in audit.itertuples():
        if row.check in CHECKS:
            share = "" if pd.isna(row.value) else f" ({percent(row.value)})"
            rows.append((CHECKS[row.check], f"{row.count:,.0f} of {row.of:,.0f}{share}"))
    return rows
