"""Scores in two conventions, and whether published figures lie inside the spread of our seeds.

``scores`` are ROC-AUC and average precision of the logits, ``labels`` those of called labels
(`cisfuse.evaluation.called_labels`). A model has one published convention; figures of two
conventions do not compare. Beside them stands what a search for one string scores.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from cisfuse.base.wording import name_of, percent, signed
from cisfuse.evaluation.conventions import DIGITS, Conventions, Spread
from cisfuse.evaluation.entries import CONVENTION_METRICS
from cisfuse.evaluation.verdicts import Contrast
from cisfuse.sources.sequences.words import NO_INTERVAL
from cisfuse.tasks.binding.words import METRIC_NAMES

CONVENTIONS = {"scores": "continuous scores", "labels": "arg-max labels"}
SPREAD = (
    "Mean over the seeds that learned something, and in brackets the lowest to the highest of them."
)
PLACES = (
    "A published figure is inside when it lies between them as they are rounded to its decimals, "
    "four at least; above and below say where else it lies."
)
EXPLAINED = (
    "Continuous scores rank all of test by its logits. Arg-max labels call each of it bound or "
    "not and rank by this 0 or 1 alone: the order within each class is lost, and the two do not "
    "compare."
)
WORDS = {
    "better": "it is better",
    "level": "it cannot be told apart",
    "worse": "it is worse",
    "above": "it scores higher",
    "below": "it scores lower",
    "equal": "it scores the same",
}
SEEDS = {"all": ", over all seeds,", "learned": ", over the seeds that learned something,"}
SIGNS = {"better": 1, "above": 1, "level": 0, "equal": 0, "worse": -1, "below": -1}


def note(published: Mapping[str, Mapping]) -> str:
    """What the numbers of the table are."""
    return f"{SPREAD} {PLACES}" if published else SPREAD


def headings(published: Mapping[str, Mapping]) -> list[str]:
    """Those of the table of both conventions; without published figures it has none."""
    beside = ["Published"] if published else []
    return ["Model", "Scored from", "ROC-AUC", *beside, "Average precision", *beside]


def reproduction_rows(
    found: Conventions, models: Sequence[str], published: Mapping[str, Mapping]
) -> list[list[str]]:
    """A row per model and convention, as text, under `headings`."""
    rows = []
    for model in models:
        name, count, silent = name_of(model), len(found.seeds(model)), len(found.silent(model))
        if 0 < silent < count:
            name += f", {count - silent} of {count} seeds"
        for convention, words in CONVENTIONS.items():
            row = [name, words]
            for metric in CONVENTION_METRICS:
                spread = found.spread(model, convention, metric)
                row.append(str(spread))
                if published:
                    figures = published.get(model, {})
                    row.append(_published(figures, convention, spread, metric))
            rows.append(row)
    return rows


def _published(figures: Mapping, convention: str, spread: Spread, metric: str) -> str:
    if figures.get("convention") != convention or figures.get(metric) is None:
        return "\N{EN DASH}"
    return f"{figures[metric]:g}: {spread.place_of(figures[metric])}"


def reproduction_words(
    found: Conventions,
    models: Sequence[str],
    published: Mapping[str, Mapping],
    confidence: float,
) -> list[str]:
    """What the conventions are, what was reproduced, and how the first two models compare."""
    sentences = [EXPLAINED, *_silent(found, models), *_reproduced(found, published)]
    if len(models) > 1:
        main, model = models[:2]
        silent = any(found.silent(name) for name in (main, model))
        for convention in CONVENTIONS:
            for seeds in ("all", "learned") if silent else ("all",):
                pairs = found.contrasts(model, main, convention, CONVENTION_METRICS, seeds)
                if pairs:
                    start = f"From {CONVENTIONS[convention]}" + SEEDS[seeds] * silent
                    sentences.append(f"{start} {compare(pairs, confidence)}")
        sentences += _mixed(found, main, model, published)
    return sentences


def _silent(found: Conventions, models: Sequence[str]) -> list[str]:
    """Of each model the seeds that learned nothing."""
    sentences = []
    for model in models:
        if seeds := found.silent(model):
            word = "seed" if len(seeds) == 1 else "seeds"
            sentence = (
                f"With {word} {', '.join(seeds)} {name_of(model)} learned nothing: it gives all "
                "of test the same score."
            )
            if len(seeds) < len(found.seeds(model)):
                sentence += " The table leaves this out."
            sentences.append(sentence)
    return sentences


def _reproduced(found: Conventions, published: Mapping[str, Mapping]) -> list[str]:
    """Of each source its conventions, then how many figures of all lie inside our spread."""
    if not published:
        return []
    sources: dict[str, list[str]] = {}
    places = []
    for model, figures in published.items():
        words = f"{name_of(model)} from {CONVENTIONS[figures['convention']]}"
        sources.setdefault(figures.get("source", ""), []).append(words)
        places += [
            found.spread(model, figures["convention"], metric).place_of(figures[metric])
            for metric in CONVENTION_METRICS
            if figures.get(metric) is not None
        ]
    sentences = [
        f"Published{f' ({source})' if source else ''}: {', '.join(words)}."
        for source, words in sources.items()
    ]
    inside = places.count("inside")
    if places:
        count = "all" if inside == len(places) else "none" if inside == 0 else str(inside)
        sentences.append(
            "Inside the spread of our seeds, in the convention in which they were published, lie "
            f"{count} of the published figures ({len(places)})."
        )
    return sentences


def compare(pairs: Sequence[Contrast], confidence: float) -> str:
    """That a model is better than another, not worse, or worse, by the intervals."""
    model, other = name_of(pairs[0].main), name_of(pairs[0].other)
    parts = []
    for pair in pairs:
        numbers = f"difference {signed(pair.difference, DIGITS)}"
        if pair.bounded:
            ends = (signed(end, DIGITS) for end in (pair.low, pair.high))
            numbers += f", {percent(confidence)} interval {' to '.join(ends)}"
        parts.append(f"in {METRIC_NAMES[pair.metric]} {WORDS[pair.outcome]} ({numbers})")
    text = f"{model} {_verb(pairs)} {other}: {' and '.join(parts)}."
    few = NO_INTERVAL.format(few="positives")
    return text if all(pair.bounded for pair in pairs) else f"{text} {few}"


def _verb(pairs: Sequence[Contrast]) -> str:
    signs = {SIGNS[pair.outcome] for pair in pairs}
    bounded = all(pair.bounded for pair in pairs)
    if signs == {1}:
        return "is better than" if bounded else "scores higher than"
    if signs == {-1}:
        return "is worse than" if bounded else "scores lower than"
    if -1 not in signs:
        return "is not worse than" if bounded else "scores no lower than"
    if 1 not in signs:
        return "is worse in one score than" if bounded else "scores lower in one score than"
    return "is better in one score and worse in the other than"


def _mixed(
    found: Conventions, main: str, model: str, published: Mapping[str, Mapping]
) -> list[str]:
    """That a published comparison mixed conventions, where its ranking is not found in one."""
    if not {main, model} <= set(published):
        return []
    figures = {name: published[name] for name in (main, model)}
    if figures[main]["convention"] == figures[model]["convention"]:
        return []
    metrics = [
        m for m in CONVENTION_METRICS if all(own.get(m) is not None for own in figures.values())
    ]
    against = []
    for convention, words in CONVENTIONS.items():
        pairs = found.contrasts(model, main, convention, metrics, "learned")
        gaps = [figures[model][metric] - figures[main][metric] for metric in metrics]
        ranked = zip(pairs, gaps, strict=False)  # no pairs where a model never learned
        if any((gap > 0) - (gap < 0) != SIGNS[pair.outcome] for pair, gap in ranked):
            against.append(f"from {words}")
    if not against:
        return []
    sides = [
        f"{name_of(name)} from {CONVENTIONS[own['convention']]} ("
        + ", ".join(f"{METRIC_NAMES[m]} {own[m]:g}" for m in metrics)
        + ")"
        for name, own in figures.items()
    ]
    return [
        f"The published comparison of {' with '.join(sides)} mixed a score of labels with a score "
        f"of ranks; its ranking is not found {' or '.join(against)}."
    ]


def search_words(search: pd.DataFrame, entries: pd.DataFrame, models: Sequence[str]) -> str:
    """What the string search is worth beside the best model.

    ``search`` is ``string_search.tsv``, ``entries`` those of
    `cisfuse.evaluation.entries.scored_entries`. The best model is that of the highest average
    precision.
    """
    word = search["word"].iloc[0]
    scores = entries.set_index("entry")
    if not word:
        return "No word of train's positives could be searched for."
    own = scores.loc["string_search"]
    best = scores.loc[scores.loc[list(models), "average_precision"].idxmax()]
    text = (
        f"A search for the string {word}, the word that tells train's labels best, has average "
        f"precision {own['average_precision']:.{DIGITS}f} and ROC-AUC {own['roc_auc']:.{DIGITS}f} "
        "on test"
    )
    if all(own[metric] >= scores.loc[list(models), metric].max() for metric in CONVENTION_METRICS):
        return f"{text}; no network is needed for such labels."
    return (
        f"{text}, the best model ({name_of(str(best.name))}) "
        f"{best['average_precision']:.{DIGITS}f} and {best['roc_auc']:.{DIGITS}f}."
    )
