"""The sequence of a simulated chromosome: background, soft mask, and sites to plant.

Sequences are uint8 arrays of ASCII codes. Every number below is rounded and made for the
simulation; none is copied from a database.
"""

import numpy as np

from cisfuse.dna.sequences import BASE_CODES

LOWER_CASE = 0x20  # the bit that tells an ASCII letter's case

# P(next base | this base), rows and columns in the order A, C, G, T: round numbers near those of
# human autosomes, where C is seldom followed by G because methylated CpG mutates.
CLOSED_TRANSITIONS = np.array(
    [
        [0.33, 0.17, 0.24, 0.26],
        [0.35, 0.26, 0.05, 0.34],
        [0.29, 0.21, 0.26, 0.24],
        [0.22, 0.20, 0.25, 0.33],
    ]
)
# Open chromatin is a little richer in G and C, and its CpGs are less depleted.
OPEN_TRANSITIONS = np.array(
    [
        [0.31, 0.18, 0.26, 0.25],
        [0.33, 0.28, 0.06, 0.33],
        [0.28, 0.22, 0.27, 0.23],
        [0.21, 0.21, 0.26, 0.32],
    ]
)

# Soft-masked stretches, like repeats: about half of the sequence, most of them 100-2,000 bp.
MASKED_MEDIAN, MASKED_SIGMA, MASKED_MAX = 300, 0.8, 6_000  # log-normal, bp
UNMASKED_MEAN = 450  # exponential, bp

# Rows are positions, columns A, C, G, T. An AP-1 site (TGACTCA, the TRE form) and a CRE site
# (TGACGTCA) with one flanking base on either side: consensuses with typical preferences, made
# for this simulation.
SITE_MATRICES = {
    "AP1": np.array(
        [
            [0.50, 0.05, 0.40, 0.05],
            [0.01, 0.01, 0.01, 0.97],
            [0.01, 0.01, 0.97, 0.01],
            [0.97, 0.01, 0.01, 0.01],
            [0.01, 0.83, 0.15, 0.01],
            [0.01, 0.01, 0.01, 0.97],
            [0.01, 0.97, 0.01, 0.01],
            [0.97, 0.01, 0.01, 0.01],
            [0.05, 0.40, 0.05, 0.50],
        ]
    ),
    "CRE": np.array(
        [
            [0.45, 0.05, 0.45, 0.05],
            [0.02, 0.02, 0.02, 0.94],
            [0.01, 0.01, 0.97, 0.01],
            [0.97, 0.01, 0.01, 0.01],
            [0.01, 0.90, 0.01, 0.08],
            [0.08, 0.01, 0.90, 0.01],
            [0.01, 0.01, 0.01, 0.97],
            [0.01, 0.97, 0.01, 0.01],
            [0.94, 0.02, 0.02, 0.02],
            [0.05, 0.45, 0.05, 0.45],
        ]
    ),
}


def background(is_open: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw a first-order Markov sequence, with other frequencies in open chromatin.

    ``is_open`` is bool (length,); returns upper-case uint8 ASCII codes (length,).

    A uniform number at each position makes a map from the previous base to this one. Composing
    each map with those before it, over distances that double, needs no loop over bases, and ends
    early: after some dozens of bases every start has led to the same base.
    """
    uniform = generator.random(is_open.size, dtype=np.float32)[:, None]
    thresholds = np.cumsum([CLOSED_TRANSITIONS, OPEN_TRANSITIONS], axis=2)[:, :, :3]
    state = is_open.astype(np.uint8)
    maps = np.zeros((is_open.size, 4), dtype=np.uint8)  # maps[i, previous base] = base
    for column in range(3):
        maps += uniform > thresholds[state, :, column].astype(np.float32)
    maps[0] = maps[0, 0]
    distance = 1
    while (maps != maps[:, :1]).any():
        maps[distance:] = np.take_along_axis(maps[distance:], maps[:-distance], axis=1)
        distance *= 2
    return BASE_CODES[maps[:, 0]]


def soft_mask(length: int, generator: np.random.Generator) -> np.ndarray:
    """Draw the soft-masked positions: bool (length,), alternating plain and masked stretches."""
    count = length // 50 + 1  # more stretches than are ever needed
    plain = 1 + generator.exponential(UNMASKED_MEAN, count).astype(np.int64)
    masked = MASKED_MEDIAN * generator.lognormal(0, MASKED_SIGMA, count)
    masked = 10 + np.minimum(masked, MASKED_MAX).astype(np.int64)
    ends = np.cumsum(np.column_stack([plain, masked]).ravel())
    stretch = np.searchsorted(ends, np.arange(length), side="right")
    return stretch % 2 == 1


def draw_site(matrix: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    """Draw one site from a matrix of probabilities, float (positions, 4).

    Returns its bases as indices into A, C, G, T, int64 (positions,), and its score: its log-odds
    against equal frequencies, as thousandths of the consensus's, from 0 to 1000 as BED wants.
    """
    uniform = generator.random((len(matrix), 1))
    indices = np.minimum((uniform > np.cumsum(matrix, axis=1)).sum(axis=1), 3)
    log_odds = np.log(matrix / 0.25)
    drawn = log_odds[np.arange(len(matrix)), indices].sum()
    return indices, round(1000 * max(float(drawn), 0.0) / log_odds.max(axis=1).sum())


def plant(genome: np.ndarray, start: int, indices: np.ndarray, strand: str) -> None:
    """Write a site into a genome in place, keeping each position's case (its soft mask).

    ``indices`` are read along ``strand``; on ``-`` their reverse complement is written.
    """
    forward = indices if strand == "+" else 3 - indices[::-1]
    case = genome[start : start + len(forward)] & LOWER_CASE
    genome[start : start + len(forward)] = BASE_CODES[forward] | case
