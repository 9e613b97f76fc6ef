"""Scores of called labels: of the arg-max of a net's output, which ranks no further than 0 and 1.

A sequence is called bound where its logit is 0 or more, which is where the sigmoid is 1/2 or
more and where the arg-max of a softmax of two is the second class. Some publications put such
labels, and not the scores, into ROC-AUC and average precision. All that then counts are the true
and false positives and negatives, TP, FP, FN and TN. Of P positives, N negatives:

- ROC-AUC is the share of pairs of a positive and a negative in the right order, ties at half.
  With the true positive rate t = TP / P and the false positive rate f = FP / N, a pair is in
  order with t (1 - f), tied with t f + (1 - t)(1 - f): (1 + t - f) / 2, the balanced accuracy.
- Average precision is the sum of precision times the rise in recall over the thresholds 1 and
  0: recall rises from 0 to t with precision TP / (TP + FP), and from t to 1 with that of calling
  everything, the prevalence P / (P + N).

Both throw away the order within each class of calls: they are not comparable with scores of ranks.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cisfuse.evaluation.entries import CONVENTION_METRICS
from cisfuse.evaluation.score_tables import comparisons_table, group_runs, parse_run
from cisfuse.statistics.bootstrap import Resamples
from cisfuse.statistics.scores import Scores, mean_scores
from cisfuse.tasks.binding.scores import COMPARED

COUNTS = ("true_positives", "false_positives", "false_negatives", "true_negatives")


def called(logits: np.ndarray) -> np.ndarray:
    """The called labels, 0.0 or 1.0, of logits of any shape."""
    return (logits >= 0).astype(np.float64)


def count_calls(labels: np.ndarray, logits: np.ndarray) -> dict[str, int]:
    """The `COUNTS` of labels of 0 and 1 and of logits, (n,) each."""
    bound, calls = labels == 1, called(logits) == 1
    sides = (bound & calls, ~bound & calls, bound & ~calls, ~bound & ~calls)
    return {name: int(side.sum()) for name, side in zip(COUNTS, sides, strict=True)}


def balanced_accuracy(counts: Mapping[str, int]) -> float:
    """(Sensitivity + specificity) / 2, the ROC-AUC of called labels; NaN without one class."""
    true, false, missed, right = (counts[name] for name in COUNTS)
    if not true + missed or not false + right:
        return np.nan
    return (1 + true / (true + missed) - false / (false + right)) / 2


def called_precision(counts: Mapping[str, int]) -> float:
    """Average precision of called labels; NaN without positives."""
    true, false, missed, right = (counts[name] for name in COUNTS)
    positives = true + missed
    if not positives:
        return np.nan
    prevalence = positives / (positives + false + right)
    recall = true / positives
    precision = true / (true + false) if true + false else 0.0
    return precision * recall + prevalence * (1 - recall)


def called_row(run: str, labels: np.ndarray, logits: np.ndarray) -> dict[str, Any]:
    """A run's row: model, seed, spans, learned, `COUNTS`, accuracy, roc_auc, average_precision.

    ``learned`` is 0 where all logits are the same, as of a network that learned nothing, else 1.
    """
    counts = count_calls(labels, logits)
    right = counts["true_positives"] + counts["true_negatives"]
    return {
        **dict(zip(("model", "seed"), parse_run(run), strict=True)),
        "spans": len(labels),
        "learned": int(np.ptp(logits) > 0),
        **counts,
        "accuracy": right / len(labels),
        "roc_auc": balanced_accuracy(counts),
        "average_precision": called_precision(counts),
    }


def called_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows of `called_row` as a table."""
    scores = ("accuracy", *CONVENTION_METRICS)
    return pd.DataFrame(rows, columns=["model", "seed", "spans", "learned", *COUNTS, *scores])


def compare_conventions(
    scored: Mapping[str, Mapping[str, Scores]],
    learned: Collection[str],
    main: str,
    resamples: Resamples,
) -> pd.DataFrame:
    """Differences of the main model from each other one, in each convention.

    ``scored`` holds the scores of each run by convention; ``learned`` are the runs that do not
    give all spans one logit. Columns: convention, seeds, then those of `comparisons_table` for
    `CONVENTION_METRICS`, in the order of `COMPARED`. Models are means over seeds: ``seeds`` is
    ``all``, or ``learned`` for those in ``learned`` alone; a model without any is left out there.
    """
    metrics = [metric for metric in COMPARED if metric in CONVENTION_METRICS]
    tables = []
    for convention, scores in scored.items():
        for seeds, runs in (
            ("all", scores),
            ("learned", [run for run in scores if run in learned]),
        ):
            entries = {
                entry: mean_scores([scores[run] for run in members])
                for entry, members in group_runs(runs).items()
            }
            table = comparisons_table(entries, main, metrics, resamples)
            table.insert(0, "convention", convention)
            table.insert(1, "seeds", seeds)
            tables.append(table)
    return pd.concat(tables, ignore_index=True)
