"""What every rule's adapter does around the library: logging, and errors in one line."""

import logging
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cisfuse import __version__
from cisfuse.errors import CisfuseError

logger = logging.getLogger("cisfuse")


@contextmanager
def rule_job(job: Any) -> Iterator[logging.Logger]:
    """Run the body of an adapter with its log.

    ``job`` is the object ``snakemake`` of a script. Lines go to its log with a timestamp, and
    to standard error, where jobs that run side by side mix, with the job's name.
    A `CisfuseError` becomes one line and exit status 1; any other exception is written to
    the log with its traceback and raised.
    """
    log_path = job.log[0]
    handlers = {
        "%(asctime)s %(levelname)s %(message)s": logging.FileHandler(log_path, "w", "utf-8"),
        f"%(asctime)s [{job_name(log_path)}] %(message)s": logging.StreamHandler(),
    }
    for form, handler in handlers.items():
        handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.info("cisfuse %s, Python %s", __version__, platform.python_version())
    try:
        yield logger
    except CisfuseError as error:
        logger.error("%s", error)
        sys.exit(1)
    except Exception:
        logger.exception("unexpected error; this is a defect of cisfuse, please report it")
        raise
    finally:
        for handler in handlers.values():
            logger.removeHandler(handler)
            handler.close()


def job_name(log_path: str | Path) -> str:
    """The job in short: its log's path below the folder ``logs``, without the ending."""
    parts = Path(log_path).with_suffix("").parts
    return "/".join(parts[parts.index("logs") + 1 :]) if "logs" in parts else parts[-1]
