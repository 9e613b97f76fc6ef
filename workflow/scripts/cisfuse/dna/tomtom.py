"""Matches of probability matrices among the matrices of JASPAR, by Tomtom.

S. Gupta, J. A. Stamatoyannopoulos, T. L. Bailey and W. S. Noble, "Quantifying similarity between
motifs" (Genome Biology 2007), in the form of memelite: Euclidean distance of columns, complete
scores, both strands. Its p-values become q-values over the targets of each query: Y. Benjamini
and Y. Hochberg, "Controlling the false discovery rate" (Journal of the Royal Statistical
Society B 1995).

Tomtom takes the columns of a target to be independent. Columns near to equal shares are not:
they come in stretches, and a query of such columns fits a stretch at all of them, so that noise
matches the long gapped matrices with tiny q-values. Flat ends of queries are therefore cut off,
queries with little information have no match, and targets with a long flat stretch are left out.
"""

from collections.abc import Sequence
from contextlib import closing
from functools import cache

import numpy as np
import pandas as pd
from pyjaspar import jaspardb
from scipy.stats import false_discovery_control

from cisfuse.dna.matrices import GROUPS, RELEASE, newest
from cisfuse.dna.sequences import BASES

COLUMNS = ("query", "rank", "match", "id", "strand", "p", "q")
# Bits; chosen so that random queries have no more matches than chance
# (tests/unit/dna/test_tomtom.py).
END_BITS = 0.25  # of a column; ends that have less, all in all, are cut off
MEAN_BITS = 0.7  # a query with less a column has no match
LEAST_WIDTH = 4  # that of JASPAR's shortest matrices
FLAT_BITS, FLAT_STRETCH = 0.15, 5  # a target with so many columns in a row below is left out


@cache
def jaspar_targets(
    groups: tuple[str, ...] = GROUPS[:1],
) -> tuple[list[str], list[str], list[np.ndarray]]:
    """IDs, names and probabilities (width, 4) of the newest CORE matrices of taxonomic groups.

    Without those that have `FLAT_STRETCH` flat columns in a row.
    """
    database = jaspardb(release=RELEASE)
    with closing(database.conn) as connection:
        rows = [row for group in groups for row in newest(connection, group).items()]
        counts = [database.fetch_motif_by_id(matrix).counts for matrix, _ in rows]
    probabilities = [np.array([count[base] for base in BASES.decode()]).T for count in counts]
    probabilities = [each / each.sum(axis=1, keepdims=True) for each in probabilities]
    kept = [
        (*row, each) for row, each in zip(rows, probabilities, strict=True) if not _has_gap(each)
    ]
    ids, names, targets = zip(*kept, strict=True)
    return list(ids), list(names), list(targets)


def information(ppm: np.ndarray) -> np.ndarray:
    """Bits of each column of probabilities against equal shares: (width, 4) to (width,).

    A column of zeros has none. T. D. Schneider and R. M. Stephens, "Sequence logos" (Nucleic
    Acids Research 1990), without their correction for small samples.
    """
    logs = np.log2(ppm, where=ppm > 0, out=np.zeros(ppm.shape))
    return np.where(ppm.any(axis=1), np.log2(len(BASES)) + (ppm * logs).sum(axis=1), 0)


def trim(ppm: np.ndarray) -> np.ndarray:
    """Keep the columns that hold the information: (width, 4) to (what is left, 4).

    That is the stretch whose columns have the highest sum of what they have more than `END_BITS`,
    so that one stray column does not keep the flat ones before it; of equals the shortest.
    """
    sums = np.concatenate([[0], np.cumsum(information(ppm) - END_BITS)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    start = end - int(np.argmin(sums[end::-1]))
    return ppm[start:end]


def match_matrices(
    ppms: Sequence[np.ndarray],
    n_best: int = 3,
    threads: int = 1,
    groups: Sequence[str] = GROUPS[:1],
) -> pd.DataFrame:
    """The ``n_best`` matrices of JASPAR that are most like each query.

    ppms: probabilities (width, 4) each, channels A, C, G, T; groups: of
    `cisfuse.dna.matrices.GROUPS`, whose matrices are searched. Returns a row per query and match,
    `COLUMNS`: ``query`` is the place in ``ppms``, from 0, ``rank`` from 1; ``match`` and ``id``
    are the matrix's name and ID; ``strand`` is that of the matrix; p is of the best alignment,
    q among all matrices. A query with too little information to be matched has no rows.
    """
    queries = {place: trim(ppm) for place, ppm in enumerate(ppms)}
    queries = {place: query for place, query in queries.items() if _is_matchable(query)}
    if not queries:
        return pd.DataFrame(columns=list(COLUMNS))
    # Imported here, since numba costs a second.
    import numba
    from memelite import tomtom

    threads = min(threads, numba.config.NUMBA_NUM_THREADS)
    ids, names, targets = jaspar_targets(tuple(groups))
    asked = [np.ascontiguousarray(query.T, dtype=np.float64) for query in queries.values()]
    p_values, scores, _, _, strands = tomtom(asked, [each.T for each in targets], n_jobs=threads)
    rows = []
    for number, place in enumerate(queries):
        p = np.clip(p_values[number], 0, 1)
        q = false_discovery_control(p)
        # By score where p ties, and then in the order of the IDs.
        best = np.lexsort((np.arange(len(p)), -scores[number], p))[:n_best]
        rows += [
            (place, rank, names[k], ids[k], "-" if strands[number, k] else "+", p[k], q[k])
            for rank, k in enumerate(best, start=1)
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _is_matchable(query: np.ndarray) -> bool:
    return len(query) >= LEAST_WIDTH and information(query).mean() >= MEAN_BITS


def _has_gap(ppm: np.ndarray) -> bool:
    if len(ppm) < FLAT_STRETCH:
        return False
    flat = np.lib.stride_tricks.sliding_window_view(information(ppm) < FLAT_BITS, FLAT_STRETCH)
    return bool(flat.all(axis=1).any())
