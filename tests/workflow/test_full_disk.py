"""A disk that fills up in any stage loses nothing, and once there is room the run goes on."""

import os
import subprocess
import zipfile

import pytest
from long_training import FOLDER, PREDICTIONS, ROUNDS, TARGETS, assert_same
from study import RESULTS, make_study, read_config, snakemake, write_config

PAGE = 4096
STATE = FOLDER / "state"
UNCOMPARED = ("logs", "benchmarks", "provenance", "training")
# Where the disk is full in the middle of, and what is written before that.
STAGES = {
    "spans": ([], ["spans"]),
    "examples": (["references", "spans", "provenance"], ["examples"]),
    "training": (["references", "spans", "examples", "provenance"], [STATE]),
    "copying": (["references", "spans", "examples", "provenance", STATE], [FOLDER]),
    "predicting": (["references", "spans", "examples", "training", "provenance"], PREDICTIONS),
}


def room(study, *paths) -> int:
    """Bytes that files take on a disk of pages; folders without what is in a state."""
    total = 0
    for path in paths:
        path = study / path if (study / path).exists() else study / RESULTS / path
        files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
        if path == study / FOLDER:
            files = [file for file in files if file.parent.name != "state"]
        total += sum(-(-file.stat().st_size // PAGE) * PAGE for file in files)
    return total


@pytest.fixture
def disk(tmp_path):
    """A study whose results lie on a small disk, and a function that sets the disk's size."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk of a chosen size")
    study = make_study(tmp_path / "study")
    results = study / "results"
    results.mkdir()

    def mount(size: int, *options: str) -> None:
        words = ",".join([f"size={size}", *options])
        subprocess.run(["mount", "-t", "tmpfs", "-o", words, "tmpfs", str(results)], check=True)

    try:
        mount(PAGE)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    yield study, lambda size: mount(size, "remount")
    subprocess.run(["umount", "--lazy", str(results)], check=True)


def assert_nothing_is_half(study, whole) -> None:
    """Every file is what it is in a run that had room enough, or a whole archive."""
    for path in (study / RESULTS).rglob("*"):
        if path.suffix in (".keras", ".npz"):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None, path
        elif path.is_file() and path.relative_to(study / RESULTS).parts[0] not in UNCOMPARED:
            assert path.read_bytes() == (whole / path.relative_to(study)).read_bytes(), path
        assert not path.name.endswith(".part"), path


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
def test_a_full_disk_loses_nothing(disk, trained_study, stage, survived):
    study, resize = disk
    write_config(study, read_config(trained_study))
    before, filled = STAGES[stage]
    resize(room(trained_study, *before, "logs", "benchmarks") + room(trained_study, *filled) // 2)
    full = snakemake(study, *TARGETS, check=False)
    assert full.returncode != 0
    lines = [line for line in full.stdout.splitlines() if "no space is left" in line]
    assert lines, full.stdout
    assert all("results" in line and "run the same command again" in line for line in lines)
    assert "Traceback" not in full.stdout
    assert not all((study / path).exists() for path in PREDICTIONS)
    assert_nothing_is_half(study, trained_study)
    kept = {path for path in (study / RESULTS).rglob("*") if path.is_file()}
    resize(100_000_000)
    again = snakemake(study, *TARGETS).stdout
    assert_same(study, trained_study)
    for path in before:
        if path in ("spans", "examples"):
            assert {file for file in kept if path in file.parts}, path
    if stage in ("copying", "predicting"):
        log = (study / RESULTS / "logs/training/jund/fusion_cnn/seed-0.log").read_text()
        assert f"continuing after round {ROUNDS}" in log or "train_model" not in again
    survived("full disks")
