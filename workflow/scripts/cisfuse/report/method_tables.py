"""What the study's page says of methods of attribution: the table, and which of them fail."""

import numpy as np
import pandas as pd

from cisfuse.base.wording import format_interval, format_score, signed, two_decimals
from cisfuse.interpretation.contributions import SCAN

METHOD_NAMES = {
    "gradient": "gradient",
    "gradient_times_input": "gradient \N{MULTIPLICATION SIGN} input",
    "integrated_gradients": "integrated gradients",
    "expected_gradients": "expected gradients",
    "mutagenesis": "in-silico mutagenesis",
    "deletion": "deletion of single bases",
    SCAN: "scan with the factor's matrices (no model)",
}
METHOD_COLUMNS = (
    "Method",
    "Average precision on known sites",
    "of shuffled maps",
    "minus that of the scan",
    "Density in matrix matches",
    "of shifted maps (p)",
    "of random weights (p)",
    "Likeness to random weights",
    "to other seeds",
    "Sums that add up",
)


def method_rows(methods: pd.DataFrame) -> list[tuple[list[str], bool, bool]]:
    """Cells of `METHOD_COLUMNS`, whether it is the default, and whether it failed; per method."""
    rows = []
    for row in methods.itertuples():
        failed = row.failed == 1
        likeness = _range(
            row.similarity_random, row.similarity_random_low, row.similarity_random_high
        )
        cells = [
            METHOD_NAMES[row.method] + (" (pictures, motifs)" if row.default else ""),
            format_score(row.average_precision),
            format_score(row.average_precision_shuffled),
            _difference(row),
            _times(row.enrichment),
            _with_p(row.enrichment_shuffled, row.p_shuffled),
            _with_p(row.enrichment_randomised, row.p_randomised),
            f"{likeness}, FAILED" if failed else likeness,
            _range(
                row.similarity_replicates,
                row.similarity_replicates_low,
                row.similarity_replicates_high,
            ),
            _share(row.completeness_within),
        ]
        rows.append(([cell or "\N{EN DASH}" for cell in cells], bool(row.default), failed))
    return rows


def method_findings(methods: pd.DataFrame) -> list[str]:
    """What stands above the tables: which methods are below the scan, and which failed."""
    own, scan = _apart(methods)
    sentences = []
    if np.isfinite(scan):
        below = [METHOD_NAMES[name] for name in own.loc[own["scan_difference"] < 0, "method"]]
        sentences.append(
            "At known sites a plain scan with the factor's matrices, which knows nothing of the "
            f"model, has an average precision of {format_score(scan)}; below it: "
            f"{', '.join(below) or 'no method'}."
        )
    failed = [METHOD_NAMES[name] for name in own.query("failed == 1")["method"]]
    if failed:
        sentences.append(
            f"Failed: {', '.join(failed)}. Random weights give nearly the same maps, so these maps "
            "say little of what was learned."
        )
    return sentences


def trust_sentences(methods: pd.DataFrame) -> list[str]:
    """What stands beside the table of methods: each against the scan, the default against seeds."""
    own, scan = _apart(methods)
    return [*(_beside_scan(own) if np.isfinite(scan) else []), *_beside_replicates(own)]


def _apart(methods: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """The rows of the methods, and the average precision of the scan, NaN without one."""
    is_scan = methods["method"] == SCAN
    scan = methods.loc[is_scan, "average_precision"]
    return methods[~is_scan], float(scan.iloc[0]) if len(scan) else np.nan


def _beside_scan(own: pd.DataFrame) -> list[str]:
    worse, better = own["scan_high"] < 0, own["scan_low"] > 0
    groups = {
        "At known sites better than a scan with the factor's matrices": own[better],
        "At known sites not to be told apart from a scan": own[~better & ~worse],
        "Worse than a scan": own[worse],
    }
    return [f"{heading}: {_listed(rows)}." for heading, rows in groups.items() if len(rows)]


def _listed(rows: pd.DataFrame) -> str:
    return ", ".join(
        f"{METHOD_NAMES[row.method]} ({_difference(row)})" for row in rows.itertuples()
    )


def _beside_replicates(own: pd.DataFrame) -> list[str]:
    row = own[own["default"] == 1].iloc[0]
    if not np.isfinite(row["similarity_random"]):
        return []
    words = (
        f"Maps by {METHOD_NAMES[row['method']]} correlate with those of random weights at "
        f"{_likeness(row, 'random')} ({_counted(row['random_draws'], 'draw')})"
    )
    if not np.isfinite(row["similarity_replicates"]):
        return [
            f"{words}. The model was trained from one seed, so there is no replicate to show what "
            "the correlation of models that learned the same would be."
        ]
    words += (
        f", with those of the same model trained from {_counted(row['replicates'], 'other seed')} "
        f"at {_likeness(row, 'replicates')}."
    )
    if row["similarity_replicates_low"] > row["similarity_random_high"]:
        return [f"{words} The latter is what models that learned the same have in common."]
    return [f"{words} So trainings have no more in common than random weights do."]


def _likeness(row: pd.Series, kind: str) -> str:
    ends = (row[f"similarity_{kind}{end}"] for end in ("", "_low", "_high"))
    return _range(*ends, several=", {low} to {high}")


def _counted(number: float, noun: str) -> str:
    return f"{number:.0f} {noun}{'' if number == 1 else 's'}"


def _difference(row) -> str:
    if not np.isfinite(row.scan_difference):
        return ""
    interval = format_interval(row.scan_low, row.scan_high).replace("-", "\N{MINUS SIGN}")
    return f"{signed(row.scan_difference)} {interval}".rstrip()


def _range(value: float, low: float, high: float, several: str = " ({low} to {high})") -> str:
    if not np.isfinite(value):
        return ""
    ends = "" if low == high else several.format(low=two_decimals(low), high=two_decimals(high))
    return f"{two_decimals(value)}{ends}"


def _times(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else ""


def _with_p(value: float, p_value: float) -> str:
    return f"{value:.2f} ({p_value:.1g})" if np.isfinite(value) else ""


def _share(value: float) -> str:
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%" if np.isfinite(value) else ""
