"""Signal files of every kind are averaged alike."""

import gzip

import numpy as np
import pandas as pd
import pyBigWig
import pytest

from cisfuse.base.errors import InputError
from cisfuse.readers.signal_files import make_average

INTERVALS = [("chr1", 0, 10, 2.0), ("chr1", 10, 30, 0.5), ("chr2", 5, 10, 4.0)]
SPANS = pd.DataFrame(
    [("chr1", 0, 20), ("chr1", 20, 40), ("chr2", 0, 20)], columns=["chrom", "start", "end"]
)
MEANS = [1.25, 0.25, 1.0]


def write_signal(folder, kind: str) -> str:
    path = folder / f"signal.{kind}"
    if kind == "bigwig":
        with pyBigWig.open(str(path), "w") as handle:
            handle.addHeader([("chr1", 100), ("chr2", 100)])
            chroms, starts, ends, values = map(list, zip(*INTERVALS, strict=True))
            handle.addEntries(chroms, starts, ends=ends, values=values)
    elif kind == "bedgraph.gz":
        text = "".join("\t".join(map(str, row)) + "\n" for row in INTERVALS)
        path.write_bytes(gzip.compress(text.encode()))
    else:
        rows = zip(SPANS.itertuples(index=False), MEANS, strict=True)
        path.write_text("".join(f"{c}:{s}-{e} {mean}\n" for (c, s, e), mean in rows))
    return str(path)


@pytest.mark.parametrize("chromosomes", [[], ["chr1", "chr2"]])
@pytest.mark.parametrize("kind", ["bigwig", "bedgraph.gz", "table"])
def test_kinds_give_the_same_means(tmp_path, kind, chromosomes):
    average = make_average(write_signal(tmp_path, kind), chromosomes)
    np.testing.assert_allclose(average(SPANS), MEANS)


@pytest.mark.parametrize("kind", ["bedgraph.gz", "table"])
def test_lines_of_other_chromosomes_are_not_parsed(tmp_path, kind):
    path = write_signal(tmp_path, kind)
    read = gzip.open if kind.endswith("gz") else open
    with read(path, "at") as handle:
        handle.write("chr9\t0\t10\tbad\n" if kind != "table" else "chr9:0-10 bad\n")
    found = make_average(path, ["chr1"])(SPANS[SPANS["chrom"] == "chr1"])
    np.testing.assert_allclose(found, MEANS[:2])
    with pytest.raises(InputError, match="'bad' is not a finite number"):
        make_average(path, [])


def test_a_table_without_a_span_is_refused_with_the_files_name(tmp_path):
    path = write_signal(tmp_path, "table")
    other = pd.DataFrame({"chrom": ["chr1"], "start": [3], "end": [23]})
    with pytest.raises(InputError, match=rf"^{path}: lacks the span chr1:3-23"):
        make_average(path, [])(other)
    with pytest.raises(InputError, match=rf"^{path}: lacks the span chr1:3-23"):
        make_average(path, ["chr1"])(other)
