"""The study's page: what was trained on what, how well it scores, and what bounds the scores.

The functions turn tables into what the template ``workflow/report/page.html.j2`` lays out;
the page holds its pictures itself, and needs no network and no script.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cisfuse.base.wording import capitalised, interval_words, signed
from cisfuse.evaluation.conventions import Conventions
from cisfuse.evaluation.entries import METRIC_NAMES, name_of, scored_entries
from cisfuse.evaluation.verdicts import BASELINE, SINGLE_INPUT, Contrast, contrasts, verdict
from cisfuse.report.explanation_page import HEADINGS, Explanation
from cisfuse.report.pages import Figure, picture, render
from cisfuse.report.reproduction import headings, note, reproduction_rows, reproduction_words
from cisfuse.report.tables import Row, columns_of, score_note, score_rows

# Of each figure of the scores: what it shows, and how to read it.
FIGURES = {
    "roc": (
        "ROC curves.",
        "Bands: pointwise intervals. Where positives are rare, read precision and recall first.",
    ),
    "precision_recall": (
        "Precision-recall curves.",
        "Bands: pointwise intervals. A constant score has the prevalence as its precision.",
    ),
    "ablation": (
        "What each input is worth.",
        "Scores by what an entry reads, and the main model minus each on the same blocks. "
        "Ticks: single seeds. Open dot: the interval of the difference holds 0. Dotted: "
        "prevalence.",
    ),
    "calibration": (
        "Calibration of the trained models.",
        "Probabilities by Platt scaling on valid against the share that is bound; each point "
        "stands for a tenth of the expected positives, with its Wilson interval. First seed.",
    ),
}
# What of that is said otherwise of labelled sequences.
SEQUENCE_FIGURES = {
    "ablation": (
        "All entries.",
        "Scores by what an entry reads, and the main model minus each on the same resamples. "
        "Ticks: single seeds. Open dot: the interval of the difference holds 0. Dotted: "
        "prevalence.",
    ),
}
LEARNING = (
    "Learning curves.",
    "Loss and accuracy after each round, without dropout, on train and validation. Thin: single "
    "seeds. Thick: their mean.",
)


@dataclass(frozen=True)
class Scores:
    """The scores on one test: the sentence, the table, the note beneath it, and figures."""

    verdict: str
    contrasts: list[Contrast]
    entries: pd.DataFrame
    rows: list[Row]
    note: str
    figures: dict[str, Figure]


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
    learning: Figure | None = None


def judge(
    tables: Mapping[str, pd.DataFrame],
    reads: Mapping[str, Sequence[str]],
    main: str,
    place: str,
    figures: Mapping[str, str | Path],
    *,
    simulated: bool,
    leaks: bool,
    sequences: bool = False,
) -> Scores:
    """Everything that the page says of one test.

    ``tables`` holds ``metrics``, ``comparisons`` and ``bootstrap`` as score_predictions writes
    them; ``reads`` says what each model and baseline reads; ``figures`` are PNG files by the
    keys of `FIGURES`; ``sequences`` says whether spans are labelled sequences.
    """
    rival = BASELINE if sequences else SINGLE_INPUT
    captions = FIGURES | (SEQUENCE_FIGURES if sequences else {})
    entries, bootstrap = scored_entries(tables["metrics"]), tables["bootstrap"]
    return Scores(
        verdict(
            entries,
            tables["comparisons"],
            reads,
            main,
            place,
            simulated=simulated,
            leaks=leaks,
            confidence=float(bootstrap["confidence"].iloc[0]),
            rival=rival,
        ),
        contrasts(entries, tables["comparisons"], reads, main, rival),
        entries,
        score_rows(entries, reads, main, sequences),
        score_note(entries, bootstrap, sequences),
        {
            kind: picture(path, f"{captions[kind][0]} {place}", " ".join(captions[kind]))
            for kind, path in figures.items()
        },
    )


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


def study_rows(scores: Mapping[str, Scores], folds: int) -> list[list[str]]:
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
                    capitalised(METRIC_NAMES[found.metric]),
                    main,
                    f"{name_of(found.other)} {other}",
                    signed(found.difference),
                    interval,
                ]
            )
    return rows


def render_page(template: str | Path, *, sequences: bool = False, **content: object) -> str:
    """Lay out the page, with the headings of its tables."""
    return render(
        template,
        columns=columns_of(sequences),
        sequences=sequences,
        **HEADINGS,
        **content,
    )
