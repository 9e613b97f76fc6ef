"""Runs on a small stretch of spans, their logits and resamples, for tests of scores."""

import numpy as np
import pandas as pd

from cisfuse.statistics.bootstrap import Resamples, draw_blocks
from cisfuse.tasks.binding.scores import needed

RUNS = ["net/seed-0", "net/seed-1", "net/ensemble", "small/seed-0", "by_hand"]
LENGTH = 10
BLOCK = 500
BOOTSTRAP = {"block_size": BLOCK, "replicates": 60, "confidence": 0.9, "seed": 5}


def make_spans(count: int = 800, seed: int = 0) -> pd.DataFrame:
    """Spans that touch, about an eighth of them bound."""
    label = (np.random.default_rng(seed).random(count) < 0.12).astype(np.int64)
    start = LENGTH * np.arange(count)
    return pd.DataFrame({"chrom": "chr1", "start": start, "end": start + LENGTH, "label": label})


def make_logits(spans: pd.DataFrame, seed: int) -> np.ndarray:
    """Logits that tell something of the labels."""
    return np.random.default_rng([seed, 1]).normal(1.5 * spans["label"] - 2)


def squared(spans: pd.DataFrame, logits: np.ndarray) -> np.ndarray:
    """Squared errors of logits that are log-odds."""
    return (1 / (1 + np.exp(-logits)) - spans["label"].to_numpy()) ** 2


def draw(spans: pd.DataFrame) -> Resamples:
    """Resamples by `BOOTSTRAP`."""
    return draw_blocks(spans, needed(spans["label"].to_numpy()), **BOOTSTRAP)
