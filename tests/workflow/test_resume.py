"""Training goes on from its last complete round, to the numbers of one that never stopped."""

import os
import shutil
import signal
import time

import pytest
from study import (
    RESULTS,
    copy_study,
    read_table,
    set_config,
    snakemake,
    start,
)

QUICK = "accessibility_logistic"
RECORDS = "round-*.json"  # in the state, one a complete round
LONG = 40  # rounds that take long enough to be killed among them


def folder_of(study, model):
    return study / RESULTS / f"training/jund/{model}/seed-0"


def predictions_of(model):
    return [str(RESULTS / f"evaluation/jund/{model}/seed-0/{s}.tsv.gz") for s in ("valid", "test")]


def targets_of(model, rounds):
    last = RESULTS / f"training/jund/{model}/seed-0/round-{rounds:02d}.keras"
    return [*predictions_of(model), str(last)]


def log_of(study, model):
    return (study / RESULTS / f"logs/training/jund/{model}/seed-0.log").read_text()


def one_model(study, model, rounds):
    set_config(study, "training.models", {model: {}})
    set_config(study, "training.rounds", rounds)


def run(study, model, rounds):
    """Train and predict. The last round is asked for by name: test_rerun.py sees to the rest."""
    return snakemake(study, *targets_of(model, rounds))


def trained_at_once(finished_study, folder, model, rounds):
    """A copy of the study with its examples, trained from the beginning."""
    study = copy_study(finished_study, folder)
    shutil.rmtree(study / RESULTS / "training")
    shutil.rmtree(study / RESULTS / "evaluation")
    one_model(study, model, rounds)
    run(study, model, rounds)
    assert "continuing" not in log_of(study, model)
    return study


@pytest.fixture(scope="module")
def uninterrupted(finished_study, tmp_path_factory):
    return trained_at_once(finished_study, tmp_path_factory.mktemp("once") / "study", QUICK, LONG)


def assert_same_results(study, other, model):
    rounds = [folder_of(folder, model) / "rounds.tsv" for folder in (study, other)]
    assert rounds[0].read_bytes() == rounds[1].read_bytes()
    for path in predictions_of(model):
        assert (study / path).read_bytes() == (other / path).read_bytes(), path


def test_more_rounds_go_on_to_the_numbers_of_a_training_at_once(study, uninterrupted):
    one_model(study, QUICK, LONG)
    run(study, QUICK, LONG)
    assert f"continuing after round 2 of {LONG}" in log_of(study, QUICK)
    assert len(read_table(folder_of(study, QUICK) / "rounds.tsv")) == LONG
    assert_same_results(study, uninterrupted, QUICK)


@pytest.mark.slow
def test_more_rounds_of_a_network_with_dropout_too(study, finished_study, tmp_path):
    once = trained_at_once(finished_study, tmp_path / "once", "fusion_cnn", 4)
    one_model(study, "fusion_cnn", 4)
    run(study, "fusion_cnn", 4)
    assert "continuing after round 2 of 4" in log_of(study, "fusion_cnn")
    assert_same_results(study, once, "fusion_cnn")


def started(study):
    """A run of the long training that has come to its first round."""
    state = folder_of(study, QUICK) / "state"
    process = start(study, study / "started.log", *targets_of(QUICK, LONG))
    deadline = time.monotonic() + 300
    while not list(state.glob(RECORDS)):
        assert process.poll() is None, (study / "started.log").read_text()
        assert time.monotonic() < deadline, "no round in five minutes"
        time.sleep(0.02)
    return process


def test_two_runs_in_one_folder_do_not_meet(study, uninterrupted):
    one_model(study, QUICK, LONG)
    shutil.rmtree(study / RESULTS / "training")
    process = started(study)
    second = snakemake(study, *targets_of(QUICK, LONG), check=False)
    assert process.poll() is None, "the first ended too soon for the test to say anything"
    assert second.returncode != 0
    assert "cannot be locked" in second.stdout
    assert process.wait(300) == 0, (study / "started.log").read_text()
    assert_same_results(study, uninterrupted, QUICK)


def test_a_killed_training_goes_on_as_if_it_had_not_been(study, uninterrupted):
    one_model(study, QUICK, LONG)
    shutil.rmtree(study / RESULTS / "training")
    state = folder_of(study, QUICK) / "state"
    process = started(study)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = len(list(state.glob(RECORDS)))
    assert 1 <= done < LONG
    time.sleep(1)
    assert len(list(state.glob(RECORDS))) == done, "the training outlived the kill"

    locked = snakemake(study, *targets_of(QUICK, LONG), check=False)
    assert locked.returncode != 0
    assert "--unlock" in locked.stdout
    snakemake(study, "--unlock")
    run(study, QUICK, LONG)
    assert f"continuing after round {done} of {LONG}" in log_of(study, QUICK)
    assert_same_results(study, uninterrupted, QUICK)


@pytest.mark.slow
def test_other_settings_start_afresh_and_keep_the_old_state(study):
    earlier = folder_of(study, QUICK) / "state/round-02.json"
    content = earlier.read_bytes()
    one_model(study, QUICK, 2)
    set_config(study, "training.learning_rate", 0.01)
    run(study, QUICK, 2)
    aside = folder_of(study, QUICK) / "state.old-1"
    assert (aside / "round-02.json").read_bytes() == content
    assert earlier.read_bytes() != content
    log = log_of(study, QUICK)
    assert "training starts afresh" in log
    assert "state.old-1" in log
    assert "continuing" not in log
