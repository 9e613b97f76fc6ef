"""The page of requested spans and variants: what the model makes of each, drawn and in numbers.

A request is one row of ``requested.tsv``, a variant two: the reference and the alternative.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cisfuse.base.wording import MINUS, two_decimals
from cisfuse.interpretation.request_effects import Calling
from cisfuse.report.pages import Figure as Picture


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
    origin: tuple[str, str] | None = None,
) -> View:
    """A request in words.

    rows: its rows of ``requested.tsv``; logits: float (1 or 2,); contributions: of accessibility,
    in logits, likewise, None for a model that does not read it; sites: as `changed_sites`
    gives them; origin: where the model was trained on another sample, that one's name and the
    splits of its spans that the window overlaps.
    """
    first, change = rows.iloc[0], float(logits[-1] - logits[0])
    facts = [
        ("Window", f"{first['name']} (0-based, half-open), {first['end'] - first['start']} bp"),
        ("Known as", _known_as(first, origin)),
        ("Accessibility", f"{first['accessibility']:.3g} (median of train {calling.median:.3g})"),
    ]
    if contributions is not None:
        text = f"{with_sign(contributions[0])} logits against that median"
        facts.append(("Contribution of accessibility", text))
    if first["allele"] == "span":
        call = calling.word(float(logits[0]), int(first["label"]))
        verdict = f"Logit {two_decimals(logits[0])}: {call}."
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
        f"{first['start'] + first['place'] + 1:,} {amount}, from {two_decimals(logits[0])} to "
        f"{two_decimals(logits[1])}; {turn}."
    )
    alleles = [
        [
            row["allele"],
            letter,
            two_decimals(logit),
            with_sign(logit - logits[0]) if place else "",
            word,
        ]
        for place, ((_, row), letter, logit, word) in enumerate(
            zip(rows.iterrows(), letters, logits, words, strict=True)
        )
    ]
    lines = [
        [
            f"{site.matrix} ({site.id})",
            f"{first['chrom']}:{site.start}-{site.end} ({site.strand.replace('-', MINUS)})",
            two_decimals(site.reference),
            two_decimals(site.alternative),
            site.change,
        ]
        for site in sites.itertuples()
    ]
    return View(first["request"], "variant", verdict, facts, alleles, lines, picture)


def _known_as(row: pd.Series, origin: tuple[str, str] | None) -> str:
    if row["label"] >= 0:
        known = f"a span of the study ({row['splits']}), {'' if row['label'] else 'not '}bound"
    elif row["splits"]:
        known = f"no span of the study itself; overlaps spans of {row['splits']}"
    else:
        known = "no span of the study, nor does it overlap one"
    sample, splits = origin or ("", row["splits"])
    where = f" in {sample}" if sample else ""
    seen = f"; the model was trained on these bases{where}" if "train" in splits else ""
    return known.replace(",", ", ").replace(",  ", ", ") + seen


def with_sign(value: float) -> str:
    """Two decimals with a sign, which zero has too."""
    return f"{value:+.2f}".replace("-", MINUS)
