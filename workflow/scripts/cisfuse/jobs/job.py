"""What every rule's adapter does around the library: logs, checks and records of files, errors."""

import errno
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from cisfuse import __version__
from cisfuse.base.errors import CisfuseError
from cisfuse.jobs.records import Records
from cisfuse.jobs.versions import machine, peak_memory_mb, versions

logger = logging.getLogger("cisfuse")

FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
RESOURCES = ("mem_mb", "runtime", "gpu")


@contextmanager
def rule_job(job: Any) -> Iterator[logging.Logger]:
    """Run the body of an adapter with its log, with checked inputs and recorded outputs.

    ``job`` is the object ``snakemake`` of a script. Lines go to its log with a timestamp, and
    to standard error, where jobs that run side by side mix, with the job's name. An input that
    is not what its rule wrote ends the job before the body runs.
    An error that a user can mend becomes one line and exit status 1; any other exception is
    written to the log with its traceback and raised. The cause stands first in the log, also
    when a cluster stops the job with SIGTERM.
    """
    started, packages = time.monotonic(), versions()
    name = job_name(job.log[0])
    file = _LogFile(job.log[0], "w", "utf-8")
    terminal = logging.StreamHandler()
    for handler, source in ((file, "%(levelname)s"), (terminal, f"[{name}]")):
        form = f"%(asctime)s {source} %(message)s"
        handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    stop = signal.signal(signal.SIGTERM, partial(_stop, os.getpid()))
    try:
        logger.info("cisfuse %s with %s", __version__, ", ".join(map(" ".join, packages.items())))
        records = Records(study_folder(job.log[0]))
        inputs = records.check(job.input)
        yield logger
        about = describe(job, packages) | {"inputs": inputs}
        about["seconds"] = round(time.monotonic() - started, 3)
        about["peak_mb"] = peak_memory_mb()
        records.write(name, job.output, about)
    except (Exception, Stopped) as error:
        line = one_line(error, job)
        if line is None:
            logger.exception("where it happened:")
        logger.removeHandler(file)
        file.put_first(line or f"{_defect(error)}; this is a defect of cisfuse, please report it")
        if line is None:
            raise
        logger.error("%s", line)
        sys.exit(1)
    finally:
        signal.signal(signal.SIGTERM, stop)
        for handler in (file, terminal):
            logger.removeHandler(handler)
            handler.close()


class Stopped(BaseException):
    """SIGTERM came: a cluster cancelled the job or its time is over."""


def _stop(process: int, number: int, frame: object) -> None:
    if os.getpid() != process:  # a child that was forked, and has no log of its own
        os._exit(128 + number)
    raise Stopped


class _LogFile(logging.FileHandler):
    """A log to which the cause of a failure is added before all other lines."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Stay silent: a log that cannot be written must not hide what is being logged."""

    def put_first(self, message: str) -> None:
        """Write a line of level ERROR in front of what the log holds."""
        self.close()
        record = logger.makeRecord(logger.name, logging.ERROR, "", 0, message, (), None)
        path = Path(self.baseFilename)
        try:
            earlier = path.read_text(encoding="utf-8")
            path.write_text(f"{self.format(record)}\n{earlier}", encoding="utf-8")
        except OSError:
            self.handleError(record)


def one_line(error: BaseException, job: Any) -> str | None:
    """What happened and how to mend it; None for an exception that is a defect of cisfuse."""
    if isinstance(error, CisfuseError):
        return str(error)
    if isinstance(error, Stopped):
        return (
            "stopped by SIGTERM: cancelled, or past its time limit; run the same command again, a "
            "training goes on after its last complete round"
        )
    if isinstance(error, MemoryError):
        asked = job.resources.get("mem_mb")
        return (
            f"not enough memory (this job asked for {asked} MB); give it more: "
            f"--set-resources {job.rule}:mem_mb={2 * asked}, or run fewer jobs at once"
        )
    if not isinstance(error, OSError):
        return None
    if error.errno in FULL:
        folder = study_folder(job.log[0])
        return (
            f"{error.filename or folder}: no space is left on the device "
            f"({shutil.disk_usage(folder).free / 1e6:,.0f} MB are free); free some and run the "
            "same command again: what is complete is kept"
        )
    if error.errno in FORBIDDEN and error.filename:
        return f"{error.filename}: {error.strerror}; correct the rights of the file and its folder"
    return None


def _defect(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def describe(job: Any, packages: Mapping[str, str]) -> dict[str, Any]:
    """What a job ran with, as JSON."""
    resources = {key: value for key, value in job.resources.items() if key in RESOURCES}
    return {
        "rule": job.rule,
        "wildcards": dict(job.wildcards.items()),
        "params": dict(job.params.items()),
        "threads": job.threads,
        "resources": resources,
        "versions": dict(packages),
        "machine": machine(),
    }


def study_folder(log_path: str | Path) -> Path:
    """``results/STUDY``: what comes before the folder ``logs``."""
    parts = Path(log_path).parts
    return Path(*parts[: parts.index("logs")])


def job_name(log_path: str | Path) -> str:
    """The job in short: its log's path below the folder ``logs``, without the ending."""
    parts = Path(log_path).with_suffix("").parts
    return "/".join(parts[parts.index("logs") + 1 :])
