"""The methods of attribution, each from a model and spans to `Attributions`.

Accessibility moves along the same paths as the sequence, in transformed units, from the median
of train to the span's own.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cisfuse.dna.sequences import BASES, one_hot
from cisfuse.dna.shuffles import dinucleotide_shuffles
from cisfuse.examples.shards import Examples
from cisfuse.interpretation.attribution import Attributions, Explainer
from cisfuse.interpretation.contributions import adds_up, project

logger = logging.getLogger("cisfuse")

POINTS = 2000  # points of paths that are held at once
PROGRESS = 0.25  # the log gets a line for each such share of the spans,
LONG_WORK = 20_000  # if they have as many points
STEPS = 64  # points of a path of integrated gradients, doubled for spans whose sum misses,
MOST_STEPS = 1024  # up to so many
REFERENCES = 20  # shuffles of each span that expected gradients start from
REFERENCE_STEPS = 5  # points of each of their paths


def gradient(explainer: Explainer, examples: Examples, seed: int = 0) -> Attributions:
    """The gradient of the logit: K. Simonyan, A. Vedaldi and A. Zisserman, "Deep inside
    convolutional networks" (ICLR workshop 2014). Its projection is gradient times one-hot input.
    """
    return _from_gradient(explainer, examples, centred=False)


def gradient_times_input(explainer: Explainer, examples: Examples, seed: int = 0) -> Attributions:
    """Gradient times what sets the input apart from a quarter of each base.

    The mean over the four bases is taken off the gradient: along it a one-hot sequence cannot
    move. A. Majdandzic, C. Rajesh and P. K. Koo, "Correcting gradient-based interpretations of
    deep neural networks for genomics" (Genome Biology 2023).
    """
    return _from_gradient(explainer, examples, centred=True)


def _from_gradient(explainer: Explainer, examples: Examples, centred: bool) -> Attributions:
    transformed = _accessibility(explainer, examples)
    found = np.empty((*examples["sequence"].shape, len(BASES)), np.float32)
    slope = np.empty(len(examples), np.float32)
    for rows in _batches(len(examples), 1):
        encoded = one_hot(examples["sequence"][rows])
        _, found[rows], slope[rows] = explainer.slopes(encoded, transformed[rows])
    if centred:
        found -= found.mean(axis=2, keepdims=True)
    none = np.full_like(slope, np.nan)
    change = transformed - explainer.transformed(explainer.median)
    return Attributions(found, slope, (slope * change).astype(np.float32), none, none)


def integrated_gradients(explainer: Explainer, examples: Examples, seed: int = 0) -> Attributions:
    """Gradients along the straight path from a quarter of each base and median accessibility.

    M. Sundararajan, A. Taly and Q. Yan, "Axiomatic attribution for deep networks" (ICML 2017).
    Their sum is the difference of the logits at the path's ends; where it misses by more than
    the larger of 1 % of that and 0.01, the path is walked in twice as many steps, and again.
    """
    encoded = one_hot(examples["sequence"])
    # Nothing is known of an N, so that it is the same at both ends.
    reference = np.float32(1 / len(BASES)) * encoded.sum(axis=2, keepdims=True)
    reference = np.broadcast_to(reference, encoded.shape)[:, None]
    paths, steps = _Paths(explainer, examples, reference), STEPS
    found = paths.walk(np.arange(len(examples)), steps)
    while steps < MOST_STEPS:
        steps *= 2
        again = np.flatnonzero(~adds_up(found.completeness_error, found.explained))
        if not len(again):
            break
        logger.info("%s spans again, in %d steps", f"{len(again):,}", steps)
        better = paths.walk(again, steps)
        for field in vars(found):
            getattr(found, field)[again] = getattr(better, field)
    return found


def expected_gradients(explainer: Explainer, examples: Examples, seed: int = 0) -> Attributions:
    """Integrated gradients from dinucleotide shuffles of each span, and their mean.

    G. Erion, J. D. Janizek, P. Sturmfels, S. M. Lundberg and S.-I. Lee, "Improving performance
    of deep learning models with axiomatic attribution priors and expected gradients" (Nature
    Machine Intelligence 2021). The points of the paths are spread evenly over all references.
    """
    shuffles = dinucleotide_shuffles(examples["sequence"], REFERENCES, seed)
    return _Paths(explainer, examples, shuffles).walk(np.arange(len(examples)), REFERENCE_STEPS)


@dataclass(frozen=True)
class _Paths:
    """Straight paths to spans from references, (n, references, length[, 4]), bytes or encoded."""

    explainer: Explainer
    examples: Examples
    references: np.ndarray

    def walk(self, chosen: np.ndarray, steps: int) -> Attributions:
        """Take the mean of the gradients at ``steps`` points of each path of the chosen spans."""
        count, many = len(chosen), self.references.shape[1]
        length = self.examples["sequence"].shape[1]
        # Interleaved, so that all paths together have many * steps different points.
        shifts = (np.arange(many) + 0.5) / many
        alphas = ((np.arange(steps) + shifts[:, None]) / steps).astype(np.float32)
        far = _accessibility(self.explainer, self.examples)[chosen]
        near = self.explainer.transformed(self.explainer.median)
        found = Attributions(
            np.empty((count, length, len(BASES)), np.float32),
            *(np.empty(count, np.float32) for _ in range(4)),
        )
        for rows in _batches(count, many * steps):
            ends = one_hot(self.examples["sequence"][chosen[rows]])
            starts = self.references[chosen[rows]]
            starts = one_hot(starts) if starts.dtype == np.uint8 else starts
            starts = starts * ends.sum(axis=2)[:, None, :, None]  # an N stays one all the way
            points = starts[:, :, None] + alphas[:, :, None, None] * (
                ends[:, None, None] - starts[:, :, None]
            )
            levels = near + alphas * (far[rows, None, None] - near)
            shape = points.shape[:3]
            _, by_sequence, by_accessibility = self.explainer.slopes(
                points.reshape(-1, length, len(BASES)), levels.ravel()
            )
            mean = by_sequence.reshape(*shape, length, len(BASES)).mean(axis=2)
            away = mean - (mean * starts).sum(axis=3, keepdims=True)
            found.hypothetical[rows] = away.mean(axis=1)
            found.slope[rows] = by_accessibility.reshape(shape).mean(axis=(1, 2))
            found.accessibility[rows] = found.slope[rows] * (far[rows] - near)
            at_ends = self.explainer.slopes(ends, far[rows])[0]
            at_starts = self.explainer.slopes(
                starts.reshape(-1, length, len(BASES)), np.full(len(ends) * many, near)
            )[0].reshape(-1, many)
            found.explained[rows] = at_ends - at_starts.mean(axis=1)
        total = project(found.hypothetical, self.examples["sequence"][chosen]).sum(axis=1)
        found.completeness_error[:] = total + found.accessibility - found.explained
        return found


def mutagenesis(explainer: Explainer, examples: Examples, seed: int = 0) -> Attributions:
    """In-silico mutagenesis: the logit after each single substitution.

    The contribution of a base is the logit with it minus the mean over all four, so that of
    the observed base is minus the mean change of its substitutions. That of accessibility is
    the change when it comes from the median of train to the span's own.
    """
    logits = explainer.predict(examples)
    found = _single_changes(explainer, examples, logits, BASES)
    found -= found.mean(axis=2, keepdims=True)
    return _with_accessibility(explainer, examples, logits, found)


def deletion(explainer: Explainer, examples: Examples, seed: int = 0) -> Attributions:
    """Deletion: the logit with each base minus the logit with nothing in its place, an N.

    So the contribution of the observed base is what the logit loses when its column of the
    one-hot encoding is set to zero. Where an N stands already there is nothing to delete: what
    each base would add is told there too, and the N itself, as ever, contributes nothing. That
    of accessibility is as in mutagenesis.
    """
    logits = explainer.predict(examples)
    changes = _single_changes(explainer, examples, logits, BASES + b"N")
    found = changes[..., : len(BASES)] - changes[..., len(BASES) :]
    return _with_accessibility(explainer, examples, logits, found)


def _single_changes(
    explainer: Explainer, examples: Examples, logits: np.ndarray, letters: bytes
) -> np.ndarray:
    """The logit with each letter in each place minus the logit: float32 (n, length, letters)."""
    found = np.zeros((*examples["sequence"].shape, len(letters)), np.float32)
    codes = np.frombuffer(letters, np.uint8)
    encodings = one_hot(codes)
    points = (len(letters) - 1) * examples["sequence"].shape[1]
    for rows in _batches(len(examples), points, 50 * POINTS):
        encoded = one_hot(examples["sequence"][rows])[:, :, None]
        span, place, letter = np.nonzero((encoded != encodings).any(axis=3))
        changed = examples.take(np.arange(len(examples))[rows][span])
        changed["sequence"][np.arange(len(span)), place] = codes[letter]
        found[rows][span, place, letter] = explainer.predict(changed) - logits[rows][span]
    return found


def _with_accessibility(
    explainer: Explainer, examples: Examples, logits: np.ndarray, hypothetical: np.ndarray
) -> Attributions:
    """Beside contributions of bases the change when accessibility comes from its median."""
    change, slope = np.zeros((2, len(examples)), np.float32)
    if explainer.transform is not None:
        median = np.full_like(logits, explainer.median)
        change = logits - explainer.predict(examples.with_array("accessibility", median))
        moved = _accessibility(explainer, examples) - explainer.transformed(explainer.median)
        slope = np.full_like(logits, np.nan)
        np.divide(change, moved, where=moved != 0, out=slope, casting="same_kind")
    none = np.full_like(logits, np.nan)
    return Attributions(hypothetical, slope, change, none, none)


METHODS: dict[str, Callable[[Explainer, Examples, int], Attributions]] = {
    "gradient": gradient,
    "gradient_times_input": gradient_times_input,
    "integrated_gradients": integrated_gradients,
    "expected_gradients": expected_gradients,
    "mutagenesis": mutagenesis,
    "deletion": deletion,
}


def attribute(
    explainer: Explainer, examples: Examples, methods: Iterable[str], seed: int
) -> dict[str, np.ndarray]:
    """Explain spans by several methods: the arrays of attributions.npz, whose rows are spans."""
    accessibility = _accessibility(explainer, examples).astype(np.float32)
    arrays = {
        "names": examples.names,
        "sequences": examples["sequence"],
        "logits": explainer.predict(examples),
        "accessibility_transformed": accessibility,
    }
    for method in methods:
        logger.info("%s of %s spans", method, f"{len(examples):,}")
        started = time.monotonic()
        found = METHODS[method](explainer, examples, seed)
        arrays[method] = found.hypothetical
        for name in ("accessibility", "slope", "completeness_error", "explained"):
            arrays[f"{method}_{name}"] = getattr(found, name)
        logger.info("%s took %.1f s", method, time.monotonic() - started)
    return arrays


def _accessibility(explainer: Explainer, examples: Examples) -> np.ndarray:
    if explainer.transform is None:
        return np.zeros(len(examples))
    return explainer.transformed(examples["accessibility"])


def _batches(count: int, points: int, at_once: int = POINTS) -> Iterator[slice]:
    """Slices of spans that have ``at_once`` points or so together; progress goes to the log."""
    size = max(at_once // points, 1)
    told = PROGRESS if count * points >= LONG_WORK else 1
    for start in range(0, count, size):
        yield slice(start, start + size)
        done = min(start + size, count) / count
        if told <= done < 1:
            logger.info("%.0f %% of %s spans", 100 * done, f"{count:,}")
            told = done + PROGRESS
