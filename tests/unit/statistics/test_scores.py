"""Scores of the data and of resamples are scikit-learn's."""

import numpy as np
import pytest
from scored_runs import draw, make_logits, make_spans, squared
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from cisfuse.statistics import scores
from cisfuse.statistics.scores import GRIDS, METRICS, score


@pytest.fixture(scope="module")
def spans():
    return make_spans()


@pytest.fixture(scope="module")
def resamples(spans):
    return draw(spans)


@pytest.fixture(scope="module")
def found(spans, resamples):
    logits = make_logits(spans, 0)
    return score(spans, logits, squared(spans, logits), resamples)


def test_the_first_row_is_of_the_data_and_the_others_of_the_draws(spans, resamples, found):
    logits = make_logits(spans, 0)
    found = found.metrics
    assert set(found) == set(METRICS)
    draws = np.concatenate([np.ones((len(resamples.weights), 1)), resamples.weights], axis=1)
    for column, drawn in enumerate(draws.T):
        rows = np.repeat(np.arange(len(spans)), drawn[resamples.blocks].astype(int))
        label, logit = spans["label"].to_numpy()[rows], logits[rows]
        brier = brier_score_loss(label, 1 / (1 + np.exp(-logit)))
        assert found["roc_auc"][column] == pytest.approx(roc_auc_score(label, logit))
        expected = average_precision_score(label, logit)
        assert found["average_precision"][column] == pytest.approx(expected)
        assert found["brier"][column] == pytest.approx(brier)
        skill = 1 - brier / (label.mean() * (1 - label.mean()))
        assert found["brier_skill"][column] == pytest.approx(skill)


def test_scores_do_not_depend_on_the_pieces(spans, resamples, found, monkeypatch):
    monkeypatch.setattr(scores, "PIECE", 700)
    logits = make_logits(spans, 0)
    again = score(spans, logits, squared(spans, logits), resamples)
    for name in METRICS:
        assert again.metrics[name].tolist() == found.metrics[name].tolist()
    for curve in GRIDS:
        assert (again.curves[curve] == found.curves[curve]).all()


def test_without_resamples_there_is_the_score_alone(spans, found):
    logits = make_logits(spans, 0)
    alone = score(spans, logits, squared(spans, logits))
    assert alone.curves == {}
    assert {name: len(values) for name, values in alone.metrics.items()} == dict.fromkeys(
        METRICS, 1
    )
    assert alone.metrics["roc_auc"] == found.metrics["roc_auc"][0]
