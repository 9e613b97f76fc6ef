"""What reaches the terminal and the log of a job that runs as a script of Snakemake does."""

import os
import platform
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cisfuse.jobs.terminal import StandardError, standard_error

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = ROOT / "workflow" / "scripts"
LOG = "results/tiny/logs/spans/jund/rule.log"
# As Snakemake puts it before an adapter.
PREAMBLE = f"""
import os, sys
sys.path[:0] = [{str(SCRIPTS)!r}, {str(ROOT / "tests" / "helpers")!r}]
from stand_ins import stand_in
snakemake = stand_in("label_spans", {LOG!r})
"""
NATIVE = "os.write(2, b'native \\xff line\\n')\n"


def command(body: str) -> list[str]:
    return [sys.executable, "-c", PREAMBLE + body]


@pytest.fixture
def run(tmp_path):
    """Run a script with a job's object; returns its exit status, terminal and log."""
    log = tmp_path / LOG
    log.parent.mkdir(parents=True)

    def run(body: str, **options) -> tuple[int, str, str]:
        result = subprocess.run(
            command(body), cwd=tmp_path, capture_output=True, check=False, **options
        )
        text = log.read_text(errors="replace") if log.exists() else ""
        return result.returncode, result.stderr.decode(errors="replace"), text

    return run


def test_native_lines_of_imports_and_of_the_job_go_to_the_log_alone(run):
    status, terminal, log = run(
        "from cisfuse.jobs.job import rule_job\n" + NATIVE + "with rule_job(snakemake) as logger:\n"
        "    os.system('echo of a child >&2')\n"
        "    logger.info('7 spans')\n"
        "    logger.warning('few spans')\n"
        "os.write(2, b'after the end\\n')\n"
    )
    assert status == 0
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d \[spans/jund/rule\] 7 spans\n"
        r"\d\d:\d\d:\d\d \[spans/jund/rule\] warning: few spans\n"
        r"after the end\n",
        terminal,
    )
    lines = log.splitlines()
    assert lines[0] == "native \ufffd line"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d INFO cisfuse .* with python .*", lines[1])
    assert lines[2] == "of a child"
    assert [line.split(" ", 1)[1] for line in lines[3:]] == ["INFO 7 spans", "WARNING few spans"]


def test_an_import_that_fails_leaves_its_traceback_in_both(run):
    status, terminal, log = run("import cisfuse.jobs.job\n" + NATIVE + "import cisfuse.no_such\n")
    assert status == 1
    for text in (terminal, log):
        assert "Traceback (most recent call last):" in text
        assert "No module named 'cisfuse.no_such'" in text
    assert log.startswith("native ")
    assert "native" not in terminal


def test_a_defect_leaves_its_traceback_in_both_once(run):
    status, terminal, log = run(
        "from cisfuse.jobs.job import rule_job\n"
        "with rule_job(snakemake):\n    " + NATIVE + "    print('of Python', file=sys.stderr)\n"
        "    1 / 0\n"
    )
    assert status == 1
    assert "ERROR ZeroDivisionError: division by zero" in log.splitlines()[0]
    for text in (terminal, log):
        assert text.count("Traceback (most recent call last):") == 1
        assert text.count("\nZeroDivisionError: division by zero") == 1
        assert text.count("of Python") == 1
    assert ("native" in log, "native" in terminal) == (True, False)


def test_a_crash_of_native_code_leaves_its_last_words_in_the_log(run):
    status, _, log = run(
        "import faulthandler\n"
        "from cisfuse.jobs.job import rule_job\n"
        "with rule_job(snakemake):\n"
        "    faulthandler.enable()\n    " + NATIVE + "    os.kill(os.getpid(), 11)\n"
    )
    assert status == -signal.SIGSEGV
    assert "native \ufffd line" in log
    assert "Segmentation fault" in log


def test_an_error_that_a_user_can_fix_is_on_the_terminal(run):
    status, terminal, log = run(
        "from cisfuse.base.errors import InputError\n"
        "from cisfuse.jobs.job import rule_job\n"
        "with rule_job(snakemake):\n    " + NATIVE + "    raise InputError('a.bed: empty')\n"
    )
    assert status == 1
    assert re.fullmatch(r"\d\d:\d\d:\d\d \[spans/jund/rule\] a.bed: empty\n", terminal)
    assert log.splitlines()[0].endswith(" ERROR a.bed: empty")
    assert "native" in log


def test_warnings_of_python_are_in_both(run):
    body = "from cisfuse.jobs.job import rule_job\nimport warnings\n"
    body += "with rule_job(snakemake):\n    warnings.warn('few bases')\n"
    _, terminal, log = run(body)
    assert "UserWarning: few bases" in terminal
    assert "UserWarning: few bases" in log


def test_a_job_that_is_stopped_says_so_on_the_terminal(tmp_path):
    (tmp_path / LOG).parent.mkdir(parents=True)
    body = "import time\nfrom cisfuse.jobs.job import rule_job\n"
    body += "with rule_job(snakemake) as logger:\n    logger.info('begun')\n    time.sleep(60)\n"
    with subprocess.Popen(
        command(body), cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "begun" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert "] stopped by SIGTERM" in process.stderr.read()
        assert process.wait(30) == 1
    assert " ERROR stopped by SIGTERM" in (tmp_path / LOG).read_text().splitlines()[0]


def test_a_child_that_is_forked_writes_to_both(run):
    _, terminal, log = run(
        "from cisfuse.jobs.job import rule_job\n"
        "with rule_job(snakemake) as logger:\n"
        "    if not os.fork():\n"
        "        logger.info('of the child')\n"
        "        " + NATIVE + "        os._exit(0)\n"
        "    os.wait()\n"
    )
    assert terminal.count("of the child") == log.count("of the child") == 1
    assert ("native" in log, "native" in terminal) == (True, False)


def test_a_terminal_that_is_gone_does_not_stop_the_job(run):
    status, _, log = run(
        "from cisfuse.jobs.job import rule_job\n"
        "with rule_job(snakemake) as logger:\n    logger.info('7 spans')\n    logger.info('end')\n",
        preexec_fn=lambda: os.dup2(os.open("/dev/full", os.O_WRONLY), 2),
    )
    assert " INFO end" in log
    assert status == 0


def test_an_import_outside_of_a_script_changes_nothing(tmp_path):
    code = "import os, cisfuse.jobs.job\nos.write(2, b'native')"
    result = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(SCRIPTS)}, capture_output=True,
        check=True,
    )  # fmt: skip
    assert result.stderr == b"native"


def test_everything_is_put_back_and_a_kept_stream_goes_on(tmp_path, capfd):
    before = sys.stderr
    streams = StandardError(tmp_path / "log")
    kept = sys.stderr
    assert kept.fileno() == 2
    streams.end()
    streams.end()
    assert sys.stderr is before
    kept.write("later\n")
    os.write(2, b"native\n")
    assert capfd.readouterr().err.split() == ["later", "native"]
    assert (tmp_path / "log").read_text() == ""


def test_a_log_that_cannot_be_written_changes_nothing(tmp_path, capfd):
    before = sys.stderr
    with pytest.raises(FileNotFoundError):
        standard_error(tmp_path / "missing" / "log")
    assert sys.stderr is before
    os.write(2, b"native\n")
    assert capfd.readouterr().err == "native\n"


@pytest.mark.parametrize(
    "rule",
    [
        *("train_model", "predict_spans", "compute_attributions", "attribute_controls"),
        *("probe_model", "explain_requests"),
    ],
)
def test_the_imports_of_an_adapter_keep_the_terminal_clean(run, rule):
    """TensorFlow writes to file descriptor 2 when it is imported, whatever its settings are."""
    source = (SCRIPTS / f"{rule}.py").read_text(encoding="utf-8")
    imports, body, _ = source.partition("\nwith rule_job(")
    assert body
    status, terminal, log = run(imports + "\nassert 'tensorflow' in sys.modules\n")
    assert (status, terminal) == (0, "")
    assert "oneDNN" in log or platform.machine() != "x86_64"
