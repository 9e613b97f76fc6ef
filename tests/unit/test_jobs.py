"""A rule's log: one line for what a user can mend, a traceback for a defect."""

import logging
from types import SimpleNamespace

import pytest

from cisfuse.errors import InputError
from cisfuse.jobs import rule_job


def job(folder):
    """What `rule_job` reads of the object that Snakemake gives to a script."""
    return SimpleNamespace(log=[str(folder / "rule.log")])


def test_lines_go_to_the_log_and_the_handlers_go_away(tmp_path):
    with rule_job(job(tmp_path)) as logger:
        logger.info("%d spans", 7)
    logging.getLogger("cisfuse").info("after the end")
    lines = (tmp_path / "rule.log").read_text().splitlines()
    assert len(lines) == 2
    assert " INFO cisfuse " in lines[0]
    assert lines[1].endswith(" INFO 7 spans")
    assert not logging.getLogger("cisfuse").handlers


def test_an_error_of_the_family_is_one_line_and_exit_status_1(tmp_path, capsys):
    with pytest.raises(SystemExit) as raised, rule_job(job(tmp_path)):
        raise InputError("peaks.bed: line 3: no chromosome; correct it")
    assert raised.value.code == 1
    lines = (tmp_path / "rule.log").read_text().splitlines()
    assert len(lines) == 2
    assert lines[1].endswith(" ERROR peaks.bed: line 3: no chromosome; correct it")
    assert "no chromosome" in capsys.readouterr().err
    assert not logging.getLogger("cisfuse").handlers


def test_other_errors_are_raised_and_leave_their_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), rule_job(job(tmp_path)):
        1 / 0  # noqa: B018
    log = (tmp_path / "rule.log").read_text()
    assert "defect of cisfuse" in log
    assert "Traceback" in log
    assert "ZeroDivisionError: division by zero" in log
    assert not logging.getLogger("cisfuse").handlers


def test_a_second_run_overwrites_the_log(tmp_path):
    for word in ("first", "second"):
        with rule_job(job(tmp_path)) as logger:
            logger.info(word)
    assert "first" not in (tmp_path / "rule.log").read_text()
