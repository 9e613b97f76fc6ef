"""A simulated study of JUND: a small chromosome whose binding rule is known.

A region is bound where a site (AP-1 or CRE form) lies in open chromatin, though not always; some
open regions are bound with no site of their own; sites in closed chromatin are never bound. So
neither sequence nor accessibility alone finds what is bound, and a model that reads both can be
checked against the true sites. Coordinates are 0-based and half-open throughout.

Every part draws from its own generator, seeded by the study's seed and the part's name, so that
a setting of one part leaves the random numbers of the others as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyBigWig

from cisfuse.base.errors import ConfigError
from cisfuse.base.files import complete_or_absent, write_bytes
from cisfuse.simulation.bases import (
    LOWER_CASE,
    SITE_MATRICES,
    background,
    draw_site,
    plant,
    soft_mask,
)
from cisfuse.simulation.chromatin import (
    BIN,
    covered,
    draw_accessibility,
    draw_blacklist,
    draw_islands,
)
from cisfuse.simulation.generators import part_generator
from cisfuse.simulation.regions import GAP_END, GAP_START, draw_regions

CHROM = "chr22"
# A bigWig of n entries is smaller than this: its header, and 8 to 9 bytes an entry.
BIGWIG_START, BIGWIG_BYTES_PER_ENTRY = 4096, 16
DEFAULT_SETTINGS: dict[str, float] = {
    "seed": 22,
    "genome_length": 2_000_000,  # bp
    "islands_per_megabase": 270,  # stretches of open chromatin
    "open_sites_per_megabase": 250,
    "closed_sites_per_megabase": 160,
    "bound_fraction": 0.9,  # of the open sites
    "motifless_peaks_per_megabase": 20,
    "cre_fraction": 0.15,  # of all sites; the rest are AP-1 sites
}

# Some regions have a second site near the first, as enhancers often do; it is inside the peak.
SECOND_SITE, SECOND_MIN, SECOND_MAX = 0.6, 25, 45  # probability; distance of the centres, bp

PEAK_MIN, PEAK_MAX, PEAK_EXTRA = 120, 260, 20  # width: minimum plus an exponential, bp
SUMMIT_SD = 8.0  # of the summit about the site, bp

PEAK_COLUMNS = [
    *("chrom", "start", "end", "name", "score", "strand"),
    *("signal", "p_value", "q_value", "summit"),
]


@dataclass(frozen=True)
class SimulatedStudy:
    """All that is simulated.

    ``genome`` is uint8 ASCII (length,), lower case where soft-masked; ``accessibility`` float32
    (ceil(length / BIN),), counts per bin. The tables have the columns of their files (``peaks``:
    narrowPeak; ``sites``: BED6) and are sorted; ``islands`` has start, end and strength.
    """

    seed: int
    genome: np.ndarray
    accessibility: np.ndarray
    islands: pd.DataFrame
    peaks: pd.DataFrame
    blacklist: pd.DataFrame
    sites: pd.DataFrame


def simulate_study(settings: Mapping[str, Any]) -> SimulatedStudy:
    """Simulate a study; settings that are left out take their defaults.

    Raises `ConfigError` for a setting of another name, or for more sites than there is room for.
    """
    unknown = sorted(set(settings) - set(DEFAULT_SETTINGS))
    if unknown:
        raise ConfigError(
            f"simulation: unknown setting {unknown[0]!r}; known are {', '.join(DEFAULT_SETTINGS)}"
        )
    setting = {**DEFAULT_SETTINGS, **settings}
    seed, length = int(setting["seed"]), int(setting["genome_length"])
    gap_start, gap_end = int(GAP_START * length), int(GAP_END * length)

    islands = draw_islands(length, setting["islands_per_megabase"], part_generator(seed, "islands"))
    islands = islands[(islands["end"] < gap_start) | (islands["start"] > gap_end)]
    islands = islands.reset_index(drop=True)
    avoided = pd.concat([islands, pd.DataFrame({"start": [gap_start], "end": [gap_end]})])
    blacklist = draw_blacklist(length, avoided, part_generator(seed, "blacklist"))
    regions = draw_regions(setting, islands, blacklist, part_generator(seed, "regions"))

    is_open = covered(length, islands)
    genome = background(is_open, part_generator(seed, "background"))
    genome[soft_mask(length, part_generator(seed, "mask"))] |= LOWER_CASE
    sites = plant_sites(genome, regions, setting["cre_fraction"], part_generator(seed, "sites"))
    genome[gap_start:gap_end] = ord("N")

    accessibility = draw_accessibility(length, islands, blacklist, part_generator(seed, "counts"))
    accessibility[gap_start // BIN : -(-gap_end // BIN)] = 0  # no read maps to N
    peaks = draw_peaks(regions[regions["bound"]], part_generator(seed, "peaks"))
    blacklist.insert(0, "chrom", CHROM)
    return SimulatedStudy(seed, genome, accessibility, islands, peaks, blacklist, sites)


def plant_sites(
    genome: np.ndarray,
    regions: pd.DataFrame,
    cre_fraction: float,
    generator: np.random.Generator,
) -> pd.DataFrame:
    """Plant a site, or two, in each region that has one, in place; return the sites as BED6.

    Names are the form and the state of the region: ``AP1_bound``, ``CRE_open_unbound``,
    ``AP1_closed`` and so on. Chance matches in the background are not listed.
    """
    rows = []
    for region in regions[regions["has_site"]].itertuples():
        state = "bound" if region.bound else "open_unbound" if region.is_open else "closed"
        centres = [region.anchor]
        if generator.random() < SECOND_SITE:
            distance = generator.integers(SECOND_MIN, SECOND_MAX)
            centres.append(region.anchor + distance * generator.choice([-1, 1]))
        for centre in sorted(centres):
            form = "CRE" if generator.random() < cre_fraction else "AP1"
            strand = "+-"[generator.integers(2)]
            indices, score = draw_site(SITE_MATRICES[form], generator)
            start = centre - len(indices) // 2
            plant(genome, start, indices, strand)
            rows.append((CHROM, start, start + len(indices), f"{form}_{state}", score, strand))
    return pd.DataFrame(rows, columns=["chrom", "start", "end", "name", "score", "strand"])


def draw_peaks(bound: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    """Draw a narrowPeak for each bound region, its summit near the anchor (the site, if any)."""
    count = len(bound)
    anchor = bound["anchor"].to_numpy()
    width = np.minimum(PEAK_MIN + generator.exponential(PEAK_EXTRA, count), PEAK_MAX)
    left = (width * generator.uniform(0.42, 0.58, count)).astype(np.int64)
    summit = anchor + np.clip(np.rint(generator.normal(0, SUMMIT_SD, count)), -25, 25).astype(int)
    start = anchor - left
    signal = 4 + generator.gamma(4, (1 + bound["strength"].to_numpy()) / 4)
    p_value = 3 + signal * generator.uniform(1.2, 1.8, count)
    table = pd.DataFrame({"chrom": CHROM, "start": start, "end": start + width.astype(np.int64)})
    table["name"] = [f"peak_{number}" for number in range(1, count + 1)]
    table["score"] = np.minimum(1000, np.rint(40 * signal)).astype(np.int64)
    table["strand"] = "."
    table["signal"], table["p_value"], table["q_value"] = signal, p_value, 0.85 * p_value - 0.5
    table["summit"] = summit - start
    return table[PEAK_COLUMNS]


def write_study(
    study: SimulatedStudy,
    genome: str | Path,
    accessibility: str | Path,
    peaks: str | Path,
    blacklist: str | Path,
    sites: str | Path,
) -> None:
    """Write a study as FASTA (``.gz``), bigWig, narrowPeak, BED and BED6; same study, same bytes.

    Lines that begin with ``#`` and the FASTA header say that the study is simulated.
    """
    text = study.genome.tobytes()
    lines = [text[start : start + 60] for start in range(0, len(text), 60)]
    header = f">{CHROM} simulated by cisfuse, seed {study.seed}\n".encode()
    write_bytes(header + b"\n".join(lines) + b"\n", genome)
    write_accessibility(study.accessibility, len(study.genome), accessibility)
    for table, path in ((study.peaks, peaks), (study.blacklist, blacklist), (study.sites, sites)):
        body = table.to_csv(
            sep="\t", header=False, index=False, lineterminator="\n", float_format="%.3f"
        )
        write_bytes(f"# simulated by cisfuse, seed {study.seed}\n{body}".encode(), path)


def write_accessibility(values: np.ndarray, length: int, path: str | Path) -> None:
    """Write counts per bin as bigWig; bins of zero stay uncovered, as in a real pile-up."""
    filled = np.flatnonzero(values)
    starts = filled * BIN
    with complete_or_absent(path) as output:
        # pyBigWig crashes on a full disk, where Python raises; so the room is asked for first.
        output.write(bytes(BIGWIG_START + BIGWIG_BYTES_PER_ENTRY * len(filled)))
        output.flush()
        handle = pyBigWig.open(output.name, "w")
        handle.addHeader([(CHROM, length)])
        handle.addEntries(
            [CHROM] * len(filled),
            starts.tolist(),
            ends=np.minimum(starts + BIN, length).tolist(),
            values=values[filled].tolist(),
        )
        handle.close()
