"""All questions to a model at once: accessibility, a motif's position, padding, first filters."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import pandas as pd

from cisfuse.dna.motifs import holds_any
from cisfuse.examples.shards import Examples
from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.contributions import project
from cisfuse.interpretation.probes import (
    POSITION_COLUMNS,
    RESPONSE_COLUMNS,
    accessibility_grid,
    accessibility_response,
    draw_rows,
    empty,
    measured_margin,
    motif_gains,
    padding_reach,
    position_table,
    profile_table,
)

logger = logging.getLogger("cisfuse")

MOST_SPANS = 200  # bound ones; there are no more of the background


@dataclass(frozen=True)
class Probed:
    """What the probes found: three tables, without rows where the model does not read what they
    ask about, and the bases at each end that a motif and padding reach, None if not known."""

    response: pd.DataFrame
    positions: pd.DataFrame
    profile: pd.DataFrame
    margin: dict[str, int | None]


def probe(
    model: keras.Model,
    examples: Examples,
    spans: pd.DataFrame,
    hypothetical: np.ndarray,
    *,
    median: float | None,
    motifs: Sequence[str],
    planted: str,
    seed: int,
) -> Probed:
    """Probe a model with the explained spans.

    examples: of the rows of ``spans``, which has role and split; hypothetical: float32
    (n, length, 4), their contributions; median: the accessibility of train, None without any;
    motifs: IUPAC, that spans hold or not; planted: the one that is moved along the background,
    IUPAC too, empty for none.
    """
    explainer = Explainer(model, median)
    groups = _groups(examples, spans, motifs, seed)
    logger.info("%s", ", ".join(f"{len(group)} spans {name}" for name, group in groups.items()))
    response = empty(RESPONSE_COLUMNS)
    if "accessibility" in explainer.inputs and len(examples):
        grid = accessibility_grid(explainer, examples["accessibility"])
        response = accessibility_response(explainer, groups, grid)

    reads_sequence = "sequence" in explainer.inputs
    positions = empty(POSITION_COLUMNS)
    if reads_sequence and 0 < len(planted) <= examples["sequence"].shape[1]:
        gains = motif_gains(explainer.predict, groups["without_motif"], planted)
        positions = position_table(planted, gains)
    measured = measured_margin(positions["gain_mean"].to_numpy(float)) or (None, None)
    sides = ("left", "right", "padding_left", "padding_right")
    margin = dict(zip(sides, (*measured, *padding_reach(model)), strict=True))

    background = (spans["role"] == "background").to_numpy()
    projection = project(hypothetical, examples["sequence"])[background]
    profile = profile_table(projection if reads_sequence else projection[:0])
    return Probed(response, positions, profile, margin)


def _groups(
    examples: Examples, spans: pd.DataFrame, motifs: Sequence[str], seed: int
) -> dict[str, Examples]:
    """Bound test spans with a motif, `MOST_SPANS` at the most, and background without one.

    Without motifs it is all bound ones of test, and the whole background.
    """
    has_motif = holds_any(examples["sequence"], motifs)
    bound = (spans["role"] == "positive") & (spans["split"] == "test")
    background = spans["role"] == "background"
    if not motifs:
        return {
            "bound": examples.take(draw_rows(bound.to_numpy(), MOST_SPANS, seed)),
            "background": examples.take(background.to_numpy()),
        }
    bound, plain = bound & has_motif, background & ~has_motif
    return {
        "with_motif": examples.take(draw_rows(bound.to_numpy(), MOST_SPANS, seed)),
        "without_motif": examples.take(plain.to_numpy()),
    }
