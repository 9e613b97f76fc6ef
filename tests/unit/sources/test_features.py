"""What the examples of each source declare."""

import pytest
from example_builders import sequence_features, span_features

from cisfuse.examples.features import check_features, name_feature, target_feature


@pytest.mark.parametrize("features", [span_features(101), sequence_features(50)])
def test_declared_features_have_a_name_bases_and_a_target(features):
    check_features(features)
    assert [feature.name for feature in features][:3] == ["name", "sequence", "label"]
    assert target_feature(features).name == "label"
    assert [feature.name for feature in features if feature.turns] == ["sequence"]


def test_spans_have_a_place_and_sequences_a_name():
    place, name = (name_feature(of) for of in (span_features(101), sequence_features(50)))
    assert (place.role, place.unit) == ("place", "CHROM:START-END, half-open")
    assert (name.role, name.unit) == ("name", "name of the sequence")


def test_signals_of_spans_are_scalars():
    found = span_features(101)
    assert [(feature.name, feature.kind, feature.shape) for feature in found[3:]] == [
        ("accessibility", "scalar", ()),
    ]
