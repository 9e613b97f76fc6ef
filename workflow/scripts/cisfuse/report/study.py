"""The study's page put together: every table and figure of every sample, in one file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from cisfuse import __version__
from cisfuse.base.files import read_json, read_table
from cisfuse.evaluation.entries import read_scores
from cisfuse.interpretation.figures import FIGURES as EXPLANATION_FIGURES
from cisfuse.report.closed_chromatin import ClosedChromatin
from cisfuse.report.course import Training, describe_training
from cisfuse.report.explanation_page import Explanation, explain
from cisfuse.report.explanation_tables import Tables, read_found
from cisfuse.report.page import (
    COURSE,
    LEARNING,
    Reproduction,
    Scores,
    Section,
    Terms,
    judge,
    render_page,
    reproduce,
    study_rows,
    terms_of,
)
from cisfuse.report.pages import picture
from cisfuse.report.reproduction import search_words
from cisfuse.report.study_facts import sample_facts, training_words
from cisfuse.report.tables import split_rows
from cisfuse.sources import registry as sources
from cisfuse.tasks import registry as tasks

TABLES = ("metrics", "comparisons", "bootstrap")
BOTH_CONVENTIONS = ("called_labels", "convention_comparisons")
Inputs = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Study:
    """What the rule write_report knows of a study beside its files.

    settings: of each model, the main one first; reads: what each model and baseline reads;
    features: of examples, that models can read; samples: rows of the sheet; scored: samples and
    pooled folds; trained, explained: names of samples and of models.
    """

    name: str
    source: str
    task: str
    features: Sequence[str]
    settings: Mapping[str, Mapping[str, object]]
    reads: Mapping[str, Sequence[str]]
    samples: Sequence[Mapping[str, str]]
    scored: Sequence[str]
    trained: Sequence[str]
    explained: Sequence[str]
    seeds: Sequence[int]
    rounds: int
    folds: int
    genome: str | None
    span_length: int
    peak_width: int | None
    simulated: bool
    published: Mapping[str, Mapping[str, object]]

    @property
    def main(self) -> str:
        """The main model."""
        return next(iter(self.settings))

    @cached_property
    def places(self) -> dict[str, str]:
        """What each sample is of."""
        return {row["sample"]: f"{row['factor']} in {row['cell']}" for row in self.samples}

    @cached_property
    def terms(self) -> Terms:
        """How the page calls things."""
        words = tasks.part_of(self.task, "words"), sources.part_of(self.source, "words")
        return terms_of(*words, self.features)

    @property
    def audit_words(self) -> ModuleType:
        """How the source puts its audit into words."""
        return sources.part_of(self.source, "audit_words")


def write_page(study: Study, inputs: Inputs, template: str | Path) -> tuple[str, list[str]]:
    """The page, and what it warns of; ``inputs`` are files by name, of all samples in order."""
    names = list(study.places)
    splits = dict(zip(names, map(read_scores, inputs["splits"]), strict=True))
    audits = dict(zip(names, map(_read_audit, inputs["audit"]), strict=True))
    scores = _scores(study, inputs, splits, audits)
    explanations = read_explanations(study, inputs)
    courses = _courses(study, inputs)
    idle = sources.part_of(study.source, "study").IDLE
    models, training = training_words(study.settings, study.seeds, study.rounds, idle)
    sections = []
    for number, row in enumerate(study.samples):
        sample = row["sample"]
        method = str(splits[sample]["method"].iloc[0])
        origin = study.terms.source.facts(
            row,
            genome=study.genome,
            length=study.span_length,
            count=int(splits[sample]["spans"].sum()),
            peak_width=study.peak_width,
        )
        split = study.terms.fill(study.terms.source.split_words(splits[sample]))
        sections.append(
            Section(
                sample,
                study.places[sample],
                sample_facts(row, origin, split=split, models=models, training=training),
                split_rows(splits[sample], study.terms.task),
                scores[sample],
                study.audit_words.audit_rows(audits[sample]),
                study.audit_words.describe_audit(audits[sample], method),
                folds=scores.get(f"{sample}/folds"),
                search=_search(study, inputs, number, scores[sample]),
                reproduction=_reproduction(study, inputs, number),
                course=courses.get(sample),
                explanation=explanations.get(sample),
            )
        )
    several = len(scores) > 1
    warnings = [f"{sample}: {words}" for sample, of in courses.items() for words in of.warnings]
    page = render_page(
        template,
        study.terms,
        study=study.name,
        simulated=study.simulated,
        version=__version__,
        folds=study.folds,
        overview=study_rows(scores, study.folds, study.terms) if several else [],
        summary=picture(inputs["summary"][0], "Scores of all samples", "") if several else None,
        sections=sections,
    )
    return page, warnings


def _read_audit(path: str) -> pd.DataFrame:
    return read_scores(path).astype({"count": int, "of": int})


def _scores(
    study: Study,
    inputs: Inputs,
    splits: Mapping[str, pd.DataFrame],
    audits: Mapping[str, pd.DataFrame],
) -> dict[str, Scores]:
    """The scores of each sample, and of its pooled folds."""
    found = {}
    for number, scored in enumerate(study.scored):
        sample, _, pooled = scored.partition("/")
        method = str(splits[sample]["method"].iloc[0])
        leaking = not pooled and study.audit_words.is_leaking(audits[sample], method)
        where = f"{study.folds} folds pooled" if pooled else "test split"
        found[scored] = judge(
            {table: read_scores(inputs[table][number]) for table in TABLES},
            study.reads,
            study.main,
            f"{study.places[sample]}, {where}",
            {figure.name: inputs[figure.name][number] for figure in study.terms.task.FIGURES},
            study.terms,
            simulated=study.simulated,
            leaks=study.terms.fill(study.audit_words.LEAKS) if leaking else "",
            absent=_absent(inputs, list(study.places).index(sample)),
        )
    return found


def _absent(inputs: Inputs, number: int) -> dict[str, str]:
    """Why baselines of a sample, or of its folds, are not available, by their names."""
    table = read_table(inputs["unavailable"][number])
    return dict(zip(table["model"], table["reason"], strict=True))


def _reproduction(study: Study, inputs: Inputs, number: int) -> Reproduction | None:
    """The scores of a sample in two conventions, where they were scored so."""
    if not inputs.get("called_labels"):
        return None
    names = (*TABLES, *BOTH_CONVENTIONS)
    tables = {table: read_scores(inputs[table][number]) for table in names}
    return reproduce(tables, list(study.settings), study.published)


def _search(study: Study, inputs: Inputs, number: int, scores: Scores) -> str:
    """What a string search is worth, where one was made."""
    if not inputs.get("string_search"):
        return ""
    search = read_scores(inputs["string_search"][number])
    return search_words(search, scores.entries, list(study.settings))


def _courses(study: Study, inputs: Inputs) -> dict[str, Training]:
    """The course of training of every trained sample."""
    fitting = tasks.part_of(study.task, "fitting")
    names = study.terms.task.METRIC_NAMES
    runs = [f"{model}/seed-{seed}" for model in study.settings for seed in study.seeds]
    tables = iter(inputs["rounds"])
    found = {}
    for number, sample in enumerate(study.trained):
        place = study.places[sample]
        figures = [
            picture(inputs["rounds_figure"][number], f"{COURSE[0]} {place}", " ".join(COURSE))
        ]
        if inputs.get("learning"):
            words = [
                text.format(score=names.get(fitting.LEARNING, fitting.LEARNING))
                for text in LEARNING
            ]
            path = inputs["learning"][number]
            figures.append(picture(path, f"{words[0]} {place}", " ".join(words)))
        found[sample] = describe_training(
            {run: read_table(next(tables)) for run in runs},
            read_scores(inputs["metrics"][list(study.scored).index(sample)]),
            study.settings,
            study.reads,
            fitting,
            names,
            figures,
        )
    return found


def read_explanations(study: Study, inputs: Inputs) -> dict[str, Explanation]:
    """Of every sample what the explained models say, one after the other."""
    tables = {name: iter(inputs.get(f"explained_{name}", [])) for name in ("methods", "motifs")}
    records = {name: iter(inputs.get(f"explained_{name}", [])) for name in ("discovery", "choice")}
    found: dict[str, Explanation] = {}
    for number, row in enumerate(study.samples if study.explained else []):
        models: dict[str, Any] = {
            model: Tables(
                **{name: read_found(next(paths)) for name, paths in tables.items()},
                **{name: read_json(next(paths)) for name, paths in records.items()},
            )
            for model in study.explained
        }
        figures = {
            figure.name: inputs[f"figure_{figure.name}"][number]
            for figure in EXPLANATION_FIGURES
            if inputs.get(f"figure_{figure.name}")
        }
        closed = None
        if inputs.get("closed_tsv"):
            table = read_found(inputs["closed_tsv"][number])
            closed = ClosedChromatin(table, read_json(inputs["closed_json"][number]))
        unit = study.terms.units["unit"]
        sample = row["sample"]
        place, origin = study.places[sample], row["trained_on"]
        found[sample] = explain(models, figures, place, unit, closed, study.reads, origin)
    return found
