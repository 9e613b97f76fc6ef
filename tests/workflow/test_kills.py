"""Kills at random moments: what is started again ends in the numbers of a run that was not killed.

Each kind of kill has a study of its own, which is started, killed and started again until it
has come through its kills; then what it made is compared, byte for byte and weight for weight.
"""

import os
import random
import re
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from long_training import FOLDER, ROUNDS, TARGETS, assert_same
from study import RESULTS, copy_study, set_config, snakemake, start

LOGS = {
    "copying": RESULTS / "logs/training/jund/fusion_cnn/seed-0.log",
    "evaluation": RESULTS / "logs/evaluation/jund/fusion_cnn/predict_spans.log",
}
# What the logs say when the stage has begun.
BEGUN = {"copying": "is best by", "evaluation": "cisfuse"}
STAGES = ("start-up", "training", "training", "training", "copying", "evaluation")
KINDS = ("job", "snakemake", "group", "time_limit")
SEED = 2026


def processes_of(study: Path) -> list[psutil.Process]:
    """The living processes that work in a study."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(study.resolve()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def job_of(study: Path) -> psutil.Process | None:
    """The process of Python that runs an adapter, if there is one now."""
    for process in processes_of(study):
        try:
            script = process.cmdline()[1:2]
        except psutil.Error:
            continue
        if script and re.search(r"(train_model|predict_spans)\.py$", script[0]):
            return process
    return None


@dataclass
class Run:
    """A run of Snakemake that is to be killed in a stage, at a moment that chance chooses."""

    study: Path
    generator: random.Random

    def start(self) -> None:
        self.records = self.count_records()
        self.process = start(self.study, self.study / "run.log", *TARGETS)
        self.started = time.time()

    def count_records(self) -> int:
        return len(list((self.study / FOLDER / "state").glob("round-*.json")))

    def reached(self, stage: str) -> bool:
        """Tell whether the stage has begun, or as much of training as `wait_for` chose."""
        if stage == "start-up":
            return True
        if stage == "training":
            return self.count_records() >= self.wanted
        log = self.study / LOGS[stage]
        is_new = log.exists() and log.stat().st_mtime > self.started
        return is_new and BEGUN[stage] in log.read_text()

    def wait_for(self, stage: str, needs_job: bool) -> bool:
        """Wait for a moment of the stage; False where the run ended before."""
        self.wanted = self.records + self.generator.randint(1, 8)
        longest = {"start-up": 8, "training": 0.2, "copying": 0.1, "evaluation": 0.6}[stage]
        delay = self.generator.uniform(0, longest)
        while self.process.poll() is None:
            if self.reached(stage) and (not needs_job or job_of(self.study)):
                time.sleep(delay)
                return self.process.poll() is None
            time.sleep(0.005)
        return False

    def kill(self, kind: str) -> bool:
        """Kill; tells whether what was to be killed was alive."""
        group = self.process.pid
        if kind == "job":
            job = job_of(self.study)
            if job is None:
                return False
            job.kill()
            self.process.wait(120)
            return True
        if kind == "snakemake":
            self.process.kill()
        else:
            if kind == "time_limit":
                os.killpg(group, signal.SIGTERM)
                time.sleep(self.generator.uniform(0, 1))
            with suppress(ProcessLookupError):  # all of it may have ended of the first signal
                os.killpg(group, signal.SIGKILL)
        self.process.wait(120)
        return True


def end_orphans(study: Path, *, at_once: bool) -> None:
    """Wait for what a killed Snakemake left running, or kill it."""
    orphans = processes_of(study)
    for process in orphans:
        if at_once:
            process.kill()
    _, alive = psutil.wait_procs(orphans, timeout=120)
    assert not alive


def unlock(study: Path) -> None:
    """What Snakemake tells the user to do after it was killed."""
    if any((study / ".snakemake/locks").glob("*")):
        snakemake(study, "--unlock")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_kills_at_random_moments(untrained_study, trained_study, tmp_path, kind, survived):
    study = copy_study(untrained_study, tmp_path / "study")
    generator = random.Random(f"{SEED} {kind}")
    run = Run(study, generator)
    waiting, misses, compared = list(STAGES), 0, 0
    while waiting:
        assert misses < 2 * len(STAGES), f"seed {SEED} {kind}: left {waiting}"
        unlock(study)
        run.start()
        delivered = run.wait_for(waiting[0], kind == "job") and run.kill(kind)
        run.process.wait(300)
        end_orphans(study, at_once=generator.random() < 0.5)
        if delivered:
            waiting.pop(0)
            survived("kills")
            continue
        # It came to its end first, so it is compared, and started over.
        misses += 1
        assert run.process.returncode == 0, (study / "run.log").read_text()
        assert_same(study, trained_study)
        compared += 1
        for folder in ("training", "evaluation"):
            shutil.rmtree(study / RESULTS / folder)
    unlock(study)
    snakemake(study, *TARGETS)
    assert_same(study, trained_study)
    print(f"seed {SEED} {kind}: {len(STAGES)} kills, {misses} missed, {compared + 1} compared")


@pytest.mark.slow
def test_a_run_left_over_from_a_kill_is_not_trained_against(
    untrained_study, trained_study, tmp_path, survived
):
    study = copy_study(untrained_study, tmp_path / "study")
    set_config(study, "training.rounds", 20 * ROUNDS)
    run = Run(study, random.Random(SEED))
    run.start()
    assert run.wait_for("training", needs_job=True), (study / "run.log").read_text()
    orphan = job_of(study)
    run.process.kill()
    run.process.wait()
    unlock(study)
    refused = snakemake(study, *TARGETS, check=False)
    assert refused.returncode != 0
    assert orphan.is_running(), "it ended too soon for the test to say anything"
    lines = [line for line in refused.stdout.splitlines() if "is training here" in line]
    assert f"{FOLDER}/state: process {orphan.pid} on " in lines[0]
    assert "run again" in lines[0]
    assert "Traceback" not in refused.stdout
    end_orphans(study, at_once=True)
    set_config(study, "training.rounds", ROUNDS)
    snakemake(study, *TARGETS)
    assert_same(study, trained_study)
    survived("kills")
