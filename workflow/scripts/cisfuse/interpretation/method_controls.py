"""What the scores of attribution methods are held against: a scan, and maps of other models.

Maps are contributions of the observed bases, (n, length), as in
`cisfuse.interpretation.method_scores`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError
from cisfuse.interpretation.contributions import SCAN, project
from cisfuse.interpretation.method_scores import Sites, base_precision, similarity
from cisfuse.statistics.ranking import average_precision, count, number_peaks, rank

COMPARED = ("scan_difference", "scan_low", "scan_high")
KINDS = {"random": "random_draws", "replicates": "replicates"}  # of maps, and the column of counts
LIKENESS = (
    "compared_spans",
    *(
        column
        for kind, number in KINDS.items()
        for column in (number, *(f"similarity_{kind}{end}" for end in ("", "_low", "_high")))
    ),
)
REPLICATES, AT_ONCE = 1000, 100
INTERVAL = (0.025, 0.975)


def compare_with_scan(
    maps: Mapping[str, np.ndarray],
    scan: np.ndarray,
    mask: np.ndarray,
    spans: pd.DataFrame,
    seed: int,
) -> pd.DataFrame:
    """The average precision of maps minus that of the scan, with its 95 % interval.

    maps: (n, length), by method; scan: the same of the matrices; mask: bool (n, length), bases
    in known sites; spans: the n spans with chrom, start and end, sorted. Spans that touch share
    sites, so runs of them are drawn whole, `REPLICATES` times, the same draws for all methods.
    Returns `COMPARED`, a row per method; NaN where there is no known site, and no interval where
    there is one run.
    """
    on_sites = mask.any(axis=1)
    if not on_sites.any():
        return pd.DataFrame(np.nan, index=list(maps), columns=list(COMPARED))
    runs = number_peaks(spans[on_sites].assign(label=1))
    blocks = np.repeat(runs, mask.shape[1])
    labels = mask[on_sites].ravel().astype(np.int64)
    peaks = np.where(labels == 1, np.arange(len(labels)), -1)
    many = int(runs.max()) + 1
    generator = np.random.default_rng(seed)
    draws = generator.multinomial(many, np.full(many, 1 / many), REPLICATES).T.astype(float)
    weights = np.column_stack([np.ones(many), draws])

    def precisions(values: np.ndarray) -> np.ndarray:
        ranking = rank(labels, values[on_sites].ravel(), blocks, peaks)
        pieces = range(0, weights.shape[1], AT_ONCE)
        return np.concatenate(
            [
                average_precision(count(ranking, weights[:, start : start + AT_ONCE]))
                for start in pieces
            ]
        )

    of_scan, rows = precisions(scan), []
    for values in maps.values():
        difference = precisions(values) - of_scan
        ends = np.nanquantile(difference[1:], INTERVAL) if many > 1 else (np.nan, np.nan)
        rows.append((difference[0], *ends))
    return pd.DataFrame(rows, index=list(maps), columns=list(COMPARED))


def scan_row(scan: np.ndarray, sites: Sites, seed: int) -> dict[str, float | str]:
    """The scan as a row among those of the methods, with the scores that apply to it.

    Its density inside matches of the same matrices would say nothing, and it has no weights.
    """
    rows = sites.rows
    known, generator = sites.known[rows], np.random.default_rng(seed)
    on_sites = known.any(axis=1)
    found = base_precision(scan[rows][on_sites], known[on_sites], generator)
    return {
        "method": SCAN,
        "default": 0,
        "spans": len(rows),
        "site_spans": int(on_sites.sum()),
        "average_precision": found[0],
        "average_precision_shuffled": found[1],
        "matched_spans": int(sites.matched[rows].any(axis=1).sum()),
    }


def likeness(
    methods: Sequence[str],
    found: Mapping[str, np.ndarray],
    controls: Mapping[str, np.ndarray],
    rows: np.ndarray,
) -> pd.DataFrame:
    """The likeness of maps to those of random weights and of replicates: `LIKENESS` per method.

    found, controls: the arrays of attributions.npz and controls.npz; rows: the spans that methods
    are scored on. Each likeness is a `cisfuse.interpretation.method_scores.similarity`; of
    several draws or replicates the mean, the lowest and the highest. NaN without any. Raises
    `DamagedFileError` when the controls are of other spans.
    """
    compared = controls["rows"]
    if not np.isin(compared, rows).all():
        raise DamagedFileError(
            "controls.npz holds other spans than the positives of test in spans.tsv.gz; delete it "
            "and run again, and its rule makes it anew"
        )
    table = []
    for method in methods:
        maps = project(found[method][compared], found["sequences"][compared])
        row: dict[str, float] = {"compared_spans": len(compared)}
        for kind, number in KINDS.items():
            others = controls[f"{method}_{kind}"]
            each = np.array([similarity(maps, other) for other in others])
            each = each[np.isfinite(each)]
            row[number] = len(others)
            ends = (each.mean(), each.min(), each.max()) if len(each) else [np.nan] * 3
            names = (f"similarity_{kind}{end}" for end in ("", "_low", "_high"))
            row.update(zip(names, ends, strict=True))
        table.append(row)
    return pd.DataFrame(table, index=list(methods), columns=list(LIKENESS))
