"""What every rule's adapter does around the library: logging, and errors in one line."""

import logging
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cisfuse import __version__
from cisfuse.errors import CisfuseError

logger = logging.getLogger("cisfuse")


@contextmanager
def rule_job(log_path: str | Path) -> Iterator[logging.Logger]:
    """Run the body of an adapter with its log.

    Lines go to ``log_path`` with a timestamp, and to standard error for whoever watches.
    A `CisfuseError` becomes one line and exit status 1; any other exception is written to
    the log with its traceback and raised.
    """
    formatter = logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    handlers = [logging.FileHandler(log_path, mode="w", encoding="utf-8"), logging.StreamHandler()]
    for handler in handlers:
        handler.setFormatter(formatter)
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
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
