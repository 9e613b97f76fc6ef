"""Reading and writing files so that the same content gives the same bytes.

A file that is written here has its name only when it is whole: neither a kill nor a full disk
nor a second writer leaves half a file under the name that a rule declares.
"""

import glob
import gzip
import hashlib
import json
import os
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd

from cisfuse.base.errors import DamagedFileError, InputError
from cisfuse.base.locks import lock

GZIP_MAGIC = b"\x1f\x8b"
# Python's default of 9 takes many times as long for tables hardly smaller (benchmarks/reading.py).
GZIP_LEVEL = 3
PIECE_ROWS = 50_000  # rows of a table that are held as text at once


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
    if not os.path.isfile(path):
        problem = "a folder, not a file" if os.path.isdir(path) else "no such file"
        raise InputError(f"{path}: {problem}; correct the path in the config or sample sheet")
    try:
        with gzip.open(path, "rb") if is_gzipped(path) else open(path, "rb") as handle:
            yield handle
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"{path}: the gzip file is truncated or damaged ({error}); fetch or compress it again"
        ) from error
    except PermissionError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); correct its rights"
        ) from error


def sha256(path: str | Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def complete_or_absent(target: str | Path) -> Iterator[IO[bytes]]:
    """Write to a file beside ``target`` that takes its name only when the body succeeds.

    What killed writers of the same target left behind is removed.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        _remove_if_nobody_writes(left)
    partial = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.part")
    try:
        with open(partial, "xb") as output:
            lock(output)
            yield output
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _remove_if_nobody_writes(partial: Path) -> None:
    """Remove a file of `complete_or_absent` whose writer is dead, as its lock tells."""
    try:
        with open(partial, "rb") as handle:
            if lock(handle):
                partial.unlink()
    except OSError:
        return  # its writer has just ended, or it is another user's


def write_table(table: pd.DataFrame, path: str | Path, float_format: str | None = None) -> None:
    """Write a tab-separated table; gzipped without a time stamp when the path ends in ``.gz``."""
    with table_writer(path, float_format) as write:
        write(table)


@contextmanager
def table_writer(
    path: str | Path, float_format: str | None = None
) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Write a table piece by piece, as `write_table` would write all of it.

    Yields a function that takes pieces of the same columns. The bytes do not depend on how
    the table is cut.
    """
    with ExitStack() as stack:
        handle: Any = stack.enter_context(complete_or_absent(path))
        if str(path).endswith(".gz"):
            handle = stack.enter_context(
                gzip.GzipFile("", "wb", compresslevel=GZIP_LEVEL, fileobj=handle, mtime=0)
            )
        header = True

        def write(table: pd.DataFrame) -> None:
            nonlocal header
            for start in range(0, max(len(table), 1), PIECE_ROWS):
                piece = table.iloc[start : start + PIECE_ROWS]
                text = piece.to_csv(
                    sep="\t",
                    index=False,
                    header=header,
                    lineterminator="\n",
                    float_format=float_format,
                )
                handle.write(text.encode())
                header = False

        yield write


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write bytes; gzipped without a time stamp when the path ends in ``.gz``."""
    if str(path).endswith(".gz"):
        content = gzip.compress(content, GZIP_LEVEL, mtime=0)
    with complete_or_absent(path) as output:
        output.write(content)


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name as ``.npz``, uncompressed."""
    with complete_or_absent(path) as output:
        np.savez(output, **arrays)


def read_table(path: str | Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a tab-separated table that an earlier stage wrote, or the named columns of it.

    Names and chromosomes stay text. Raises `DamagedFileError` when it cannot be read.
    """
    with _named_damage(path):
        return pd.read_csv(path, usecols=columns, **TABLE_FORMAT)


def read_header(path: str | Path) -> list[str]:
    """The columns of a table that an earlier stage wrote; raises `DamagedFileError`."""
    with _named_damage(path):
        return pd.read_csv(path, nrows=0, sep="\t").columns.tolist()


def read_pieces(path: str | Path) -> Iterator[pd.DataFrame]:
    """Read a table as `read_table` does, in pieces of `PIECE_ROWS` rows; one when it is empty."""
    with _named_damage(path), pd.read_csv(path, chunksize=PIECE_ROWS, **TABLE_FORMAT) as pieces:
        yield from pieces


def read_by_chromosome(path: str | Path) -> Iterator[pd.DataFrame]:
    """Read a table whose rows lie together by chromosome, one chromosome at a time.

    Yields tables with rows numbered from 0; an empty table comes as itself.
    """
    pending: list[pd.DataFrame] = []
    for piece in read_pieces(path):
        if "chrom" not in piece:
            raise DamagedFileError(
                f"{path}: damaged (no column 'chrom'); delete it and run again, and its rule makes "
                "it anew"
            )
        chrom = piece["chrom"].to_numpy(object)
        changes = np.flatnonzero(chrom[1:] != chrom[:-1]) + 1
        for start, stop in pairwise([0, *changes.tolist(), len(piece)]):
            if pending and pending[-1]["chrom"].iloc[-1] != chrom[start]:
                yield pd.concat(pending, ignore_index=True)
                pending = []
            pending.append(piece.iloc[start:stop])
    yield pd.concat(pending, ignore_index=True)


TEXT = ("name", "chrom", "split", "sequence")
WHOLE_NUMBERS = ("start", "end", "label")
TABLE_FORMAT: dict[str, Any] = {
    "sep": "\t",
    # Numbers are named too because a table may have no rows.
    "dtype": {**dict.fromkeys(TEXT, str), **dict.fromkeys(WHOLE_NUMBERS, np.int64)},
    "keep_default_na": False,
}


@contextmanager
def _named_damage(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, pd.errors.ParserError, ValueError) as error:
        raise DamagedFileError(
            f"{path}: damaged ({error}); delete it and run again, and its rule makes it anew"
        ) from error


def write_json(content: Any, path: str | Path) -> None:
    """Write JSON with sorted keys and a final newline."""
    write_bytes((json.dumps(content, indent=2, sort_keys=True) + "\n").encode(), path)


def read_json(path: str | Path) -> Any:
    """Read JSON that an earlier stage wrote; raises `DamagedFileError`."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DamagedFileError(
            f"{path}: damaged ({error}); delete it and run again, and its rule makes it anew"
        ) from error
