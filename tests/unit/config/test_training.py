"""Optimisers and starts of a config: what fits, and what is refused in one line."""

import pytest
from configs import load_with

from cisfuse.base.errors import ConfigError
from cisfuse.config.training import check_training, start_of

FUSION = {"architecture": "fusion_cnn"}


def check(models: dict, **section) -> None:
    check_training(load_with("training", {"models": models, **section}), "config.yaml")


def starts(models: dict, seeds=(0, 1)) -> dict:
    training = load_with("training", {"models": models, "seeds": list(seeds)})["training"]
    return {(name, seed): start_of(training, name, seed) for name in models for seed in seeds}


def test_settings_that_go_together_are_fine():
    check({"fusion_cnn": {}}, optimizer="adamw", weight_decay=0.01)
    check({"fusion_cnn": {"schedule": "cosine", "final_learning_rate": 0.0001}})
    check({"fusion_cnn": {"schedule": "constant", "warmup_steps": 10, "gradient_clip": 1}})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight_decay": 0.1}, "weight_decay: 0.1 goes with optimizer: adamw, and this is adam"),
        ({"optimizer": "adamw"}, "weight_decay: adamw without it is adam; give one, such as 0.01"),
        (
            {"final_learning_rate": 0.0001},
            "final_learning_rate: 0.0001 goes with schedule: linear or cosine",
        ),
        (
            {"schedule": "linear", "final_learning_rate": 1},
            "final_learning_rate: 1 is above learning_rate, 0.001; correct one",
        ),
    ],
)
def test_settings_that_contradict_each_other_are_named(settings, message):
    with pytest.raises(ConfigError) as caught:
        check({"fusion_cnn": settings})
    assert str(caught.value).startswith(f"config.yaml: training.models.fusion_cnn: {message}")
    with pytest.raises(ConfigError, match=r"training\.models\.sequence_cnn: "):
        check({"sequence_cnn": {}}, **settings)


def test_a_run_starts_from_one_of_the_same_seed_or_of_the_one_that_is_named(tmp_path):
    saved = tmp_path / "mine.keras"
    saved.touch()
    found = starts(
        {
            "fusion_cnn": {},
            "same": {**FUSION, "starts_from": "fusion_cnn"},
            "first": {**FUSION, "starts_from": "same/seed-0"},
            "file": {**FUSION, "starts_from": str(saved)},
        }
    )
    assert found["fusion_cnn", 1] is None
    assert [found["same", seed] for seed in (0, 1)] == [("fusion_cnn", 0), ("fusion_cnn", 1)]
    assert [found["first", seed] for seed in (0, 1)] == [("same", 0)] * 2
    assert found["file", 1] == str(saved)


def test_a_model_may_have_the_name_of_a_file():
    assert starts({"a.keras": FUSION, "b": {**FUSION, "starts_from": "a.keras"}}, [3]) == {
        ("a.keras", 3): None,
        ("b", 3): ("a.keras", 3),
    }


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("other", "'other' is neither under training.models nor the path of a .keras file; there"),
        (
            "fusion_cnn/seed-7",
            "'fusion_cnn/seed-7' is of no seed under training.seeds; there are 0",
        ),
        ("fusion_cnn/seed-00", "'fusion_cnn/seed-00' is of no seed"),
        ("fusion_cnn/seed-", "'fusion_cnn/seed-' is of no seed"),
        ("missing.keras", "missing.keras: no such file; correct the path"),
        ("mine", "mine/seed-0 from mine/seed-0 is a circle; let one of them start afresh"),
        ("mine/seed-0", "mine/seed-0 from mine/seed-0 is a circle"),
    ],
)
def test_starts_that_cannot_be_are_named(start, message):
    with pytest.raises(ConfigError) as caught:
        check({"fusion_cnn": {}, "mine": {**FUSION, "starts_from": start}})
    found = str(caught.value)
    assert found.startswith(f"config.yaml: training.models.mine: starts_from: {message}")
    assert "\n" not in found


def test_a_circle_over_several_models_is_named():
    models = {
        "a": {**FUSION, "starts_from": "b"},
        "b": {**FUSION, "starts_from": "c/seed-1"},
        "c": {**FUSION, "starts_from": "a"},
    }
    circle = "a/seed-0 from b/seed-0 from c/seed-1 from a/seed-1 from b/seed-1 from c/seed-1"
    with pytest.raises(ConfigError, match=f"starts_from: {circle} is a circle"):
        check(models, seeds=[0, 1])


def test_a_section_that_starts_all_models_from_one_is_a_circle_until_that_one_is_freed():
    models = {"fusion_cnn": {}, "mine": FUSION}
    with pytest.raises(ConfigError, match=r"fusion_cnn: starts_from: .* is a circle"):
        check(models, starts_from="fusion_cnn")
    check({**models, "fusion_cnn": {"starts_from": None}}, starts_from="fusion_cnn")
