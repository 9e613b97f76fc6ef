"""A rule's log, its checked inputs and recorded outputs, and one line for what a user can mend."""

import errno
import json
import logging
import os
import signal

import pytest
from stand_ins import Named, stand_in

from cisfuse.base.errors import InputError
from cisfuse.base.files import sha256
from cisfuse.jobs.job import rule_job

FOLDER = "results/tiny"
LOG = f"{FOLDER}/logs/spans/jund/rule.log"


@pytest.fixture
def job(tmp_path, monkeypatch):
    """What `rule_job` reads of the object that Snakemake gives to a script."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / LOG).parent.mkdir(parents=True)
    params, wildcards = Named(seed=3, code="abc"), Named(sample="jund")
    return stand_in("label_spans", LOG, params=params, wildcards=wildcards)


def lines_of(job):
    with open(job.log[0]) as handle:
        return handle.read().splitlines()


def test_lines_go_to_the_log_and_the_handlers_go_away(job):
    before = signal.getsignal(signal.SIGTERM)
    with rule_job(job) as logger:
        logger.info("%d spans", 7)
    logging.getLogger("cisfuse").info("after the end")
    lines = lines_of(job)
    assert len(lines) == 2
    assert " INFO cisfuse " in lines[0]
    assert ", keras " in lines[0]
    assert lines[1].endswith(" INFO 7 spans")
    assert not logging.getLogger("cisfuse").handlers
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_error_of_the_family_is_one_line_first_in_the_log_and_exit_status_1(job, capsys):
    with pytest.raises(SystemExit) as raised, rule_job(job) as logger:  # noqa: PT012
        logger.info("working")
        raise InputError("peaks.bed: line 3: no chromosome; correct it")
    assert raised.value.code == 1
    lines = lines_of(job)
    assert len(lines) == 3
    assert lines[0].endswith(" ERROR peaks.bed: line 3: no chromosome; correct it")
    assert lines[2].endswith(" INFO working")
    assert "[spans/jund/rule] peaks.bed: line 3" in capsys.readouterr().err
    assert not logging.getLogger("cisfuse").handlers


def test_other_errors_are_raised_and_leave_their_traceback(job):
    with pytest.raises(ZeroDivisionError), rule_job(job):
        1 / 0  # noqa: B018
    lines = lines_of(job)
    assert "ERROR ZeroDivisionError: division by zero; this is a defect of cisfuse" in lines[0]
    assert "Traceback (most recent call last):" in lines
    assert not logging.getLogger("cisfuse").handlers


def test_a_second_run_overwrites_the_log(job):
    for word in ("first", "second"):
        with rule_job(job) as logger:
            logger.info(word)
    assert not any("first" in line for line in lines_of(job))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space", "results/a.tsv"), "results/a.tsv: no space is left"),
        (OSError(errno.EDQUOT, "Quota"), "results/tiny: no space is left"),
        (PermissionError(errno.EACCES, "Denied", "b.tsv"), "b.tsv: Denied; correct the rights"),
        (MemoryError(), "not enough memory (this job asked for 500 MB); give it more: "
         "--set-resources label_spans:mem_mb=1000"),
    ],
)  # fmt: skip
def test_what_the_machine_lacks_is_one_line_too(job, error, message):
    with pytest.raises(SystemExit), rule_job(job):
        raise error
    assert f" ERROR {message}" in lines_of(job)[0]


def test_a_cluster_that_stops_a_job_leaves_the_cause_in_its_log(job):
    with pytest.raises(SystemExit), rule_job(job):
        os.kill(os.getpid(), signal.SIGTERM)
    assert " ERROR stopped by SIGTERM: cancelled, or past its time limit; " in lines_of(job)[0]


def test_a_child_of_a_job_dies_of_sigterm_without_a_word(job):
    with rule_job(job) as logger:
        if not (child := os.fork()):
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 128 + signal.SIGTERM
        logger.info("the parent goes on")
    assert not any("SIGTERM" in line for line in lines_of(job))


def test_a_job_that_ends_well_records_what_it_read_and_made(job, tmp_path):
    (tmp_path / "peaks.bed").write_text("peaks")
    job.input, job.output = ["peaks.bed"], [f"{FOLDER}/spans.tsv"]
    with rule_job(job):
        (tmp_path / FOLDER / "spans.tsv").write_text("spans")
    record = json.loads((tmp_path / FOLDER / "provenance/jobs/spans/jund/rule.json").read_text())
    assert record["inputs"] == {"peaks.bed": sha256("peaks.bed")}
    assert record["outputs"] == {f"{FOLDER}/spans.tsv": sha256(f"{FOLDER}/spans.tsv")}
    assert record["rule"] == "label_spans"
    assert record["params"] == {"seed": 3, "code": "abc"}
    assert record["wildcards"] == {"sample": "jund"}
    assert record["resources"] == {"mem_mb": 500, "runtime": 10}
    assert record["versions"]["python"]
    assert 30 < record["peak_mb"] < 3000
    assert record["machine"]["system"]


def test_a_job_that_fails_records_nothing(job, tmp_path):
    with pytest.raises(SystemExit), rule_job(job):
        raise InputError("peaks.bed: empty")
    assert not (tmp_path / FOLDER / "provenance").exists()


def test_an_input_that_changed_ends_the_job_before_its_body(job, tmp_path):
    job.output = [f"{FOLDER}/spans.tsv"]
    with rule_job(job):
        (tmp_path / FOLDER / "spans.tsv").write_text("spans")
    job.input, job.output = job.output, []
    (tmp_path / FOLDER / "spans.tsv").write_text("spins")
    started = []
    with pytest.raises((SystemExit, RuntimeError)), rule_job(job):
        started.append(True)
    assert not started
    assert f" ERROR {FOLDER}/spans.tsv: damaged, or changed by hand" in lines_of(job)[0]
    assert f"snakemake --cores all --force {FOLDER}/spans.tsv" in lines_of(job)[0]
