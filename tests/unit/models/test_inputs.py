"""What models are built from, as a manifest has it."""

from pathlib import Path

import pytest
from example_builders import sequence_features, span_features

from cisfuse.base.errors import ConfigError
from cisfuse.examples.manifest import Manifest
from cisfuse.models.inputs import check_length, inputs_from


def make_manifest(features, transforms) -> Manifest:
    return Manifest(Path("manifest.json"), "sample", "binding", features, transforms, {})


def test_inputs_are_those_of_the_manifest():
    transforms = {"accessibility": {"none": {}, "log": {"pseudocount": 0.1}}}
    inputs = inputs_from(make_manifest(span_features(30), transforms), "log")
    assert inputs.shapes == {"sequence": (30, 4), "accessibility": (1,)}
    assert inputs.transform == "log"
    assert inputs.constants_of("accessibility") == {"pseudocount": 0.1}


def test_labelled_sequences_have_no_signal():
    inputs = inputs_from(make_manifest(sequence_features(30), {}), "log")
    assert inputs.shapes == {"sequence": (30, 4)}
    assert inputs.constants_of("accessibility") == {}


def test_a_sequence_may_have_just_the_bases_that_are_needed():
    check_length("net", {"sequence": (15, 4)}, 15)
    with pytest.raises(ConfigError, match=r"^net needs 15 bases or more, spans\.length is 14;"):
        check_length("net", {"sequence": (14, 4)}, 15)
