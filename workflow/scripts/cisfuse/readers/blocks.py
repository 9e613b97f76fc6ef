"""Blocks of a genome: contiguous stretches of one length, counted from a chromosome's start.

They are what splits and folds give away whole, and what the bootstrap draws.
"""

import numpy as np
import pandas as pd

AUTO = "auto"  # a config's block size that follows the genome
BLOCK_SIZES = (1_000_000, 500_000, 250_000, 100_000, 50_000, 25_000, 10_000)
BLOCK_UNIT = 5_000  # bases; all of the sizes are multiples
ENOUGH_BLOCKS = 20


def number_blocks(spans: pd.DataFrame, block_size: int) -> np.ndarray:
    """Number of the block that holds each span's start, int64 (n_spans,).

    ``spans`` has the columns chrom and start. One number per chromosome and block, with an unused
    one on either side of a chromosome. Numbers rather than pairs of names keep millions of spans
    small.
    """
    block = spans["start"].to_numpy() // block_size
    return pd.factorize(spans["chrom"])[0] * (int(block.max(initial=0)) + 2) + block + 1


def fit_block_size(spans: pd.DataFrame, largest: int, smallest: int = 0) -> int:
    """The largest of `BLOCK_SIZES` of which `ENOUGH_BLOCKS` or more hold spans.

    It is at most ``largest`` and at least ``smallest`` bases. Where no size gives enough blocks it
    is the smallest that is allowed; where none is allowed, ``largest``. ``spans`` has the columns
    chrom and start.
    """
    sizes = [size for size in BLOCK_SIZES if smallest <= size <= largest] or [largest]
    enough = (size for size in sizes if count_blocks(spans, size) >= ENOUGH_BLOCKS)
    return next(enough, sizes[-1])


def count_blocks(spans: pd.DataFrame, block_size: int) -> int:
    """The number of blocks in which spans start."""
    return len(pd.unique(number_blocks(spans, block_size)))
