"""The page of requested spans and variants: what the model makes of each, drawn and in numbers.

A request is one row of ``requested.tsv``, a variant two: the reference and the alternative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from Bio.motifs.jaspar import Motif
from matplotlib.figure import Figure

from cisfuse.dna.matrices import log_odds, matches
from cisfuse.dna.sequences import one_hot, reverse_complement
from cisfuse.figures.layouts import stack_parts
from cisfuse.figures.saliency import SPAN_SIZE, SpanMaps, draw_span, shared_scale
from cisfuse.figures.style import STYLE
from cisfuse.report.pages import Figure as Picture

MINUS = "\u2212"
MATCH_COLUMNS = [
    *("matrix", "id", "start", "end", "strand"),
    *("reference", "alternative", "change"),
]


@dataclass(frozen=True)
class Calling:
    """threshold: the logit from which a span is called bound; median: of accessibility on train."""

    threshold: float
    median: float

    def word(self, logit: float, label: int) -> str:
        """What is called, and whether that is right where the label, 0 or 1, is known."""
        called = logit >= self.threshold
        word = "called bound" if called else "called unbound"
        if label < 0:
            return word
        outcome = "true" if called == (label == 1) else "false"
        return f"{word}, a {outcome} {'positive' if called else 'negative'}"


@dataclass(frozen=True)
class View:
    """A request as the template lays it out; alleles and sites are rows of text, of variants."""

    text: str
    kind: str
    verdict: str
    facts: list[tuple[str, str]]
    alleles: list[list[str]]
    sites: list[list[str]]
    picture: Picture


def view_request(
    rows: pd.DataFrame,
    logits: np.ndarray,
    contributions: np.ndarray | None,
    sites: pd.DataFrame,
    calling: Calling,
    picture: Picture,
) -> View:
    """A request in words.

    rows: its rows of ``requested.tsv``; logits: float (1 or 2,); contributions: of accessibility,
    in logits, likewise, None for a model that does not read it; sites: as `changed_sites`
    gives them.
    """
    first, change = rows.iloc[0], float(logits[-1] - logits[0])
    facts = [
        ("Window", f"{first['name']} (0-based, half-open), {first['end'] - first['start']} bp"),
        ("Known as", _known_as(first)),
        ("Accessibility", f"{first['accessibility']:.3g} (median of train {calling.median:.3g})"),
    ]
    if contributions is not None:
        text = f"{signed(contributions[0])} logits against that median"
        facts.append(("Contribution of accessibility", text))
    if first["allele"] == "span":
        call = calling.word(float(logits[0]), int(first["label"]))
        verdict = f"Logit {plain(logits[0])}: {call}."
        return View(first["request"], "span", verdict, facts, [], [], picture)

    # The label is that of the genome as it is, so the alternative has none.
    words = [calling.word(float(logit), -1) for logit in logits]
    turn = f"the span stays {words[0]}" if words[0] == words[1] else f"{words[0]} turns {words[1]}"
    amount = f"{'raises' if change > 0 else 'lowers'} the logit by {abs(change):.2f}"
    if round(change, 2) == 0:
        amount = "leaves the logit as it is"
    letters = [row["sequence"][row["place"]] for _, row in rows.iterrows()]
    verdict = (
        f"{letters[1]} in place of {letters[0]} at {first['chrom']}:"
        f"{first['start'] + first['place'] + 1:,} {amount}, from {plain(logits[0])} to "
        f"{plain(logits[1])}; {turn}."
    )
    alleles = [
        [row["allele"], letter, plain(logit), signed(logit - logits[0]) if place else "", word]
        for place, ((_, row), letter, logit, word) in enumerate(
            zip(rows.iterrows(), letters, logits, words, strict=True)
        )
    ]
    lines = [
        [
            f"{site.matrix} ({site.id})",
            f"{first['chrom']}:{site.start}-{site.end} ({site.strand.replace('-', MINUS)})",
            plain(site.reference),
            plain(site.alternative),
            site.change,
        ]
        for site in sites.itertuples()
    ]
    return View(first["request"], "variant", verdict, facts, alleles, lines, picture)


def _known_as(row: pd.Series) -> str:
    if row["label"] >= 0:
        known = f"a span of the study ({row['splits']}), {'' if row['label'] else 'not '}bound"
    elif row["splits"]:
        known = f"no span of the study itself; overlaps spans of {row['splits']}"
    else:
        known = "no span of the study, nor does it overlap one"
    seen = "; the model was trained on these bases" if "train" in row["splits"] else ""
    return known.replace(",", ", ").replace(",  ", ", ") + seen


def plain(value: float) -> str:
    """Two digits, with a true minus."""
    return f"{value:.2f}".replace("-", MINUS) if np.isfinite(value) else ""


def signed(value: float) -> str:
    """Two digits with a sign."""
    return f"{value:+.2f}".replace("-", MINUS)


def changed_sites(rows: pd.DataFrame, motifs: Sequence[Motif]) -> pd.DataFrame:
    """Of each matrix the best match, p < 1e-4, that holds the variant's base on either allele.

    rows: the two rows of a variant. Returns `MATCH_COLUMNS`, best score first: start and end in
    genome coordinates, scores of both alleles in bits, and ``lost``, ``gained``, ``weakened``,
    ``strengthened`` or ``as before``.
    """
    place, start = int(rows["place"].iloc[0]), int(rows["start"].iloc[0])
    sequences = np.array([list(text.encode()) for text in rows["sequence"]], np.uint8)
    found = []
    for motif in motifs:
        alleles, begins, reverse, scores = matches(sequences, motif)
        holding = np.flatnonzero((begins <= place) & (place < begins + motif.length))
        if not len(holding):
            continue
        best = holding[np.argmax(scores[holding])]
        begin, turned = int(begins[best]), bool(reverse[best])
        windows = sequences[:, begin : begin + motif.length]
        windows = reverse_complement(windows) if turned else windows
        bits = (one_hot(windows) * log_odds(motif)).sum(axis=(1, 2))
        same = (begins[holding] == begin) & (reverse[holding] == turned)
        on = tuple(sorted(alleles[holding][same].tolist()))
        change = {(0,): "lost", (1,): "gained"}.get(on) or _compared(*bits)
        where = (start + begin, start + begin + motif.length, "-" if turned else "+")
        found.append((motif.name, motif.matrix_id, *where, *map(float, bits), change))
    table = pd.DataFrame(found, columns=MATCH_COLUMNS)
    highest = table[["reference", "alternative"]].max(axis=1)
    return table.iloc[(-highest).argsort(kind="stable")].reset_index(drop=True)


def _compared(before: float, after: float) -> str:
    if round(float(after - before), 2) == 0:
        return "as before"
    return "weakened" if after < before else "strengthened"


def draw_request(
    panels: Sequence[SpanMaps], headings: Sequence[str], text: str, title: str
) -> Figure:
    """A request's panels on one scale, of a variant the reference above the alternative."""
    with mpl.rc_context(STYLE):
        width, height = SPAN_SIZE
        figure, parts = stack_parts(width, [height] * len(panels), f"{text}\n{title}")
        for part, maps, heading in zip(parts, panels, headings, strict=True):
            draw_span(part, maps, heading, shared_scale(panels))
    return figure


def panel_heading(row: pd.Series, logit: float, calling: Calling) -> str:
    """Name, allele, logit and accessibility of a panel."""
    what = "" if row["allele"] == "span" else f"    {row['allele']} {row['sequence'][row['place']]}"
    return (
        f"{row['name']} (+){what}    logit {plain(logit)} (called from {plain(calling.threshold)})"
        f"    accessibility {row['accessibility']:.3g} (median of train {calling.median:.3g})"
    )


def contributions_of(arrays: Mapping[str, np.ndarray], method: str) -> np.ndarray | None:
    """The contributions of accessibility, (n,), or None when there are none: no such input."""
    found = arrays[f"{method}_accessibility"]
    return found if np.any(found) else None
