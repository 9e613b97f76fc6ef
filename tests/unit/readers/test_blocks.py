"""Blocks of a genome have numbers of their own, in the order of the spans."""

import numpy as np
import pandas as pd
import pytest

from cisfuse.readers.blocks import (
    BLOCK_SIZES,
    BLOCK_UNIT,
    count_blocks,
    fit_block_size,
    number_blocks,
)


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


@pytest.mark.parametrize(
    ("genome", "largest", "expected"),
    [
        ([50_818_468], 500_000, 500_000),  # human chr22, as ever
        ([50_818_468], 1_000_000, 1_000_000),
        ([1_500_000], 1_000_000, 50_000),  # the test of a yeast
        ([230_218, 813_184, 316_620], 500_000, 50_000),
        ([300_000], 500_000, 10_000),
        ([50_000], 500_000, 10_000),  # there are no 20
    ],
)
def test_the_size_of_blocks_gives_20_where_it_can(genome, largest, expected):
    spans = pd.concat(
        [
            pd.DataFrame({"chrom": f"chr{number}", "start": np.arange(0, size, 1000)})
            for number, size in enumerate(genome)
        ]
    )
    size = fit_block_size(spans, largest)
    assert size == expected
    assert count_blocks(spans, size) >= 20 or size == min(BLOCK_SIZES)
    larger = [other for other in BLOCK_SIZES if size < other <= largest]
    assert all(count_blocks(spans, other) < 20 for other in larger)


def test_blocks_hold_the_spans_that_they_must():
    spans = pd.DataFrame({"chrom": "chr1", "start": np.arange(0, 100_000, 1000)})
    assert fit_block_size(spans, 500_000, 30_000) == 50_000
    assert fit_block_size(spans, 500_000, 600_000) == 500_000
    assert all(size % BLOCK_UNIT == 0 for size in BLOCK_SIZES)
