"""Users' files, written for tests."""

from functools import partial

import pytest
from input_files import write_bigwig, write_text


@pytest.fixture
def write(tmp_path):
    """Write text, gzipped when the name ends in .gz; return the path as text."""
    return partial(write_text, tmp_path)


@pytest.fixture
def bigwig(tmp_path):
    """Write a bigWig of given lengths and (chrom, start, end, value)s; return its path."""
    return partial(write_bigwig, tmp_path)
