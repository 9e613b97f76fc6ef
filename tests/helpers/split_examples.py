"""Spans to be split, and the section ``splits`` of a config."""

import numpy as np
import pandas as pd

FRACTIONS = {"train": 0.6, "valid": 0.2, "test": 0.2}
SETTINGS = {
    "method": "auto",
    "fractions": FRACTIONS,
    "seed": 0,
    "block_size": 5000,
    "gap": 700,
    "chromosomes": {"valid": [], "test": []},
}


def make_spans(chromosomes: int, count: int = 3000, length: int = 100) -> pd.DataFrame:
    generator = np.random.default_rng(chromosomes)
    tables = []
    for number in range(1, chromosomes + 1):
        start = np.arange(count, dtype=np.int64) * length
        label = (generator.random(count) < 0.05).astype(np.int64)
        chrom = f"chr{number}"
        tables.append(
            pd.DataFrame({"chrom": chrom, "start": start, "end": start + length, "label": label})
        )
    return pd.concat(tables, ignore_index=True)


def notable(spans: pd.DataFrame) -> np.ndarray:
    """Where the positives are, bool (n,)."""
    return (spans["label"] == 1).to_numpy()
