"""Models of a config that cannot be built, trained or explained are named before a job runs."""

import pytest
from configs import MINIMAL, load, load_with

from cisfuse.base.errors import ConfigError
from cisfuse.models.checks import check_inputs, check_models, inputs_of, reads_sequence


@pytest.mark.parametrize(
    ("section", "content", "message"),
    [
        (
            "interpretation",
            {"models": ["accessibility_logistic"]},
            r"interpretation\.models: 'accessibility_logistic' reads no sequence",
        ),
        (
            "training",
            {"models": {"mine": {}}},
            r"training\.models\.mine: no architecture is called 'mine'; there are accessibility_lo",
        ),
        (
            "training",
            {"models": {"fusion_cnn": {"options": {"filter": 3}}}},
            r"training\.models\.fusion_cnn: options: unknown key 'filter'; did you mean 'filters'",
        ),
        (
            "training",
            {"models": {"fusion_cnn": {"options": {"width": 0}}}},
            r"training\.models\.fusion_cnn: options\.width: 0 is out of range; give 1 to",
        ),
        (
            "training",
            {"models": {"fusion_cnn": {"optimizer": "adamw"}}},
            r"training\.models\.fusion_cnn: weight_decay: adamw without it is adam",
        ),
    ],
)
def test_mistakes_in_models_are_named(section, content, message):
    with pytest.raises(ConfigError, match=r"^config\.yaml: .*" + message) as raised:
        check_models(load_with(section, content), "config.yaml")
    assert "\n" not in str(raised.value)


def test_a_length_is_too_short_for_a_network_before_anything_runs():
    def check(length: int, **options: int) -> None:
        model = {"architecture": "tfbs_cnn", "options": options}
        sections = {"spans": {"length": length}, "training": {"models": {"a": model}}}
        check_models(load({**MINIMAL, **sections}), "config.yaml")

    check(15)
    message = r"training\.models\.a: tfbs_cnn needs 15 bases or more, spans\.length is 14; correct"
    with pytest.raises(ConfigError, match=message):
        check(14)
    check(14, width=11)
    with pytest.raises(ConfigError, match="needs 16 bases or more"):
        check(15, width=13)


def test_models_read_what_the_examples_have():
    config = load_with("training", {"models": {"sequence_cnn": {}}})
    check_inputs(config, ("sequence",), "labelled sequences", "config.yaml")
    check_inputs(load(MINIMAL), ("sequence", "accessibility"), "spans", "config.yaml")
    message = (
        "config.yaml: training.models: 'fusion_cnn' reads accessibility, which labelled sequences "
        "do not have; name models of sequence alone, such as pooled_cnn, sequence_cnn"
    )
    with pytest.raises(ConfigError) as caught:
        check_inputs(load(MINIMAL), ("sequence",), "labelled sequences", "config.yaml")
    assert str(caught.value).startswith(message)


def test_inputs_follow_the_architecture_and_not_the_name():
    models = {"mine": {"architecture": "sequence_cnn"}, "fusion_cnn": {}}
    found = inputs_of(load_with("training", {"models": models})["training"])
    assert found == {"mine": ["sequence"], "fusion_cnn": ["sequence", "accessibility"]}
    assert reads_sequence("sequence_cnn")
    assert not reads_sequence("accessibility_logistic")
