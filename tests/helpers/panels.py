"""Panels of attributions for tests."""

import numpy as np
import pandas as pd

from cisfuse.figures.saliency import SpanMaps, span_maps

LENGTH = 40


def make_arrays(count: int = 3) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(2)
    sequences = generator.choice(np.frombuffer(b"ACGTN", np.uint8), (count, LENGTH))
    arrays = {"sequences": sequences}
    for method in ("gradient", "mutagenesis", "expected_gradients"):
        arrays[method] = generator.normal(size=(count, LENGTH, 4)).astype(np.float32)
        arrays[f"{method}_accessibility"] = generator.normal(size=count).astype(np.float32)
        arrays[f"{method}_explained"] = generator.normal(size=count).astype(np.float32)
    return arrays


def make_sites() -> pd.DataFrame:
    rows = [
        ("span-1", 1010, 1017, "-", "AP1", 5.0, "known"),
        ("span-1", 1008, 1018, "+", "JUND", 9.0, "matrix"),
        ("span-2", 1000, 1008, "+", "elsewhere", 9.0, "matrix"),
    ]
    columns = ["name", "start", "end", "strand", "site", "score", "source"]
    return pd.DataFrame(rows, columns=columns)


def make_maps(row: int = 1, method: str = "mutagenesis", arrays=None) -> SpanMaps:
    span = pd.Series({"name": f"span-{row}", "chrom": "chr22", "start": 1000})
    return span_maps(arrays or make_arrays(), row, method, span, make_sites(), 5)
