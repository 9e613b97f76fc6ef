"""Reading and writing files so that the same content gives the same bytes."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pandas as pd

from cisfuse.errors import DamagedFileError, InputError

GZIP_MAGIC = b"\x1f\x8b"


def is_gzipped(path: str | Path) -> bool:
    """Tell by its first two bytes whether a file is gzip (bgzip is gzip too)."""
    with open(path, "rb") as handle:
        return handle.read(2) == GZIP_MAGIC


@contextmanager
def open_input(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a user's plain or gzipped file for reading bytes.

    Raises `InputError` when the file is missing, unreadable or a damaged gzip, also when
    that shows only later, while the body reads on.
    """
    if not Path(path).is_file():
        raise InputError(f"{path}: no such file; correct the path in the config or sample sheet")
    try:
        with gzip.open(path, "rb") if is_gzipped(path) else open(path, "rb") as handle:
            yield handle
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path}: the gzip file is truncated or damaged ({error}); fetch or compress it again"
        ) from error
    except PermissionError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); mend its rights") from error


def sha256(path: str | Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_table(table: pd.DataFrame, path: str | Path, float_format: str | None = None) -> None:
    """Write a tab-separated table; gzipped without a time stamp when the path ends in ``.gz``."""
    text = table.to_csv(sep="\t", index=False, lineterminator="\n", float_format=float_format)
    write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write bytes; gzipped without a time stamp when the path ends in ``.gz``."""
    if str(path).endswith(".gz"):
        content = gzip.compress(content, mtime=0)
    Path(path).write_bytes(content)


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a tab-separated table that an earlier stage wrote.

    Names and chromosomes stay text. Raises `DamagedFileError` when it cannot be read.
    """
    text_columns = {"name": str, "chrom": str, "split": str}
    try:
        return pd.read_csv(path, sep="\t", dtype=text_columns, keep_default_na=False)
    except (EOFError, zlib.error, gzip.BadGzipFile, pd.errors.ParserError, ValueError) as error:
        raise DamagedFileError(
            f"{path}: damaged ({error}); delete it and run again, and its rule makes it anew"
        ) from error


def write_json(content: Any, path: str | Path) -> None:
    """Write JSON with sorted keys and a final newline."""
    Path(path).write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_json(path: str | Path) -> Any:
    """Read JSON that an earlier stage wrote; raises `DamagedFileError`."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedFileError(
            f"{path}: damaged ({error}); delete it and run again, and its rule makes it anew"
        ) from error
