"""Signals averaged over spans: what they must be, and the transforms that models apply."""

from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd

from cisfuse.base.errors import InputError
from cisfuse.readers.spans import span_names

LARGEST = float(np.finfo(np.float32).max)  # tables and shards hold signals as float32


def fail_negative(path: str | Path, place: str, value: float) -> NoReturn:
    """Raise `InputError` for a negative value of a signal, or mean over a span, at a place."""
    raise InputError(
        f"{path}: the signal is negative on {place} ({value:g}), so it has no logarithm; give "
        "coverage rather than a log ratio"
    )


def check_means(values: np.ndarray, spans: pd.DataFrame, path: str) -> None:
    """Raise `InputError` for the first span whose mean is not finite, as float32, or negative."""
    check_finite(values, spans, path)
    check_not_negative(values, spans, path)


def check_finite(values: np.ndarray, spans: pd.DataFrame, path: str) -> None:
    """Raise `InputError` that names the first span whose mean is not finite, as float32."""
    bad = ~(np.abs(values) <= LARGEST)
    if bad.any():
        row = int(np.argmax(bad))
        name = span_names(spans.iloc[[row]]).iloc[0]
        raise InputError(
            f"{path}: the mean signal on {name} is {values[row]:g}, not a finite number; make the "
            "file again, without a division by 0 and with smaller values"
        )


def check_not_negative(values: np.ndarray, spans: pd.DataFrame, path: str) -> None:
    """Raise `InputError` that names the first span with a negative mean: it has no logarithm."""
    negative = values < 0
    if negative.any():
        row = int(np.argmax(negative))
        fail_negative(path, span_names(spans.iloc[[row]]).iloc[0], values[row])


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
