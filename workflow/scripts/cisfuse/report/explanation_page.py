"""The part of the study's page that says why models decide as they do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from cisfuse.base.wording import name_of
from cisfuse.interpretation.figures import NEED_MOTIFS, ExplanationFigure, Section, on_page
from cisfuse.report.closed_chromatin import (
    CLOSED_COLUMNS,
    ClosedChromatin,
    closed_rows,
    closed_sentences,
)
from cisfuse.report.explanation_tables import (
    MODEL_COLUMNS,
    MOTIF_COLUMNS,
    Tables,
    findings,
    model_rows,
    motif_rows,
)
from cisfuse.report.method_tables import METHOD_COLUMNS, method_rows, trust_sentences
from cisfuse.report.pages import Figure, picture

# Said of a sample that is scored by the models of another.
ORIGIN = (
    "Explained with the models trained on {sample}. The {unit}s are this sample's own; so are the "
    "threshold (from its valid split) and the median accessibility (of its train split)."
)
# What the template calls the headings of the tables.
HEADINGS = {
    "closed_columns": CLOSED_COLUMNS,
    "method_columns": METHOD_COLUMNS,
    "model_columns": MODEL_COLUMNS,
    "motif_columns": MOTIF_COLUMNS,
}


@dataclass(frozen=True)
class Explanation:
    """Why the models of a sample decide as they do.

    figures: of the first model explained, in the order of the page, by its sections. origin: whose
    models they are where another sample's explain this one, else empty.
    """

    model: str
    findings: list[str]
    models: list[list[str]]
    closed: list[list[str]]
    trust: list[str]
    methods: list[tuple[list[str], bool, bool]]
    motifs: list[list[str]]
    figures: dict[str, list[Figure]]
    origin: str = ""


def explain(
    models: Mapping[str, Tables],
    figures: Mapping[str, str | Path],
    place: str,
    unit: str = "span",
    closed: ClosedChromatin | None = None,
    reads: Mapping[str, Sequence[str]] | None = None,
    trained_on: str = "",
) -> Explanation:
    """Everything that the page says of why models decide as they do.

    ``figures`` are PNG files of the first model, by those names of
    `cisfuse.interpretation.figures.FIGURES` that it has; ``unit`` is what one example is called;
    ``closed`` is there where examples have accessibility; ``reads`` says what each model and
    baseline reads; ``trained_on`` is the sample of the models where it is another one. A factor
    without a motif has a sentence in place of the figures that need one.
    """
    first = next(iter(models))
    without = NEED_MOTIFS if models[first].note else ()
    drawn = [name for name in figures if name not in without]
    sentences = closed_sentences(closed, reads or {}, unit) if closed else []

    def shown(figure: ExplanationFigure) -> Figure:
        heading, caption = figure.words(unit)
        alternative = f"{heading} {name_of(first)}, {place}"
        return picture(figures[figure.name], alternative, f"{heading} {caption}")

    return Explanation(
        name_of(first),
        findings(models[first], sentences, unit),
        model_rows(models) if len(models) > 1 else [],
        closed_rows(closed) if closed else [],
        trust_sentences(models[first].methods),
        method_rows(models[first].methods),
        motif_rows(models[first].motifs),
        {section: [*map(shown, on_page(drawn, section))] for section in get_args(Section)},
        ORIGIN.format(sample=trained_on, unit=unit) if trained_on else "",
    )
