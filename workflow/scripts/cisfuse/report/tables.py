"""The tables of the study's page: numbers of the scores and of the audit as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cisfuse.base.wording import format_interval, format_score, percent
from cisfuse.evaluation.entries import ENSEMBLE, MEAN, input_words, name_of
from cisfuse.sources.sequence_audit import NEAR
from cisfuse.statistics.bootstrap import FEW_BLOCKS

# Column of metrics.tsv, heading, how a value is written.
COLUMNS = (
    ("average_precision", "Average precision", "score"),
    (
        "average_precision_over_prevalence",
        "\N{MULTIPLICATION SIGN}\N{NO-BREAK SPACE}prevalence",
        "ratio",
    ),
    ("roc_auc", "ROC-AUC", "score"),
    ("recall_at_fdr_10", "Recall at 10\N{NO-BREAK SPACE}% FDR", "score"),
    ("recall_at_fdr_50", "Recall at 50\N{NO-BREAK SPACE}% FDR", "score"),
    ("peak_recall_at_fdr_50", "Peaks found at 50\N{NO-BREAK SPACE}% FDR", "score"),
    ("brier_skill", "Brier skill", "score"),
)
OF_PEAKS = ("peak_recall_at_fdr_50",)  # each sequence is a peak of its own
WITH_INTERVAL = ("average_precision", "roc_auc")
CHECKS = {
    "test_positives_next_to_train_positive": "Test positives next to a train positive",
    "valid_positives_next_to_train_positive": "Valid positives next to a train positive",
    "neighbour_lookup_roc_auc": "ROC-AUC of looking up the labels of neighbours in train",
    "neighbour_lookup_average_precision": "Average precision of the same look-up",
    "peaks_cut": "Peaks with spans in more than one split",
    "duplicate_spans": "Test spans whose sequence is also in train",
    "duplicate_positives": "Test positives whose sequence is also in train",
    "duplicate_sequences": "Test sequences that are also in train",
    "duplicate_positive_sequences": "Test positives that are also in train",
    "near_duplicate_sequences": (
        f"Test sequences that differ from one of train in at most {percent(NEAR)} of the places"
    ),
}


@dataclass(frozen=True)
class Cell:
    """One number of the table of scores: its text, what stands smaller beside it, best or not."""

    text: str
    spread: str = ""
    interval: str = ""
    best: bool = False


@dataclass(frozen=True)
class Row:
    """One entry of the table of scores."""

    name: str
    seeds: str
    reads: str
    cells: list[Cell]
    main: bool = False
    begins: bool = False  # the first of a kind: trained, baselines, other programs


def columns_of(sequences: bool) -> list[tuple[str, str, str]]:
    """Those of `COLUMNS` that say something of spans, or of labelled sequences."""
    return [column for column in COLUMNS if not (sequences and column[0] in OF_PEAKS)]


def score_rows(
    entries: pd.DataFrame, reads: Mapping[str, Sequence[str]], main: str, sequences: bool = False
) -> list[Row]:
    """The table of scores, a row per entry in their order; the best of each column is marked.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`. Values that are written
    alike are best alike.
    """
    columns = [_cells(entries, metric, kind) for metric, _, kind in columns_of(sequences)]
    rows: list[Row] = []
    previous = None
    for place, row in enumerate(entries.itertuples()):
        kind = "trained" if row.seeds else "baseline" if row.model in reads else "external"
        words = input_words(reads.get(row.model))
        rows.append(
            Row(
                name_of(row.model),
                f"{row.seed} of {row.seeds} seeds" if row.seed in (MEAN, ENSEMBLE) else "",
                "both" if words == "sequence and accessibility" else words.removesuffix(" only"),
                [column[place] for column in columns],
                row.entry == main,
                kind != previous,
            )
        )
        previous = kind
    return rows


def _cells(entries: pd.DataFrame, metric: str, kind: str) -> list[Cell]:
    values = entries[metric].to_numpy()
    texts = [_ratio(value) if kind == "ratio" else format_score(value) for value in values]
    best = texts[int(np.nanargmax(values))] if np.isfinite(values).any() else None
    spreads = entries[f"{metric}_sd"].to_numpy()
    bounds = entries[[f"{metric}_low", f"{metric}_high"]].to_numpy()
    return [
        Cell(
            text or "\N{EN DASH}",
            f"\N{PLUS-MINUS SIGN} {_ratio(spread) if kind == 'ratio' else format_score(spread)}"
            if np.isfinite(spread)
            else "",
            format_interval(*bound) if metric in WITH_INTERVAL else "",
            bool(text) and text == best,
        )
        for text, spread, bound in zip(texts, spreads, bounds, strict=True)
    ]


def _ratio(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.1f}"


def score_note(entries: pd.DataFrame, bootstrap: pd.DataFrame, sequences: bool = False) -> str:
    """The sentences beneath the table: estimators, intervals and what they rest on."""
    rest, number = bootstrap.iloc[0], entries["spans"].iloc[0]
    blocks = _drawn(rest, number, sequences)
    counted = f"{number:,.0f} {'sequences' if sequences else 'spans'}"
    peaks = "" if sequences else f", in {entries['peaks'].iloc[0]:,.0f} peaks"
    if entries["average_precision_low"].notna().any():
        interval = (
            f"Brackets: {percent(rest['confidence'])} interval over {rest['replicates']:,.0f} "
            f"bootstrap draws of {blocks}."
        )
        if rest["informative"] < FEW_BLOCKS:
            few = "positives" if sequences else "blocks"
            interval += f" So few {few} give rough intervals that are too narrow."
    else:
        interval = f"No intervals: {blocks}, are too few to resample."
    spread = (
        " \N{PLUS-MINUS SIGN}: standard deviation over the seeds of a model."
        if entries["average_precision_sd"].notna().any()
        else ""
    )
    return (
        f"{counted}, {entries['positives'].iloc[0]:,.0f} of them positive (prevalence "
        f"{entries['prevalence'].iloc[0]:.4f}){peaks}. Average precision (no interpolation) and "
        "ROC-AUC (ties at half) at natural prevalence, as scikit-learn computes them. "
        f"{interval}{spread} Brier skill: of probabilities by Platt scaling on valid; 0 is "
        "a constant at the prevalence, 1 is perfect. Bold: the best of a column."
    )


def _drawn(rest: pd.Series, number: float, sequences: bool) -> str:
    """What the bootstrap drew: blocks of a genome, or each of ``number`` sequences, or groups."""
    informative = f"{rest['informative']:,.0f} of them"
    if not sequences:
        size = f"{rest['blocks']:,.0f} blocks of {rest['block_size']:,.0f} bp"
        return f"{size}, {informative} with positives"
    if rest["blocks"] == number:
        return f"{number:,.0f} sequences, {informative} positive"
    return f"{rest['blocks']:,.0f} random groups of sequences, {informative} with positives"


def split_rows(splits: pd.DataFrame) -> list[list[str]]:
    """Spans, positives and prevalence of each split, as text."""
    return [
        [row.split, f"{row.spans:,.0f}", f"{row.positives:,.0f}", f"{row.prevalence:.4f}"]
        for row in splits.itertuples()
    ]


def audit_rows(audit: pd.DataFrame) -> list[tuple[str, str]]:
    """What was checked and what was found, as text; ``audit`` is what audit_splits writes."""
    rows = []
    for row in audit.itertuples():
        found = f"{row.count:,.0f} of {row.of:,.0f}"
        if row.check.startswith("neighbour_lookup"):
            rows.append((CHECKS[row.check], f"{row.value:.3f} ({found} spans have a neighbour)"))
        else:
            share = "" if np.isnan(row.value) else f" ({percent(row.value)})"
            rows.append((CHECKS[row.check], found + share))
    return rows
