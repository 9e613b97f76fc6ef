"""Users' files written for tests, and the one line that a mistake in them must give."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pyBigWig
import pytest

from cisfuse.base.errors import InputError


def write_text(folder: Path, text: str, name: str = "file.txt") -> str:
    """Write text, gzipped when the name ends in .gz; return the path as text."""
    content = text.encode()
    (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return str(folder / name)


def write_bigwig(folder: Path, sizes: dict[str, int], entries: list[tuple]) -> str:
    """Write a bigWig of given lengths and (chrom, start, end, value)s; return its path."""
    path = str(folder / "signal.bw")
    with pyBigWig.open(path, "w") as handle:
        handle.addHeader(list(sizes.items()))
        chroms, starts, ends, values = (list(column) for column in zip(*entries, strict=True))
        handle.addEntries(chroms, starts, ends=ends, values=values)
    return path


def message_of(function: Callable, *arguments: object, **named: object) -> str:
    """What the error says that a call must raise: one line with a fix."""
    with pytest.raises(InputError) as caught:
        function(*arguments, **named)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value), "no fix"
    return str(caught.value)
