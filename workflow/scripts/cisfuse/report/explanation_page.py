"""The part of the study's page that says why models decide as they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from cisfuse.base.wording import name_of
from cisfuse.interpretation.figures import NEED_MOTIFS, ExplanationFigure, Section, on_page
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

# What the template calls the headings of the tables.
HEADINGS = {
    "method_columns": METHOD_COLUMNS,
    "motif_columns": MOTIF_COLUMNS,
}


@dataclass(frozen=True)
class Explanation:
    """Why the models of a sample decide as they do.

    figures: of the first model explained, in the order of the page, by its sections.
    """

    model: str
    findings: list[str]
    model_columns: tuple[str, ...]
    models: list[list[str]]
    methods: list[tuple[list[str], bool, bool]]
    motifs: list[list[str]]
    figures: dict[str, list[Figure]]


def explain(
    models: Mapping[str, Tables],
    figures: Mapping[str, str | Path],
    place: str,
    unit: str = "span",
) -> Explanation:
    """Everything that the page says of why models decide as they do.

    ``figures`` are PNG files of the first model, by those names of
    `cisfuse.interpretation.figures.FIGURES` that it has; ``unit`` is what one example is called.
    A factor without a motif has a sentence in place of the figures that need one.
    """
    first = next(iter(models))
    without = NEED_MOTIFS if models[first].choice.get("motifs_note") else ()
    drawn = [name for name in figures if name not in without]

    def shown(figure: ExplanationFigure) -> Figure:
        heading, caption = figure.words(unit)
        alternative = f"{heading} {name_of(first)}, {place}"
        return picture(figures[figure.name], alternative, f"{heading} {caption}")

    return Explanation(
        name_of(first),
        findings(models[first], unit),
        model_columns(models),
        model_rows(models) if len(models) > 1 else [],
        method_rows(models[first].methods),
        motif_rows(models[first].motifs),
        {section: [*map(shown, on_page(drawn, section))] for section in get_args(Section)},
    )
