"""What a model makes of requested spans and variants: the call, and the sites that change.

A request is one row of ``requested.tsv``, a variant two: the reference and the alternative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from Bio.motifs.jaspar import Motif

from cisfuse.dna.matrices import log_odds, matches
from cisfuse.dna.sequences import one_hot, reverse_complement, sequences_of
from cisfuse.interpretation.sites import sites_on_spans

MATCH_COLUMNS = [
    *("matrix", "id", "start", "end", "strand"),
    *("reference", "alternative", "change"),
]


@dataclass(frozen=True)
class Calling:
    """threshold: the logit from which a span is called bound; median: of accessibility on train."""

    threshold: float
    median: float

    def word(self, logit: float, label: int) -> str:
        """What is called, and whether that is right where the label, 0 or 1, is known."""
        called = logit >= self.threshold
        word = "called bound" if called else "called unbound"
        if label < 0:
            return word
        outcome = "true" if called == (label == 1) else "false"
        return f"{word}, a {outcome} {'positive' if called else 'negative'}"


def rows_by_number(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``requested.tsv`` with names of their own: both alleles of a variant share one.

    A name is no chromosome's, since it holds a space.
    """
    return table.assign(name=[f"row {row}" for row in table.index])


def sites_on_requests(
    table: pd.DataFrame, motifs: Sequence[Motif], known: pd.DataFrame | None
) -> pd.DataFrame:
    """Known sites, where there are some, and matches of matrices on each row of ``requested.tsv``.

    known: as `cisfuse.readers.intervals.read_sites` gives them. Returns a table of sites as in
    `cisfuse.interpretation.sites`, named as `rows_by_number` names rows.
    """
    return sites_on_spans(sequences_of(table), rows_by_number(table), motifs, known=known)


def changed_sites(rows: pd.DataFrame, motifs: Sequence[Motif]) -> pd.DataFrame:
    """Of each matrix the best match, p < 1e-4, that holds the variant's base on either allele.

    rows: the two rows of a variant. Returns `MATCH_COLUMNS`, best score first: start and end in
    genome coordinates, scores of both alleles in bits, and ``lost``, ``gained``, ``weakened``,
    ``strengthened`` or ``as before``.
    """
    place, start = int(rows["place"].iloc[0]), int(rows["start"].iloc[0])
    sequences = np.array([list(text.encode()) for text in rows["sequence"]], np.uint8)
    found = []
    for motif in motifs:
        alleles, begins, reverse, scores = matches(sequences, motif)
        holding = np.flatnonzero((begins <= place) & (place < begins + motif.length))
        if not len(holding):
            continue
        best = holding[np.argmax(scores[holding])]
        begin, turned = int(begins[best]), bool(reverse[best])
        windows = sequences[:, begin : begin + motif.length]
        windows = reverse_complement(windows) if turned else windows
        bits = (one_hot(windows) * log_odds(motif)).sum(axis=(1, 2))
        same = (begins[holding] == begin) & (reverse[holding] == turned)
        on = tuple(sorted(alleles[holding][same].tolist()))
        change = {(0,): "lost", (1,): "gained"}.get(on) or _compared(*bits)
        where = (start + begin, start + begin + motif.length, "-" if turned else "+")
        found.append((motif.name, motif.matrix_id, *where, *map(float, bits), change))
    table = pd.DataFrame(found, columns=MATCH_COLUMNS)
    highest = table[["reference", "alternative"]].max(axis=1)
    return table.iloc[(-highest).argsort(kind="stable")].reset_index(drop=True)


def _compared(before: float, after: float) -> str:
    if round(float(after - before), 2) == 0:
        return "as before"
    return "weakened" if after < before else "strengthened"


def contributions_of(arrays: Mapping[str, np.ndarray], method: str) -> np.ndarray | None:
    """The contributions of accessibility, (n,), or None when there are none: no such input."""
    found = arrays[f"{method}_accessibility"]
    return found if np.any(found) else None
