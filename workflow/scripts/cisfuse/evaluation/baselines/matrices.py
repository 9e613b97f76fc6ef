"""Baselines from the factor's JASPAR matrices, alone or together with accessibility.

An example without any window of known bases gets the lowest score that train has of a matrix.
"""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from cisfuse.evaluation.baselines.draws import draw_by_label, draw_evenly
from cisfuse.evaluation.baselines.fitting import Block, Train, Unavailable
from cisfuse.evaluation.baselines.simple import SIGNAL, LineRegression

# Most examples that a regression is fitted on; they bound its memory.
MOST = 1_000_000


class JasparBestMatch:
    """The best score of all matrices in bits."""

    def fit(self, train: Train) -> Self:
        self.lowest = _checked(train)
        return self

    def predict(self, block: Block) -> np.ndarray:
        return _best_of_all(block.best_scores, self.lowest)


class BestMatchRegression(LineRegression):
    """Linear regression on the best score of all matrices."""

    def fit(self, train: Train) -> Self:
        self.lowest = _checked(train)
        return self.fit_line(_best_of_all(train.best_scores, self.lowest), train.targets)

    def predict(self, block: Block) -> np.ndarray:
        return self.on_line(_best_of_all(block.best_scores, self.lowest))


class _WithAccessibility:
    """A model of log accessibility and the best score of each matrix.

    Without a matrix it would read accessibility alone, under a name that says more.
    """

    def _fit(self, train: Train, rows: np.ndarray, *steps: BaseEstimator) -> Self:
        self.lowest, self.pseudocount = _checked(train), train.pseudocount(SIGNAL)
        features = self._features(train.scalar(SIGNAL)[rows], train.best_scores[rows])
        self.pipeline: Pipeline = make_pipeline(*steps).fit(features, train.targets[rows])
        return self

    def _features(self, signal: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Logarithm of the signal, then each matrix's score: float64 (n, 1 + n_matrices)."""
        logarithm = np.log(signal.astype(np.float64) + self.pseudocount)
        return np.column_stack([logarithm, _filled(scores, self.lowest)])

    def _features_of(self, block: Block) -> np.ndarray:
        return self._features(block.scalars[SIGNAL], block.best_scores)


class MatrixRegression(_WithAccessibility):
    """Logistic regression on both and their products, both classes with the same weight.

    Predicts log odds.
    """

    def fit(self, train: Train) -> Self:
        rows = draw_by_label(train.targets, MOST, train.seed)
        model = LogisticRegression(class_weight="balanced", max_iter=1000)
        return self._fit(train, rows, *_linear_steps(), model)

    def predict(self, block: Block) -> np.ndarray:
        return self.pipeline.decision_function(self._features_of(block))


class BoostedTrees(_WithAccessibility):
    """Gradient boosting of small trees, both classes with the same weight; predicts log odds.

    100 rounds at a rate of 0.05, trees of 15 leaves: chosen on valid of real data. On one thread:
    more would wait for each other wherever the machine is busy.
    """

    def fit(self, train: Train) -> Self:
        rows = draw_by_label(train.targets, MOST, train.seed)
        model = HistGradientBoostingClassifier(
            learning_rate=0.05,
            max_iter=100,
            max_leaf_nodes=15,
            class_weight="balanced",
            early_stopping=False,
            random_state=train.seed,
        )
        with threadpool_limits(1, "openmp"):
            return self._fit(train, rows, model)

    def predict(self, block: Block) -> np.ndarray:
        with threadpool_limits(1, "openmp"):
            return self.pipeline.decision_function(self._features_of(block))


class MatrixLinearRegression(_WithAccessibility):
    """Linear regression on both and their products, by least squares."""

    def fit(self, train: Train) -> Self:
        rows = draw_evenly(len(train.targets), MOST, train.seed)
        return self._fit(train, rows, *_linear_steps(), LinearRegression())

    def predict(self, block: Block) -> np.ndarray:
        return self.pipeline.predict(self._features_of(block))


def _checked(train: Train) -> np.ndarray:
    """The lowest score of each matrix; raises `Unavailable` where no matrix has any."""
    if not train.matrices:
        raise Unavailable("JASPAR has no matrix of the factor; evaluation.matrices can name one")
    if np.isnan(train.lowest).all():
        raise Unavailable(
            f"no matrix of the factor fits into {train.length} known bases; evaluation.matrices "
            "can name another"
        )
    return train.lowest


def _best_of_all(scores: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """The best score of any matrix, (n, n_matrices) to (n,)."""
    return _filled(np.fmax.reduce(scores, axis=1), np.fmin.reduce(lowest))


def _filled(scores: np.ndarray, lowest: np.ndarray) -> np.ndarray:
    """Scores without NaN: the lowest stands there, or 0 where the matrix never fits."""
    return np.where(np.isnan(scores), np.nan_to_num(lowest), scores)


def _linear_steps() -> tuple[BaseEstimator, BaseEstimator]:
    """What comes before a linear model: standardised features, and their products."""
    return StandardScaler(), FunctionTransformer(_with_products)


def _with_products(features: np.ndarray) -> np.ndarray:
    """Beside the features their products with the first."""
    return np.hstack([features, features[:, :1] * features[:, 1:]])
