"""Draws of examples for baselines that cannot be fitted on all of a large training split."""

import numpy as np


def draw_by_label(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Rows of at most ``most`` examples, rising, int64: all positives if no more than half.

    labels: (n,) of 0 and 1. With more positives than half, as many are drawn as negatives leave.
    """
    generator = np.random.default_rng(seed)
    positives, negatives = np.flatnonzero(labels == 1), np.flatnonzero(labels != 1)
    room = max(most // 2, most - len(negatives))
    positives = generator.permutation(positives)[:room]
    negatives = generator.permutation(negatives)[: most - len(positives)]
    return np.sort(np.concatenate([positives, negatives]))


def draw_evenly(count: int, most: int, seed: int) -> np.ndarray:
    """Rows of at most ``most`` of ``count`` examples, each as likely, rising, int64."""
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])
