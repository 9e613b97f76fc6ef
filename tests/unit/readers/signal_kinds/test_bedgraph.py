"""Means of a bedGraph are those of a loop over bases."""

import numpy as np
import pandas as pd
import pytest
from signal_rows import make_bedgraph, make_spans, means_by_loop

from cisfuse.readers.signal_kinds.bedgraph import mean_from_bedgraph


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bedgraph_means_equal_a_loop(seed):
    bedgraph, spans = make_bedgraph(seed), make_spans()
    found = mean_from_bedgraph(bedgraph.sample(frac=1, random_state=seed), spans)
    np.testing.assert_allclose(found, means_by_loop(bedgraph, spans), rtol=1e-9, atol=1e-12)


def test_bedgraph_means_outside_all_intervals_are_exactly_zero():
    bedgraph = pd.DataFrame(
        {"chrom": "chr1", "start": [100, 300], "end": [200, 400], "value": [0.1, 1e6]}
    )
    spans = pd.DataFrame({"chrom": "chr1", "start": [0, 200, 400], "end": [100, 300, 500]})
    assert mean_from_bedgraph(bedgraph, spans).tolist() == [0.0, 0.0, 0.0]


def test_bedgraph_means_of_coverage_are_never_negative():
    """A signal below 0 is refused later, so rounding must not make one."""
    generator = np.random.default_rng(4)
    ends = np.cumsum(generator.integers(1, 60, 20_000))
    value = np.where(generator.random(20_000) < 0.5, 0.0, generator.gamma(0.3, 1, 20_000))
    bedgraph = pd.DataFrame(
        {"chrom": "chr1", "start": np.append(0, ends[:-1]), "end": ends, "value": value}
    )
    start = np.arange(0, ends[-1] - 101, 3)
    spans = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + 10})
    assert mean_from_bedgraph(bedgraph, spans).min() >= 0
