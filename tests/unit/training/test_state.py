"""A training goes on from what of its state is sound, to the same numbers, whatever happened."""

import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from trainings import assert_same_weights, build, make_examples, settings, train

from cisfuse.base.errors import DamagedFileError, InUseError
from cisfuse.training import state as training_state
from cisfuse.training.state import KEPT_STATES, TrainingState, copy_round

ROUNDS = 4
IDENTITY = {"manifest": "abc", "training": {"learning_rate": 0.01}}
EXAMPLES = {"train": make_examples(90, 1), "valid": make_examples(40, 2)}
KINDS = ("identity.json", "round-{}.json", "round-{}.keras", "state-{}.npz")


@pytest.fixture(scope="module", autouse=True)
def _deterministic():
    tf.config.experimental.enable_op_determinism()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder and the table of a training that nothing happened to."""
    folder = tmp_path_factory.mktemp("whole") / "state"
    return folder, train(build, EXAMPLES, settings(ROUNDS), TrainingState(folder, IDENTITY))


@pytest.fixture
def hurt(whole, tmp_path):
    """A copy of its folder, to be damaged."""
    return shutil.copytree(whole[0], tmp_path / "state")


def assert_goes_on(folder, whole):
    """The same command again: its numbers and models are those of the whole training."""
    state = TrainingState(folder, IDENTITY)
    table = train(build, EXAMPLES, settings(ROUNDS), state)
    assert table.equals(whole[1])
    assert len(state.timing()) == ROUNDS
    for number in range(1, ROUNDS + 1):
        assert_same_weights(whole[0] / f"round-{number:02d}.keras", state.model_path(number))
    kept = {f"state-{number:02d}.npz" for number in range(ROUNDS - KEPT_STATES + 1, ROUNDS + 1)}
    assert {path.name for path in folder.glob("state-*")} == kept
    assert not list(folder.glob("*part*"))


def flip(content: bytes, generator: random.Random) -> bytes:
    place = generator.randrange(len(content))
    changed = content[place] ^ (1 << generator.randrange(8))
    return content[:place] + bytes([changed]) + content[place + 1 :]


DAMAGES = {
    "flipped": flip,
    "truncated": lambda content, generator: content[: generator.randrange(len(content))],
    "zeros": lambda content, generator: bytes(len(content)),
    "missing": None,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("damage", "seed"),
    [
        ("flipped", 0),
        *(
            pytest.param(damage, seed, marks=pytest.mark.slow)
            for damage in DAMAGES
            for seed in (1, 2)
        ),
    ],
)
def test_damage_is_passed_over(hurt, whole, kind, damage, seed, caplog, survived):
    generator = random.Random(f"{kind} {damage} {seed}")
    # Of the older of the states nothing is read while the latest is sound.
    number = generator.randint(ROUNDS if kind.startswith("state") else 1, ROUNDS)
    path = hurt / kind.format(f"{number:02d}")
    content, same = path.read_bytes(), False
    if DAMAGES[damage]:
        path.write_bytes(DAMAGES[damage](content, generator))
        same = json_of(content) == json_of(path.read_bytes())  # a space became a line end
    else:
        path.unlink()
    assert_goes_on(hurt, whole)
    warnings = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    silent = same or (path == hurt / KINDS[1].format(f"{ROUNDS:02d}") and damage == "missing")
    assert sum(path.name in message for message in warnings) == (not silent), warnings
    survived("corrupted files")


def json_of(content: bytes) -> object:
    """What a JSON file says; of any other file its bytes."""
    try:
        return json.loads(content)
    except ValueError:
        return content


def test_a_damaged_state_costs_one_round_and_two_cost_all(hurt, whole, caplog):
    caplog.set_level(logging.INFO, "cisfuse")
    (hurt / f"state-{ROUNDS:02d}.npz").write_bytes(b"not an archive")
    assert_goes_on(hurt, whole)
    assert f"continuing after round {ROUNDS - 1} of {ROUNDS}" in caplog.text
    caplog.clear()
    for path in hurt.glob("state-*.npz"):
        path.unlink()
    assert_goes_on(hurt, whole)
    assert "no state to go on from; training starts afresh" in caplog.text
    assert "continuing" not in caplog.text


def test_a_damaged_identity_moves_all_aside(hurt, whole, caplog):
    names = {path.name for path in hurt.iterdir()} - {"lock"}
    (hurt / "identity.json").write_text("{")
    assert_goes_on(hurt, whole)
    aside = hurt.with_name("state.old-1")
    assert {path.name for path in aside.iterdir()} == names
    assert f"training starts afresh: {hurt / 'identity.json'} is damaged" in caplog.text
    assert str(aside) in caplog.text


def test_a_record_under_the_name_of_another_round_is_not_believed(hurt, whole):
    shutil.copy(hurt / f"round-{ROUNDS:02d}.json", hurt / "round-02.json")
    assert_goes_on(hurt, whole)


def test_what_a_kill_left_half_written_is_removed(hurt, whole):
    for kind in KINDS:
        (hurt / f"part-{kind.format('04')}").write_bytes(b"half")
    (hurt / f"round-{ROUNDS:02d}.json").unlink()
    assert_goes_on(hurt, whole)


def test_a_kill_before_the_identity_was_written_moves_nothing(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    (folder / "lock").write_text("process 1 on nowhere")
    (folder / "part-identity.json").write_text("{")
    TrainingState(folder, IDENTITY)
    assert not folder.with_name("state.old-1").exists()


def test_other_settings_move_the_state_aside(tmp_path):
    folder = tmp_path / "state"
    TrainingState(folder, {"learning_rate": 0.1})
    (folder / "mine.txt").write_text("kept")
    TrainingState(folder, {"learning_rate": 0.1})
    assert (folder / "mine.txt").exists()
    TrainingState(folder, {"learning_rate": 0.2})
    assert not (folder / "mine.txt").exists()
    assert (tmp_path / "state.old-1" / "mine.txt").read_text() == "kept"
    TrainingState(folder, {"learning_rate": 0.3})
    assert (tmp_path / "state.old-2").is_dir()


def test_a_kill_while_moving_aside_mixes_no_two_states(hurt, whole):
    """The identity goes first, so what a kill leaves behind is nobody's."""
    aside = hurt.with_name("state.old-1")
    aside.mkdir()
    for name in ("identity.json", "round-01.json", "state-04.npz"):
        (hurt / name).rename(aside / name)
    assert_goes_on(hurt, whole)
    assert hurt.with_name("state.old-2").is_dir()


def test_the_identity_is_the_first_to_be_moved(hurt, monkeypatch):
    moved = []
    monkeypatch.setattr("pathlib.Path.rename", lambda path, target: moved.append(path.name))
    TrainingState(hurt, {"other": 1})
    assert moved[0] == "identity.json"
    assert len(moved) == 1 + 2 * ROUNDS + KEPT_STATES


def test_a_model_that_was_damaged_meanwhile_is_not_copied(hurt, tmp_path):
    state = TrainingState(hurt, IDENTITY)
    copy_round(state, 2, tmp_path / "best.keras")
    assert (tmp_path / "best.keras").read_bytes() == state.model_path(2).read_bytes()
    state.model_path(3).write_bytes(b"cut")
    with pytest.raises(DamagedFileError, match=r"round-03\.keras: damaged .*run again"):
        copy_round(state, 3, tmp_path / "round-03.keras")
    assert not (tmp_path / "round-03.keras").exists()


def test_a_checkpoint_cut_in_writing_is_never_kept(tmp_path, monkeypatch):
    """As on a disk that loses the end of a file and says nothing."""
    folder = tmp_path / "state"
    state = TrainingState(folder, IDENTITY)
    train(build, EXAMPLES, settings(1), state)
    savez = np.savez

    def cut(path, **arrays):
        savez(path, **arrays)
        os.truncate(path, os.path.getsize(path) // 2)

    monkeypatch.setattr(training_state.np, "savez", cut)
    with pytest.raises(DamagedFileError, match=r"state-02\.npz: cannot be read back"):
        train(build, EXAMPLES, settings(2), state)
    assert not (folder / "state-02.npz").exists()
    assert not (folder / "round-02.json").exists()
    assert not list(folder.glob("part-*"))
    assert state.rounds()["round"].tolist() == [1]


def test_checkpoints_are_checked_to_their_last_byte(tmp_path):
    """Damage in the middle of an archive, which still opens, is found before it has its name."""
    state = TrainingState(tmp_path / "state", IDENTITY)

    def write(part):
        with zipfile.ZipFile(part, "w") as archive:
            archive.writestr("content", bytes(1000))
        part.write_bytes(part.read_bytes().replace(bytes(500), b"x" + bytes(499), 1))

    with pytest.raises(DamagedFileError, match="cannot be read back"):
        state._put_archive(state.model_path(1), write)
    assert not state.model_path(1).exists()


@pytest.mark.slow
def test_a_second_training_in_the_folder_is_refused(tmp_path):
    code = (
        "import sys, time; from cisfuse.training.state import TrainingState; "
        "state = TrainingState(sys.argv[1], {}); print('held', flush=True); time.sleep(60)"
    )
    scripts = str(Path(training_state.__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "state")],
        env={**os.environ, "PYTHONPATH": scripts},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(InUseError, match=f"process {process.pid} on .*run again"):
            TrainingState(tmp_path / "state", {"other": "settings"})
        assert not (tmp_path / "state.old-1").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        TrainingState(tmp_path / "state", {})
    finally:
        process.kill()
        process.communicate()


def test_rows_and_times_keep_their_order_and_their_last_bit(tmp_path):
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    generator = np.random.default_rng(0)
    row = {"round": 1, "epochs": 10, "loss": np.float64(generator.normal() * 1e-9), "auc": np.nan}
    times = {"train_seconds": generator.random(), "evaluate_seconds": 1.0}
    TrainingState(tmp_path / "state", {}).save(row, times, model, {"model": model.variables})
    state = TrainingState(tmp_path / "state", {})
    assert state.rounds().to_csv() == training_state.pd.DataFrame([row]).to_csv()
    assert state.timing().columns.tolist() == ["round", "train_seconds", "evaluate_seconds"]
    assert state.timing()["train_seconds"][0] == times["train_seconds"]
