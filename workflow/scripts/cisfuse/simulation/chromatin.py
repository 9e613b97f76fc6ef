"""The chromatin of a simulated chromosome: open islands, artefacts, and counts of accessibility.

Coordinates are 0-based and half-open; intervals are tables with the columns start and end.
"""

import numpy as np
import pandas as pd

from cisfuse.base.errors import ConfigError

ISLAND_MEDIAN, ISLAND_SIGMA = 600, 0.4  # log-normal widths, bp
ISLAND_MIN, ISLAND_MAX = 300, 1_500
ISLAND_SPACING = 500  # at least, between islands, bp

BIN = 20  # bp with one value of accessibility
ISLAND_SHAPE, ISLAND_MEAN = 2.0, 4.0  # gamma over islands: mean count of a bin at the centre
EDGE = 0.35  # of that mean at an island's edge
BACKGROUND_SHAPE, BACKGROUND_MEAN = 1.0, 0.4  # gamma over domains: mean count of a bin
DOMAIN = 10_000  # bp that share one background level
BIN_SHAPE = 0.8  # gamma-Poisson (negative binomial) counts: variance = mean + mean^2 / shape

BLACKLIST_COUNT, BLACKLIST_MIN, BLACKLIST_MAX = 4, 400, 2_500  # intervals, bp
ARTEFACT_MEAN = 80.0  # mean count of a bin in a blacklisted interval


def covered(length: int, intervals: pd.DataFrame) -> np.ndarray:
    """Mark the positions inside disjoint intervals: bool (length,)."""
    steps = np.zeros(length + 1, dtype=np.int8)
    steps[intervals["start"]] += 1
    steps[intervals["end"]] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8) > 0


def draw_islands(length: int, per_megabase: float, generator: np.random.Generator) -> pd.DataFrame:
    """Draw disjoint stretches of open chromatin: start, end, strength (mean count of a bin)."""
    count = round(per_megabase * length / 1e6)
    widths = ISLAND_MEDIAN * generator.lognormal(0, ISLAND_SIGMA, count)
    widths = np.clip(widths, ISLAND_MIN, ISLAND_MAX).astype(np.int64)
    taken = np.cumsum(widths + ISLAND_SPACING)
    if count and taken[-1] > length:
        raise ConfigError(
            f"simulation: no room for {count} islands in {length} bp; lower islands_per_megabase"
        )
    # Uniform cuts of what the islands leave free place them uniformly without overlap.
    cuts = np.sort(generator.integers(0, length - taken[-1] if count else 1, count))
    starts = cuts + taken - widths
    strength = generator.gamma(ISLAND_SHAPE, ISLAND_MEAN / ISLAND_SHAPE, count)
    return pd.DataFrame({"start": starts, "end": starts + widths, "strength": strength})


def draw_blacklist(
    length: int, avoided: pd.DataFrame, generator: np.random.Generator
) -> pd.DataFrame:
    """Draw a few intervals of artefactual signal, outside the ``avoided`` ones: start, end."""
    taken = covered(length, avoided)
    chosen: list[tuple[int, int]] = []
    for _ in range(1_000):
        width = int(generator.integers(BLACKLIST_MIN, BLACKLIST_MAX))
        start = int(generator.integers(0, length - width))
        apart = all(start > end or start + width < begin for begin, end in chosen)
        if apart and not taken[start : start + width].any():
            chosen.append((start, start + width))
        if len(chosen) == BLACKLIST_COUNT:
            break
    return pd.DataFrame(sorted(chosen), columns=["start", "end"], dtype=np.int64)


def draw_accessibility(
    length: int, islands: pd.DataFrame, blacklist: pd.DataFrame, generator: np.random.Generator
) -> np.ndarray:
    """Draw counts per bin of `BIN` bp: float32 (ceil(length / BIN),)."""
    bins = -(-length // BIN)
    centres = np.arange(bins) * BIN + BIN // 2
    levels = generator.gamma(
        BACKGROUND_SHAPE, BACKGROUND_MEAN / BACKGROUND_SHAPE, length // DOMAIN + 1
    )
    mean = levels[centres // DOMAIN]
    for island in islands.itertuples():
        within = slice(island.start // BIN, -(-island.end // BIN))
        distance = np.abs(2 * (centres[within] - island.start) / (island.end - island.start) - 1)
        mean[within] += island.strength * (1 - (1 - EDGE) * np.minimum(distance, 1) ** 2)
    for artefact in blacklist.itertuples():  # bins wholly inside, so that nothing spills out
        mean[-(-artefact.start // BIN) : artefact.end // BIN] = ARTEFACT_MEAN
    return generator.poisson(generator.gamma(BIN_SHAPE, mean / BIN_SHAPE)).astype(np.float32)
