"""The leakage audit in words, for logs and for the report; without scikit-learn's long import."""

from typing import Any

import pandas as pd

from cisfuse.base.wording import percent
from cisfuse.sources.sequence_audit import MOST_COMPARED, NEAR

MANY = 0.01  # share of test sequences that are in train too from which on scores are too good


def _of_sequences(audit: pd.DataFrame) -> bool:
    """Tell whether an audit is of labelled sequences, which have no place."""
    return "duplicate_sequences" in set(audit["check"])


def is_leaking(audit: pd.DataFrame, method: str) -> bool:
    """Tell whether scores on test are too good.

    Of spans that is a random split, or positives next to train's; of labelled sequences a share
    of `MANY` that train has too.
    """
    if _of_sequences(audit):
        return bool(audit.set_index("check")["value"]["duplicate_sequences"] >= MANY)
    found = audit.set_index("check")["count"]
    return method == "random" or bool(found["test_positives_next_to_train_positive"])


def describe_audit(audit: pd.DataFrame, method: str) -> str:
    """One paragraph on what `audit_splits` found; it begins with a warning when test leaks.

    ``method`` is how the spans were split, as in ``splits.tsv``.
    """
    row = {check.check: check for check in audit.itertuples(index=False)}
    if _of_sequences(audit):
        return _describe_sequences(row, is_leaking(audit, method))
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


def _describe_sequences(row: dict[str, Any], leaking: bool) -> str:
    repeated, near = row["duplicate_sequences"], row["near_duplicate_sequences"]
    text = ["Sequences have no place, so that no neighbour can tell of them."]
    if leaking:
        text = ["Warning: scores on test are too good, because train holds sequences of test."]
    text += [
        f"{_of(repeated)} test sequences are in train too, on either strand; among the positives "
        f"of test it is {_of(row['duplicate_positive_sequences'])}.",
        f"{_of(near)} test sequences differ from one of train in at most {percent(NEAR)} of the "
        f"places, on either strand. At most {MOST_COMPARED:,} of each split are compared, fewer "
        "where they are long; they are drawn.",
    ]
    return " ".join(text)


def _of(check: Any) -> str:
    if not check.count:
        return f"0 of {check.of:,}"
    share = f"{100 * check.value:.1f} %" if check.value >= 0.001 else "less than 0.1 %"
    return f"{check.count:,} of {check.of:,} ({share})"
