"""References from the web: fetched whole or not at all, and only with the right checksum.

What has come of a file lies beside it in ``.NAME.part``, and what it is part of in
``.NAME.part.json``. Neither is an output of a rule, so both outlive a job that fails or is
killed, and the next one asks the server for the rest alone (RFC 9110, section 14).
"""

import hashlib
import json
import logging
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.readers.addresses import SCHEMES

logger = logging.getLogger("cisfuse")

CHUNK_BYTES = 1 << 16
# `git` is the name that Git gives a file's content, which every listing of a repository shows.
DIGEST_LENGTHS = {"sha256": 64, "md5": 32, "git": 40}
ATTEMPTS = 5
BACKOFF_S = 1.0
LOG_EVERY_S = 60
LOG_EVERY_BYTES = 100_000_000  # where the server does not say how much comes
BUSY_STATUS = (408, 425, 429)


class _Interrupted(Exception):
    """A transfer that another try may carry on; its text says what happened, and the fix."""


def download(url: str, target: str | Path, checksum: str, *, timeout_s: float = 60) -> None:
    """Fetch ``url`` (http or https) into ``target``, which appears only when it is right.

    ``checksum`` is ``sha256:HEX``, ``md5:HEX`` or ``git:HEX`` of the bytes sent. ``timeout_s``
    limits each wait for the server, not the whole. A transfer that breaks is carried on, after
    a pause that doubles, until `ATTEMPTS` tries in a row brought nothing new. Raises `InputError`
    with the URL and the fix for whatever goes wrong on the way, `ConfigError` for a checksum of
    another form, and `OSError` when the file cannot be written.
    """
    _parse_checksum(checksum)
    if urlsplit(url).scheme not in SCHEMES:
        raise InputError(f"{url}: only http and https are fetched; give a local file as its path")
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = _Part(target, url, checksum)
    _fetch(part, timeout_s)
    found = _digest(part.path, checksum)
    if found != _parse_checksum(checksum)[1] and part.continued:
        logger.warning("%s: what was there did not go with the rest; fetching it all anew", url)
        part.discard()
        _fetch(part, timeout_s)
        found = _digest(part.path, checksum)
    try:
        _compare_checksum(f"{url}: {part.size:,} bytes came", checksum, found)
    except InputError:
        part.discard()
        raise
    part.finish()


class _Part:
    """The part of a file that has come, and of what it is a part.

    A part of another address or checksum, or one without a readable record, is thrown away.
    """

    def __init__(self, target: Path, url: str, checksum: str) -> None:
        self.target, self.url, self.checksum = target, url, checksum
        self.path = target.with_name(f".{target.name}.part")
        self.record_path = target.with_name(f".{target.name}.part.json")
        self._wanted = {"url": url, "checksum": checksum.strip().lower()}
        # What the server calls this version of the file: an ETag, or a time; None if it says not.
        self.version: str | None = None
        self.continued = False  # whether it holds bytes of more than one transfer
        try:
            record = json.loads(self.record_path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            record = None
        if isinstance(record, dict) and record.items() >= self._wanted.items():
            self.version = record.get("version")
        else:
            self.discard()

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return self.path.stat().st_size if self.path.exists() else 0

    def start(self, version: str | None) -> None:
        """Forget what has come, and record the version whose bytes are to come."""
        self.discard()
        self.version = version
        record = self._wanted | {"version": version}
        self.record_path.write_text(json.dumps(record) + "\n", encoding="utf-8")

    def append(self, chunks: Iterable[bytes]) -> None:
        """Write chunks as they come, so that a kill loses next to nothing."""
        with open(self.path, "ab") as output:
            for chunk in chunks:
                output.write(chunk)

    def discard(self) -> None:
        """Forget what has come."""
        self.version, self.continued = None, False
        self.path.unlink(missing_ok=True)
        self.record_path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Give the whole file its name."""
        self.path.replace(self.target)
        self.record_path.unlink(missing_ok=True)


def _fetch(part: _Part, timeout_s: float) -> None:
    """Fetch what is missing of the part, in as many transfers as it takes."""
    failures, furthest = 0, part.size
    with requests.Session() as session:
        while True:
            try:
                return _transfer(session, part, timeout_s)
            except _Interrupted as problem:
                progress = part.size > furthest
                furthest = max(furthest, part.size)
                failures = 1 if progress else failures + 1
                if failures >= ATTEMPTS:
                    raise InputError(f"{part.url}: {problem}") from problem
                pause_s = BACKOFF_S * 2 ** (failures - 1)
                logger.warning(
                    "%s: %s; trying again in %g s, from %.1f MB on",
                    part.url,
                    str(problem).split(";")[0],
                    pause_s,
                    part.size / 1e6,
                )
                time.sleep(pause_s)


def _transfer(session: requests.Session, part: _Part, timeout_s: float) -> None:
    """Ask once for what is missing, and append what comes.

    Raises `_Interrupted` for what may pass, and `InputError` for what will not.
    """
    # Without this, a server may compress what it sends, and the checksum would differ.
    headers = {"Accept-Encoding": "identity"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.version:
            headers["If-Range"] = part.version
    try:
        with session.get(part.url, stream=True, timeout=timeout_s, headers=headers) as response:
            if not _accept(response, part):
                return
            length = response.headers.get("Content-Length", "")
            total = part.size + int(length) if length.isdecimal() else None
            part.append(_logged(_arriving(response.raw), part.url, part.size, total))
    except requests.exceptions.InvalidSchema as error:
        raise InputError(
            f"{part.url}: the server redirects to what is neither http nor https ({error}); "
            "correct the address in the config"
        ) from error
    except requests.TooManyRedirects as error:
        raise InputError(
            f"{part.url}: the server redirects without end; correct the address in the config"
        ) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise _interruption(error, part.url, timeout_s) from error


def _accept(response: requests.Response, part: _Part) -> bool:
    """Take the server's answer: whether bytes come that go on from what the part then holds."""
    status = response.status_code
    if status == 206:
        start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if start and int(start[1]) == part.size:
            part.continued = part.size > 0
            return True
    elif status == 200:
        if part.size:
            logger.info("%s: the server sends it all anew", part.url)
        part.start(_version(response))
        return True
    elif status == 416 and part.size:
        # Nothing lies behind what has come, as when only the renaming was missing.
        if _digest(part.path, part.checksum) == _parse_checksum(part.checksum)[1]:
            return False
    elif status < 500 and status not in BUSY_STATUS:
        raise InputError(
            f"{part.url}: the server answered {status} {response.reason}; correct the address "
            "in the config"
        )
    else:
        raise _Interrupted(f"the server answered {status} {response.reason}; try again later")
    part.discard()
    raise _Interrupted(f"the server does not go on with it (status {status}); try again later")


def _version(response: requests.Response) -> str | None:
    """What If-Range may ask for: a strong ETag, else the time of the last change."""
    tag = response.headers.get("ETag", "")
    return tag if tag.startswith('"') else response.headers.get("Last-Modified")


def _arriving(body: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """The bytes of an answer as they arrive, so that what has come is kept when no more does."""
    while chunk := body.read1(CHUNK_BYTES, decode_content=False):
        yield chunk


def _logged(chunks: Iterable[bytes], url: str, before: int, total: int | None) -> Iterator[bytes]:
    """Pass chunks on, and log every tenth of the file and every minute."""
    step = max(total // 10, 1) if total else LOG_EVERY_BYTES
    start_s = logged_s = time.monotonic()
    received = logged = before
    for chunk in chunks:
        yield chunk
        received += len(chunk)
        now_s = time.monotonic()
        if received == total or received - logged >= step or now_s - logged_s >= LOG_EVERY_S:
            share = f" of {total / 1e6:,.1f} MB ({received / total:.0%})" if total else " MB"
            speed = (received - before) / 1e6 / max(now_s - start_s, 1e-3)
            logger.info("%s: %.1f%s, %.1f MB/s", url, received / 1e6, share, speed)
            logged, logged_s = received, now_s


def _interruption(error: Exception, url: str, timeout_s: float) -> Exception:
    """The exception for a failed transfer: what happened and the fix."""
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return _Interrupted(
            f"no answer within {timeout_s:g} s; try again later, or fetch it by hand"
        )
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return _Interrupted("the connection broke before the whole file had come; run again")
    if isinstance(error, requests.ConnectionError):
        return _Interrupted(
            "the server cannot be reached; check the address and the network, or try later"
        )
    reason = " ".join(str(error).split())
    return InputError(
        f"{url}: cannot be fetched ({reason}); check the address, or fetch it by hand"
    )


def verify_checksum(path: str | Path, checksum: str) -> None:
    """Compare a file with ``sha256:HEX`` and the like; `InputError` when they differ."""
    _parse_checksum(checksum)
    if not Path(path).is_file():
        raise InputError(f"{path}: no such file; correct the path in the config")
    _compare_checksum(str(path), checksum, _digest(path, checksum))


def _digest(path: str | Path, checksum: str) -> str:
    """The digest of a file by the algorithm of the checksum, in hexadecimal."""
    algorithm, _ = _parse_checksum(checksum)
    with open(path, "rb") as handle:
        if algorithm != "git":
            return hashlib.file_digest(handle, algorithm).hexdigest()
        header = b"blob %d\0" % Path(path).stat().st_size
        start = hashlib.sha1(header, usedforsecurity=False)
        return hashlib.file_digest(handle, lambda: start).hexdigest()


def _parse_checksum(checksum: str) -> tuple[str, str]:
    algorithm, _, digest = str(checksum).strip().lower().partition(":")
    if not re.fullmatch(f"[0-9a-f]{{{DIGEST_LENGTHS.get(algorithm, 0)}}}", digest) or not digest:
        raise ConfigError(
            f"checksum '{checksum}' is not of the form sha256:HEX or md5:HEX (or git:HEX)"
        )
    return algorithm, digest


def _compare_checksum(source: str, checksum: str, found: str) -> None:
    algorithm, expected = _parse_checksum(checksum)
    if found != expected:
        raise InputError(
            f"{source}: {algorithm} is {found}, the config says {expected}; the file changed or "
            "is damaged: fetch it again, or correct the checksum"
        )
