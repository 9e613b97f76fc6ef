"""Means over spans agree with loops over bases, transforms with their formulas."""

import gzip
import io

import numpy as np
import pandas as pd
import pyBigWig
import pytest
from reference import transform_values

from cisfuse.base.errors import InputError
from cisfuse.readers import signals
from cisfuse.readers.signals import (
    check_not_negative,
    copy_lines_on,
    fit_transforms,
    mean_from_bedgraph,
    mean_from_bigwig,
    values_from_table,
)
from cisfuse.readers.spans import span_names

SIZES = {"chr1": 500, "chr2": 120}


def make_bedgraph(seed: int) -> pd.DataFrame:
    """Intervals without overlap, some of them adjacent, with gaps between the others."""
    generator = np.random.default_rng(seed)
    rows = []
    for chrom, size in SIZES.items():
        position = 3
        while position < size:
            end = min(size, position + int(generator.integers(1, 25)))
            rows.append((chrom, position, end, float(np.float32(generator.gamma(1, 2)))))
            position = end + int(generator.choice([0, 0, 4, 30]))
        rows[-1] = (chrom, rows[-1][1], size, 2.5)
    return pd.DataFrame(rows, columns=["chrom", "start", "end", "value"])


def make_spans() -> pd.DataFrame:
    rows = [("chr1", start, start + 40) for start in range(0, 461, 11)]
    rows += [("chr2", 80, 120), ("chr1", 460, 500), ("chr2", 0, 3), ("chr3", 5, 45)]
    spans = pd.DataFrame(rows, columns=["chrom", "start", "end"])
    return spans.sample(frac=1, random_state=0).reset_index(drop=True)


def means_by_loop(bedgraph: pd.DataFrame, spans: pd.DataFrame) -> list[float]:
    value_at = {}
    for row in bedgraph.itertuples():
        for base in range(row.start, row.end):
            value_at[row.chrom, base] = row.value
    means = []
    for span in spans.itertuples():
        values = [value_at.get((span.chrom, base), 0.0) for base in range(span.start, span.end)]
        means.append(sum(values) / len(values))
    return means


def write_bigwig(path, bedgraph: pd.DataFrame) -> str:
    with pyBigWig.open(str(path), "w") as bigwig:
        bigwig.addHeader(list(SIZES.items()))
        bigwig.addEntries(
            bedgraph["chrom"].tolist(),
            bedgraph["start"].tolist(),
            ends=bedgraph["end"].tolist(),
            values=bedgraph["value"].tolist(),
        )
    return str(path)


@pytest.mark.parametrize("stretch", [7, 50, 500, 4_000_000])
def test_bigwig_means_equal_a_loop_whatever_the_stretch(tmp_path, monkeypatch, stretch):
    monkeypatch.setattr(signals, "STRETCH", stretch)
    bedgraph, spans = make_bedgraph(1), make_spans()
    expected = means_by_loop(bedgraph, spans)
    found = mean_from_bigwig(write_bigwig(tmp_path / "signal.bw", bedgraph), spans)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
    assert found.dtype == np.float64


def test_bigwig_counts_uncovered_bases_and_absent_chromosomes_as_zero(tmp_path):
    bedgraph = pd.DataFrame({"chrom": ["chr1"], "start": [10], "end": [20], "value": [3.0]})
    spans = pd.DataFrame(
        [("chr1", 0, 40), ("chr1", 20, 60), ("chr9", 0, 40)], columns=["chrom", "start", "end"]
    )
    path = write_bigwig(tmp_path / "signal.bw", bedgraph)
    assert mean_from_bigwig(path, spans).tolist() == [0.75, 0.0, 0.0]


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


LINES = {
    "bedgraph": ["chr1\t0\t9\t1", "chr10 0 9 2", "chr1\t9\t12\t3", "chr2\t0\t9\t4"],
    "table": ["chr1:0-9\t1", "chr10:0-9 2", "chr1:9-12\t3", "HLA-A*01:01:0-9\t4"],
}


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("name", ["signal.txt", "signal.txt.gz"])
def test_lines_of_other_chromosomes_and_headers_are_left_out(tmp_path, kind, name):
    lines = LINES[kind]
    text = "\n".join(["track x", "# chr1", "name value", "", *lines])
    content = b"\xef\xbb\xbf" + text.removeprefix("track x\n").encode()
    for start in (content, text.encode(), "\n".join(lines).encode()):
        (tmp_path / name).write_bytes(gzip.compress(start) if name.endswith("gz") else start)
        target = io.BytesIO()
        copy_lines_on(["chr1"], tmp_path / name, target)
        assert target.getvalue().decode().split("\n") == [lines[0], lines[2], ""]
    target = io.BytesIO()
    copy_lines_on(["chr10", "chr2", "HLA-A*01:01"], tmp_path / name, target)
    assert target.getvalue().decode().split("\n") == [lines[1], lines[3]]


def test_values_are_looked_up_by_name():
    spans = make_spans()
    lookup = {name: float(row) for row, name in enumerate(span_names(spans))}
    table = pd.Series({**lookup, "chr1:1-2": 9.0})
    found = values_from_table(table.sample(frac=1, random_state=1), spans, "signal.txt")
    assert found.tolist() == [lookup[name] for name in span_names(spans)]


def test_a_table_that_lacks_spans_names_the_first():
    spans = make_spans()
    names = span_names(spans)
    table = pd.Series(1.0, index=names).drop([names[4], names[9]])
    message = rf"signal\.txt: lacks the span {names[4]} \(2 of {len(spans)} spans"
    with pytest.raises(InputError, match=message):
        values_from_table(table, spans, "signal.txt")


def test_transforms_equal_their_formulas():
    values = np.append(np.random.default_rng(5).gamma(0.5, 2, 1000), [0.0, 0.0])
    constants = fit_transforms(values)
    pseudocount = np.quantile(values[values > 0], 0.01)
    logs = np.log(values + pseudocount)
    expected = {
        "none": values,
        "log": logs,
        "log_standardise": (logs - logs.mean()) / logs.std(),
    }
    assert set(constants) == set(expected)
    for kind, result in expected.items():
        np.testing.assert_allclose(transform_values(values, kind, constants[kind]), result)
    standardised = transform_values(values, "log_standardise", constants["log_standardise"])
    assert abs(standardised.mean()) < 1e-9
    assert abs(standardised.std() - 1) < 1e-9


@pytest.mark.parametrize("value", [2.0, 0.1])
def test_a_constant_signal_is_standardised_to_zero(value):
    values = np.full(1003, value)
    constants = fit_transforms(values)["log_standardise"]
    found = transform_values(values, "log_standardise", constants)
    np.testing.assert_allclose(found, 0, atol=1e-6)


def test_a_signal_of_zeros_is_refused():
    with pytest.raises(InputError, match="0 on every training span"):
        fit_transforms(np.zeros(2))


def test_a_negative_signal_is_refused_wherever_it_is():
    """In the test split alone it would give logits that are not numbers."""
    spans = pd.DataFrame({"chrom": "chr1", "start": [0, 10, 20], "end": [10, 20, 30]})
    check_not_negative(np.array([1.0, 0.0, 2.0]), spans, "atac.bw")
    with pytest.raises(InputError, match=r"^atac\.bw: .* negative on chr1:10-20 \(-0\.5\)"):
        check_not_negative(np.array([1.0, -0.5, -2.0]), spans, "atac.bw")
