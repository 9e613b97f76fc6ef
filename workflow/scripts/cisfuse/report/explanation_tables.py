"""What the study's page says of why a model decides as it does: sentences and tables as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.base.files import read_table
from cisfuse.base.wording import format_score, name_of
from cisfuse.report.method_tables import METHOD_NAMES, method_findings

MODEL_COLUMNS = (
    "Model",
    "Average precision on known sites",
    "Density in matrix matches",
    "First motif",
    "Matches",
    "q",
)
MOTIF_COLUMNS = ("", "Motif", "Seqlets", "Best match", "q", "Further matches")
SHOWN_MOTIFS = 10
WORDS = ("method", "run", "sign", "consensus", "match", "id")


@dataclass(frozen=True)
class Tables:
    """What the rules of interpretation found for one model.

    methods, motifs: methods.tsv and motifs.tsv; discovery, choice: discovery.json and choice.json.
    """

    methods: pd.DataFrame
    motifs: pd.DataFrame
    discovery: Mapping[str, Any]
    choice: Mapping[str, Any] = field(default_factory=dict)

    @property
    def note(self) -> str:
        """Why there is no motif to look for; empty where there is one."""
        return str(self.choice.get("motifs_note", ""))

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


def findings(tables: Tables, closed: Sequence[str] = (), unit: str = "span") -> list[str]:
    """The sentences that stand above the tables: sites, motifs, methods, closed chromatin.

    ``closed`` are those of closed chromatin; ``unit`` is what one example is called.
    """
    sentences = [
        _sites(tables.default, unit),
        *_motifs(tables),
        *method_findings(tables.methods),
        tables.note,
        *closed,
    ]
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
    matched = (
        f"matches {first['match_1']} ({first['id_1']}), q = {first['q_1']:.1g}"
        if first["match_1"]
        else "matches nothing in JASPAR"
    )
    return [
        f"The first of {_counted(len(tables.motifs), 'motif')} found in it, {first['consensus']} "
        f"({first['seqlets']:,.0f} seqlets), {matched}."
    ]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


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
                _q(row.q_1),
                ", ".join(further),
            ]
        )
    return rows


def model_rows(models: Mapping[str, Tables]) -> list[list[str]]:
    """Cells of `MODEL_COLUMNS`, a row per explained model, by the default method."""
    rows = []
    for model, tables in models.items():
        row = tables.default
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
        rows.append([cell or "\N{EN DASH}" for cell in cells])
    return rows


def _q(value: float) -> str:
    """A q-value as text; nothing of a motif without a match."""
    if not np.isfinite(value):
        return ""
    return f"{value:.1g}".replace("-", "\N{NON-BREAKING HYPHEN}")


def _times(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else ""
