"""Blocks of a genome have numbers of their own, in the order of the spans."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.readers.blocks import number_blocks


def blocks_by_name(spans, size):
    """A number for each pair of chromosome and block, in the order in which they come."""
    numbers = {}
    pairs = zip(spans["chrom"], spans["start"] // size, strict=True)
    return [numbers.setdefault(pair, len(numbers)) for pair in pairs]


def test_an_unused_number_lies_on_either_side_of_a_chromosome():
    spans = pd.DataFrame(
        {"chrom": ["chr2"] * 4 + ["chr10"] * 2, "start": [5, 99, 100, 350, 5, 399]}
    )
    assert number_blocks(spans, 100).tolist() == [1, 1, 2, 4, 6, 9]


@pytest.mark.parametrize("size", [1, 1_000, 100_000])
def test_blocks_are_pairs_of_chromosome_and_stretch(size):
    generator = np.random.default_rng(size)
    chromosomes = generator.choice(["chr1", "chr10", "chrX"], 500)
    starts = generator.integers(0, 200_000, 500)
    spans = pd.DataFrame({"chrom": chromosomes, "start": starts})
    numbers = number_blocks(spans, size)
    assert numbers.dtype == np.int64
    assert pd.factorize(numbers)[0].tolist() == blocks_by_name(spans, size)


def test_no_spans_have_no_blocks():
    spans = pd.DataFrame({"chrom": [], "start": pd.Series([], dtype=np.int64)})
    assert number_blocks(spans, 100).size == 0
