"""Whether the main model is better than its best rival, in one generated sentence.

The rivals of a model with several inputs are the entries that read one of them alone, those of a
model with one input are the baselines. ``words`` is the part of that name of the study's task.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import pandas as pd

from cisfuse.base.wording import capitalised, format_score, name_of, percent, signed
from cisfuse.evaluation.entries import input_words

SINGLE_INPUT, BASELINE = "single input", "baseline"
PHRASES = {
    "better": "beats its best {rival} in",
    "level": "cannot be told apart from its best {rival} in",
    "worse": "is worse than its best {rival} in",
    "above": "scores better than its best {rival} in",
    "below": "scores worse than its best {rival} in",
    "equal": "scores the same as its best {rival} in",
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


def rival_kind(inputs: Mapping[str, Sequence[str]], main: str) -> str:
    """What the main model is held against: `SINGLE_INPUT`, or `BASELINE` where it has one input."""
    return SINGLE_INPUT if len(set(inputs[main])) > 1 else BASELINE


def contrasts(
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    inputs: Mapping[str, Sequence[str]],
    main: str,
    words: ModuleType,
) -> list[Contrast]:
    """The main model against its best rival in each metric of ``words.JUDGED``.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`, ``comparisons`` is what
    the rule score_predictions writes, ``inputs`` says what each model and baseline reads. Empty
    when there is no rival of `rival_kind`; a metric that the main model or all rivals lack, as a
    constant lacks a correlation, is left out.
    """
    own, kind = set(inputs[main]), rival_kind(inputs, main)
    scores = entries.set_index("entry")
    rivals = [
        name
        for name, read in inputs.items()
        if name in scores.index
        and (
            scores.loc[name, "seeds"] == 0
            if kind == BASELINE
            else len(read) == 1 and set(read) <= own
        )
    ]
    paired = comparisons[comparisons["model"] == main].set_index(["other", "metric"])
    found = []
    for metric in words.JUDGED:
        lower = metric in words.LOWER_IS_BETTER
        known = scores.loc[rivals, metric].dropna()
        if known.empty or np.isnan(scores.loc[main, metric]):
            continue
        other = known.idxmin() if lower else known.idxmax()
        values = scores.loc[main, metric], scores.loc[other, metric]
        row = paired.loc[(other, metric)]
        bounds = row["low"], row["high"]
        found.append(Contrast(metric, main, other, *values, values[0] - values[1], *bounds, lower))
    return found


def verdict(
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    inputs: Mapping[str, Sequence[str]],
    main: str,
    place: str,
    words: ModuleType,
    *,
    remarks: Sequence[str] = (),
    no_interval: str = "",
    confidence: float = 0.95,
) -> str:
    """Say whether the main model beats its best rival, and what bounds that.

    ``place`` names what was scored ("JUND in K562 (test split)"); the tables are those of
    `contrasts`. What is best is chosen on the scored examples themselves, which favours the
    rival. ``remarks`` come last; ``no_interval`` is said where a difference has no interval.
    """
    found, kind = contrasts(entries, comparisons, inputs, main, words), rival_kind(inputs, main)
    own = entries.set_index("entry").loc[main]
    seeds = int(own["seeds"])
    mean = f", mean over {seeds} seeds" if seeds > 1 else ""
    subject = f"{capitalised(place)}: {name_of(main)} ({input_words(inputs[main])}{mean})"
    if not found:
        sentences = [
            f"{subject} was scored, and no {kind} of its was scored beside it, so its worth cannot "
            "be said."
        ]
    else:
        sentences = [f"{subject} {_predicate(found, confidence, kind, words)}."]
        if not all(contrast.bounded for contrast in found):
            sentences.append(no_interval)
    missing = [words.METRIC_NAMES[metric] for metric in words.JUDGED if np.isnan(own[metric])]
    if missing:
        sentences.append(
            f"It has no {' and no '.join(missing)}, as where all predictions are the same."
        )
    return " ".join(filter(None, [*sentences, *remarks]))


def _predicate(found: Sequence[Contrast], confidence: float, rival: str, words: ModuleType) -> str:
    parts = [f"{words.METRIC_NAMES[each.metric]} ({each.numbers(confidence)})" for each in found]
    phrases = [PHRASES[contrast.outcome].format(rival=rival) for contrast in found]
    if len(found) == 1:
        return f"{phrases[0]} {parts[0]}"
    if phrases[0] == phrases[1]:
        word = "or" if found[0].outcome == "level" else "and"
        return f"{phrases[0]} {parts[0]} {word} in {parts[1]}"
    second = phrases[1].replace(f"its best {rival}", "it")
    return f"{phrases[0]} {parts[0]}, but {second} {parts[1]}"
