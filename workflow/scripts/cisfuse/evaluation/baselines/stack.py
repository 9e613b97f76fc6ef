"""A late stack: what a sequence model and accessibility say together, without training it again."""

from typing import Self

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler


class LateStack:
    """Logistic regression on a model's logit, log accessibility and their product.

    pseudocount: what is added to accessibility before its logarithm is taken. It is fitted on
    valid, since a network's logits of its own train are too sure; both classes have the same
    weight.
    """

    def __init__(self, pseudocount: float):
        self.pseudocount = pseudocount

    def fit(self, logits: np.ndarray, signal: np.ndarray, labels: np.ndarray) -> Self:
        """Fit on examples that the logits' model was not trained on; float, float, int (n,)."""
        model = LogisticRegression(class_weight="balanced", max_iter=1000)
        steps = StandardScaler(), FunctionTransformer(_with_product), model
        features = self._features(logits, signal)
        self.pipeline: Pipeline = make_pipeline(*steps).fit(features, labels)
        return self

    def predict(self, logits: np.ndarray, signal: np.ndarray) -> np.ndarray:
        """Log odds of binding, float64 (n,)."""
        return self.pipeline.decision_function(self._features(logits, signal))

    def _features(self, logits: np.ndarray, signal: np.ndarray) -> np.ndarray:
        return np.column_stack([logits, np.log(signal + self.pseudocount)])


def _with_product(features: np.ndarray) -> np.ndarray:
    """Beside two features their product, (n, 2) to (n, 3)."""
    return np.column_stack([features, features.prod(axis=1)])
