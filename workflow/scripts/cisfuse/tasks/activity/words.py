"""How the scores of activity are called, on figures, in verdicts and on the page.

Words hold ``{unit}`` and ``{units}``, which the source fills: span and spans, say.
"""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from cisfuse.base.wording import name_of
from cisfuse.tasks.words import Column, FigureOfScores

PAGE_TITLE = "activity"
PREDICTED = "A measured activity, predicted"
OUTPUTS = "predictions"
SUBJECT = "assay"
METRIC_NAMES = {
    "pearson": "Pearson",
    "spearman": "Spearman",
    "mean_squared_error": "mean squared error",
    "mean_absolute_error": "mean absolute error",
    "r_squared": "R\N{SUPERSCRIPT TWO}",
}
JUDGED = ("pearson", "mean_squared_error")  # by the verdict, in figures, in the summary
LOWER_IS_BETTER = frozenset({"mean_squared_error", "mean_absolute_error"})
REFERENCE = ""
# Another program's predictions of this name are the activity without noise, as a simulation knows
# it: no model can score higher.
CEILING = "noiseless"
COLUMNS = (
    Column("pearson", "Pearson", interval=True),
    Column("spearman", "Spearman"),
    Column("mean_squared_error", "Mean squared error", interval=True),
    Column("mean_absolute_error", "Mean absolute error"),
    Column("r_squared", "R\N{SUPERSCRIPT TWO}"),
)
# Tables of score_predictions beside those of every task, and their files.
TABLES = {"points": "points.tsv.gz"}
CONVENTIONS = ("scores",)  # in which the same predictions can be scored
FIGURES = (
    FigureOfScores(
        "scatter",
        "cisfuse.figures.activity:draw_scatter",
        "predicted and measured",
        "Predicted against measured activity.",
        "The line is where they are equal; brackets are intervals. Of a model with several seeds "
        "the first is drawn.",
    ),
    FigureOfScores(
        "residuals",
        "cisfuse.figures.activity:draw_residuals",
        "residuals",
        "What the main model misses.",
        "Measured minus predicted, against the prediction with a running mean, and as a histogram.",
    ),
    FigureOfScores(
        "ablation",
        "cisfuse.figures.scores:draw_ablation",
        "ablation",
        "{ablation}",
        "Scores by what an entry reads, and the main model minus each on the same {resamples}. "
        "Ticks: single seeds. Open dot: the interval of the difference holds 0. Of errors less is "
        "better.",
    ),
)
SPLIT_COLUMNS = ("{Units}", "Mean", "Standard deviation")  # of the page's table of splits


def split_cells(row: pd.Series) -> list[str]:
    """A row of splits.tsv under `SPLIT_COLUMNS`."""
    return [f"{row['spans']:,.0f}", f"{row['mean']:.4g}", f"{row['standard_deviation']:.4g}"]


def headline(row: pd.Series, units: str) -> str:
    """What was tested, for the head of the summary; ``row`` is an entry of metrics.tsv."""
    return (
        f"{row['spans']:,.0f} test {units}, activity {row['mean']:.3g} with standard deviation "
        f"{row['standard_deviation']:.3g}"
    )


def tested_words(row: pd.Series, units: str, hidden: Sequence[str]) -> str:
    """What was tested and how, for the note under the table of scores."""
    return (
        f"{row['spans']:,.0f} {units}, whose activity has a mean of {row['mean']:.4g} and a "
        f"standard deviation of {row['standard_deviation']:.4g}. Errors are in its unit."
    )


NOTE = (
    "R\N{SUPERSCRIPT TWO}: 1 minus the mean squared error over the variance; 0 is a constant at "
    "the mean, 1 is perfect. A constant prediction has no correlation."
)
FEW = "example"  # whose scarcity makes intervals rough
INFORMATIVE = ""
STRATA = ""


def glossary(units: Mapping[str, str]) -> list[tuple[str, str]]:
    """Terms of the page and what they mean; ``units`` fills ``{unit}`` and ``{units}``."""
    terms = [
        (
            "Pearson, Spearman",
            "The correlation of predicted with measured activity over the {units} of test, and "
            "that of their ranks. 1 is perfect, 0 is no relation. Intervals of Spearman keep the "
            "ranks of all of test.",
        ),
        (
            "Mean squared error",
            "The mean square of measured minus predicted; 0 is perfect, and a constant at the mean "
            "has the variance of the activity.",
        ),
    ]
    return [(term, text.format(**units)) for term, text in terms]


EXPLAINED = False  # the stage interpretation explains calls, which this task does not make


def remarks(entries: pd.DataFrame, main: str, baselines: Collection[str]) -> str:
    """What the main model and the best baseline reach of what can be reached, where it is known.

    ``entries`` are those of `cisfuse.evaluation.entries.scored_entries`.
    """
    scores = entries.set_index("entry")["pearson"].dropna()
    if CEILING not in scores or main not in scores:
        return ""
    highest = scores[CEILING]
    sentence = (
        f"The highest reachable Pearson, that of the activity without noise, is {highest:.3f} on "
        f"test: {name_of(main)} reaches {scores[main] / highest:.3f} of it"
    )
    rivals = scores[scores.index.isin(baselines)]
    if rivals.empty:
        return f"{sentence}."
    best = str(rivals.idxmax())
    return f"{sentence}, the best baseline ({name_of(best)}) {rivals[best] / highest:.3f}."
