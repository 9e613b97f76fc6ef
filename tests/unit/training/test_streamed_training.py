"""Training on a streamed split: resumed to the bit, also after a kill in the middle of a round."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from example_builders import write_examples
from model_inputs import span_inputs
from trainings import CONSTANTS, assert_same_weights, build, make_examples, settings, train

from cisfuse.examples.shards import read_split
from cisfuse.examples.stream import StreamedSplit
from cisfuse.models.registry import build_model
from cisfuse.training import rounds as training
from cisfuse.training.state import TrainingState

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = os.pathsep.join([str(ROOT / "workflow" / "scripts"), str(ROOT / "tests" / "helpers")])
OPTIONS = {"negatives_per_positive": 2, "sequence_rounds": 1, "reverse_complement": True}
# In the second epoch of the second round, after the steps of one window and before the next.
CHILD = """
import dataclasses, os, signal, sys
import tensorflow as tf
from trainings import build, settings, train
from cisfuse.examples.stream import StreamedSplit
from cisfuse.training.state import TrainingState

manifest, folder = sys.argv[1:]
whole_windows = StreamedSplit.windows

def windows(split, rows, seed, epoch, batch_size):
    for number, window in enumerate(whole_windows(split, rows, seed, epoch, batch_size)):
        if (epoch, number) == (3, 1):
            os.kill(os.getpid(), signal.SIGKILL)
        yield window

StreamedSplit.windows = windows
tf.config.experimental.enable_op_determinism()
examples = {split: StreamedSplit(manifest, split) for split in ("train", "valid")}
train(build, examples, dataclasses.replace(settings(3), **OPTIONS), TrainingState(folder, {}))
""".replace("**OPTIONS", f"**{OPTIONS!r}")


@pytest.fixture(scope="module", autouse=True)
def _deterministic():
    tf.config.experimental.enable_op_determinism()


@pytest.fixture
def manifest(tmp_path):
    splits = {"train": make_examples(300, 1), "valid": make_examples(40, 2)}
    return write_examples(tmp_path / "examples", splits, 12)


def streamed(manifest) -> dict:
    return {split: StreamedSplit(manifest, split) for split in ("train", "valid")}


def protocol(rounds: int):
    return dataclasses.replace(settings(rounds), **OPTIONS)


def test_a_training_killed_in_the_middle_of_a_round_ends_as_one_never_killed(manifest, tmp_path):
    whole = TrainingState(tmp_path / "whole", {})
    expected = train(build, streamed(manifest), protocol(3), whole)
    environment = {**os.environ, "PYTHONPATH": LIBRARY, "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [sys.executable, "-c", CHILD, manifest, str(tmp_path / "killed")]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr
    killed = TrainingState(tmp_path / "killed", {})
    assert killed.rounds()["round"].tolist() == [1]
    assert train(build, streamed(manifest), protocol(3), killed).equals(expected)
    for number in (1, 2, 3):
        assert_same_weights(whole.model_path(number), killed.model_path(number))


def logistic() -> keras.Model:
    return build_model("accessibility_logistic", span_inputs(30, "log_standardise", CONSTANTS))


def test_a_streamed_training_scores_what_one_in_memory_scores(manifest, tmp_path):
    """With all examples in one step their order does not matter, so the rounds are the same."""
    options = dataclasses.replace(settings(2), batch_size=300)
    whole = {split: read_split(manifest, split) for split in ("train", "valid")}
    first = train(logistic, whole, options, TrainingState(tmp_path / "a", {}))
    other = train(logistic, streamed(manifest), options, TrainingState(tmp_path / "b", {}))
    assert first.columns.tolist() == other.columns.tolist()
    for column in first:
        np.testing.assert_allclose(other[column], first[column], rtol=1e-4)


def test_a_draw_of_a_streamed_split_is_that_of_one_in_memory(manifest):
    split, whole = StreamedSplit(manifest, "train"), read_split(manifest, "train")
    drawn, expected = training.draw(split, 25, 0), training.draw(whole, 25, 0)
    np.testing.assert_array_equal(drawn["sequence"], expected["sequence"])
    assert drawn.names.tolist() == expected.names.tolist()
    assert training.draw(split, 300, 0) is split, "it is scored shard by shard"
