"""Scores that need no training, in the form of predictions."""

import numpy as np
import pandas as pd


def raw_accessibility(spans: pd.DataFrame) -> pd.DataFrame:
    """Rank spans by their raw accessibility: a predictions table whose logit is that value."""
    return spans[["name", "chrom", "start", "end", "label"]].assign(logit=spans["accessibility"])


def prevalence(labels: np.ndarray) -> float:
    """The average precision that a constant score has: positives / all."""
    return float(np.mean(labels))
