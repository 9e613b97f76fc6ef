"""Attributions: what each base and the accessibility contribute to the logit.

Arrays have the shape (n, length, 4), channels A, C, G, T. They are hypothetical contributions:
what each of the four bases would contribute where it stood, in logits; the contribution of the
observed base is among them (`cisfuse.interpretation.contributions.project`). A model whose logit is
the mean over both strands has attributions that are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from cisfuse.models.layers import signal_transforms
from cisfuse.prediction.logits import make_predict, model_inputs

BATCH = 2000  # sequences whose gradient is taken at once


@dataclass(frozen=True)
class Attributions:
    """What a method finds at some spans.

    hypothetical: float32 (n, length, 4), in logits. slope: float32 (n,), of accessibility, in
    logits per transformed unit. accessibility: float32 (n,), its contribution in logits,
    against the training median. completeness_error: float32 (n,), the sum of all contributions
    minus what they should add up to, in logits; NaN for a method that promises no sum.
    explained: float32 (n,), what they should add up to; NaN likewise.
    Zeros stand for an input that the model does not read.
    """

    hypothetical: np.ndarray
    slope: np.ndarray
    accessibility: np.ndarray
    completeness_error: np.ndarray
    explained: np.ndarray


class Explainer:
    """A model, and gradients of its logit at points between sequences.

    median: the median of the raw accessibility on train, against which contributions of
    accessibility are measured; None of examples that have none.
    """

    def __init__(self, model: keras.Model, median: float | None):
        self.inputs = model_inputs(model)
        self.predict = make_predict(model)
        self.median = None if median is None else np.float32(median)
        self.transform = signal_transforms(model).get("accessibility")
        self._slopes = make_slopes(model)

    def transformed(self, raw: np.ndarray) -> np.ndarray:
        """Accessibility as the model sees it, float64; zeros for a model without it."""
        if self.transform is None:
            return np.zeros(np.shape(raw))
        return self.transform(np.asarray(raw, np.float32)).numpy().astype(np.float64)

    def slopes(
        self, sequence: np.ndarray, transformed: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Logits and their gradients at points, in batches.

        sequence: float32 (m, length, 4); transformed: accessibility, (m,). Returns logits (m,),
        gradients by sequence (m, length, 4) and by transformed accessibility (m,), float32.
        """
        logits = np.empty(len(sequence), np.float32)
        by_sequence = np.zeros(sequence.shape, np.float32)
        by_accessibility = np.zeros(len(sequence), np.float32)
        columns = {"sequence": sequence}
        if self.transform is not None:
            raw = self.transform.invert(transformed).astype(np.float32)
            columns["accessibility"] = raw[:, None]
        for start in range(0, len(sequence), BATCH):
            rows = slice(start, start + BATCH)
            batch = {name: tf.constant(columns[name][rows]) for name in self.inputs}
            found = self._slopes(batch)
            logits[rows] = found["logits"].numpy()
            if "sequence" in found:
                by_sequence[rows] = found["sequence"].numpy()
            if "accessibility" in found:
                by_accessibility[rows] = found["accessibility"].numpy()
        return logits, by_sequence, by_accessibility


def make_slopes(
    model: keras.Model,
) -> Callable[[Mapping[str, tf.Tensor]], dict[str, tf.Tensor]]:
    """A compiled function from the inputs of a batch to its logits and their gradients.

    The gradient per transformed unit is the one per raw unit divided by the transform's
    derivative; the transform acts on each value by itself, so the chain rule is a quotient.
    """
    transforms = signal_transforms(model)

    @tf.function(reduce_retracing=True)
    def slopes(inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(inputs)
            logits = model(inputs, training=False)[:, 0]
            if "accessibility" in inputs:
                transformed = transforms["accessibility"](inputs["accessibility"])
        result = {"logits": logits}
        if "sequence" in inputs:
            result["sequence"] = tape.gradient(logits, inputs["sequence"])
        if "accessibility" in inputs:
            per_raw_unit = tape.gradient(logits, inputs["accessibility"])
            derivative = tape.gradient(transformed, inputs["accessibility"])
            result["accessibility"] = (per_raw_unit / derivative)[:, 0]
        return result

    return slopes
