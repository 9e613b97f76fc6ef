"""Baselines from gapped k-mers, and so from sequence alone (`cisfuse.dna.kmers`)."""

from typing import Self

import numpy as np
from scipy.sparse import csr_array, hstack, vstack
from sklearn.linear_model import LogisticRegression, Ridge

from cisfuse.evaluation.baselines.draws import draw_by_label, draw_evenly
from cisfuse.evaluation.baselines.fitting import Block, Train
from cisfuse.evaluation.baselines.simple import SIGNAL

# Most examples that a regression is fitted on, and for the ridge most bases of them; they bound
# its memory.
MOST = 50_000
MOST_BASES = 5_000_000
MOST_WITH_SIGNAL = 25_000
SIGNAL_SCALE = 0.1
C = 0.1  # inverse strength of regularisation, in scikit-learn's terms
# Strengths of the ridge's penalty, in scikit-learn's terms, from weak to strong. Rows of k-mers
# have a length of 1, so they mean the same for sequences of any length.
ALPHAS = (0.3, 1.0, 3.0, 10.0, 30.0)
WITHOUT_VALID = 3.0


class KmerRegression:
    """Logistic regression, both classes with the same weight; predicts log odds."""

    def fit(self, train: Train) -> Self:
        rows = draw_by_label(train.targets, MOST, train.seed)
        features, labels = _gather(train, rows)
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=1000)
        self.model = model.fit(features, labels)
        return self

    def predict(self, block: Block) -> np.ndarray:
        return self.model.decision_function(block.kmers)


class KmerAccessibilityRegression:
    """Logistic regression on k-mers, log accessibility and the products of each k-mer with it.

    Both classes have the same weight; predicts log odds. Beside rows of k-mers, whose length is 1,
    standardised accessibility has a weight of `SIGNAL_SCALE`, chosen on valid of real data.
    """

    def fit(self, train: Train) -> Self:
        rows = draw_by_label(train.targets, MOST_WITH_SIGNAL, train.seed)
        features, labels = _gather(train, rows)
        self.pseudocount = train.pseudocount(SIGNAL)
        logs = self._logarithm(train.scalar(SIGNAL)[rows])
        self.mean, self.spread = logs.mean(), logs.std() or 1.0
        model = LogisticRegression(C=C, class_weight="balanced", max_iter=1000)
        self.model = model.fit(self._joined(features, logs), labels)
        return self

    def predict(self, block: Block) -> np.ndarray:
        logs = self._logarithm(block.scalars[SIGNAL])
        return self.model.decision_function(self._joined(block.kmers, logs))

    def _logarithm(self, signal: np.ndarray) -> np.ndarray:
        return np.log(signal.astype(np.float64) + self.pseudocount)

    def _joined(self, kmers: csr_array, logs: np.ndarray) -> csr_array:
        """K-mers, the signal, and their products: float32 (n, 2 * features + 1)."""
        signal = ((logs - self.mean) / self.spread).astype(np.float32)[:, None]
        parts = kmers, csr_array(SIGNAL_SCALE * signal), kmers * signal
        return hstack(parts, format="csr", dtype=np.float32)


class KmerRidge:
    """Ridge regression: least squares with a penalty on the squared coefficients.

    The penalty's strength is that of `ALPHAS` with the lowest mean squared error on valid, the
    strongest of equals; where valid has no example it is `WITHOUT_VALID`.
    """

    def fit(self, train: Train) -> Self:
        most = min(MOST, max(MOST_BASES // train.length, 2))
        features, targets = _gather(train, draw_evenly(len(train.targets), most, train.seed))
        models = {alpha: _fit_ridge(features, targets, alpha) for alpha in ALPHAS}
        errors, count = np.zeros(len(ALPHAS)), 0
        for block in train.valid_blocks():
            count += len(block)
            for place, model in enumerate(models.values()):
                residuals = model.predict(block.kmers).astype(np.float64) - block.targets
                errors[place] += residuals @ residuals
        best = len(ALPHAS) - 1 - int(np.argmin(errors[::-1]))
        self.alpha = ALPHAS[best] if count else WITHOUT_VALID
        self.model = models[self.alpha]
        return self

    def predict(self, block: Block) -> np.ndarray:
        return self.model.predict(block.kmers)


def _fit_ridge(features: csr_array, targets: np.ndarray, alpha: float) -> Ridge:
    """Conjugate gradients leave the features sparse; the intercept has no penalty.

    At this tolerance predictions are off by less than a thousandth of their standard deviation.
    """
    return Ridge(alpha=alpha, solver="sparse_cg", tol=1e-4).fit(features, targets)


def _gather(train: Train, rows: np.ndarray) -> tuple[csr_array, np.ndarray]:
    """The k-mers of rows of train, float32 (m, features), and their targets, float32 (m,)."""
    features, targets = [], []
    for block in train.blocks(rows):
        features.append(block.kmers)
        targets.append(block.targets)
    return vstack(features, format="csr"), np.concatenate(targets)
