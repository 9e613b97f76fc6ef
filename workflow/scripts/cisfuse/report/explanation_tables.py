"""What the study's page says of why a model decides as it does: sentences and tables as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.files import read_table
from cisfuse.base.wording import format_score, name_of

METHOD_NAMES = {
    "gradient": "gradient",
    "gradient_times_input": "gradient \N{MULTIPLICATION SIGN} input",
    "integrated_gradients": "integrated gradients",
    "expected_gradients": "expected gradients",
    "mutagenesis": "in-silico mutagenesis",
    "deletion": "deletion of single bases",
}
METHOD_COLUMNS = (
    "Method",
    "Average precision on known sites",
    "of shuffled maps",
    "Density in matrix matches",
    "of shifted maps (p)",
    "of random weights (p)",
    "Likeness to random weights",
    "Sums that add up",
)
MODEL_COLUMNS = (
    "Model",
    "Average precision on known sites",
    "Density in matrix matches",
    "First motif",
    "Matches",
    "q",
)
CLOSED_COLUMN = "Motifs in closed chromatin called bound"
MOTIF_COLUMNS = ("", "Motif", "Seqlets", "Best match", "q", "Further matches")
SHOWN_MOTIFS = 10
WORDS = ("method", "sign", "consensus", "match", "id")


@dataclass(frozen=True)
class Tables:
    """What the rules of interpretation found for one model.

    methods, motifs: methods.tsv and motifs.tsv; discovery, choice: the JSON files of the same
    names.
    """

    methods: pd.DataFrame
    motifs: pd.DataFrame
    discovery: Mapping[str, Any]
    choice: Mapping[str, Any]

    @property
    def default(self) -> pd.Series:
        """The row of the method of the pictures and motifs."""
        return self.methods[self.methods["default"] == 1].iloc[0]


def read_found(path: str | Path) -> pd.DataFrame:
    """Read methods.tsv or motifs.tsv: words as text, all else float64 with an empty cell as NaN.

    Raises `DamagedFileError`.
    """
    table = read_table(path)
    for column in table:
        if column.partition("_")[0] not in WORDS:
            table[column] = pd.to_numeric(table[column], errors="coerce").astype(float)
    return table


def findings(tables: Tables, unit: str = "span") -> list[str]:
    """The sentences that stand above the tables: sites, motifs, closed chromatin, failures.

    ``unit`` is what one example is called.
    """
    sentences = [
        _sites(tables.default, unit),
        *_motifs(tables),
        tables.choice.get("motifs_note") or _closed(tables.choice, unit),
    ]
    failed = [METHOD_NAMES[name] for name in tables.methods.query("failed == 1")["method"]]
    if failed:
        sentences.append(
            f"Failed: {', '.join(failed)}. Random weights give nearly the same maps, so these maps "
            "say little of what was learned."
        )
    return [sentence for sentence in sentences if sentence]


def _sites(row: pd.Series, unit: str) -> str:
    name = METHOD_NAMES[row["method"]]
    parts = []
    if np.isfinite(row["average_precision"]):
        parts.append(
            f"finds the bases of known sites with an average precision of "
            f"{row['average_precision']:.3f} (shuffled maps: "
            f"{row['average_precision_shuffled']:.3f}; {row['site_spans']:,.0f} {unit}s)"
        )
    if np.isfinite(row["enrichment"]):
        parts.append(
            f"is {row['enrichment']:.1f} times as dense inside matches of the factor's matrices "
            f"as over the {unit} (p = {row['p_shuffled']:.1g} against shifted maps, "
            f"p = {row['p_randomised']:.1g} against random weights; "
            f"{row['matched_spans']:,.0f} {unit}s)"
        )
    if not parts:
        return ""
    return f"Attribution by {name} {' and '.join(parts)}."


def _motifs(tables: Tables) -> list[str]:
    if tables.motifs.empty:
        return [tables.discovery["note"]]
    first = tables.motifs.iloc[0]
    return [
        f"The first of {_counted(len(tables.motifs), 'motif')} found in it, {first['consensus']} "
        f"({first['seqlets']:,.0f} seqlets), matches {first['match_1']} ({first['id_1']}), "
        f"q = {first['q_1']:.1g}."
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _closed(choice: Mapping[str, Any], unit: str) -> str:
    closed = choice["closed_motif"]
    if not closed["spans"]:
        return ""
    return (
        f"Of {closed['spans']:,} unbound test {unit}s that hold one of the motifs in "
        "closed chromatin (accessibility at or below the median of train) the model calls "
        f"{closed['called_bound']:,} bound."
    )


def method_rows(methods: pd.DataFrame) -> list[tuple[list[str], bool, bool]]:
    """Cells of `METHOD_COLUMNS`, whether it is the default, and whether it failed; per method."""
    rows = []
    for row in methods.itertuples():
        name = METHOD_NAMES[row.method] + (" (pictures, motifs)" if row.default else "")
        alike = format_score(row.similarity_randomised)
        cells = [
            name,
            format_score(row.average_precision),
            format_score(row.average_precision_shuffled),
            _times(row.enrichment),
            _with_p(row.enrichment_shuffled, row.p_shuffled),
            _with_p(row.enrichment_randomised, row.p_randomised),
            f"{alike}, FAILED" if row.failed else alike,
            _share(row.completeness_within),
        ]
        rows.append(
            ([cell or "\N{EN DASH}" for cell in cells], bool(row.default), bool(row.failed))
        )
    return rows


def motif_rows(motifs: pd.DataFrame) -> list[list[str]]:
    """Cells of `MOTIF_COLUMNS`, a row per motif; at most `SHOWN_MOTIFS`."""
    rows = []
    for row in motifs.head(SHOWN_MOTIFS).itertuples():
        further = [
            f"{name} ({_q(q)})"
            for name, q in ((row.match_2, row.q_2), (row.match_3, row.q_3))
            if name
        ]
        sign = "" if row.sign == "positive" else " (against binding)"
        best = f"{row.match_1} ({row.id_1})" if row.match_1 else ""
        rows.append(
            [
                f"{row.pattern:.0f}",
                row.consensus + sign,
                f"{row.seqlets:,.0f}",
                best,
                _q(row.q_1) if best else "",
                ", ".join(further),
            ]
        )
    return rows


def model_columns(models: Mapping[str, Tables]) -> tuple[str, ...]:
    """`MODEL_COLUMNS`, and that of closed chromatin where there are accessibility and motifs."""
    return (*MODEL_COLUMNS, *[CLOSED_COLUMN] * any(map(_has_closed_motifs, models.values())))


def _has_closed_motifs(tables: Tables) -> bool:
    choice = tables.choice
    return choice["median_accessibility"] is not None and not choice.get("motifs_note")


def model_rows(models: Mapping[str, Tables]) -> list[list[str]]:
    """Cells of `model_columns`, a row per explained model, by the default method."""
    rows = []
    for model, tables in models.items():
        row, closed = tables.default, tables.choice["closed_motif"]
        first = None if tables.motifs.empty else tables.motifs.iloc[0]
        cells = [
            name_of(model),
            format_score(row["average_precision"]),
            _times(row["enrichment"]),
            *(
                ["", "", ""]
                if first is None
                else [first["consensus"], f"{first['match_1']}", _q(first["q_1"])]
            ),
        ]
        if _has_closed_motifs(tables):
            cells.append(f"{closed['called_bound']:,} of {closed['spans']:,}")
        rows.append([cell or "\N{EN DASH}" for cell in cells])
    return rows


def _q(value: float) -> str:
    return f"{value:.1g}".replace("-", "\N{NON-BREAKING HYPHEN}")


def _times(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else ""


def _with_p(value: float, p_value: float) -> str:
    return f"{value:.2f} ({p_value:.1g})" if np.isfinite(value) else ""


def _share(value: float) -> str:
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%" if np.isfinite(value) else ""
