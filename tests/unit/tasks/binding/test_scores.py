"""Predictions of binding are scored as a ranking and as calibrated probabilities."""

import numpy as np
import pandas as pd
import pytest
from scored_runs import draw, make_logits, make_spans
from sklearn.metrics import average_precision_score, brier_score_loss

from cisfuse.statistics.calibration import Platt, calibration_bins, fit_platt
from cisfuse.tasks.binding import scores


@pytest.fixture(scope="module")
def spans():
    return make_spans(400)


def test_what_is_counted_is_the_size_the_positives_and_their_peaks(spans):
    found = scores.counts(spans)
    positives = int(spans["label"].sum())
    peaks = int(np.sum(np.diff(spans["label"], prepend=0) == 1))
    assert found == dict(zip(scores.COUNTED, (400, positives, positives / 400, peaks), strict=True))


def test_a_resample_must_hold_both_labels_and_positives_inform():
    positive, negative = scores.needed(np.array([0, 1, 1, 0]))
    assert positive.tolist() == [False, True, True, False]
    assert negative.tolist() == [True, False, False, True]


def test_platt_scaling_is_fitted_on_valid_and_left_out_without_it(spans):
    labels, logits = spans["label"].to_numpy(), make_logits(spans, 0)
    platt = scores.fit(labels, logits)
    assert platt == fit_platt(labels, logits)
    assert scores.fitted_row(platt) == {
        "platt_slope": platt.slope,
        "platt_intercept": platt.intercept,
    }
    assert scores.fit(labels[:0], logits[:0]) == Platt()
    np.testing.assert_allclose(
        scores.rescale(logits, platt), platt.slope * logits + platt.intercept
    )
    assert scores.describe_scale(Platt(2, -0.5)) == "slope 2, intercept -0.5"


def test_scores_are_scikit_learns_with_probabilities_by_platt_scaling(spans):
    labels, logits, platt = spans["label"].to_numpy(), make_logits(spans, 0), Platt(0.5, -1)
    found = scores.score(spans, logits, platt)
    assert tuple(found.metrics) == scores.METRICS
    probabilities = 1 / (1 + np.exp(-(0.5 * logits - 1)))
    expected = brier_score_loss(labels, probabilities)
    assert found.metrics["brier"][0] == pytest.approx(expected)
    expected = average_precision_score(labels, logits)
    assert found.metrics["average_precision"][0] == pytest.approx(expected)
    assert scores.score(spans, logits, platt, draw(spans)).curves.keys() == scores.CURVES.keys()
    (bins,) = scores.tables(spans, logits, platt, 0.9).values()
    pd.testing.assert_frame_equal(bins, calibration_bins(labels, probabilities, 0.9))


def test_folds_are_scaled_one_by_one_or_all_as_one():
    tables = [make_spans(300, seed) for seed in range(2)]
    valids = [
        spans.assign(logit=make_logits(spans, 3) * (1 + row)) for row, spans in enumerate(tables)
    ]
    apart = scores.fit_folds(valids, False)
    for valid, platt in zip(valids, apart, strict=True):
        assert platt == fit_platt(valid["label"].to_numpy(), valid["logit"].to_numpy())
    both = pd.concat(valids)
    one = fit_platt(both["label"].to_numpy(), both["logit"].to_numpy())
    assert scores.fit_folds(valids, True) == [one, one]
    assert apart[0] != apart[1]
