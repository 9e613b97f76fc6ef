"""Resampling blocks of the genome: how far a score would move on other stretches like these.

Spans of one stretch share peaks and chromatin: drawn one by one they would give intervals that
are too narrow. So whole blocks are drawn, with replacement, as many as there are. All
predictions are scored on the same draws, and differences between them are paired.

Labelled sequences, each a chromosome of its own, are a block each: whole sequences are drawn.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from cisfuse.readers.blocks import AUTO, fit_block_size, number_blocks

LARGEST_BLOCK = 1_000_000  # bases
FEW_BLOCKS = 10  # with fewer the true spread is hardly known
# Weights of more blocks and a thousand replicates would take gigabytes. Drawing random groups of
# blocks gives the same spread.
MOST_BLOCKS = 10_000


@dataclass(frozen=True)
class Resamples:
    """Draws of b blocks, r replicates."""

    blocks: np.ndarray  # (n,) int64, the block of each span, from 0
    weights: np.ndarray  # (b, r) float64, how often each replicate drew each block
    informative: int  # blocks that hold a positive, or what else a task needs
    left_out: int  # replicates that lacked what the task needs
    confidence: float
    block_size: int = 0  # bases

    def interval(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Low and high end of ``values``, (r, ...): arrays of shape (...).

        Percentiles of the replicates, moved outwards by what Student's t is wider than the
        normal distribution: T. C. Hesterberg's expanded percentile interval ("What Teachers
        Should Know About the Bootstrap", The American Statistician 69, 2015), since plain
        percentiles are too narrow where blocks are few. The blocks that count are the
        informative ones. NaN where fewer than two have any.
        """
        freedom = self.informative - 1
        if freedom < 1 or len(values) == 0:
            return np.full(values.shape[1:], np.nan), np.full(values.shape[1:], np.nan)
        outer = np.sqrt(1 + 1 / freedom) * t.isf((1 - self.confidence) / 2, freedom)
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
            # Of a score that no replicate has, as the correlation of a constant, it is NaN.
            low, high = np.nanquantile(values, norm.cdf([-outer, outer]), axis=0)
        return low, high


def draw_blocks(
    spans: pd.DataFrame,
    needed: Sequence[np.ndarray],
    block_size: int | str,
    replicates: int,
    confidence: float,
    seed: int,
) -> Resamples:
    """Draw blocks of ``block_size`` bases from spans with ``chrom``, ``start`` and ``end``.

    With ``auto`` they are 1 Mb, or what `fit_block_size` finds where test has few such blocks; ten
    spans fit into one.
    ``needed`` are masks, bool (n,), of what a replicate must hold some of: positives and
    negatives, say. Blocks that hold some of the first are the informative ones.
    Of more than `MOST_BLOCKS` blocks as many random groups are made and drawn in their place.
    """
    if block_size == AUTO:
        length = int((spans["end"] - spans["start"]).max()) if len(spans) else 0
        size = fit_block_size(spans, LARGEST_BLOCK, 10 * length)
    else:
        size = int(block_size)
    blocks = pd.factorize(number_blocks(spans, size))[0]
    generator = np.random.default_rng(seed)
    if len(blocks) and (found := int(blocks.max()) + 1) > MOST_BLOCKS:
        blocks = generator.permutation(found)[blocks] % MOST_BLOCKS
    sums = [np.bincount(blocks, weights=mask) for mask in needed]
    count = len(sums[0])
    weights = generator.multinomial(count, np.full(count, 1 / count), size=replicates)
    usable = np.logical_and.reduce([weights @ held > 0 for held in sums])
    return Resamples(
        blocks,
        np.ascontiguousarray(weights[usable].T, dtype=np.float64),
        int(np.count_nonzero(sums[0])),
        int(np.count_nonzero(~usable)),
        confidence,
        size,
    )
