"""The headline says what was scored, best first, and whether the data are real."""

import pandas as pd
import pytest

from cisfuse.summary import headline


@pytest.fixture
def metrics():
    rows = [
        ("test", "sequence_cnn", 0, 20000, 150, 0.0075, 0.8125, 0.2345),
        ("test", "fusion_cnn", 0, 20000, 150, 0.0075, 0.9375, 0.4567),
        ("valid", "fusion_cnn", 0, 11111, 77, 0.0069, 0.9999, 0.8888),
        ("test", "raw_accessibility", "", 20000, 150, 0.0075, 0.9012, 0.0999),
    ]
    columns = ["split", "model", "seed", "spans", "positives", "prevalence"]
    return pd.DataFrame(rows, columns=[*columns, "roc_auc", "average_precision"])


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_data_are_called_simulated(metrics, simulated):
    text = headline("jund", {"hepg2": metrics}, [], simulated)
    assert ("SIMULATED" in text) == simulated
    assert text.startswith("Study jund")


def test_models_are_ranked_by_average_precision_on_test(metrics):
    text = headline("jund", {"hepg2": metrics}, [], False)
    places = [text.index(name) for name in ("fusion_cnn", "sequence_cnn", "raw_accessibility")]
    assert places == sorted(places)
    assert "hepg2: 20,000 test spans, 150 positive, prevalence 0.0075" in text
    line = next(line for line in text.splitlines() if "fusion_cnn" in line)
    assert line.split() == ["fusion_cnn", "0", "0.938", "0.457"]
    assert "0.889" not in text


def test_every_sample_and_figure_is_listed(metrics):
    text = headline("jund", {"hepg2": metrics, "k562": metrics}, ["a/roc.png", "b/roc.png"], False)
    assert text.count("20,000 test spans") == 2
    assert text.endswith("  a/roc.png\n  b/roc.png\n")
