"""Contributions to the logit: those of the observed bases, and whether a sum is complete.

Hypothetical contributions, float32 (n, length, 4), channels A, C, G, T, in logits, are what each
base would contribute where it stood.
"""

import numpy as np

from cisfuse.dna.sequences import one_hot

GAP_SHARE, GAP_LEAST = 0.01, 0.01  # what a sum may miss: share of what is explained; logits
SUMMED = "expected_gradients"  # the method of the sums that pictures and logs show
SCAN = "matrix_scan"  # a scan with matrices, beside the methods


def project(hypothetical: np.ndarray, sequences: np.ndarray) -> np.ndarray:
    """The contributions of the observed bases: (n, length, 4), uint8 (n, length) to (n, length)."""
    return (hypothetical * one_hot(sequences)).sum(axis=2)


def adds_up(error: np.ndarray, explained: np.ndarray) -> np.ndarray:
    """Whether contributions add up to what they explain, nearly: bool (n,).

    error: their sum minus what they explain; both in logits, (n,).
    """
    return np.abs(error) <= np.maximum(GAP_SHARE * np.abs(explained), GAP_LEAST)
