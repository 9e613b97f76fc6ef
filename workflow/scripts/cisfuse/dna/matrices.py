"""Matrices of JASPAR: those of a factor, and the best match of each in every span.

pyjaspar ships JASPAR as SQLite files, so nothing is fetched. A score is a log-odds in bits
against equal shares of the four bases, so scores of different matrices can be compared. Counts
get the square root of the number of sites as pseudocount, shared out by the background:
W. W. Wasserman and A. Sandelin, "Applied bioinformatics for the identification of regulatory
elements" (Nature Reviews Genetics 2004).
"""

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from difflib import get_close_matches
from sqlite3 import Connection

import numpy as np
import pandas as pd
from Bio import motifs as bio_motifs
from Bio.motifs.jaspar import Motif, calculate_pseudocounts
from Bio.motifs.thresholds import ScoreDistribution
from pyjaspar import jaspardb

from cisfuse.base.errors import ConfigError
from cisfuse.dna.sequences import BASES

logger = logging.getLogger("cisfuse")

# Named, so that a newer pyjaspar does not change results unasked.
RELEASE = "JASPAR2026"
# JASPAR's taxonomic groups, in the order in which a factor is looked for.
GROUPS = ("vertebrates", "insects", "nematodes", "urochordates", "fungi", "plants", "diatoms")
# The newest version of each matrix; SQLite takes the name from the row of the maximum.
NEWEST = """
    SELECT m.BASE_ID || '.' || MAX(m.VERSION), m.NAME
    FROM MATRIX m JOIN MATRIX_ANNOTATION a ON a.ID = m.ID
    WHERE m.COLLECTION = 'CORE' AND a.TAG = 'tax_group' AND a.VAL = ?
    GROUP BY m.BASE_ID ORDER BY m.BASE_ID
"""
VERSIONS = "SELECT BASE_ID || '.' || VERSION FROM MATRIX WHERE BASE_ID = ? ORDER BY VERSION"
UNKNOWN = len(BASES)  # number of any other letter
LOOKED_UP = 6
LIKENESS = 0.7  # of names that are proposed, by difflib; short names of all groups are many
DECIMALS = 3
COLUMNS = ("matrix", "name", "collection", "group", "release", "length", "sites", "consensus")
Names = Mapping[str, Mapping[str, str]]  # of matrices, by group and ID


def choose_matrices(factor: str, wanted: Sequence[str], group: str | None = None) -> list[Motif]:
    """The matrices that the config names by ID or name, or else all of the factor.

    A name stands for the newest version of each matrix of that name, upper or lower case, in
    the collection CORE of ``group``, or of the first of `GROUPS` that has one. An ID may be of any
    collection and group; without its version it stands for the newest. Raises `ConfigError` for
    what JASPAR lacks; a factor without a matrix is a warning and gives none.
    """
    database = jaspardb(release=RELEASE)
    with closing(database.conn) as connection:
        names = {each: newest(connection, each) for each in ([group] if group else GROUPS)}
        chosen: list[str] = []
        for name in wanted:
            found = _by_id(connection, name) or _by_name(names, name)
            if not found:
                raise ConfigError(
                    f"config: evaluation.matrices: {RELEASE} has no matrix {name!r}{_among(group)}"
                    + "; "
                    + _advice(connection, names, name)
                )
            chosen += found
        if not wanted:
            chosen = _by_name(names, factor)
            if not chosen:
                logger.warning(
                    "%s has no matrix of %s%s, so nothing is scanned for; to name one in "
                    "evaluation.matrices, %s",
                    RELEASE,
                    factor,
                    _among(group),
                    _advice(connection, names, factor),
                )
        return [database.fetch_motif_by_id(matrix) for matrix in dict.fromkeys(chosen)]


def newest(connection: Connection, group: str) -> dict[str, str]:
    """Names of the newest version of each CORE matrix of a group, by ID."""
    return dict(connection.execute(NEWEST, (group,)).fetchall())


def groups_of(motifs: Sequence[Motif], group: str | None = None) -> list[str]:
    """The groups in which matches of patterns are looked for: ``group``, or those of matrices.

    Without either it is the first of `GROUPS`.
    """
    if group:
        return [group]
    of_motifs = {motif.tax_group for motif in motifs}
    return [each for each in GROUPS if each in of_motifs] or [GROUPS[0]]


def _among(group: str | None) -> str:
    return f" among {group} (evaluation.taxonomic_group)" if group else ""


def _plain(name: str) -> str:
    """A name to compare: earlier releases told forms of one name apart as in 'MZF1(var.2)'."""
    return re.sub(r"\(VAR\.\d+\)$", "", name.strip().upper())


def _by_name(names: Names, wanted: str) -> list[str]:
    """IDs of the matrices of a name in the first group that has one; others are logged."""
    found = {
        group: [matrix for matrix, name in of.items() if _plain(name) == _plain(wanted)]
        for group, of in names.items()
    }
    holding = [group for group, matrices in found.items() if matrices]
    if len(holding) > 1:
        logger.log(
            logging.INFO if GROUPS[0] in holding else logging.WARNING,
            "JASPAR has matrices of %s in %s; those of %s are taken, and "
            "evaluation.taxonomic_group chooses another group",
            wanted,
            " and ".join(holding),
            holding[0],
        )
    return found[holding[0]] if holding else []


def _by_id(connection: Connection, wanted: str) -> list[str]:
    base = wanted.strip().upper().partition(".")[0]
    versions = [row[0] for row in connection.execute(VERSIONS, (base,))]
    return [found for found in versions if wanted.strip().upper() in (found, base)][-1:]


def _advice(connection: Connection, names: Names, wanted: str) -> str:
    base = wanted.strip().upper().partition(".")[0]
    near = [row[0] for row in connection.execute(VERSIONS, (base,))]
    plain = {_plain(name): name for of in reversed(names.values()) for name in of.values()}
    near += [plain[name] for name in get_close_matches(_plain(wanted), plain, 5, LIKENESS)]
    if near:
        return f"near are {', '.join(near)}"
    return "look it up at https://jaspar.elixir.no and give its ID or name"


def matrix_table(motifs: Sequence[Motif]) -> pd.DataFrame:
    """Describe matrices, one row each: `COLUMNS`; sites are the mean over positions."""
    rows = [
        (
            motif.matrix_id,
            motif.name,
            motif.collection,
            motif.tax_group,
            RELEASE,
            motif.length,
            round(sum(map(sum, motif.counts.values())) / motif.length),
            str(motif.degenerate_consensus),
        )
        for motif in motifs
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def consensus(counts: np.ndarray) -> str:
    """IUPAC letters of counts or shares, (width, 4); empty for zeros.

    D. R. Cavener, "Comparison of the consensus sequence flanking translational start sites in
    Drosophila and vertebrates" (Nucleic Acids Research 1987).
    """
    if not counts.any():
        return ""
    letters = BASES.decode()
    columns = {base: counts[:, channel].tolist() for channel, base in enumerate(letters)}
    return str(bio_motifs.Motif(letters, counts=columns).degenerate_consensus)


def log_odds(motif: Motif) -> np.ndarray:
    """Log-odds in bits of each base at each position, float32 (width, 4), A, C, G, T."""
    motif.pseudocounts = calculate_pseudocounts(motif)
    return np.array([motif.pssm[base] for base in BASES.decode()], dtype=np.float32).T


def best_scores(sequences: np.ndarray, matrices: Sequence[np.ndarray]) -> np.ndarray:
    """The highest score of each matrix over both strands and all positions of each span.

    sequences: uint8 ASCII (n_spans, length); matrices: float32 (width, 4) each. Returns float32
    (n_spans, n_matrices), rounded to thousandths of a bit; windows with another letter than
    A, C, G and T do not count, and NaN stands where none is left.
    """
    bases = _numbered(sequences)
    best = np.full((len(sequences), len(matrices)), np.nan, dtype=np.float32)
    for column, matrix in enumerate(matrices):
        if len(matrix) <= sequences.shape[1]:
            strands = [_window_scores(bases, strand) for strand in (matrix, matrix[::-1, ::-1])]
            best[:, column] = np.fmax.reduce(np.fmax(*strands), axis=1)
    # A site and its reverse complement are added up in another order, and are to tie.
    return best.round(DECIMALS)


def matches(
    sequences: np.ndarray, motif: Motif, p_value: float = 1e-4
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Windows whose score a random window reaches with at most ``p_value``, on both strands.

    sequences: uint8 ASCII (n, length). Random bases are equally likely, and the threshold is
    exact up to a thousandth of the range of scores. Returns, by span and start, rows int64 (h,),
    starts int64 (h,), reverse bool (h,) and scores in bits float32 (h,).
    """
    matrix = log_odds(motif)
    nothing = np.zeros(0, np.int64)
    if len(matrix) > sequences.shape[1]:
        return nothing, nothing, nothing.astype(bool), nothing.astype(np.float32)
    shares = dict.fromkeys(BASES.decode(), 1 / len(BASES))
    distribution = ScoreDistribution(pssm=motif.pssm, background=shares, precision=1000)
    bases = _numbered(sequences)
    strands = [_window_scores(bases, strand) for strand in (matrix, matrix[::-1, ::-1])]
    scores = np.stack(strands, axis=2)
    rows, starts, reverse = np.nonzero(scores >= distribution.threshold_fpr(p_value))
    return rows, starts, reverse.astype(bool), scores[rows, starts, reverse]


def window_scores(sequences: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The score of each window by the strand that fits better: float32 (n, windows), in bits.

    sequences: uint8 ASCII (n, length); matrix: float32 (width, 4), no wider than a sequence is
    long. NaN where a window holds another letter than A, C, G and T.
    """
    bases = _numbered(sequences)
    return np.fmax(*(_window_scores(bases, strand) for strand in (matrix, matrix[::-1, ::-1])))


def _numbered(sequences: np.ndarray) -> np.ndarray:
    """Bases as numbers of channels, int32, any other letter as `UNKNOWN`."""
    numbers = np.full(256, UNKNOWN, dtype=np.int32)
    numbers[np.frombuffer(BASES, np.uint8)] = range(UNKNOWN)
    return numbers[sequences]


def _window_scores(bases: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Scores of all windows of one strand, float32 (n_spans, windows); NaN at unknown bases.

    `LOOKED_UP` bases are looked up at once, where Biopython adds base by base.
    """
    windows = bases.shape[1] - len(matrix) + 1
    scores = np.zeros((len(bases), windows), dtype=np.float32)
    columns = np.pad(matrix, ((0, 0), (0, 1)), constant_values=np.nan)
    for first in range(0, len(matrix), LOOKED_UP):
        table, word = np.zeros(1, dtype=np.float32), np.zeros_like(scores, dtype=np.int32)
        for place in range(first, min(first + LOOKED_UP, len(matrix))):
            table = np.add.outer(table, columns[place]).ravel()
            word *= UNKNOWN + 1
            word += bases[:, place : place + windows]
        scores += table[word]
    return scores
