"""Locks hold between processes, and end with them."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cisfuse.base import locks
from cisfuse.base.errors import InUseError
from cisfuse.base.locks import LOCK, lock, lock_folder

HOLD = """
import sys, time
from pathlib import Path
from cisfuse.base.locks import lock_folder
handle = lock_folder(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has locked the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(locks.__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_message_says_who_holds_a_folder_and_what_to_do(tmp_path, holder):
    with pytest.raises(InUseError) as caught:
        lock_folder(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}: process {holder.pid} on {os.uname().nodename}, since ")
    assert "run again" in message
    assert "\n" not in message


def test_a_killed_process_holds_nothing(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with lock_folder(tmp_path):
        assert f"process {os.getpid()} " in (tmp_path / LOCK).read_text()
        assert str(holder.pid) not in (tmp_path / LOCK).read_text()


def test_a_lock_ends_when_its_file_is_closed(tmp_path):
    with lock_folder(tmp_path), pytest.raises(InUseError):
        lock_folder(tmp_path)
    lock_folder(tmp_path).close()


def test_what_stands_in_a_lock_file_may_be_anything(tmp_path):
    (tmp_path / LOCK).write_bytes(b"\xff\x00 no text\n" * 1000)
    with lock_folder(tmp_path):
        assert len((tmp_path / LOCK).read_text().splitlines()) == 1


class NoLocks:
    """A file system that has none, as some that are mounted from afar."""

    LOCK_EX = LOCK_NB = 0

    @staticmethod
    def flock(handle, operation):
        raise OSError(errno.ENOLCK, "No locks available")


@pytest.mark.parametrize("system", [None, NoLocks], ids=["system", "file_system"])
def test_without_locks_there_is_a_warning_and_no_error(tmp_path, monkeypatch, caplog, system):
    monkeypatch.setattr(locks, "fcntl", system)
    with lock_folder(tmp_path), lock_folder(tmp_path) as again:
        assert lock(again) is None
    assert len(caplog.records) == 2
    assert f"{tmp_path}: there are no locks here" in caplog.text


def test_other_errors_of_a_lock_are_raised(tmp_path, monkeypatch):
    class Broken(NoLocks):
        @staticmethod
        def flock(handle, operation):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(locks, "fcntl", Broken)
    with pytest.raises(OSError, match="Input/output error"):
        lock_folder(tmp_path)
