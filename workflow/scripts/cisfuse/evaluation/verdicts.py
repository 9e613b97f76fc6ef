"""Whether the main model is worth it: against the best of all others, then of single inputs.

The main model is held against the best of all other entries that were scored, trained or not, and
then against the best of those that read one of its inputs alone (where it has several) or of the
baselines (where it has one). ``words`` is the part of that name of the study's task.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.wording import capitalised, format_score, name_of, percent, signed
from cisfuse.evaluation.entries import input_words, model_of

Inputs = Mapping[str, Sequence[str]]

OTHER, SINGLE_INPUT, BASELINE = "the best other entry", "its best single input", "the best baseline"
PHRASES = {
    "better": "beats {rival} in",
    "level": "cannot be told apart from {rival} in",
    "worse": "is beaten by {rival} in",
    "above": "scores better than {rival} in",
    "below": "scores worse than {rival} in",
    "equal": "scores the same as {rival} in",
}
SIMULATED = (
    "The data are simulated: this shows that the workflow works and says nothing about a real "
    "{subject}."
)


@dataclass(frozen=True)
class Contrast:
    """The main model against the entry that is best in one metric of its rivals.

    ``low`` and ``high`` bound the difference, resampling the same blocks for both, and are
    NaN where there are too few blocks.
    """

    metric: str
    main: str
    other: str
    score: float
    other_score: float
    difference: float
    low: float
    high: float
    lower_is_better: bool = False

    @property
    def bounded(self) -> bool:
        """Whether the difference has an interval."""
        return not (np.isnan(self.low) or np.isnan(self.high))

    @property
    def outcome(self) -> str:
        """A key of `PHRASES`: what may be said of the difference."""
        if not self.bounded:
            signs = {1: "above", -1: "below", 0: "equal"}
            gain = -self.difference if self.lower_is_better else self.difference
            return signs[int(np.sign(gain))]
        if self.low <= 0 <= self.high:
            return "level"
        return "worse" if (self.low > 0) == self.lower_is_better else "better"

    def numbers(self, confidence: float) -> str:
        """Both scores, the difference and its interval, for brackets behind the metric."""
        text = (
            f"{format_score(self.score)} against {format_score(self.other_score)} of "
            f"{name_of(self.other)}; difference {signed(self.difference)}"
        )
        if not self.bounded:
            return text
        return f"{text}, {percent(confidence)} interval {signed(self.low)} to {signed(self.high)}"


def other_entries(entries: pd.DataFrame, main: str, words: ModuleType) -> list[str]:
    """All entries but the main model's own; what a task calls its ceiling is no entry.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`.
    """
    own = {model_of(main), words.CEILING}
    return [name for name in entries["entry"] if model_of(name) not in own]


def rivals_of_kind(entries: pd.DataFrame, inputs: Inputs, main: str) -> tuple[str, list[str]]:
    """The entries beneath the main model, and what they are called: `SINGLE_INPUT` or `BASELINE`.

    Of a model with several inputs those that read one of them alone, of any other the baselines.
    ``inputs`` says what each model and baseline reads.
    """
    own = set(inputs[model_of(main)])
    others = [name for name in entries["entry"] if model_of(name) in inputs]
    if len(own) > 1:
        reads = {name: inputs[model_of(name)] for name in others}
        return SINGLE_INPUT, [n for n in others if len(reads[n]) == 1 and set(reads[n]) <= own]
    seeds = entries.set_index("entry")["seeds"]
    return BASELINE, [name for name in others if seeds[name] == 0]


def best_of(entries: pd.DataFrame, rivals: Sequence[str], words: ModuleType) -> dict[str, str]:
    """The best of the rivals in each metric of ``words.JUDGED``; without one that all lack."""
    scores = entries.set_index("entry").loc[list(rivals)]
    found = {}
    for metric in words.JUDGED:
        known = scores[metric].dropna()
        if len(known):
            lower = metric in words.LOWER_IS_BETTER
            found[metric] = str(known.idxmin() if lower else known.idxmax())
    return found


def named_entries(entries: pd.DataFrame, inputs: Inputs, main: str, words: ModuleType) -> list[str]:
    """The entries that `verdict` names beside the main model, each once."""
    rivals = other_entries(entries, main, words), rivals_of_kind(entries, inputs, main)[1]
    return list(
        dict.fromkeys(name for each in rivals for name in best_of(entries, each, words).values())
    )


def contrasts(
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    rivals: Sequence[str],
    main: str,
    words: ModuleType,
) -> list[Contrast]:
    """The main model against the best of the rivals in each metric of ``words.JUDGED``.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`, ``comparisons`` is what
    the rule score_predictions writes. A metric that the main model or all rivals lack, as a
    constant lacks a correlation, is left out.
    """
    scores = entries.set_index("entry")
    paired = comparisons[comparisons["model"] == main].set_index(["other", "metric"])
    found = []
    for metric, other in best_of(entries, rivals, words).items():
        if np.isnan(scores.loc[main, metric]):
            continue
        values = scores.loc[main, metric], scores.loc[other, metric]
        row = paired.loc[(other, metric)]
        lower = metric in words.LOWER_IS_BETTER
        ends = row["low"], row["high"]
        found.append(Contrast(metric, main, other, *values, values[0] - values[1], *ends, lower))
    return found


def verdict(
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    inputs: Inputs,
    main: str,
    place: str,
    words: ModuleType,
    *,
    remarks: Sequence[str] = (),
    no_interval: str = "",
    confidence: float = 0.95,
) -> str:
    """Say whether the main model beats the best other entry and then its single inputs.

    ``place`` names what was scored ("JUND in K562 (test split)"); the tables are those of
    `contrasts`, ``inputs`` is that of `rivals_of_kind`. What is best is chosen on the scored
    examples themselves, which favours the rival. ``remarks`` come last; ``no_interval`` is said
    where a difference has no interval.
    """
    others = contrasts(entries, comparisons, other_entries(entries, main, words), main, words)
    kind, rivals = rivals_of_kind(entries, inputs, main)
    beneath = contrasts(entries, comparisons, rivals, main, words)
    own = entries.set_index("entry").loc[main]
    basis = _basis(main, inputs[model_of(main)], int(own["seeds"]))
    subject = f"{capitalised(place)}: {name_of(main)} ({basis})"
    if not others:
        sentences = [
            f"{subject} was scored, and nothing else was scored beside it, so its worth cannot be "
            "said."
        ]
    else:
        sentences = [f"{subject} {_predicate(others, confidence, OTHER, words)}."]
        if beneath and [each.other for each in beneath] != [each.other for each in others]:
            sentences.append(f"It {_predicate(beneath, confidence, kind, words)}.")
        if not all(contrast.bounded for contrast in others + beneath):
            sentences.append(no_interval)
    missing = [words.METRIC_NAMES[metric] for metric in words.JUDGED if np.isnan(own[metric])]
    if missing:
        sentences.append(
            f"It has no {' and no '.join(missing)}, as where all predictions are the same."
        )
    return " ".join(filter(None, [*sentences, *remarks]))


def _basis(main: str, inputs: Sequence[str], seeds: int) -> str:
    """What an entry reads, and how many trainings its score is of."""
    if seeds < 2:
        return input_words(inputs)
    of = "of" if model_of(main) != main else "mean over"
    return f"{input_words(inputs)}, {of} {seeds} seeds"


def _predicate(found: Sequence[Contrast], confidence: float, rival: str, words: ModuleType) -> str:
    parts = [f"{words.METRIC_NAMES[each.metric]} ({each.numbers(confidence)})" for each in found]
    phrases = [PHRASES[contrast.outcome].format(rival=rival) for contrast in found]
    if len(found) == 1:
        return f"{phrases[0]} {parts[0]}"
    if phrases[0] == phrases[1]:
        word = "or" if found[0].outcome == "level" else "and"
        return f"{phrases[0]} {parts[0]} {word} in {parts[1]}"
    second = phrases[1].replace(rival, "it") if found[0].other == found[1].other else phrases[1]
    return f"{phrases[0]} {parts[0]}, but {second} {parts[1]}"
