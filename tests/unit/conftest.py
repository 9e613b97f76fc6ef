"""Users' files, written for tests."""

import gzip

import pyBigWig
import pytest


@pytest.fixture
def write(tmp_path):
    """Write text, gzipped when the name ends in .gz; return the path as text."""

    def _write(text, name="file.txt"):
        content = text.encode()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return str(tmp_path / name)

    return _write


@pytest.fixture
def bigwig(tmp_path):
    """Write a bigWig of given lengths and (chrom, start, end, value)s; return its path."""

    def _bigwig(sizes, entries):
        path = str(tmp_path / "signal.bw")
        with pyBigWig.open(path, "w") as handle:
            handle.addHeader(list(sizes.items()))
            chroms, starts, ends, values = (list(column) for column in zip(*entries, strict=True))
            handle.addEntries(chroms, starts, ends=ends, values=values)
        return path

    return _bigwig
