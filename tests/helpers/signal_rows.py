"""Signals and spans for tests, and their means base by base."""

import numpy as np
import pandas as pd
import pyBigWig

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
