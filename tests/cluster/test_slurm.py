"""The embedded study through profiles/slurm on a real SLURM, and what happens to jobs there.

The study is that of config/config.yaml, chr22 and all, with one seed, fewer epochs and fewer
explained spans, so that it ends in minutes. The same config run without a cluster is what its
results are compared with.
"""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from one_node import NODE
from study import copy_study, copy_workflow, rule_counts, snakemake

from cisfuse.base.files import sha256
from cisfuse.prediction.logits import load_model

STUDY = "results/jund_simulated"
ROUNDS = 6
TRAINING = {"seeds": [0], "rounds": ROUNDS, "epochs_per_round": 4, "sequence_rounds": 2}
INTERPRETATION = {
    "models": ["fusion_cnn"],
    "methods": ["gradient_times_input", "mutagenesis"],
    "max_spans": 60,
}
PROFILE = ("--workflow-profile", "profiles/slurm")
# One node has nothing to wait for, and this SLURM has no accounting.
OWN_CLUSTER = (
    *("--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "2"),
    *("--seconds-between-status-checks", "1"),
    *("--latency-wait", "10"),
)
# When, how long and which files: they differ between any two runs.
MAY_DIFFER = ("logs/", "benchmarks/", "provenance", "/timing.tsv", "/state/")

pytestmark = pytest.mark.slow


def small_study(folder: Path) -> Path:
    copy_workflow(folder)
    path = folder / "config/config.yaml"
    config = yaml.safe_load(path.read_text())
    config["training"] |= TRAINING
    config["interpretation"] |= INTERPRETATION
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    return folder


@pytest.fixture(scope="module")
def local_run(tmp_path_factory):
    folder = small_study(tmp_path_factory.mktemp("local") / "study")
    snakemake(folder, config=None)
    return folder


class ClusterRun:
    """Snakemake with the profile in the background, and what a test sees of it."""

    def __init__(self, slurm, folder: Path, *arguments: str) -> None:
        self.slurm = slurm
        self.folder = folder
        self.log = folder / "snakemake.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                cluster_command(*arguments),
                cwd=folder,
                env=slurm.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until(self, what, condition, seconds=900):
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, f"ended before {what}:\n{self.log.read_text()}"
            assert time.monotonic() < deadline, f"no {what}:\n{self.log.read_text()}"
            time.sleep(0.1)

    def training(self, model):
        """Number of the model's job that is running or waits; None where there is none."""
        name = f"train_model_wildcards_jund_simulated_jund_{model}"
        return max(self.slurm.jobs(name, "R,PD"), default=None)

    def freeze(self, job):
        """Stop the job's training as it stands, without its end being seen."""
        for process in self.slurm.processes(job):
            arguments = Path(f"/proc/{process}/cmdline").read_bytes()
            if b".snakemake/scripts/" in arguments and b"train_model.py" in arguments:
                os.kill(process, signal.SIGSTOP)
                return
        raise AssertionError(f"job {job} trains nothing")

    def rounds(self, model):
        state = self.folder / STUDY / f"training/jund/{model}/seed-0/state"
        return len(list(state.glob("round-*.json")))

    def finish(self):
        code = self.process.wait(timeout=1800)
        assert code == 0, self.log.read_text()


def cluster_command(*arguments):
    return [sys.executable, "-m", "snakemake", *PROFILE, *OWN_CLUSTER, *arguments]


@pytest.fixture(scope="module")
def cluster_run(slurm, tmp_path_factory):
    """The study's folder after one call of Snakemake during which much went wrong, and notes."""
    run = ClusterRun(slurm, small_study(tmp_path_factory.mktemp("cluster") / "study"))
    try:
        notes = spoil(run, slurm)
        run.finish()
    finally:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
    return run.folder, notes


def spoil(run, slurm):
    """Two trainings end early, the node is drained and the controller stops; returns notes."""
    notes = {}
    # One training hangs until its time is over. SLURM looks at the time twice a minute.
    run.wait_until("round of a training", lambda: run.rounds("sequence_cnn") >= 1)
    late = run.training("sequence_cnn")
    run.freeze(late)
    slurm.call("scontrol", "update", f"jobid={late}", "EndTime=now+1")
    # Another is cancelled while the node takes no new jobs: second attempts have to wait.
    run.wait_until("two rounds of another", lambda: run.rounds("fusion_cnn") >= 2)
    cancelled = run.training("fusion_cnn")
    notes["first"] = slurm.job(cancelled)
    slurm.call("scontrol", "update", f"nodename={NODE}", "state=drain", "reason=test")
    slurm.call("scancel", str(cancelled))
    run.wait_until("second attempt", lambda: run.training("fusion_cnn") not in (None, cancelled))
    run.wait_until("the other's", lambda: run.training("sequence_cnn") not in (None, late))
    notes["late"], notes["cancelled"] = slurm.job(late), slurm.job(cancelled)
    time.sleep(6)  # the scheduler looks for free nodes every 5 s
    second = [run.training(model) for model in ("fusion_cnn", "sequence_cnn")]
    notes["while drained"] = [slurm.job(job)["JobState"] for job in second]
    slurm.call("scontrol", "update", f"nodename={NODE}", "state=resume")
    run.wait_until("resumed node", lambda: slurm.jobs("train_model", "R"))
    notes["second"] = slurm.job(second[0])
    # The controller goes away while jobs run, and comes back.
    slurm.stop_controller()
    time.sleep(3)
    notes["without controller"] = run.process.poll()
    slurm.start_controller()
    return notes


def log_of(folder, model):
    return (folder / STUDY / f"logs/training/jund/{model}/seed-0.log").read_text()


def test_cancelled_and_late_trainings_go_on_from_their_last_round(cluster_run, survived):
    folder, notes = cluster_run
    assert notes["cancelled"]["JobState"] == "CANCELLED"
    assert notes["late"]["JobState"] == "TIMEOUT"
    for model in ("fusion_cnn", "sequence_cnn"):
        done = re.search(rf"continuing after round (\d+) of {ROUNDS}", log_of(folder, model))
        assert done, log_of(folder, model)
        assert 1 <= int(done[1]) < ROUNDS
        survived("cluster events")


def test_jobs_wait_for_a_drained_node(cluster_run, survived):
    assert cluster_run[1]["while drained"] == ["PENDING", "PENDING"]
    survived("cluster events")


def test_a_restarted_controller_ends_nothing(cluster_run, survived):
    assert cluster_run[1]["without controller"] is None, "Snakemake ended with the controller"
    survived("cluster events")


def test_the_results_are_those_of_a_run_without_a_cluster(cluster_run, local_run):
    """Bytes of every file, weights of every model."""
    folder, _ = cluster_run
    files = {str(path.relative_to(local_run)) for path in kept(local_run)}
    assert files == {str(path.relative_to(folder)) for path in kept(folder)}
    assert any(name.endswith("summary.txt") for name in files)
    models = {name for name in files if name.endswith(".keras")}
    assert len(models) == 3 * (ROUNDS + 2)
    differ = [name for name in files - models if sha256(folder / name) != sha256(local_run / name)]
    assert differ == []
    for name in models:
        pairs = zip(weights(folder / name), weights(local_run / name), strict=True)
        assert all(np.array_equal(here, there) for here, there in pairs), name


def kept(folder):
    paths = [*(folder / "results").rglob("*"), *(folder / "resources").rglob("*")]
    return [
        path
        for path in paths
        if path.is_file() and not any(word in f"{path.relative_to(folder)}" for word in MAY_DIFFER)
    ]


def weights(path):
    return load_model(path).get_weights()


@pytest.mark.parametrize(
    "profile", [("--workflow-profile", "profiles/slurm"), ()], ids=["slurm", "default"]
)
def test_nothing_is_left_to_do_with_either_profile(cluster_run, slurm, monkeypatch, profile):
    monkeypatch.setenv("SLURM_CONF", slurm.environment["SLURM_CONF"])
    output = snakemake(cluster_run[0], "-n", *profile, config=None).stdout
    assert rule_counts(output) == {}


def asked_by_the_rule(folder):
    """threads, MB and minutes of a training's first attempt, from a dry run."""
    target = f"{STUDY}/training/jund/fusion_cnn/seed-0/rounds.tsv"
    output = snakemake(folder, "-n", "--quiet", "host", "--force", target, config=None).stdout
    block = output[output.index("rule train_model:") :].split("\n\n")[0]
    threads = re.search(r"^ +threads: (\d+)", block, re.M)
    memory, minutes = (re.search(rf"\b{name}=(\d+)", block)[1] for name in ("mem_mb", "runtime"))
    return (int(threads[1]) if threads else 1), int(memory), int(minutes)


def asked_of_slurm(job):
    hours, minutes, _ = job["TimeLimit"].split(":")
    days, _, hours = hours.rpartition("-")
    limit = (int(days or 0) * 24 + int(hours)) * 60 + int(minutes)
    memory = {"M": 1, "G": 1024}[job["MinMemoryNode"][-1]] * float(job["MinMemoryNode"][:-1])
    return int(job["CPUs/Task"]), memory, limit


def test_a_training_asks_for_what_its_rule_says_and_its_second_attempt_for_more(cluster_run):
    folder, notes = cluster_run
    first, second = asked_of_slurm(notes["first"]), asked_of_slurm(notes["second"])
    assert first == asked_by_the_rule(folder)
    assert second[0] == first[0]
    assert second[1] > first[1]
    assert second[2] > first[2]


def test_a_training_asks_for_gpus(cluster_run, slurm, tmp_path):
    folder = copy_study(cluster_run[0], tmp_path / "study")
    target = f"{STUDY}/training/jund/accessibility_logistic/seed-0/rounds.tsv"
    before = sha256(folder / target)
    arguments = ("--set-resources", "train_model:gpu=1", "--force", target)
    ClusterRun(slurm, folder, *arguments).finish()
    job = slurm.job(max(slurm.jobs("train_model")))
    assert job["JobState"] == "COMPLETED"
    assert job["TresPerJob"] == "gres:gpu:1"
    assert sha256(folder / target) == before
