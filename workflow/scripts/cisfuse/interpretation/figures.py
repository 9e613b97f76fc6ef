"""The figures of an explained model: what each is called, says, and needs.

One entry of `FIGURES` holds all that the rules, Snakemake's report and the study's page know of a
figure; the drawing of the same name is in `cisfuse.figures`, its caption in Snakemake's report in
``workflow/report/NAME.rst``. Words carry ``{unit}`` and ``{units}`` for what one example is.
The rules read this module when they are parsed: it imports nothing that costs time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Group = Literal["saliency", "probes", "motifs"]
Section = Literal["motifs", "examples", "model"]


@dataclass(frozen=True)
class ExplanationFigure:
    """name: of its files; group: the rule plot_GROUP draws it; title: in Snakemake's report.

    heading and caption: on the page, in its ``section`` (beside the motifs, of single examples,
    of the model) at ``rank``. features: those that examples must have; method: the method of
    attribution that must be asked for, if any. needs_motifs: whether it shows nothing of a factor
    without a motif.
    """

    name: str
    group: Group
    title: str
    heading: str
    caption: str
    section: Section
    rank: int
    features: tuple[str, ...] = ("sequence",)
    method: str = ""
    needs_motifs: bool = False

    def words(self, unit: str) -> tuple[str, str]:
        """Heading and caption for examples that are called ``unit``, such as span."""
        heading, caption = (
            text.format(unit=unit, units=f"{unit}s") for text in (self.heading, self.caption)
        )
        return heading, caption


# In the order in which the rules and the summary list them.
FIGURES = (
    ExplanationFigure(
        name="true_positives",
        group="saliency",
        title="true positives",
        heading="True positives.",
        caption="Bound and called bound; the highest logits first.",
        section="examples",
        rank=2,
    ),
    ExplanationFigure(
        name="false_positives",
        group="saliency",
        title="false positives",
        heading="False positives.",
        caption="Unbound and called bound; the highest logits first.",
        section="examples",
        rank=5,
    ),
    ExplanationFigure(
        name="false_negatives",
        group="saliency",
        title="false negatives",
        heading="False negatives.",
        caption="Bound and called unbound; the lowest logits first.",
        section="examples",
        rank=6,
    ),
    ExplanationFigure(
        name="closed_motifs",
        group="saliency",
        title="motifs in closed chromatin",
        heading="Motifs in closed chromatin, called unbound.",
        caption="Unbound test {units} that hold one of the motifs, at or below the "
        "median accessibility of train; the table above has the bound ones too.",
        section="examples",
        rank=4,
        features=("sequence", "accessibility"),
        needs_motifs=True,
    ),
    ExplanationFigure(
        name="deletion",
        group="saliency",
        title="bases deleted",
        heading="True positives without one base.",
        caption="How much less probable binding is when a base is deleted (its one-hot set to "
        "zero), scaled by arcsinh; each panel has a scale of its own.",
        section="examples",
        rank=3,
        method="deletion",
    ),
    ExplanationFigure(
        name="aligned_mean",
        group="saliency",
        title="mean over motifs",
        heading="Mean attribution about motifs.",
        caption="Over bound test {units} that hold the motif, turned to its strand.",
        section="examples",
        rank=7,
        needs_motifs=True,
    ),
    ExplanationFigure(
        name="accessibility",
        group="probes",
        title="accessibility",
        heading="What accessibility does.",
        caption="Left: the logit as accessibility changes and the sequence stays. Right: what "
        "accessibility contributes to the logit of test {units}, against the median of train.",
        section="examples",
        rank=1,
        features=("sequence", "accessibility"),
    ),
    ExplanationFigure(
        name="margins",
        group="probes",
        title="margins of a span",
        heading="The ends of a {unit}.",
        caption="What a motif adds to the logit, and how large contributions are, by position. "
        "Padding of the convolutions reaches into the shaded margins.",
        section="model",
        rank=1,
        needs_motifs=True,
    ),
    ExplanationFigure(
        name="motifs",
        group="motifs",
        title="motifs",
        heading="Motifs in the attributions.",
        caption="Patterns of TF-MoDISco in the bound {units} of all splits, with the JASPAR matrix "
        "that each matches best (Tomtom).",
        section="motifs",
        rank=1,
    ),
    ExplanationFigure(
        name="filters",
        group="motifs",
        title="first-layer filters",
        heading="First-layer filters.",
        caption="Bases of the windows that excite a filter to more than half of its maximum.",
        section="model",
        rank=2,
    ),
)


# What those that need motifs are called, by name.
NEED_MOTIFS = {
    figure.name: figure.heading.format(unit="span", units="spans")
    for figure in FIGURES
    if figure.needs_motifs
}


def figures_of(features: Collection[str], methods: Collection[str]) -> dict[str, ExplanationFigure]:
    """The figures of a study by name: those whose features and method it has."""
    return {
        figure.name: figure
        for figure in FIGURES
        if set(figure.features) <= set(features) and (not figure.method or figure.method in methods)
    }


def on_page(names: Collection[str], section: Section) -> list[ExplanationFigure]:
    """The figures among ``names`` that stand in a section of the page, in its order."""
    chosen = [each for each in FIGURES if each.name in names and each.section == section]
    return sorted(chosen, key=lambda figure: figure.rank)
