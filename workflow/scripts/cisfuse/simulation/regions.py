"""Where the sites and the peaks of a simulated chromosome lie, and which sites are bound.

Coordinates are 0-based and half-open; intervals are tables with the columns start and end.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError
from cisfuse.simulation.chromatin import ISLAND_MEAN, covered

GAP_START, GAP_END = 0.42, 0.43  # the one run of N, as fractions of the chromosome

# A region of interest lies in a slot of its own, its anchor near the middle: no two peaks meet.
SLOT, JITTER = 360, 25  # bp
EDGE_MARGIN = 85  # from an open slot's middle to its island's edge at least, so that sites are in


def find_slots(
    length: int, islands: pd.DataFrame, blacklist: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Find the middles of the slots in open and in closed chromatin, each int64 (slots,).

    Open slots have their middle well inside an island; closed ones keep a slot's distance from
    every island and artefact. Both keep away from the run of N.
    """
    middles = np.arange(SLOT, length - SLOT, SLOT)
    gap = pd.DataFrame({"start": [GAP_START * length], "end": [GAP_END * length]})
    gap_nearby = covered(length, _widened(gap.astype(np.int64), SLOT))[middles]
    is_open = covered(length, _widened(islands, -EDGE_MARGIN))[middles]
    # Islands and artefacts that are widened may meet, so they are marked apart.
    nearby = gap_nearby.copy()
    for row in pd.concat([islands, blacklist]).itertuples():
        nearby[(middles > row.start - SLOT) & (middles < row.end + SLOT)] = True
    return middles[is_open & ~gap_nearby], middles[~nearby]


def _widened(intervals: pd.DataFrame, margin: int) -> pd.DataFrame:
    return pd.DataFrame({"start": intervals["start"] - margin, "end": intervals["end"] + margin})


def draw_regions(
    setting: Mapping[str, Any],
    islands: pd.DataFrame,
    blacklist: pd.DataFrame,
    generator: np.random.Generator,
) -> pd.DataFrame:
    """Choose where sites and peaks lie: anchor, has_site, is_open, bound, strength (of the island).

    Of the open sites, those in strong islands are the likelier to be bound.
    """
    length = int(setting["genome_length"])
    open_slots, closed_slots = find_slots(length, islands, blacklist)
    with_site, motifless, closed = (
        round(setting[f"{kind}_per_megabase"] * length / 1e6)
        for kind in ("open_sites", "motifless_peaks", "closed_sites")
    )
    if with_site + motifless > len(open_slots) or closed > len(closed_slots):
        raise ConfigError(
            f"simulation: {len(open_slots)} places in open and {len(closed_slots)} in closed "
            "chromatin are fewer than the sites and peaks wanted; lower their numbers"
        )
    opened = generator.choice(open_slots, with_site + motifless, replace=False)
    middles = np.concatenate([opened, generator.choice(closed_slots, closed, replace=False)])
    island = np.searchsorted(islands["start"], opened, side="right") - 1
    strength = islands["strength"].to_numpy()[island]

    bound = np.zeros(len(middles), dtype=bool)
    bound[with_site : with_site + motifless] = True
    weights = strength[:with_site] / (strength[:with_site] + ISLAND_MEAN / 2)
    # The smallest of exponential times over their weights: a weighted draw without replacement.
    waits = generator.exponential(1, with_site) / weights
    bound[np.argsort(waits)[: round(setting["bound_fraction"] * with_site)]] = True

    order = np.arange(len(middles))
    table = pd.DataFrame(
        {
            "anchor": middles + generator.integers(-JITTER, JITTER + 1, len(middles)),
            "has_site": (order < with_site) | (order >= len(opened)),
            "is_open": order < len(opened),
            "bound": bound,
            "strength": np.append(strength, np.zeros(closed)),
        }
    )
    return table.sort_values("anchor", ignore_index=True)
