"""How the scores of binding are called, on figures, in verdicts and on the page.

Words hold ``{unit}`` and ``{units}``, which the source fills: span and spans, say.
"""

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from cisfuse.tasks.words import Column, FigureOfScores

PAGE_TITLE = "transcription-factor binding"
PREDICTED = "Where a transcription factor binds, predicted"
OUTPUTS = "logits"  # what a model gives, on the page
SUBJECT = "factor"  # that simulated data say nothing of
SPACE = "\N{NO-BREAK SPACE}"
METRIC_NAMES = {
    "average_precision": "average precision",
    "average_precision_over_prevalence": "average precision over prevalence",
    "roc_auc": "ROC-AUC",
    "recall_at_fdr_10": "recall at 10 % FDR",
    "recall_at_fdr_50": "recall at 50 % FDR",
    "peak_recall_at_fdr_50": "peaks found at 50 % FDR",
    "brier_skill": "Brier skill",
}
JUDGED = ("average_precision", "roc_auc")  # by the verdict, in figures, in the summary
LOWER_IS_BETTER: frozenset[str] = frozenset()
# Column of metrics.tsv that is drawn as a dotted line beside the first of `JUDGED`.
REFERENCE = "prevalence"
CEILING = ""  # another program's predictions that no model can beat, and so are no rival
COLUMNS = (
    Column("average_precision", "Average precision", interval=True),
    Column(
        "average_precision_over_prevalence", f"\N{MULTIPLICATION SIGN}{SPACE}prevalence", digits=1
    ),
    Column("roc_auc", "ROC-AUC", interval=True),
    Column("recall_at_fdr_10", f"Recall at 10{SPACE}% FDR"),
    Column("recall_at_fdr_50", f"Recall at 50{SPACE}% FDR"),
    Column("peak_recall_at_fdr_50", f"Peaks found at 50{SPACE}% FDR"),
    Column("brier_skill", "Brier skill"),
)
# Tables of score_predictions beside those of every task, and their files.
TABLES = {"calibration": "calibration.tsv", "curves": "curves.tsv.gz"}
CONVENTIONS = ("scores", "labels")  # in which the same predictions can be scored
FIGURES = (
    FigureOfScores(
        "roc",
        "cisfuse.figures.curves:draw_roc",
        "ROC",
        "ROC curves.",
        "Bands: pointwise intervals. Where positives are rare, read precision and recall first.",
        half=True,
    ),
    FigureOfScores(
        "precision_recall",
        "cisfuse.figures.curves:draw_precision_recall",
        "precision and recall",
        "Precision-recall curves.",
        "Bands: pointwise intervals. A constant score has the prevalence as its precision.",
        half=True,
    ),
    FigureOfScores(
        "ablation",
        "cisfuse.figures.scores:draw_ablation",
        "ablation",
        "{ablation}",
        "Scores by what an entry reads, and the main model minus each on the same {resamples}. "
        "Ticks: single seeds. Open dot: the interval of the difference holds 0. Dotted: "
        "prevalence.",
    ),
    FigureOfScores(
        "calibration",
        "cisfuse.figures.curves:draw_calibration",
        "calibration",
        "Calibration of the trained models.",
        "Probabilities by Platt scaling on valid against the share that is bound; each point "
        "stands for a tenth of the expected positives, with its Wilson interval. First seed.",
    ),
)
SPLIT_COLUMNS = ("{Units}", "Positives", "Prevalence")  # of the page's table of splits


def split_cells(row: pd.Series) -> list[str]:
    """A row of splits.tsv under `SPLIT_COLUMNS`."""
    return [f"{row['spans']:,.0f}", f"{row['positives']:,.0f}", f"{row['prevalence']:.4f}"]


def headline(row: pd.Series, units: str) -> str:
    """What was tested, for the head of the summary; ``row`` is an entry of metrics.tsv."""
    return (
        f"{row['spans']:,.0f} test {units}, {row['positives']:,.0f} positive, "
        f"prevalence {row['prevalence']:.4f}"
    )


def tested_words(row: pd.Series, units: str, hidden: Sequence[str]) -> str:
    """What was tested and how, for the note under the table of scores."""
    peaks = "" if "peak_recall_at_fdr_50" in hidden else f", in {row['peaks']:,.0f} peaks"
    return (
        f"{row['spans']:,.0f} {units}, {row['positives']:,.0f} of them positive (prevalence "
        f"{row['prevalence']:.4f}){peaks}. Average precision (no interpolation) and "
        "ROC-AUC (ties at half) at natural prevalence, as scikit-learn computes them."
    )


NOTE = (
    "Brier skill: of probabilities by Platt scaling on valid; 0 is a constant at the prevalence, 1 "
    "is perfect."
)
FEW = "positive"  # examples, whose scarcity makes intervals rough
INFORMATIVE = "with positives"
STRATA = ", with the same share of positives in each split"  # kept by a random split


def glossary(units: Mapping[str, str]) -> list[tuple[str, str]]:
    """Terms of the page and what they mean; ``units`` fills ``{unit}`` and ``{units}``."""
    terms = [
        (
            "Prevalence",
            "The share of {units} that are positive. Scores are at this share, not at an even one.",
        ),
        (
            "Average precision",
            "The area under the curve of precision (share of the called {units} that are bound) "
            "against recall (share of the bound {units} that are called). Chance gives the "
            "prevalence; 1 is perfect.",
        ),
        (
            "ROC-AUC",
            "The probability that a bound {unit} scores higher than one that is not bound. Chance "
            "gives 0.5; 1 is perfect. With rare positives it looks good long before the calls are.",
        ),
        (
            "FDR",
            "False discovery rate: the share of the called {units} that are not bound. Recall at "
            "10 % FDR is how many of the bound {units} can be called while nine of ten calls are "
            "right.",
        ),
    ]
    return [(term, text.format(**units)) for term, text in terms]


EXPLAINED = True  # the stage interpretation explains the calls of this task


def remarks(entries: pd.DataFrame, main: str, baselines: Collection[str]) -> str:
    """Nothing beyond the verdict."""
    return ""
