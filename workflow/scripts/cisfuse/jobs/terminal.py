"""Standard error of a job: all of it in the job's log, on the terminal what Python writes.

TensorFlow's native code writes to file descriptor 2 when it is imported, before any level of its
messages is heeded. A job has its log there instead. If the job fails, Snakemake shows the log,
so that the last words of a crash in native code reach the terminal too.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

STDERR = 2


class StandardError:
    """Standard error while a job runs, from a log that is started anew.

    File descriptor 2, which child processes inherit, is the log. ``terminal`` is where it was
    before. ``sys.stderr``, and with it the traceback of an error that nothing catches and
    Python's own warnings, goes to both.
    """

    def __init__(self, log: str | Path):
        """Raises `OSError` when the log cannot be written."""
        self.log = str(log)
        # All who write to the log append, so that none writes over what another wrote.
        self.log_file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
        self.saved = os.dup(STDERR)
        os.dup2(self.log_file, STDERR)
        self.python = sys.stderr
        self.terminal = self._terminal()
        sys.stderr = self.both = _Both(self.terminal, self.log_file)

    def _terminal(self) -> TextIO:
        """``sys.stderr`` itself where it is another file, or in memory as in a test."""
        try:
            number = self.python.fileno()
        except OSError:
            return self.python
        if number != STDERR:
            return self.python
        self.python.flush()
        return open(self.saved, "w", 1, "utf-8", "backslashreplace", closefd=False)

    def end(self) -> None:
        """Put everything back."""
        if self.log_file < 0:
            return
        with suppress(OSError, ValueError):  # the terminal is gone
            self.both.flush()
        if sys.stderr is self.both:
            sys.stderr = self.python
        # Libraries may have kept the stream.
        self.both.terminal, self.both.log_file = self.python, None
        os.dup2(self.saved, STDERR)
        os.close(self.saved)
        os.close(self.log_file)
        self.log_file = -1


class _Both:
    """A text stream that writes to the terminal and to the log."""

    def __init__(self, terminal: TextIO, log_file: int):
        self.terminal: TextIO = terminal
        self.log_file: int | None = log_file

    def write(self, text: str) -> int:
        if self.log_file is not None:
            with suppress(OSError):  # a log that cannot be written must not hide the text
                os.write(self.log_file, text.encode("utf-8", "backslashreplace"))
        return self.terminal.write(text)

    def flush(self) -> None:
        self.terminal.flush()

    def fileno(self) -> int:
        return STDERR

    def __getattr__(self, name: str) -> Any:
        return getattr(self.terminal, name)


def _of_this_script() -> StandardError | None:
    """Started while an adapter still imports; None where no script of Snakemake runs."""
    log = getattr(getattr(sys.modules.get("__main__"), "snakemake", None), "log", None)
    with suppress(OSError):  # told when the job begins
        return StandardError(log[0]) if log else None
    return None


# An adapter that imports TensorFlow therefore imports cisfuse.jobs.job first.
_early = _of_this_script()


def standard_error(log: str | Path) -> StandardError:
    """Standard error for a job with this log: the one that was started by the import, if any."""
    global _early
    found, _early = _early, None
    if found and found.log == str(log):
        return found
    if found:
        found.end()
    return StandardError(log)
