"""Scores of trained models in two conventions, over the seeds that learned something.

``scores`` are ROC-AUC and average precision of the logits, ``labels`` those of called labels
(`cisfuse.evaluation.called_labels`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from cisfuse.evaluation.verdicts import Contrast

DIGITS = 4  # of scores that are all near 1


@dataclass(frozen=True)
class Spread:
    """A metric of a model over its seeds."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        mean = f"{self.mean:.{DIGITS}f}"
        if self.low == self.high:
            return mean
        return f"{mean} ({self.low:.{DIGITS}f} to {self.high:.{DIGITS}f})"

    def place_of(self, figure: float) -> str:
        """Where a published figure lies, as exactly as it was published."""
        decimals = max(DIGITS, -int(Decimal(repr(float(figure))).as_tuple().exponent))
        if round(figure, decimals) > round(self.high, decimals):
            return "above"
        return "below" if round(figure, decimals) < round(self.low, decimals) else "inside"


@dataclass(frozen=True)
class Conventions:
    """The tables of one sample: of each convention the scores of runs, and the differences.

    ``scores`` holds ``metrics.tsv`` and ``called_labels.tsv`` by convention, ``comparisons`` is
    ``convention_comparisons.tsv``.
    """

    scores: Mapping[str, pd.DataFrame]
    comparisons: pd.DataFrame

    def seeds(self, model: str, convention: str = "scores") -> pd.DataFrame:
        """The scores on test of a model's seeds."""
        table = self.scores[convention]
        rows = (table["model"] == model) & table["seed"].str.isdecimal()
        if "split" in table:
            rows &= table["split"] == "test"
        return table[rows]

    def silent(self, model: str) -> list[str]:
        """The seeds with which a model learned nothing: it gives one logit to all.

        A range over seeds that holds chance would hold every published figure.
        """
        called = self.seeds(model, "labels")
        return called.loc[called["learned"] == 0, "seed"].tolist()

    def spread(self, model: str, convention: str, metric: str, seeds: str = "learned") -> Spread:
        """A model's metric on test over the seeds that learned something, or over all."""
        table, silent = self.seeds(model, convention), self.silent(model)
        if seeds == "learned" and len(silent) < len(table):
            table = table[~table["seed"].isin(silent)]
        values = table[metric]
        return Spread(float(values.mean()), float(values.min()), float(values.max()))

    def contrasts(
        self, model: str, main: str, convention: str, metrics: Sequence[str], seeds: str
    ) -> list[Contrast]:
        """A model against the main one in each metric, over ``all`` seeds or ``learned`` ones.

        Empty where one of them has no such seed. The table says what the main one is minus the
        other.
        """
        table = self.comparisons
        rows = (table["model"] == main) & (table["other"] == model)
        rows &= (table["convention"] == convention) & (table["seeds"] == seeds)
        found = table[rows].set_index("metric")
        return [
            Contrast(
                metric,
                model,
                main,
                *(self.spread(name, convention, metric, seeds).mean for name in (model, main)),
                -found.loc[metric, "difference"],
                -found.loc[metric, "high"],
                -found.loc[metric, "low"],
            )
            for metric in (metrics if len(found) else [])
        ]
