"""The leakage audit of spans in words, for logs and for the page; without scikit-learn's import."""

from typing import Any

import pandas as pd

from cisfuse.base.wording import percent

CHECKS = {
    "test_positives_next_to_train_positive": "Test positives next to a train positive",
    "valid_positives_next_to_train_positive": "Valid positives next to a train positive",
    "test_examples_next_to_train_example": "Test spans next to a train span",
    "valid_examples_next_to_train_example": "Valid spans next to a train span",
    "neighbour_lookup_roc_auc": "ROC-AUC of looking up the labels of neighbours in train",
    "neighbour_lookup_average_precision": "Average precision of the same look-up",
    "neighbour_lookup_pearson": "Pearson of looking up the values of neighbours in train",
    "peaks_cut": "Peaks with spans in more than one split",
    "duplicate_spans": "Test spans whose sequence is also in train",
    "duplicate_positives": "Test positives whose sequence is also in train",
}
LEAKS = (  # `{few}` are what the audit counts
    "The split leaks: {few} of test lie next to {few} of train, so all scores here are too good."
)
LOOKUP = "neighbour_lookup_"
SCORES = {
    "roc_auc": "ROC-AUC",
    "average_precision": "average precision",
    "pearson": "Pearson",
}


def _rows(audit: pd.DataFrame) -> dict[str, Any]:
    return {check.check: check for check in audit.itertuples(index=False)}


def _neighbours(rows: dict[str, Any], split: str) -> Any:
    """The check of a split's examples next to train's, whatever is counted of them."""
    return next(row for name, row in rows.items() if name.startswith(f"{split}_"))


def is_leaking(audit: pd.DataFrame, method: str) -> bool:
    """Tell whether scores on test are too good: a random split, or neighbours in train.

    ``method`` is how the spans were split, as in ``splits.tsv``.
    """
    return method == "random" or bool(_neighbours(_rows(audit), "test").count)


def describe_audit(audit: pd.DataFrame, method: str) -> str:
    """One paragraph on what `audit_splits` found; it begins with a warning when test leaks."""
    row = _rows(audit)
    test, valid, cut = _neighbours(row, "test"), _neighbours(row, "valid"), row["peaks_cut"]
    lookups = {name: found for name, found in row.items() if name.startswith(LOOKUP)}
    lookup = next(iter(lookups.values()))
    word = "positive" if "positive" in test.check else "span"
    stretches = "peaks" if word == "positive" else "runs of touching spans"
    if is_leaking(audit, method):
        cause = "the split is random" if method == "random" else "train and test lie side by side"
        text = [f"Warning: scores on test are too good, because {cause}."]
    elif any(check.count for check in (lookup, test, valid, cut)):
        text = [f"No {word} of test lies next to one of train, but splits touch elsewhere."]
    else:
        text = ["Nothing leaks by place: no span of test lies next to one of train."]
    scores = " and ".join(
        f"{SCORES[name.removeprefix(LOOKUP)]} {_lookup_words(found.value)}"
        for name, found in lookups.items()
    )
    constant = "as any constant does" if pd.notna(lookup.value) else "since it is a constant"
    text += [
        f"Next to a {word} of train lie {share_words(test)} {word}s of test and "
        f"{share_words(valid)} of valid; {share_words(cut)} {stretches} have spans in more than "
        "one split.",
        f"A look-up of the {'labels' if word == 'positive' else 'values'} of neighbours in train, "
        f"which has {share_words(lookup)} test spans to go by, scores {scores} on test"
        + (" without any model." if lookup.count else f", {constant}."),
        f"{share_words(row['duplicate_spans'])} test spans have a sequence that train has too, on "
        "either strand"
        + (
            f"; among the positives of test it is {share_words(row['duplicate_positives'])}."
            if "duplicate_positives" in row
            else "."
        ),
    ]
    return " ".join(text)


def audit_rows(audit: pd.DataFrame) -> list[tuple[str, str]]:
    """What was checked and what was found, as text."""
    checks = CHECKS
    if "test_examples_next_to_train_example" in set(audit["check"]):
        checks = {**CHECKS, "peaks_cut": "Runs of touching spans in more than one split"}
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
    share = f"{100 * check.value:.1f} %" if check.value >= 0.001 else "less than 0.1 %"
    return f"{check.count:,} of {check.of:,} ({share})"
