"""The methods of attribution on the explained spans: their scores as a table, and in words."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from cisfuse.interpretation.contributions import SUMMED
from cisfuse.interpretation.explained import positives_of_test
from cisfuse.interpretation.method_scores import (
    Sites,
    medians_by_outcome,
    score_methods,
    site_mask,
)


def score_explained(
    spans: pd.DataFrame,
    sites: pd.DataFrame,
    found: Mapping[str, np.ndarray],
    randomised: Mapping[str, np.ndarray],
    methods: Sequence[str],
    default: str,
    seed: int,
) -> pd.DataFrame:
    """Score methods at the positives of test, against known sites and matches of matrices.

    spans: explained ones with coordinates; sites: on them, as `cisfuse.interpretation.sites` has
    them; found, randomised: the arrays of attributions.npz and randomised.npz. Returns a row of
    `cisfuse.interpretation.method_scores.COLUMNS` per method; raises `DamagedFileError`.
    """
    length = found["sequences"].shape[1]
    known, matched = (
        site_mask(spans, sites[sites["source"] == source], length) for source in ("known", "matrix")
    )
    scored = Sites(positives_of_test(spans), known, matched)
    return score_methods(methods, default, found, randomised, scored, seed)


def method_words(row: Mapping[str, float | str]) -> str:
    """A row of the table in words."""
    return (
        f"{row['method']}: average precision {row['average_precision']:.3f} on known sites, "
        f"enrichment {row['enrichment']:.2f} in matches (p {row['p_shuffled']:.2g}), "
        f"similarity to random weights {row['similarity_randomised']:.2f}"
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
