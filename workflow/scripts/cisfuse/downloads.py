"""References from the web: fetched whole or not at all, and only with the right checksum."""

import hashlib
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from cisfuse.errors import ConfigError, InputError
from cisfuse.files import complete_or_absent

logger = logging.getLogger("cisfuse")

CHUNK_BYTES = 1 << 20
DIGEST_LENGTHS = {"sha256": 64, "md5": 32}
RETRIES = 3
BACKOFF_S = 0.5


def download(url: str, target: str | Path, checksum: str, *, timeout_s: float = 60) -> None:
    """Fetch ``url`` (http or https) into ``target``, which appears only when it is right.

    ``checksum`` is ``sha256:HEX`` or ``md5:HEX`` of the bytes sent. ``timeout_s`` limits each
    wait for the server, not the whole. Connections that fail are tried again `RETRIES` times.
    Raises `InputError` with the URL and the mend for whatever goes wrong on the way, and
    `ConfigError` for a checksum of another form.
    """
    algorithm, expected = _parse_checksum(checksum)
    if urlsplit(url).scheme not in ("http", "https"):
        raise InputError(f"{url}: only http and https are fetched; give a local file as its path")
    digest = hashlib.new(algorithm)
    with complete_or_absent(target) as output:
        try:
            for chunk in _stream(url, timeout_s):
                output.write(chunk)
                digest.update(chunk)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise InputError(f"{url}: {_explain(error, timeout_s)}") from error
        _compare_checksum(url, algorithm, expected, digest.hexdigest())


def _stream(url: str, timeout_s: float) -> Iterator[bytes]:
    """Yield the body as the server sends it, and log about every tenth of it."""
    retry = Retry(
        total=RETRIES,
        backoff_factor=BACKOFF_S,
        status_forcelist=[500, 502, 503, 504],
        raise_on_status=False,
    )
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=retry))
        session.mount("https://", HTTPAdapter(max_retries=retry))
        # Without this, a server may compress what it sends, and the checksum would differ.
        headers = {"Accept-Encoding": "identity"}
        with session.get(url, stream=True, timeout=timeout_s, headers=headers) as response:
            response.raise_for_status()
            total = int(response.headers.get("Content-Length") or 0)
            step = total // 10 or 100 * CHUNK_BYTES
            received, logged = 0, 0
            for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
                yield chunk
                received += len(chunk)
                if received - logged >= step or received == total:
                    share = f" of {total / 1e6:,.1f} MB" if total else " MB"
                    logger.info("%s: %.1f%s", url, received / 1e6, share)
                    logged = received
            if total and received != total:
                raise urllib3.exceptions.IncompleteRead(received, total - received)


def _explain(error: Exception, timeout_s: float) -> str:
    """One line for a failed transfer: what happened and the mend."""
    if isinstance(error, requests.HTTPError):
        status = f"{error.response.status_code} {error.response.reason}"
        late = error.response.status_code >= 500
        mend = "try again later" if late else "correct the address in the config"
        return f"the server answered {status}; {mend}"
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return f"no answer within {timeout_s:g} s; try again later, or fetch it by hand"
    if isinstance(error, urllib3.exceptions.IncompleteRead | urllib3.exceptions.ProtocolError):
        return "the connection broke before the whole file had come; run again"
    if isinstance(error, requests.ConnectionError):
        return "the server cannot be reached; check the address and the network, or try later"
    reason = " ".join(str(error).split())
    return f"cannot be fetched ({reason}); check the address, or fetch it by hand"


def verify_checksum(path: str | Path, checksum: str) -> None:
    """Compare a file with ``sha256:HEX`` or ``md5:HEX``; `InputError` when they differ."""
    algorithm, expected = _parse_checksum(checksum)
    if not Path(path).is_file():
        raise InputError(f"{path}: no such file; correct the path in the config")
    with open(path, "rb") as handle:
        found = hashlib.file_digest(handle, algorithm).hexdigest()
    _compare_checksum(path, algorithm, expected, found)


def _parse_checksum(checksum: str) -> tuple[str, str]:
    algorithm, _, digest = str(checksum).strip().lower().partition(":")
    if not re.fullmatch(f"[0-9a-f]{{{DIGEST_LENGTHS.get(algorithm, 0)}}}", digest) or not digest:
        raise ConfigError(f"checksum '{checksum}' is not of the form sha256:HEX or md5:HEX")
    return algorithm, digest


def _compare_checksum(source: str | Path, algorithm: str, expected: str, found: str) -> None:
    if found != expected:
        raise InputError(
            f"{source}: {algorithm} is {found}, the config says {expected}; the file changed or "
            "is damaged: fetch it again, or correct the checksum"
        )
