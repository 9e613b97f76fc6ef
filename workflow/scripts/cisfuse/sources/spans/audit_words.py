"""The leakage audit of spans in words, for logs and for the page; without scikit-learn's import."""

from typing import Any

import pandas as pd

from cisfuse.base.wording import percent

CHECKS = {
    "test_positives_next_to_train_positive": "Test positives next to a train positive",
    "valid_positives_next_to_train_positive": "Valid positives next to a train positive",
    "test_examples_next_to_train_example": "Test spans next to a train span",
    "valid_examples_next_to_train_example": "Valid spans next to a train span",
    "test_spans_over_train": "Test spans that share bases with a train span",
    "neighbour_lookup_roc_auc": "ROC-AUC of looking up the labels of neighbours in train",
    "neighbour_lookup_average_precision": "Average precision of the same look-up",
    "neighbour_lookup_pearson": "Pearson of looking up the values of neighbours in train",
    "peaks_cut": "Peaks with spans in more than one split",
    "test_peaks_in_train": "Peaks of test that reach into train",
    "duplicate_spans": "Test spans whose sequence is also in train",
    "duplicate_positives": "Test positives whose sequence is also in train",
    "near_duplicate_spans": "Test spans with a near-copy in train",
    "near_duplicate_positives": "Test positives with a near-copy in train",
}
LEAKS = (  # `{few}` are what the audit counts
    "The split leaks: {few} of test lie next to {few} of train, or train holds copies of them, so "
    "all scores here are too good."
)
LOOKUP = "neighbour_lookup_"
SCORES = {
    "roc_auc": "ROC-AUC",
    "average_precision": "average precision",
    "pearson": "Pearson",
}
# From these shares on scores are too good. Repeats, which every genome has, stay below: on human
# chromosome 22, 6 % to 13 % of test spans and 1 % of test positives have a near-copy in train.
MANY = 0.1  # of positives by their sequence, of test spans that lie over train, and of peaks
MANY_SPANS = 0.5  # of all test spans by their sequence, whatever the task


def _rows(audit: pd.DataFrame) -> dict[str, Any]:
    return {check.check: check for check in audit.itertuples(index=False)}


def _neighbours(rows: dict[str, Any], split: str) -> Any:
    """The check of a split's examples next to train's, whatever is counted of them."""
    return next(row for name, row in rows.items() if name.startswith(f"{split}_"))


def find_causes(audit: pd.DataFrame, method: str) -> list[str]:
    """Why scores on test are too good, in words; nothing where they are not.

    ``method`` is how the spans were split, as in ``splits.tsv``.
    """
    row = _rows(audit)
    causes = []
    if method == "random":
        causes.append("the split is random")
    elif _neighbours(row, "test").count:
        causes.append("train and test lie side by side")
    elif row["test_spans_over_train"].value >= MANY:
        causes.append("test spans share bases with train spans")
    elif row["test_peaks_in_train"].value >= MANY:
        causes.append("peaks reach from test into train")
    positives = row.get("near_duplicate_positives")
    copied = positives is not None and positives.value >= MANY
    if copied or row["near_duplicate_spans"].value >= MANY_SPANS:
        causes.append("train holds copies of test spans")
    return causes


def is_leaking(audit: pd.DataFrame, method: str) -> bool:
    """Tell whether scores on test are too good; see `find_causes`."""
    return bool(find_causes(audit, method))


def _verdict(row: dict[str, Any], causes: list[str], word: str) -> str:
    """The first sentence: what all numbers come to."""
    if causes:
        return f"Warning: scores on test are too good, because {' and '.join(causes)}."
    names = ("test_spans_over_train", "peaks_cut", "test_peaks_in_train")
    lookup = next(found for name, found in row.items() if name.startswith(LOOKUP))
    beside = [lookup, _neighbours(row, "test"), _neighbours(row, "valid")]
    copies = row["duplicate_spans"].count or row["near_duplicate_spans"].count
    if any(check.count for check in (*beside, *(row[name] for name in names))):
        text = f"No {word} of test lies next to one of train, but splits touch elsewhere"
    elif copies:
        text = "Little leaks: no span of test lies next to one of train"
    else:
        return "Nothing leaks: no span of test lies next to one of train or has a copy there."
    if copies:
        text += (
            f"; train holds near-copies of {share_words(row['near_duplicate_spans'])} test spans"
        )
        if "near_duplicate_positives" in row:
            text += f", {share_words(row['near_duplicate_positives'])} of the positives"
        text += ", no more than repeats of a genome explain"
    return f"{text}."


def describe_audit(audit: pd.DataFrame, method: str) -> str:
    """One paragraph on what `audit_splits` found; it begins with a warning when test leaks."""
    row = _rows(audit)
    test, valid, cut = _neighbours(row, "test"), _neighbours(row, "valid"), row["peaks_cut"]
    lookups = {name: found for name, found in row.items() if name.startswith(LOOKUP)}
    lookup = next(iter(lookups.values()))
    binding = "duplicate_positives" in row
    word = "positive" if binding else "span"
    stretches = "peaks" if binding else "runs of touching spans"
    scores = " and ".join(
        f"{SCORES[name.removeprefix(LOOKUP)]} {_lookup_words(found.value)}"
        for name, found in lookups.items()
    )
    constant = "as any constant does" if pd.notna(lookup.value) else "since it is a constant"
    text = [
        _verdict(row, find_causes(audit, method), word),
        f"Next to a {word} of train lie {share_words(test)} {word}s of test and "
        f"{share_words(valid)} of valid; {share_words(row['test_spans_over_train'])} test spans "
        f"share bases with one of train; {share_words(cut)} {stretches} have spans in more than "
        f"one split, and {share_words(row['test_peaks_in_train'])} of test reach into train.",
        f"A look-up of the {'labels' if binding else 'values'} of neighbours in train, "
        f"which has {share_words(lookup)} test spans to go by, scores {scores} on test"
        + (" without any model." if lookup.count else f", {constant}."),
        f"{share_words(row['duplicate_spans'])} test spans have a sequence that train has too, on "
        "either strand"
        + (
            f"; among the positives of test it is {share_words(row['duplicate_positives'])}."
            if binding
            else "."
        ),
        f"{share_words(row['near_duplicate_spans'])} have a near-copy there, at least half of "
        "their bases in one piece"
        + (
            f"; of the positives {share_words(row['near_duplicate_positives'])}."
            if binding
            else "."
        )
        + " Repeats of a genome are such copies; "
        + (f"{percent(MANY)} of the positives or " if binding else "")
        + f"{percent(MANY_SPANS)} of all test spans are called a leak.",
    ]
    if method.startswith("as "):
        text.append(f"Train is that of the sample {method[3:]}, whose models are scored here.")
    return " ".join(text)


def audit_rows(audit: pd.DataFrame) -> list[tuple[str, str]]:
    """What was checked and what was found, as text."""
    checks = CHECKS
    if "test_examples_next_to_train_example" in set(audit["check"]):
        runs = {
            "peaks_cut": "Runs of touching spans in more than one split",
            "test_peaks_in_train": "Runs of touching spans of test that reach into train",
        }
        checks = {**CHECKS, **runs}
    rows = []
    for row in audit.itertuples():
        if row.check not in checks:
            continue
        found = f"{row.count:,.0f} of {row.of:,.0f}"
        if row.check.startswith(LOOKUP):
            found = f"{_lookup_words(row.value)} ({found} spans have a neighbour)"
        elif not pd.isna(row.value):
            found += f" ({percent(row.value)})"
        rows.append((checks[row.check], found))
    return rows


def _lookup_words(value: float) -> str:
    """The score of a look-up; a constant has no correlation."""
    return "undefined" if pd.isna(value) else f"{value:.3f}"


def share_words(check: Any) -> str:
    """How many of how many, and their share in percent."""
    if not check.count:
        return f"0 of {check.of:,}"
    share = check.count / check.of  # the value of a look-up is its score
    percents = f"{100 * share:.1f} %" if share >= 0.001 else "less than 0.1 %"
    return f"{check.count:,} of {check.of:,} ({percents})"
