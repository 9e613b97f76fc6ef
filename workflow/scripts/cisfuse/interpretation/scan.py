"""A scan with the factor's matrices, read as if it were an attribution map.

It knows nothing of the model. A method of attribution that points at sites no better than the
scan tells of sites nothing that the matrices did not tell before.
"""

from collections.abc import Sequence

import numpy as np
from Bio.motifs.jaspar import Motif

from cisfuse.dna.matrices import log_odds, window_scores


def scan_maps(sequences: np.ndarray, motifs: Sequence[Motif]) -> np.ndarray:
    """The highest log-odds of the windows that cover each base: float32 (n, length), in bits.

    sequences: uint8 ASCII (n, length). Windows are those of every matrix on both strands. A
    base that no window covers, because of unknown bases or a short sequence, has the lowest
    score of all.
    """
    length = sequences.shape[1]
    best = np.full(sequences.shape, np.nan, np.float32)
    for motif in motifs:
        matrix = log_odds(motif)
        if len(matrix) > length:
            continue
        scores = window_scores(sequences, matrix)
        for place in range(len(matrix)):
            covered = best[:, place : place + scores.shape[1]]
            np.fmax(covered, scores, out=covered)
    lowest = np.nanmin(best) if np.isfinite(best).any() else 0
    return np.nan_to_num(best, nan=lowest)
