"""Blocks of a genome: contiguous stretches of one length, counted from a chromosome's start.

They are what splits and folds give away whole, and what the bootstrap draws.
"""

import numpy as np
import pandas as pd


def number_blocks(spans: pd.DataFrame, block_size: int) -> np.ndarray:
    """Number of the block that holds each span's start, int64 (n_spans,).

    ``spans`` has the columns chrom and start. One number per chromosome and block, with an unused
    one on either side of a chromosome. Numbers rather than pairs of names keep millions of spans
    small.
    """
    block = spans["start"].to_numpy() // block_size
    return pd.factorize(spans["chrom"])[0] * (int(block.max(initial=0)) + 2) + block + 1
