"""The leakage audit in words, for logs and for the report; without scikit-learn's long import."""

from typing import Any

import pandas as pd


def is_leaking(audit: pd.DataFrame, method: str) -> bool:
    """Tell whether scores on test are too good: a random split, or positives next to train's."""
    found = audit.set_index("check")["count"]
    return method == "random" or bool(found["test_positives_next_to_train_positive"])


def describe_audit(audit: pd.DataFrame, method: str) -> str:
    """One paragraph on what `audit_splits` found; it begins with a warning when test leaks.

    ``method`` is how the spans were split, as in ``splits.tsv``.
    """
    row = {check.check: check for check in audit.itertuples(index=False)}
    lookup = row["neighbour_lookup_roc_auc"]
    place = [row[f"{split}_positives_next_to_train_positive"] for split in ("test", "valid")]
    place.append(row["peaks_cut"])
    if is_leaking(audit, method):
        cause = "the split is random" if method == "random" else "train and test lie side by side"
        text = [f"Warning: scores on test are too good, because {cause}."]
    elif lookup.count or any(check.count for check in place):
        text = ["No positive of test lies next to one of train, but splits touch elsewhere."]
    else:
        text = ["Nothing leaks by place: no span of test lies next to one of train."]
    text += [
        f"Next to a positive of train lie {_of(place[0])} positives of test and {_of(place[1])} of "
        f"valid; {_of(place[2])} peaks have spans in more than one split.",
        f"A look-up of the labels of neighbours in train, which has {_of(lookup)} test spans to go "
        f"by, scores ROC-AUC {lookup.value:.3f} and average precision "
        f"{row['neighbour_lookup_average_precision'].value:.3f} on test"
        + (" without any model." if lookup.count else ", as any constant does."),
        f"{_of(row['duplicate_spans'])} test spans have a sequence that train has too, on either "
        f"strand; among the positives of test it is {_of(row['duplicate_positives'])}.",
    ]
    return " ".join(text)


def _of(check: Any) -> str:
    if not check.count:
        return f"0 of {check.of:,}"
    share = f"{100 * check.value:.1f} %" if check.value >= 0.001 else "less than 0.1 %"
    return f"{check.count:,} of {check.of:,} ({share})"
