"""What fired the filters of a first layer, and which matrices of JASPAR the filters are like.

`cisfuse.interpretation.first_layer` finds it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cisfuse.dna.matrices import consensus
from cisfuse.dna.sequences import BASES

COLUMNS = ["filter", "windows", "max_activation", "share", "consensus", "match", "id", "p", "q"]
MATCH_COLUMNS = ["match", "id", "p", "q"]


@dataclass(frozen=True)
class FilterWindows:
    """The windows that fire each filter.

    counts: float32 (filters, width, 4), bases of those windows; weights: float32 (filters,
    width, 4), the kernel; windows: int64 (filters,); max_activation: float32 (filters,), after
    the layer's own activation; share: float64 (filters,), of the spans with such a window.
    """

    counts: np.ndarray
    weights: np.ndarray
    windows: np.ndarray
    max_activation: np.ndarray
    share: np.ndarray


def filter_table(found: FilterWindows, matches: pd.DataFrame | None = None) -> pd.DataFrame:
    """A row per filter, with `COLUMNS`, filters counted from 1.

    ``matches``: the best match of each filter with a window, as `cisfuse.dna.tomtom` gives it for
    `firing_ppms`; without it the columns of the match are empty.
    """
    table = pd.DataFrame(
        {
            "filter": np.arange(1, len(found.windows) + 1),
            "windows": found.windows,
            "max_activation": found.max_activation,
            "share": found.share,
            "consensus": [consensus(counts) for counts in found.counts],
        }
    ).reindex(columns=COLUMNS)
    table[MATCH_COLUMNS[:2]] = ""
    if matches is not None:
        firing = np.flatnonzero(found.windows)
        best = matches[matches["rank"] == 1].set_index("query")
        for name in MATCH_COLUMNS:
            table.loc[firing[best.index.to_numpy(int)], name] = best[name].to_numpy()
    return table


def firing_ppms(found: FilterWindows) -> list[np.ndarray]:
    """Shares of the bases at each position, float64 (width, 4), of each filter with a window."""
    counts = found.counts[found.windows > 0].astype(np.float64)
    total = counts.sum(axis=2, keepdims=True)
    # A position where every window has an N says nothing.
    return list(np.where(total > 0, counts / np.maximum(total, 1), 1 / len(BASES)))
