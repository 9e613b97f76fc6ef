"""Whether the main model is better than its best rival, in one generated sentence.

Its rivals are the entries that read one of its inputs alone. Of labelled sequences there is one
input, and the rivals are the baselines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cisfuse.base.wording import capitalised, format_score, percent, signed
from cisfuse.evaluation.entries import METRIC_NAMES, input_words, name_of

JUDGED = ("average_precision", "roc_auc")
SINGLE_INPUT, BASELINE = "single input", "baseline"
PHRASES = {
    "better": "beats its best {rival} in",
    "level": "cannot be told apart from its best {rival} in",
    "worse": "is worse than its best {rival} in",
    "above": "scores higher than its best {rival} in",
    "below": "scores lower than its best {rival} in",
    "equal": "scores the same as its best {rival} in",
}
NO_INTERVAL = "Too few blocks of the genome were tested for an interval, so this may be chance."
FEW_POSITIVES = "Too few positives were tested for an interval, so this may be chance."
SIMULATED = (
    "The data are simulated: this shows that the workflow works and says nothing about a real "
    "factor."
)
LEAKS = (
    "The split leaks: positives of test lie next to positives of train, so all scores here are "
    "too good."
)
REPEATED = "The split leaks: sequences of test are in train too, so all scores here are too good."


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

    @property
    def bounded(self) -> bool:
        """Whether the difference has an interval."""
        return not (np.isnan(self.low) or np.isnan(self.high))

    @property
    def outcome(self) -> str:
        """A key of `PHRASES`: what may be said of the difference."""
        if not self.bounded:
            signs = {1: "above", -1: "below", 0: "equal"}
            return signs[int(np.sign(self.difference))]
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "level"

    def numbers(self, confidence: float) -> str:
        """Both scores, the difference and its interval, for brackets behind the metric."""
        text = (
            f"{format_score(self.score)} against {format_score(self.other_score)} of "
            f"{name_of(self.other)}; difference {signed(self.difference)}"
        )
        if not self.bounded:
            return text
        return f"{text}, {percent(confidence)} interval {signed(self.low)} to {signed(self.high)}"


def contrasts(
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    inputs: Mapping[str, Sequence[str]],
    main: str,
    rival: str = SINGLE_INPUT,
) -> list[Contrast]:
    """The main model against its best rival in each metric of `JUDGED`.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`, ``comparisons`` is what
    the rule score_predictions writes, ``inputs`` says what each model and baseline reads. ``rival``
    is `SINGLE_INPUT` or `BASELINE`. Empty when there is none: no entry that reads a single input of
    the main model's, or that input is all that the main model reads; no baseline.
    """
    own = set(inputs[main])
    scores = entries.set_index("entry")
    rivals = [
        name
        for name, read in inputs.items()
        if name in scores.index
        and (
            scores.loc[name, "seeds"] == 0
            if rival == BASELINE
            else len(own) > 1 and len(read) == 1 and set(read) <= own
        )
    ]
    if not rivals:
        return []
    paired = comparisons[comparisons["model"] == main].set_index(["other", "metric"])
    found = []
    for metric in JUDGED:
        other = scores.loc[rivals, metric].idxmax()
        difference = scores.loc[main, metric] - scores.loc[other, metric]
        row = paired.loc[(other, metric)]
        found.append(
            Contrast(
                metric,
                main,
                other,
                scores.loc[main, metric],
                scores.loc[other, metric],
                difference,
                row["low"],
                row["high"],
            )
        )
    return found


def verdict(
    entries: pd.DataFrame,
    comparisons: pd.DataFrame,
    inputs: Mapping[str, Sequence[str]],
    main: str,
    place: str,
    *,
    simulated: bool = False,
    leaks: bool = False,
    confidence: float = 0.95,
    rival: str = SINGLE_INPUT,
) -> str:
    """Say whether the main model beats its best rival, and what bounds that.

    ``place`` names the spans that were scored ("JUND in K562 (test split)"); the tables are
    those of `contrasts`. What is best is chosen on the scored spans themselves, which favours
    the rival.
    """
    found = contrasts(entries, comparisons, inputs, main, rival)
    few, leak = (FEW_POSITIVES, REPEATED) if rival == BASELINE else (NO_INTERVAL, LEAKS)
    seeds = int(entries.set_index("entry").loc[main, "seeds"])
    mean = f", mean over {seeds} seeds" if seeds > 1 else ""
    subject = f"{capitalised(place)}: {name_of(main)} ({input_words(inputs[main])}{mean})"
    if not found:
        reason = (
            "so there is no fusion to judge"
            if len(inputs[main]) < 2 and rival == SINGLE_INPUT
            else f"and no {rival} of its was scored beside it, so its worth cannot be said"
        )
        sentences = [f"{subject} was scored, {reason}."]
    else:
        sentences = [f"{subject} {_predicate(found, confidence, rival)}."]
        if not all(contrast.bounded for contrast in found):
            sentences.append(few)
    return " ".join(sentences + [SIMULATED] * simulated + [leak] * leaks)


def _predicate(found: Sequence[Contrast], confidence: float, rival: str) -> str:
    parts = [f"{METRIC_NAMES[each.metric]} ({each.numbers(confidence)})" for each in found]
    first, second = (PHRASES[contrast.outcome].format(rival=rival) for contrast in found)
    if first == second:
        word = "or" if found[0].outcome == "level" else "and"
        return f"{first} {parts[0]} {word} in {parts[1]}"
    return f"{first} {parts[0]}, but {second.replace(f'its best {rival}', 'it')} {parts[1]}"
