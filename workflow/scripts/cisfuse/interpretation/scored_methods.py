"""The methods of attribution on the explained spans: their scores as a table, and in words."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from Bio.motifs.jaspar import Motif

from cisfuse.interpretation.contributions import SCAN, SUMMED, project
from cisfuse.interpretation.explained import positives_of_test
from cisfuse.interpretation.method_controls import (
    COMPARED,
    LIKENESS,
    compare_with_scan,
    likeness,
    scan_row,
)
from cisfuse.interpretation.method_scores import COLUMNS as SCORES
from cisfuse.interpretation.method_scores import (
    SIMILAR,
    Sites,
    medians_by_outcome,
    score_methods,
    site_mask,
)
from cisfuse.interpretation.scan import scan_maps

COLUMNS = (*SCORES, *COMPARED, *LIKENESS)


def score_explained(
    spans: pd.DataFrame,
    sites: pd.DataFrame,
    found: Mapping[str, np.ndarray],
    randomised: Mapping[str, np.ndarray],
    controls: Mapping[str, np.ndarray],
    matrices: Sequence[Motif],
    methods: Sequence[str],
    default: str,
    seed: int,
) -> pd.DataFrame:
    """Score methods at the positives of test, against sites, a scan, and maps of other weights.

    spans: explained ones with coordinates; sites: on them, as `cisfuse.interpretation.sites` has
    them; found, randomised, controls: the arrays of attributions.npz, randomised.npz and
    controls.npz; matrices: those of the factor. Returns a row of `COLUMNS` per method, and one of
    the scan where there are matrices; raises `DamagedFileError`.
    """
    sequences = found["sequences"]
    known, matched = (
        site_mask(spans, sites[sites["source"] == source], sequences.shape[1])
        for source in ("known", "matrix")
    )
    scored = Sites(positives_of_test(spans), known, matched)
    table = score_methods(methods, default, found, randomised, scored, seed)
    table = table.set_index("method", drop=False)
    table = table.join(likeness(methods, found, controls, scored.rows))
    # Several draws at few spans tell of one that was lucky at all of them.
    table.loc[table["similarity_random"] >= SIMILAR, "failed"] = 1.0
    if matrices:
        scan, rows = scan_maps(sequences, matrices), scored.rows
        maps = {name: project(found[name][rows], sequences[rows]) for name in methods}
        compared = compare_with_scan(maps, scan[rows], known[rows], spans.iloc[rows], seed)
        row = pd.DataFrame([scan_row(scan, scored, seed)])
        table = pd.concat([table.join(compared), row])
    return table.reindex(columns=list(COLUMNS)).reset_index(drop=True)


def method_words(row: Mapping[str, float | str]) -> str:
    """A row of the table in words."""
    words = f"{row['method']}: average precision {row['average_precision']:.3f} on known sites"
    if row["method"] == SCAN:
        return words
    return (
        f"{words} ({row['scan_difference']:+.3f} against the scan), "
        f"enrichment {row['enrichment']:.2f} in matches (p {row['p_shuffled']:.2g}), "
        f"similarity to random weights {row['similarity_random']:.2f}, to "
        f"{row['replicates']:.0f} other seed(s) {row['similarity_replicates']:.2f}"
    )


def failure_words(table: pd.DataFrame) -> list[str]:
    """A warning for each method whose maps do not depend on what was learned."""
    return [
        f"{method}: its maps look the same for random weights; do not read them as what the model "
        "learned"
        for method in table.loc[table["failed"] == 1, "method"]
    ]


def median_words(spans: pd.DataFrame, found: Mapping[str, np.ndarray]) -> Iterator[str]:
    """What bases, and accessibility where there is any, contribute to calls, by outcome.

    Nothing where no method is there whose contributions add up.
    """
    if SUMMED not in found:
        return
    for row in medians_by_outcome(spans, found, SUMMED).itertuples():
        words = f"{row.outcome}: {row.spans} spans of test, median contribution of bases"
        words += f" {row.bases:.2f}"
        if "accessibility" in spans:
            words += f", of accessibility {row.accessibility:.2f}"
        yield words
