"""Motifs that a model learned, found in its attributions by TF-MoDISco.

A. Shrikumar and others, "Technical note on transcription factor motif discovery from importance
scores (TF-MoDISco)" (arXiv:1811.00416), in the form of modisco-lite. It cuts seqlets, short
windows of high contribution, out of the spans, clusters them by their hypothetical contributions
and aligns each cluster to a pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cisfuse.dna.sequences import BASES, one_hot
from cisfuse.interpretation.patterns import Pattern

# The defaults, 21 and 10 for the first two, are for windows of 1,000 bases and more: a seqlet of
# 21 + 2 * 10 bases that would reach over a span's end is dropped, and of 101 bases most do. A
# core of 15 still holds a dimer's site of 8 to 12 bases.
SETTINGS = {
    "sliding_window_size": 15,
    "flank_size": 5,
    "trim_to_window_size": 20,
    "initial_flank_to_add": 5,
    "min_metacluster_size": 100,
    # Clusterings from as many seeds, of which the best counts: 50 by default, 2 on modisco-lite's
    # command line, and nearly all of the time.
    "n_leiden_runs": 10,
}
# Of spans that are not twice as long as the 30 bases that such a pattern starts from, too few
# hold a motif so far from both ends. Each is likely to have been chosen about the same motif,
# and clustering what is similar takes longest.
SHORT_SETTINGS = SETTINGS | {
    "sliding_window_size": 12,
    "flank_size": 3,
    "trim_to_window_size": 16,
    "initial_flank_to_add": 2,
    "n_leiden_runs": 2,
}
SHORT = 2 * (SETTINGS["trim_to_window_size"] + 2 * SETTINGS["initial_flank_to_add"])
# A pattern is cut where contributions stay below this share of its highest, as in the report of
# TF-MoDISco, with some bases to each side.
TRIM_SHARE, TRIM_FLANK = 0.3, 2
BREAKS = (ArithmeticError, IndexError, ValueError)  # where modisco-lite cannot work with its input
INAUDIBLE = 1e-6  # of the largest contribution: far below what any seqlet is chosen by


@dataclass(frozen=True)
class Discovery:
    """What TF-MoDISco found.

    patterns: positive ones first, and of a sign those with the most seqlets. seqlets: how many
    there were of each sign. note: why there is no pattern; empty when there is one.
    """

    patterns: list[Pattern]
    seqlets: dict[str, int]
    note: str


def settings_of(length: int) -> dict[str, int]:
    """What TF-MoDISco is told for spans of ``length`` bases."""
    return SETTINGS if length >= SHORT else SHORT_SETTINGS


def seqlet_size(length: int) -> int:
    """Bases of the seqlets that are cut out of spans of ``length`` bases."""
    settings = settings_of(length)
    return settings["sliding_window_size"] + 2 * settings["flank_size"]


def discover(hypothetical: np.ndarray, sequences: np.ndarray, unit: str = "span") -> Discovery:
    """Find patterns in hypothetical contributions.

    hypothetical: float32 (n, length, 4), in logits; sequences: uint8 ASCII (n, length). Any
    letter but A, C, G and T contributes nothing. No pattern is a result, and has a note, in which
    ``unit`` is what one example is called. The same input gives the same patterns; numba's threads
    do not change them.
    """
    nothing = {"positive": 0, "negative": 0}
    used = (hypothetical * one_hot(sequences)).any(axis=(1, 2))
    length, count = sequences.shape[1], int(used.sum())
    settings, size = settings_of(length), seqlet_size(length)
    if length <= size:
        return Discovery(
            [],
            nothing,
            f"{unit.capitalize()}s of {length} bases are too short: a seqlet has {size} and may "
            f"not hang over an end. Longer {unit}s would help.",
        )
    if count == 0:
        return Discovery([], nothing, f"No {unit} has a contribution of its bases that is not 0.")
    # Imported here, since numba and what it compiles cost seconds.
    from modiscolite.tfmodisco import TFMoDISco

    observed = one_hot(sequences[used])
    encoded, values = _without_silence(observed, hypothetical[used].astype(np.float32))
    try:
        found = TFMoDISco(encoded, values, **settings)
        # Afterwards: it starts numba's threads, and TFMoDISco forks only before that.
        seqlets = _count_seqlets(encoded, values, settings)
    except BaseException as error:
        # modisco-lite fits distributions to contributions above and below the mode, and breaks
        # off where one side has none, as with a few spans or with maps of one value. leidenalg
        # raises a bare BaseException for a graph that it cannot work with.
        if not isinstance(error, BREAKS) and type(error) is not BaseException:
            raise
        note = (
            f"TF-MoDISco cannot work with the contributions of these {count:,} {unit}s ({error})."
        )
        return Discovery([], nothing, f"{note} More positive {unit}s would help.")
    drawn = None if encoded is observed else observed
    patterns = [
        pattern
        for sign, raw in zip(seqlets, found, strict=True)
        for pattern in sorted((_trimmed(each, sign, drawn) for each in raw or []), key=_by_seqlets)
    ]
    return Discovery(patterns, seqlets, "" if patterns else _explain(seqlets, count, unit))


def _without_silence(
    encoded: np.ndarray, hypothetical: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One-hot bases and contributions (n, length, 4) without places at which both are 0.

    Letters that are no base may have contributions of exactly 0. TF-MoDISco divides by the size of
    windows, which is 0/0 where all letters are such. They become drawn bases with contributions
    that are as good as 0 and like no others; the same input gives the same. Other places stay.
    """
    silent = ~(encoded.any(axis=2) | hypothetical.any(axis=2))
    if not silent.any():
        return encoded, hypothetical
    generator, count = np.random.default_rng(0), int(silent.sum())
    encoded, hypothetical = encoded.copy(), hypothetical.copy()
    encoded[silent] = np.eye(len(BASES))[generator.integers(len(BASES), size=count)]
    size = INAUDIBLE * np.abs(hypothetical).max()
    hypothetical[silent] = generator.normal(0, size, (count, len(BASES)))
    return encoded, hypothetical


def _explain(seqlets: dict[str, int], count: int, unit: str) -> str:
    least = SETTINGS["min_metacluster_size"]
    counts = f"{seqlets['positive']} with positive and {seqlets['negative']} with negative"
    if max(seqlets.values()) > least:
        return (
            f"No pattern: {counts} contributions were cut out of {count:,} {unit}s, but no group "
            f"of them is similar enough. A better model or more positive {unit}s would help."
        )
    return (
        f"Too few seqlets: {counts} contributions were cut out of {count:,} {unit}s, and more than "
        f"{least} of a sign are needed. More positive {unit}s would help."
    )


def _count_seqlets(
    encoded: np.ndarray, hypothetical: np.ndarray, settings: dict[str, int]
) -> dict[str, int]:
    """How many seqlets of each sign TF-MoDISco starts from, which it does not tell."""
    from modiscolite.extract_seqlets import extract_seqlets

    window, flank = settings["sliding_window_size"], settings["flank_size"]
    contributions = (encoded * hypothetical).sum(axis=2)
    seqlets, threshold = extract_seqlets(
        contributions,
        window_size=window,
        flank=flank,
        suppress=window // 2 + flank,
        target_fdr=0.2,
        min_passing_windows_frac=0.03,
        max_passing_windows_frac=0.2,
        weak_threshold_for_counting_sign=0.8,
    )
    cores = np.array(
        [contributions[s.example_idx, s.start + flank : s.end - flank].sum() for s in seqlets]
    )
    return {
        "positive": int((cores > threshold).sum()),
        "negative": int((cores < -threshold).sum()),
    }


def _trimmed(found: Any, sign: str, observed: np.ndarray | None) -> Pattern:
    """A pattern of modisco-lite, cut to where it contributes; ``observed`` are the spans' one-hot
    bases where it was given drawn ones for some."""
    cwm, ppm = np.asarray(found.contrib_scores), np.asarray(found.sequence)
    if observed is not None:
        ppm = _mean_bases(found.seqlets, observed)
    height = np.abs(cwm).sum(axis=1)
    places = np.flatnonzero(height >= TRIM_SHARE * height.max())
    kept = slice(max(places[0] - TRIM_FLANK, 0), places[-1] + 1 + TRIM_FLANK)
    # N has no channel, so that rows of seqlets with N add up to less than 1.
    total = ppm[kept].sum(axis=1, keepdims=True)
    shares = np.divide(ppm[kept], total, out=np.full(ppm[kept].shape, 0.25), where=total > 0)
    return Pattern(sign, len(found.seqlets), shares.astype(np.float32), np.float32(cwm[kept]))


def _mean_bases(seqlets: Sequence[Any], observed: np.ndarray) -> np.ndarray:
    """The mean over seqlets of their one-hot bases, float64 (width, 4)."""
    total = np.zeros((seqlets[0].end - seqlets[0].start, len(BASES)))
    for seqlet in seqlets:
        bases = observed[seqlet.example_idx, seqlet.start : seqlet.end]
        total += bases[::-1, ::-1] if seqlet.is_revcomp else bases
    return total / len(seqlets)


def _by_seqlets(pattern: Pattern) -> tuple[int, bytes]:
    return -pattern.seqlets, pattern.cwm.tobytes()
