"""Locks that the kernel takes back from a process that dies, however it dies."""

import errno
import logging
import os
import platform
import time
from pathlib import Path
from typing import IO

from cisfuse.base.errors import InUseError

try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None

logger = logging.getLogger("cisfuse")

LOCK = "lock"
# What a file system that has no locks says.
NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}


def lock(handle: IO) -> bool | None:
    """Lock an open file until it is closed, which the kernel does for a process that dies.

    Returns False where another holds it, and None where the system or the file system has no
    locks.
    """
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in NO_LOCKS:
            return None
        raise
    return True


def lock_folder(folder: Path) -> IO[str]:
    """Lock a folder for as long as the returned file is open; raises `InUseError`.

    The file says who holds it. A process that dies, however it dies, holds it no longer.
    """
    handle = open(folder / LOCK, "a+", encoding="utf-8", errors="replace")  # noqa: SIM115
    locked = lock(handle)
    if locked is False:
        handle.seek(0)
        holder = " ".join(handle.read(200).split()) or "another process"
        handle.close()
        raise InUseError(
            f"{folder}: {holder} is training here, perhaps left over from a run that was killed; "
            "wait until it has ended, or end it with kill, and run again"
        )
    if locked is None:
        logger.warning("%s: there are no locks here; see that no second run trains in it", folder)
    handle.truncate(0)
    handle.write(f"process {os.getpid()} on {platform.node()}, since {time.ctime()}\n")
    handle.flush()
    return handle
