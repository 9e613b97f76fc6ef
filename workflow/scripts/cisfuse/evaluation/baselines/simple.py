"""Baselines of a single number for each example, as it is or in a regression on it alone."""

from collections.abc import Iterator
from typing import Self

import numpy as np

from cisfuse.evaluation.baselines.fitting import Block, Train

SIGNAL = "accessibility"


class Prevalence:
    """The log odds of a positive in train, the same for every example."""

    def fit(self, train: Train) -> Self:
        self.share = float(train.targets.mean())
        return self

    def predict(self, block: Block) -> np.ndarray:
        return np.full(len(block), np.log(self.share / (1 - self.share)))


class Mean:
    """The mean of train's targets, the same for every example; no constant has a lower MSE."""

    def fit(self, train: Train) -> Self:
        self.mean = float(train.targets.mean(dtype=np.float64))
        return self

    def predict(self, block: Block) -> np.ndarray:
        return np.full(len(block), self.mean)


class GcContent:
    """The share of G and C."""

    def fit(self, train: Train) -> Self:
        return self

    def predict(self, block: Block) -> np.ndarray:
        return gc_content(block.sequences)


class RawAccessibility:
    """The accessibility of an example as it was measured."""

    def fit(self, train: Train) -> Self:
        return self

    def predict(self, block: Block) -> np.ndarray:
        return block.scalars[SIGNAL]


class LineRegression:
    """Linear regression of the target on one number of each example, by least squares."""

    def fit_line(self, feature: np.ndarray, targets: np.ndarray) -> Self:
        """Fit on (n,) each; a constant feature gets a slope of 0, and so the targets' mean."""
        feature, targets = feature.astype(np.float64), targets.astype(np.float64)
        mean, centre = feature.mean(), targets.mean()
        spread = feature - mean
        # The deviations of a constant may be off 0 by rounding.
        varies = np.ptp(feature) > 0
        self.slope = float(spread @ (targets - centre) / (spread @ spread)) if varies else 0.0
        self.intercept = float(centre - self.slope * mean)
        return self

    def on_line(self, feature: np.ndarray) -> np.ndarray:
        """The target that the line has at a feature, (n,) to float64 (n,)."""
        return self.intercept + self.slope * feature.astype(np.float64)


class GcRegression(LineRegression):
    """Linear regression on the share of G and C."""

    def fit(self, train: Train) -> Self:
        blocks: Iterator[Block] = train.blocks()
        shares = np.concatenate([gc_content(block.sequences) for block in blocks])
        return self.fit_line(shares, train.targets)

    def predict(self, block: Block) -> np.ndarray:
        return self.on_line(gc_content(block.sequences))


class AccessibilityRegression(LineRegression):
    """Linear regression on the logarithm of accessibility."""

    def fit(self, train: Train) -> Self:
        self.pseudocount = train.pseudocount(SIGNAL)
        return self.fit_line(self._logarithm(train.scalar(SIGNAL)), train.targets)

    def predict(self, block: Block) -> np.ndarray:
        return self.on_line(self._logarithm(block.scalars[SIGNAL]))

    def _logarithm(self, signal: np.ndarray) -> np.ndarray:
        return np.log(signal.astype(np.float64) + self.pseudocount)


def gc_content(sequences: np.ndarray) -> np.ndarray:
    """Share of G and C among known bases, uint8 ASCII (n, length) to float64 (n,); 0 if none."""
    strong = np.isin(sequences, np.frombuffer(b"CG", np.uint8)).sum(axis=1)
    known = strong + np.isin(sequences, np.frombuffer(b"AT", np.uint8)).sum(axis=1)
    return strong / np.maximum(known, 1)
