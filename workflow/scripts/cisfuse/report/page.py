"""The study's page: what was trained on what, how well it scores, and what bounds the scores.

The functions turn tables into what the template ``workflow/report/page.html.j2`` lays out;
the page holds its pictures itself, and needs no network and no script.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd

from cisfuse.base.wording import capitalised, interval_words, name_of, signed
from cisfuse.evaluation.conventions import Conventions
from cisfuse.evaluation.entries import main_entry, scored_entries
from cisfuse.evaluation.verdicts import SIMULATED, Contrast, contrasts, other_entries, verdict
from cisfuse.report.course import Training
from cisfuse.report.explanation_page import HEADINGS, Explanation
from cisfuse.report.pages import Figure, picture, render
from cisfuse.report.reproduction import headings, note, reproduction_rows, reproduction_words
from cisfuse.report.tables import Row, absent_rows, columns_of, score_note, score_rows
from cisfuse.tasks.words import FigureOfScores

COURSE = (
    "Scores and loss after each round.",
    "Thick: validation, on which the round is chosen. Thin: train. The loss is that of training.",
)
LEARNING = (
    "Learning curves.",
    "Loss and {score} after each round, without dropout, on train and validation. Thin: single "
    "seeds. Thick: their mean.",
)


@dataclass(frozen=True)
class Terms:
    """How a study's page calls things.

    task and source are the parts ``words`` of the two; units fills ``{unit}``, ``{units}``,
    ``{Units}``, ``{resamples}``, ``{ablation}``, ``{few}`` and ``{strata}`` in what they say.
    """

    task: ModuleType
    source: ModuleType
    units: Mapping[str, str]

    def fill(self, text: str) -> str:
        """A text with its placeholders filled."""
        return text.format(**self.units)


def terms_of(task: ModuleType, source: ModuleType, features: Sequence[str]) -> Terms:
    """The terms of a study whose examples have the ``features`` that models can read."""
    ablation = "What each input is worth." if len(features) > 1 else "All entries."
    words = {"ablation": ablation, "few": f"{task.FEW}s", "strata": task.STRATA}
    return Terms(task, source, {**source.UNITS, **words})


@dataclass(frozen=True)
class Scores:
    """The scores on one test: the sentence, the table, the note beneath it, and figures."""

    verdict: str
    contrasts: list[Contrast]
    entries: pd.DataFrame
    rows: list[Row]
    note: str
    figures: list[Figure]


@dataclass(frozen=True)
class Reproduction:
    """The scores in both conventions: their heading, sentences and table."""

    heading: str
    sentences: list[str]
    columns: list[str]
    rows: list[list[str]]
    note: str


@dataclass(frozen=True)
class Section:
    """What the page says of one sample."""

    sample: str
    heading: str
    facts: list[tuple[str, str]]
    splits: list[list[str]]
    scores: Scores
    audit_rows: list[tuple[str, str]]
    audit_text: str
    folds: Scores | None = None
    explanation: Explanation | None = None
    search: str = ""
    reproduction: Reproduction | None = None
    course: Training | None = None


def judge(
    tables: Mapping[str, pd.DataFrame],
    reads: Mapping[str, Sequence[str]],
    main: str,
    place: str,
    figures: Mapping[str, str | Path],
    terms: Terms,
    *,
    simulated: bool,
    leaks: str,
    absent: Mapping[str, str] | None = None,
) -> Scores:
    """Everything that the page says of one test.

    ``tables`` holds ``metrics``, ``comparisons`` and ``bootstrap`` as score_predictions writes
    them; ``reads`` says what each model and baseline reads; ``figures`` are PNG files by the
    names of the task's figures; ``leaks`` is said where the split leaks, and else empty; ``absent``
    says of baselines why they are not available.
    """
    words, entries, bootstrap = terms.task, scored_entries(tables["metrics"]), tables["bootstrap"]
    main = main_entry(main, entries["entry"].tolist())
    others = other_entries(entries, main, words)
    baselines = entries.loc[(entries["seeds"] == 0) & entries["model"].isin(reads), "entry"]
    remark = words.remarks(entries, main, baselines.tolist())
    simulation = SIMULATED.format(subject=words.SUBJECT) if simulated else ""
    sentence = verdict(
        entries,
        tables["comparisons"],
        reads,
        main,
        place,
        words,
        remarks=[remark, simulation, leaks],
        no_interval=terms.fill(terms.source.NO_INTERVAL),
        confidence=float(bootstrap["confidence"].iloc[0]),
    )
    columns = columns_of(words, terms.source.HIDDEN)
    return Scores(
        sentence,
        contrasts(entries, tables["comparisons"], others, main, words),
        entries,
        score_rows(entries, reads, main, columns, words.LOWER_IS_BETTER)
        + absent_rows(absent or {}, reads),
        score_note(entries, bootstrap, words, terms.source),
        [_picture(figure, figures[figure.name], place, terms) for figure in words.FIGURES],
    )


def _picture(figure: FigureOfScores, path: str | Path, place: str, terms: Terms) -> Figure:
    heading, note = terms.fill(figure.heading), terms.fill(figure.note)
    return picture(path, f"{heading} {place}", f"{heading} {note}", half=figure.half)


def reproduce(
    tables: Mapping[str, pd.DataFrame],
    models: Sequence[str],
    published: Mapping[str, Mapping[str, object]],
) -> Reproduction:
    """Everything that the page says of scores in two conventions.

    ``tables`` are those of `judge` with ``called_labels`` and ``convention_comparisons`` of
    call_labels; ``published`` is the config's ``evaluation.published``.
    """
    found = Conventions(
        {"scores": tables["metrics"], "labels": tables["called_labels"]},
        tables["convention_comparisons"],
    )
    confidence = float(tables["bootstrap"]["confidence"].iloc[0])
    return Reproduction(
        "Reproduction" if published else "Scores in two conventions",
        reproduction_words(found, models, published, confidence),
        headings(published),
        reproduction_rows(found, models, published),
        note(published),
    )


def study_rows(scores: Mapping[str, Scores], folds: int, terms: Terms) -> list[list[str]]:
    """The study at a glance: a row per test and metric, as text."""
    rows = []
    for name, each in scores.items():
        bounds = each.entries.set_index("entry")
        for found in each.contrasts:
            columns = [found.metric, f"{found.metric}_low", f"{found.metric}_high"]
            main, other = (
                interval_words(*bounds.loc[entry, columns]) for entry in (found.main, found.other)
            )
            interval = f"{signed(found.low)} to {signed(found.high)}" if found.bounded else ""
            rows.append(
                [
                    name.replace("/folds", f", {folds} folds pooled"),
                    capitalised(terms.task.METRIC_NAMES[found.metric]),
                    main,
                    f"{name_of(found.other)} {other}",
                    signed(found.difference),
                    interval,
                ]
            )
    return rows


def render_page(
    template: str | Path,
    terms: Terms,
    **content: object,
) -> str:
    """Lay out the page, with the headings of its tables and the glossary."""
    columns = columns_of(terms.task, terms.source.HIDDEN)
    return render(
        template,
        columns=[column.heading for column in columns],
        split_columns=[terms.fill(column) for column in terms.task.SPLIT_COLUMNS],
        glossary=[*terms.source.GLOSSARY, *terms.task.glossary(terms.units)],
        subtitle=f"{terms.task.PREDICTED} {terms.source.READ}.",
        page_title=terms.task.PAGE_TITLE,
        outputs=terms.task.OUTPUTS,
        unit=terms.units["unit"],
        units=terms.units["units"],
        Units=terms.units["Units"],
        **HEADINGS,
        **content,
    )
