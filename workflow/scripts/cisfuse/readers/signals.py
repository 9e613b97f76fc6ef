"""Signals averaged over spans: what they must be, and the transforms that models apply."""

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.readers.spans import span_names


def check_not_negative(values: np.ndarray, spans: pd.DataFrame, path: str) -> None:
    """Raise `InputError` that names the first span with a negative mean: it has no logarithm."""
    negative = values < 0
    if negative.any():
        row = int(np.argmax(negative))
        name = span_names(spans.iloc[[row]]).iloc[0]
        raise InputError(
            f"{path}: the signal is negative on {name} ({values[row]:g}), so it has no logarithm; "
            "give coverage rather than a log ratio"
        )


def fit_transforms(values: np.ndarray) -> dict[str, dict[str, float]]:
    """Fit the constants of every transform on the training split's raw values.

    ``none`` is the value itself; ``log`` is ln(x + pseudocount); ``log_standardise``
    subtracts from that its mean and divides by its standard deviation. The pseudocount is
    the 1 % quantile of the positive values: near the smallest that means anything, yet not
    at the mercy of a single one. Values are not negative, as `check_not_negative` sees to.
    """
    positive = values[values > 0]
    if positive.size == 0:
        raise InputError(
            "the signal is 0 on every training span; is it the right file for these chromosomes?"
        )
    pseudocount = float(np.quantile(positive, 0.01))
    logs = np.log(values + pseudocount)
    return {
        "none": {},
        "log": {"pseudocount": pseudocount},
        "log_standardise": {
            "pseudocount": pseudocount,
            "mean": float(logs.mean()),
            "standard_deviation": float(logs.std()) if np.ptp(logs) > 0 else 1.0,
        },
    }
