"""Scores of methods of attribution: do their maps point at sites, and do they show the model?

A map is the projection, the contribution of the observed base at each position, in logits,
(n, length); a mask marks the bases of sites, bool (n, length).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score

from cisfuse.base.errors import DamagedFileError
from cisfuse.interpretation.contributions import adds_up, project

COLUMNS = (
    *("method", "default", "spans", "site_spans"),
    *("average_precision", "average_precision_shuffled", "matched_spans", "enrichment"),
    *("enrichment_shuffled", "p_shuffled", "enrichment_randomised", "p_randomised"),
    *("similarity_randomised", "failed", "completeness_within", "completeness_error_max"),
)
SHUFFLES = 20
PERMUTATIONS = 10_000
AT_ONCE = 2_000_000  # random numbers that are held at once
# Ranks of a quarter of their variance in common (0.5 squared): with more, the picture is rather
# that of the input and the architecture than of what was learned.
SIMILAR = 0.5
ROUNDING = 1e-9


@dataclass(frozen=True)
class Sites:
    """Spans to score on, and their sites.

    rows: int64 (m,), the scored spans among the n explained ones. known, matched: bool
    (n, length), bases of known sites and of matches of the factor's matrices.
    """

    rows: np.ndarray
    known: np.ndarray
    matched: np.ndarray


def site_mask(spans: pd.DataFrame, sites: pd.DataFrame, length: int) -> np.ndarray:
    """Mark the bases of sites: bool (n, length), a row per span.

    spans: ``name``, ``start``; sites: ``name`` (of the span), ``start``, ``end``, which may hang
    over the span's ends.
    """
    mask = np.zeros((len(spans), length), dtype=bool)
    row_of = {name: row for row, name in enumerate(spans["name"])}
    origins = spans["start"].to_numpy()
    for name, start, end in zip(sites["name"], sites["start"], sites["end"], strict=True):
        row = row_of[name]
        mask[row, max(start - origins[row], 0) : max(end - origins[row], 0)] = True
    return mask


def base_precision(
    maps: np.ndarray, mask: np.ndarray, generator: np.random.Generator
) -> tuple[float, float]:
    """Average precision of signed contributions against the bases in sites, spans pooled.

    The second is the mean over `SHUFFLES` shuffles of each span's positions. NaN without a site.
    """
    if not mask.any():
        return np.nan, np.nan
    shuffled = [
        average_precision_score(mask.ravel(), generator.permuted(maps, axis=1).ravel())
        for _ in range(SHUFFLES)
    ]
    found = average_precision_score(mask.ravel(), maps.ravel())
    return float(found), float(np.mean(shuffled))


def enrichment(maps: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The share of the absolute contributions that lies in sites, over that of bases: (n,).

    1 is a map that does not know of the sites; so is one that is all zero, of which no share
    can be taken. Each span needs a site.
    """
    size = np.abs(maps).astype(np.float64)
    return _enrichment(size, mask, (size * mask).sum(axis=1))


def _enrichment(size: np.ndarray, mask: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """`enrichment` of sums inside sites, (n,), or of several of each span, (n, k)."""
    total = size.sum(axis=1).reshape(-1, *[1] * (inside.ndim - 1))
    share = mask.mean(axis=1).reshape(total.shape)
    return np.divide(inside, total * share, out=np.ones(inside.shape), where=total > 0)


def shift_test(
    maps: np.ndarray, mask: np.ndarray, generator: np.random.Generator
) -> tuple[float, float]:
    """Mean enrichment of maps moved round within their spans, and the p-value against it.

    Each of `PERMUTATIONS` draws moves every map by a random number of positions, the end
    coming in again at the start, which keeps peaks in one piece. p is the share of draws,
    the found one among them, whose mean enrichment is at least the one found.
    """
    size = np.abs(maps).astype(np.float64)
    # All shifts at once: a circular correlation, by the Fourier transform.
    spectrum = np.fft.rfft(mask, axis=1) * np.conj(np.fft.rfft(size, axis=1))
    inside = np.fft.irfft(spectrum, n=maps.shape[1], axis=1)
    by_shift = _enrichment(size, mask, inside)
    count, length = by_shift.shape
    null = np.concatenate(
        [
            by_shift[np.arange(count), generator.integers(length, size=(draws, count))].mean(axis=1)
            for draws in _pieces(count)
        ]
    )
    return float(null.mean()), _p_value(by_shift[:, 0].mean(), null)


def sign_flip_test(differences: np.ndarray, generator: np.random.Generator) -> float:
    """One-sided p-value of paired differences having a mean above 0, (n,).

    Each of `PERMUTATIONS` draws gives every difference a random sign. R. A. Fisher, "The design
    of experiments" (1935).
    """
    null = np.concatenate(
        [
            (generator.integers(2, size=(draws, len(differences))) * 2 - 1) @ differences
            for draws in _pieces(len(differences))
        ]
    )
    return _p_value(differences.sum(), null)


def _pieces(count: int) -> list[int]:
    """`PERMUTATIONS` in pieces of `AT_ONCE` numbers, ``count`` for each draw."""
    size = max(AT_ONCE // max(count, 1), 1)
    return [min(size, PERMUTATIONS - start) for start in range(0, PERMUTATIONS, size)]


def _p_value(found: float, null: np.ndarray) -> float:
    """B. Phipson and G. K. Smyth, "Permutation p-values should never be zero" (2010)."""
    reached = null >= found - ROUNDING * max(abs(found), 1)
    return float((1 + reached.sum()) / (1 + len(null)))


def similarity(maps: np.ndarray, others: np.ndarray) -> float:
    """Mean over spans of Spearman's correlation of the absolute contributions of two maps.

    Spans where both are all zero are left out, NaN when that is all. Where one is constant, so
    that it has no ranks, the similarity is 1 if they are equal, else 0.
    """
    one, other = np.abs(maps), np.abs(others)
    some = one.any(axis=1) | other.any(axis=1)
    if not some.any():
        return np.nan
    one, other = one[some], other[some]
    ranks = [rankdata(part, axis=1) for part in (one, other)]
    ranks = [part - part.mean(axis=1, keepdims=True) for part in ranks]
    spread = np.sqrt((ranks[0] ** 2).sum(axis=1) * (ranks[1] ** 2).sum(axis=1))
    equal = (one == other).all(axis=1).astype(np.float64)
    found = np.divide((ranks[0] * ranks[1]).sum(axis=1), spread, out=equal, where=spread > 0)
    return float(found.mean())


def completeness(error: np.ndarray, explained: np.ndarray) -> tuple[float, float]:
    """The share of spans whose contributions add up, and the largest error in logits.

    They add up to within the larger of 1 % of what is explained and 0.01. NaN for a method
    that promises no sum.
    """
    promised = np.isfinite(explained)
    if not promised.any():
        return np.nan, np.nan
    error, explained = error[promised], explained[promised]
    return float(adds_up(error, explained).mean()), float(np.abs(error).max())


def score_method(
    method: str,
    found: Mapping[str, np.ndarray],
    randomised: Mapping[str, np.ndarray],
    sites: Sites,
    seed: int,
) -> dict[str, float | str]:
    """A row of `COLUMNS` without ``default``.

    found, randomised: the arrays of attributions.npz and randomised.npz. Every method sees the
    same shuffles, shifts and signs.
    """
    rows, sequences = sites.rows, found["sequences"]
    generator = np.random.default_rng(seed)
    maps = project(found[method][rows], sequences[rows])
    others = project(randomised[method], sequences[randomised["rows"]])
    known, matched = sites.known[rows], sites.matched[rows]
    on_sites, on_matches = known.any(axis=1), matched.any(axis=1)
    row: dict[str, float | str] = {"method": method, "spans": len(rows)}
    row["site_spans"], row["matched_spans"] = int(on_sites.sum()), int(on_matches.sum())
    names = ("average_precision", "average_precision_shuffled")
    row.update(zip(names, base_precision(maps[on_sites], known[on_sites], generator), strict=True))
    if on_matches.any():
        enriched = enrichment(maps[on_matches], matched[on_matches])
        control = enrichment(others[on_matches], matched[on_matches])
        names = ("enrichment_shuffled", "p_shuffled")
        tested = shift_test(maps[on_matches], matched[on_matches], generator)
        row.update(zip(names, tested, strict=True))
        row["enrichment"], row["enrichment_randomised"] = enriched.mean(), control.mean()
        row["p_randomised"] = sign_flip_test(enriched - control, generator)
    row["similarity_randomised"] = likeness = similarity(maps, others)
    row["failed"] = np.nan if np.isnan(likeness) else float(likeness >= SIMILAR)
    names = ("completeness_within", "completeness_error_max")
    sums = (found[f"{method}_completeness_error"], found[f"{method}_explained"])
    row.update(zip(names, completeness(*sums), strict=True))
    return row


def medians_by_outcome(
    spans: pd.DataFrame, found: Mapping[str, np.ndarray], method: str
) -> pd.DataFrame:
    """What bases and accessibility contribute to calls: ``outcome spans bases accessibility``.

    Medians over the positives and false positives of test, in logits. method: one
    whose contributions add up; bases have what accessibility leaves of the sum that they explain.
    """
    accessibility = found[f"{method}_accessibility"]
    table = spans[["outcome"]].assign(accessibility=accessibility)
    table["bases"] = found[f"{method}_explained"] - accessibility
    called = (spans["split"] == "test") & spans["role"].isin(["positive", "false_positive"])
    groups = table[called].groupby("outcome")
    medians = groups[["bases", "accessibility"]].median()
    medians.insert(0, "spans", groups.size())
    return medians.reset_index()


def score_methods(
    methods: Sequence[str],
    default: str,
    found: Mapping[str, np.ndarray],
    randomised: Mapping[str, np.ndarray],
    sites: Sites,
    seed: int,
) -> pd.DataFrame:
    """A row of `COLUMNS` per method; NaN where a score does not apply.

    Raises `DamagedFileError` when the maps of the randomised model are of other spans.
    """
    if not np.array_equal(randomised["rows"], sites.rows):
        raise DamagedFileError(
            "randomised.npz holds other spans than the positives of test in spans.tsv.gz; delete "
            "it and run again, and its rule makes it anew"
        )
    rows = [score_method(method, found, randomised, sites, seed) for method in methods]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["default"] = [int(method == default) for method in methods]
    return table
