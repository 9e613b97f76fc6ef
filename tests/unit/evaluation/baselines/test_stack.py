"""The late stack is a logistic regression on a logit, log accessibility and their product."""

import numpy as np
from sklearn.metrics import average_precision_score

from cisfuse.evaluation.baselines.stack import LateStack

PSEUDOCOUNT = 0.1


def simulate(seed: int, count: int = 4000):
    """Bound where a motif, which the logit tells, lies in open chromatin."""
    generator = np.random.default_rng(seed)
    logits, logs = generator.normal(size=(2, count))
    labels = (logits > 0.8) & (logs > 0.5)
    labels ^= generator.random(count) < 0.02
    return logits, np.exp(logs) - PSEUDOCOUNT, labels.astype(int)


def test_it_ranks_better_than_either_alone():
    stack = LateStack(PSEUDOCOUNT).fit(*simulate(0))
    logits, signal, labels = simulate(1)
    score = average_precision_score(labels, stack.predict(logits, signal))
    assert score > average_precision_score(labels, logits) + 0.2
    assert score > average_precision_score(labels, signal) + 0.2


def test_it_is_that_of_its_formula():
    logits, signal, labels = simulate(0)
    stack = LateStack(PSEUDOCOUNT).fit(logits, signal, labels)
    new_logits, new_signal, _ = simulate(1, 50)
    columns = [
        (new - old.mean()) / old.std()
        for old, new in (
            (logits, new_logits),
            (np.log(signal + PSEUDOCOUNT), np.log(new_signal + PSEUDOCOUNT)),
        )
    ]
    features = np.column_stack([*columns, columns[0] * columns[1]])
    model = stack.pipeline[-1]
    expected = features @ model.coef_[0] + model.intercept_
    np.testing.assert_allclose(stack.predict(new_logits, new_signal), expected, rtol=1e-6)
