"""Maps of other models, for the likeness that maps have: of random weights, and of other seeds.

A likeness to random weights says something only beside the likeness of models that did learn
the same: trainings of one model from other seeds. Both are taken at the same spans.
"""

import logging
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import pandas as pd

from cisfuse.interpretation.attribution import Explainer
from cisfuse.interpretation.contributions import project
from cisfuse.interpretation.explained import examples_of, positives_of_test
from cisfuse.interpretation.methods import METHODS
from cisfuse.interpretation.randomisation import randomise

logger = logging.getLogger("cisfuse")

MOST_SPANS = 32
DRAWS = 3  # of random weights


def control_rows(spans: pd.DataFrame, seed: int) -> np.ndarray:
    """Rows of the explained spans that are compared: positives of test, `MOST_SPANS` at most.

    Drawn at random where there are more, in order; int64.
    """
    rows = positives_of_test(spans)
    if len(rows) > MOST_SPANS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_SPANS, replace=False))
    return rows


def attribute_controls(
    model: keras.Model,
    replicates: Sequence[keras.Model],
    spans: pd.DataFrame,
    *,
    median: float | None,
    methods: Iterable[str],
    seed: int,
) -> dict[str, np.ndarray]:
    """Explain some spans by `DRAWS` draws of random weights and by replicates.

    replicates: the same model trained from other seeds, on the same examples. Returns the arrays of
    controls.npz: ``rows`` of ``spans``, and of each method ``METHOD_random`` and
    ``METHOD_replicates``, float32 (draws or replicates, rows, length), the contributions of the
    observed bases in logits. Changes the weights of nothing that it is given, and sets the
    global seed of Keras.
    """
    rows = control_rows(spans, seed)
    examples = examples_of(spans).take(rows)
    # One model takes all weights in turn: its functions are compiled once.
    stand_in = keras.models.clone_model(model)
    explainer = Explainer(stand_in, median)
    weights = {
        "random": [randomise(model, seed + draw).get_weights() for draw in range(DRAWS)],
        "replicates": [replicate.get_weights() for replicate in replicates],
    }
    arrays: dict[str, np.ndarray] = {"rows": rows}
    for method in methods:
        for kind, each in weights.items():
            maps = np.zeros((len(each), *examples["sequence"].shape), np.float32)
            for number, values in enumerate(each):
                stand_in.set_weights(values)
                found = METHODS[method](explainer, examples, seed)
                maps[number] = project(found.hypothetical, examples["sequence"])
            arrays[f"{method}_{kind}"] = maps
        logger.info("%s of %s spans by other weights", method, f"{len(rows):,}")
    return arrays
