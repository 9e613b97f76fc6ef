"""Sites on spans: known ones of a BED, and matches of the factor's matrices.

A table of sites has the columns `COLUMNS`; ``name`` is the span's, start and end are genome
coordinates, of a labelled sequence those from its first base. They are 0-based and half-open, and
may hang over the span's ends.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from Bio.motifs.jaspar import Motif

from cisfuse.dna.matrices import matches
from cisfuse.dna.motifs import match_motif

COLUMNS = ["name", "start", "end", "strand", "site", "score", "source"]


def known_sites(sites: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """The sites that share a base with a span, span by span and by start.

    sites: as `cisfuse.readers.intervals.read_sites` gives them; spans: name, chrom, start, end.
    """
    tables = [_none()]
    by_chrom = dict(iter(sites.groupby("chrom", sort=False)))
    for chrom, on_chrom in spans.groupby("chrom", sort=False):
        if chrom not in by_chrom:
            continue
        there = by_chrom[chrom].sort_values("start", kind="stable")
        starts, ends = (there[column].to_numpy() for column in ("start", "end"))
        # No site that starts further before a span than the longest is long reaches it.
        first = np.searchsorted(starts, on_chrom["start"] - (ends - starts).max(), "right")
        last = np.searchsorted(starts, on_chrom["end"], "left")
        counts = np.maximum(last - first, 0)
        span = np.repeat(np.arange(len(on_chrom)), counts)
        site = np.arange(counts.sum()) + np.repeat(first - counts.cumsum() + counts, counts)
        reach = ends[site] > on_chrom["start"].to_numpy()[span]
        found = there.iloc[site[reach]].drop(columns="chrom")
        found["name"] = on_chrom["name"].to_numpy()[span[reach]]
        tables.append(found.assign(source="known"))
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def sites_on_spans(
    sequences: np.ndarray,
    spans: pd.DataFrame,
    matrices: Sequence[Motif],
    *,
    known: pd.DataFrame | None = None,
    planted: Sequence[str] = (),
) -> pd.DataFrame:
    """All sites on spans: places of planted motifs, known sites, then matches of matrices.

    The arguments are those of `planted_sites`, `known_sites` and `matrix_sites`.
    """
    tables = [planted_sites(sequences, spans, planted)] if planted else []
    tables += [] if known is None else [known_sites(known, spans)]
    tables.append(matrix_sites(sequences, spans, matrices))
    return pd.concat(tables, ignore_index=True)


def missed_words(path: str | Path, sites: pd.DataFrame, spans: pd.DataFrame) -> str:
    """A warning where a file has known sites, and all lie elsewhere; else nothing.

    sites and spans are those of `known_sites`.
    """
    if not len(sites) or len(known_sites(sites, spans)):
        return ""
    example = spans["chrom"].iloc[0] if len(spans) else "none"
    fix = (
        "check their positions, which count from 0"
        if sites["chrom"].isin(spans["chrom"]).any()
        else f"its first column has {sites['chrom'].iloc[0]!r}, the spans have {example!r}"
    )
    return f"{path}: none of its {len(sites):,} sites lies on an explained span; {fix}"


def planted_sites(
    sequences: np.ndarray, spans: pd.DataFrame, motifs: Sequence[str]
) -> pd.DataFrame:
    """Each place of an IUPAC motif on the given strand as a known site, motif by motif.

    sequences: uint8 (n, length), of the rows of ``spans``, which has name and start.
    """
    tables = [_none()]
    for motif in motifs:
        rows, starts = np.nonzero(match_motif(sequences, motif))
        begins = spans["start"].to_numpy()[rows] + starts
        columns = {
            "name": spans["name"].to_numpy()[rows],
            "start": begins,
            "end": begins + len(motif),
            "strand": "+",
            "site": motif,
            "score": np.nan,
            "source": "known",
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def matrix_sites(
    sequences: np.ndarray, spans: pd.DataFrame, motifs: Sequence[Motif]
) -> pd.DataFrame:
    """Matches of matrices with p < 1e-4 on either strand, span by span and by start.

    sequences: uint8 (n, length), of the rows of ``spans``. Of matches that overlap by more than
    half of the shorter, of any matrix and strand, the one with the highest score is kept.
    """
    tables = [_none().assign(row=np.zeros(0, np.int64))]
    for motif in motifs:
        rows, starts, reverse, scores = matches(sequences, motif)
        begins = spans["start"].to_numpy()[rows] + starts
        columns = {
            "name": spans["name"].to_numpy()[rows],
            "start": begins,
            "end": begins + motif.length,
            "strand": np.where(reverse, "-", "+"),
            "site": motif.name,
            "score": scores.astype(np.float64),
            "row": rows,
        }
        tables.append(pd.DataFrame(columns).assign(source="matrix"))
    table = pd.concat(tables, ignore_index=True)
    kept: list[int] = []
    for _, group in table.groupby("row", sort=True):
        best: list[int] = []
        for place in group.sort_values(["score", "start"], ascending=[False, True]).index:
            if not any(_overlap(table, place, other) for other in best):
                best.append(place)
        kept += sorted(best, key=lambda place: table.at[place, "start"])
    return table.loc[kept, COLUMNS].reset_index(drop=True)


def _overlap(table: pd.DataFrame, one: int, other: int) -> bool:
    starts, ends = table.loc[[one, other], "start"], table.loc[[one, other], "end"]
    return bool(ends.min() - starts.max() > (ends - starts).min() / 2)


def _none() -> pd.DataFrame:
    types = {"start": np.int64, "end": np.int64, "score": np.float64}
    return pd.DataFrame({column: pd.Series(dtype=types.get(column, str)) for column in COLUMNS})
