"""Trainings that start from others, and schedules, through a whole run of the training stage."""

import pytest
from study import RESULTS, make_study, plan, set_config, snakemake

FUSION = {"architecture": "fusion_cnn"}
MODELS = {
    "fusion_cnn": {},
    "tuned": {**FUSION, "starts_from": "fusion_cnn", "optimizer": "adamw", "weight_decay": 0.01},
    "decayed": {**FUSION, "schedule": "linear", "warmup_steps": 2, "options": {"filters": 4}},
}


def targets(rounds: int) -> list[str]:
    return [
        str(RESULTS / f"training/jund/{model}/seed-0/round-{rounds:02d}.keras") for model in MODELS
    ]


def log_of(study, model: str) -> str:
    return (study / RESULTS / f"logs/training/jund/{model}/seed-0.log").read_text()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    study = make_study(tmp_path_factory.mktemp("starts") / "study")
    set_config(study, "training.models", MODELS)
    snakemake(study, *targets(2))
    return study


def test_a_training_waits_for_the_one_that_it_starts_from_and_takes_its_weights(trained):
    start = RESULTS / "training/jund/fusion_cnn/seed-0/best.keras"
    assert f"weights of convolution_1, convolution_2, convolution_3, logit from {start}" in (
        log_of(trained, "tuned")
    )
    assert "weights of" not in log_of(trained, "fusion_cnn")
    assert not plan(trained, "--", *targets(2))


@pytest.mark.slow
def test_more_rounds_go_on_and_a_decay_starts_afresh(trained):
    set_config(trained, "training.rounds", 3)
    # The start's best weights stay: only they, and not later rounds, would change what follows.
    snakemake(trained, *targets(3))
    assert "continuing after round 2 of 3" in log_of(trained, "fusion_cnn")
    decayed = log_of(trained, "decayed")
    assert "training starts afresh: the earlier one had other settings" in decayed
    assert "continuing" not in decayed


def test_a_default_that_is_written_out_trains_nothing(trained):
    written = {"options": {"filters": 15, "dropout": 0.5}, "gradient_clip": 0}
    set_config(trained, "training.models", {**MODELS, "fusion_cnn": written})
    best = str(RESULTS / "training/jund/fusion_cnn/seed-0/best.keras")
    assert not plan(trained, "--", best)
