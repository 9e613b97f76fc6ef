"""The part of the study's page that says why models decide as they do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cisfuse.evaluation.entries import name_of
from cisfuse.report.explanation_tables import (
    METHOD_COLUMNS,
    MOTIF_COLUMNS,
    Tables,
    findings,
    method_rows,
    model_columns,
    model_rows,
    motif_rows,
)
from cisfuse.report.pages import Figure, picture

# Of each figure of the interpretation.
EXPLANATION_FIGURES = {
    "motifs": (
        "Motifs in the attributions.",
        "Patterns of TF-MoDISco in the bound spans of all splits, with the JASPAR matrix that each "
        "matches best (Tomtom).",
    ),
    "accessibility": (
        "What accessibility does.",
        "Left: the logit as accessibility changes and the sequence stays. Right: what "
        "accessibility contributes to the logit of test spans, against the median of train.",
    ),
    "closed_motifs": (
        "Motifs in closed chromatin, called unbound.",
        "Unbound test spans that hold one of the configured motifs, at or below the median "
        "accessibility of train.",
    ),
    "true_positives": ("True positives.", "Bound and called bound; the highest logits first."),
    "deletion": (
        "True positives without one base.",
        "How much less probable binding is when a base is deleted (its one-hot set to zero), "
        "scaled by arcsinh; each panel has a scale of its own.",
    ),
    "false_positives": ("False positives.", "Unbound and called bound; the highest logits first."),
    "false_negatives": ("False negatives.", "Bound and called unbound; the lowest logits first."),
    "aligned_mean": (
        "Mean attribution about motifs.",
        "Over bound test spans that hold the motif, turned to its strand.",
    ),
    "margins": (
        "The ends of a span.",
        "What a motif adds to the logit, and how large contributions are, by position. Padding of "
        "the convolutions reaches into the shaded margins.",
    ),
    "filters": (
        "First-layer filters.",
        "Bases of the windows that excite a filter to more than half of its maximum.",
    ),
}
# What the template calls the headings of the tables.
HEADINGS = {
    "method_columns": METHOD_COLUMNS,
    "motif_columns": MOTIF_COLUMNS,
}


@dataclass(frozen=True)
class Explanation:
    """Why the models of a sample decide as they do; figures are of the first model explained."""

    model: str
    findings: list[str]
    model_columns: tuple[str, ...]
    models: list[list[str]]
    methods: list[tuple[list[str], bool, bool]]
    motifs: list[list[str]]
    figures: dict[str, Figure]


def explain(
    models: Mapping[str, Tables],
    figures: Mapping[str, str | Path],
    place: str,
    *,
    sequences: bool = False,
) -> Explanation:
    """Everything that the page says of why models decide as they do.

    ``figures`` are PNG files of the first model, by those keys of `EXPLANATION_FIGURES` that it
    has; ``sequences`` says whether spans are labelled sequences.
    """

    def words(text: str) -> str:
        return re.sub(r"\bspan(s?)\b", r"sequence\1", text) if sequences else text

    first = next(iter(models))
    return Explanation(
        name_of(first),
        [words(sentence) for sentence in findings(models[first])],
        model_columns(models),
        model_rows(models) if len(models) > 1 else [],
        method_rows(models[first].methods),
        motif_rows(models[first].motifs),
        {
            kind: picture(
                path,
                f"{words(EXPLANATION_FIGURES[kind][0])} {name_of(first)}, {place}",
                words(" ".join(EXPLANATION_FIGURES[kind])),
            )
            for kind, path in figures.items()
        },
    )
