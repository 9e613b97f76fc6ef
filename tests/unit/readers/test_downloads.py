"""Downloads from a server that behaves, and from servers and networks that do not."""

import errno
import hashlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from loopback import Answer, Server

from cisfuse.base.errors import ConfigError, InputError
from cisfuse.readers import downloads
from cisfuse.readers.downloads import download, verify_checksum

BODY = np.random.default_rng(0).bytes(300_000)
OTHER = np.random.default_rng(1).bytes(300_000)


def sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def git(body: bytes) -> str:
    return f"git:{hashlib.sha1(b'blob %d' % len(body) + bytes(1) + body).hexdigest()}"


SHA256, MD5 = sha256(BODY), f"md5:{hashlib.md5(BODY).hexdigest()}"
WRONG = "sha256:" + "0" * 64
TAG, OTHER_TAG = '"first"', '"second"'
TIME, LATER = "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT"


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch):
    monkeypatch.setattr(downloads, "BACKOFF_S", 0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "genome.fa.gz"


def names(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()}


def part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


PARTS = {".genome.fa.gz.part", ".genome.fa.gz.part.json"}


def fails(url: str, target: Path, checksum: str = SHA256) -> str:
    """The message of a download that fails: one line that begins with the address."""
    with pytest.raises(InputError) as caught:
        download(url, target, checksum, timeout_s=0.2)
    message = str(caught.value)
    assert message.startswith(f"{url}: ")
    assert "\n" not in message
    assert not target.exists()
    return message


@pytest.mark.parametrize("checksum", [SHA256, MD5, SHA256.upper(), git(BODY)])
@pytest.mark.parametrize("answer", [Answer(BODY), Answer(BODY, length=None)])
def test_a_file_comes_whole(server, tmp_path, checksum, answer):
    target = tmp_path / "new" / "genome.fa.gz"
    download(server.serve("/genome", answer), target, checksum)
    assert target.read_bytes() == BODY
    assert names(target) == {target.name}
    assert server.ranges_asked("/genome") == [None]


def test_the_checksum_named_git_is_that_of_git(tmp_path):
    (tmp_path / "file").write_bytes(BODY)
    command = ["git", "hash-object", "--no-filters", "file"]
    name = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    verify_checksum(tmp_path / "file", f"git:{name.stdout.strip()}")


def test_what_is_encoded_stays_encoded(server, target):
    """The checksum is that of the bytes sent, not of what they unpack to."""
    url = server.serve("/genome", Answer(BODY, headers={"Content-Encoding": "gzip"}))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.requests[0][1]["Accept-Encoding"] == "identity"


def test_progress_is_logged_with_size_share_and_speed(server, target, caplog, monkeypatch):
    monkeypatch.setattr(downloads, "CHUNK_BYTES", 1000)
    with caplog.at_level(logging.INFO, "cisfuse"):
        download(server.serve("/genome", Answer(BODY)), target, SHA256)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 10
    assert re.search(r"/genome: 0\.1 of 0\.3 MB \(30%\), [\d.]+ MB/s$", lines[2])
    assert "(100%)" in lines[-1]


def test_the_target_is_not_there_before_it_is_right(server, target):
    """Watched while all but the last byte has come."""
    hold = threading.Event()
    url = server.serve("/genome", Answer(BODY, hold=hold))
    thread = threading.Thread(target=download, args=(url, target, SHA256))
    thread.start()
    wait_for(lambda: part_of(target).exists() and part_of(target).stat().st_size > len(BODY) - 2)
    assert names(target) == PARTS
    hold.set()
    thread.join()
    assert target.read_bytes() == BODY


def wait_for(condition) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("body", [OTHER, b"", BODY[:-1], BODY + b"x"])
def test_a_wrong_checksum_leaves_nothing(server, target, body):
    message = fails(server.serve("/genome", Answer(body)), target)
    assert f"{len(body):,} bytes came" in message
    assert f"{sha256(body)[7:]}, the config says {SHA256[7:]}" in message
    assert "correct the checksum" in message
    assert names(target) == set()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ({}, None),
        ({"etag": TAG}, TAG),
        ({"modified": TIME}, TIME),
        ({"etag": TAG, "modified": TIME}, TAG),
        ({"etag": f"W/{TAG}", "modified": TIME}, TIME),
    ],
)
def test_a_broken_connection_is_carried_on(server, target, version, expected):
    url = server.serve(
        "/genome", Answer(BODY, drop_after=100_000, **version), Answer(BODY, **version)
    )
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == [None, "bytes=100000-"]
    assert server.requests[1][1].get("If-Range") == expected
    assert names(target) == {target.name}


def test_a_server_that_always_breaks_is_carried_on_while_it_gives(server, target):
    """More breaks than tries: each that brought something new starts the count anew."""
    url = server.serve("/genome", Answer(BODY, drop_after=30_000))
    download(url, target, SHA256)
    assert server.ranges_asked("/genome")[1:] == [
        f"bytes={start}-" for start in range(30_000, len(BODY), 30_000)
    ]


def test_a_server_that_gives_nothing_new_is_left_in_the_end(server, target):
    url = server.serve("/genome", Answer(BODY, drop_after=30_000, ranges=False))
    assert "broke before the whole file had come; run again" in fails(url, target)
    assert len(server.requests) == downloads.ATTEMPTS
    assert names(target) == PARTS
    assert part_of(target).stat().st_size == 30_000


def test_the_next_run_carries_on(server, target):
    broken = Answer(BODY, etag=TAG, drop_after=1000)
    url = server.serve("/genome", broken, *[Answer(status=503)] * downloads.ATTEMPTS)
    assert "503" in fails(url, target)
    server.serve("/genome", Answer(BODY, etag=TAG))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome")[-1] == "bytes=1000-"


KILLED = """
import sys
from cisfuse.readers.downloads import download
download(*sys.argv[1:])
"""


def test_a_killed_download_is_carried_on(server, target, survived):
    url = server.serve("/genome", Answer(BODY, etag=TAG, stall_after=200_000))
    path = os.pathsep.join(sys.path)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, url, str(target), SHA256],
        env={**os.environ, "PYTHONPATH": path},
    )
    wait_for(lambda: part_of(target).exists() and part_of(target).stat().st_size == 200_000)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert names(target) == PARTS
    server.serve("/genome", Answer(BODY, etag=TAG))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == [None, "bytes=200000-"]
    survived("kills")


def interrupted(server: Server, target: Path, **version: str) -> str:
    """Leave 100,000 bytes of `BODY` beside the target; returns the address."""
    gone = [Answer(status=503)] * downloads.ATTEMPTS
    url = server.serve("/genome", Answer(BODY, drop_after=100_000, **version), *gone)
    fails(url, target)
    assert part_of(target).read_bytes() == BODY[:100_000]
    server.requests.clear()
    return url


def test_a_server_without_ranges_sends_it_anew(server, target):
    url = interrupted(server, target)
    server.serve("/genome", Answer(BODY, ranges=False))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == ["bytes=100000-"]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"etag": TAG}, {"etag": OTHER_TAG}), ({"modified": TIME}, {"modified": LATER})],
)
def test_a_file_that_changed_in_between_comes_anew(server, target, before, after):
    """The config still has the new file's checksum wrong; then it is corrected."""
    url = interrupted(server, target, **before)
    server.serve("/genome", Answer(OTHER, **after))
    assert sha256(OTHER)[7:] in fails(url, target)
    assert server.ranges_asked("/genome") == ["bytes=100000-"]
    download(url, target, sha256(OTHER))
    assert target.read_bytes() == OTHER


def test_a_file_that_changed_unseen_comes_anew(server, target):
    """The server names no version, so that the start of one goes with the end of the other."""
    url = interrupted(server, target)
    part_of(target).write_bytes(OTHER[:100_000])
    server.serve("/genome", Answer(BODY))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == ["bytes=100000-", None]


def test_a_range_that_the_server_refuses_is_no_end(server, target):
    """The part is longer than the file (416)."""
    url = interrupted(server, target)
    part_of(target).write_bytes(OTHER + OTHER)
    server.serve("/genome", Answer(BODY))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == ["bytes=600000-", None]


def test_a_part_that_is_whole_only_gets_its_name(server, target):
    """As after a kill between the last byte and the renaming."""
    url = interrupted(server, target)
    part_of(target).write_bytes(BODY)
    server.serve("/genome", Answer(BODY))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == ["bytes=300000-"]


def test_a_server_that_sends_another_range_is_not_believed(server, target, caplog):
    url = interrupted(server, target)
    other = {"Content-Range": "bytes 5-9/300000"}
    server.serve("/genome", Answer(BODY[5:], status=206, headers=other), Answer(BODY))
    caplog.clear()
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert "does not go on with it" in caplog.text
    assert "fetching it all anew" not in caplog.text


@pytest.mark.parametrize("change", ["url", "checksum", "record", "no record", "list"])
def test_the_part_of_another_file_is_not_carried_on(server, target, change):
    url, checksum = interrupted(server, target), SHA256
    server.serve("/genome", Answer(BODY))
    record = target.with_name(f".{target.name}.part.json")
    assert json.loads(record.read_text())["url"] == url
    if change == "url":
        url = server.serve("/other", Answer(BODY))
    elif change == "checksum":
        checksum = MD5
    elif change == "no record":
        record.unlink()
    else:
        record.write_text("[]" if change == "list" else record.read_text()[:-5])
    download(url, target, checksum)
    assert target.read_bytes() == BODY
    assert server.requests[-1][1].get("Range") is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server, target, status):
    aim = server.serve("/aim", Answer(BODY, drop_after=1000), Answer(BODY))
    url = server.serve("/genome", Answer(status=status, headers={"Location": aim}))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/aim") == [None, "bytes=1000-"]


@pytest.mark.parametrize("aim", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,ACGT"])
def test_redirects_to_other_schemes_are_refused(server, target, aim):
    url = server.serve("/genome", Answer(status=302, headers={"Location": aim}))
    message = fails(url, target)
    assert "neither http nor https" in message
    assert aim in message
    assert len(server.requests) == 1


def test_redirects_without_end_end(server, target):
    url = server.serve("/genome", Answer(status=302, headers={"Location": "/genome"}))
    assert "redirects without end" in fails(url, target)


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 410])
def test_an_answer_that_will_not_change_ends_it(server, target, status):
    message = fails(server.serve("/genome", Answer(status=status)), target)
    assert f"the server answered {status} " in message
    assert "correct the address" in message
    assert len(server.requests) == 1
    assert names(target) == set()


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_an_answer_that_may_change_is_asked_for_again(server, target, status):
    url = server.serve("/genome", Answer(status=status), Answer(BODY))
    download(url, target, SHA256)
    assert target.read_bytes() == BODY
    server.serve("/genome", Answer(status=status))
    target.unlink()
    assert f"the server answered {status}" in fails(url, target)
    assert len(server.requests) == 2 + downloads.ATTEMPTS


@pytest.mark.parametrize("sent", [-1, 0, 1000])
def test_a_server_that_stalls_is_asked_again(server, target, sent):
    url = server.serve("/genome", Answer(BODY, stall_after=sent), Answer(BODY))
    start_s = time.monotonic()
    download(url, target, SHA256, timeout_s=0.2)
    assert time.monotonic() - start_s < 5
    assert target.read_bytes() == BODY
    assert server.ranges_asked("/genome") == [None, "bytes=1000-" if sent == 1000 else None]


def test_a_server_that_stalls_for_good_is_named(server, target):
    message = fails(server.serve("/genome", Answer(BODY, stall_after=-1)), target)
    assert "no answer within 0.2 s; try again later" in message


def test_less_than_promised_is_not_taken_for_the_whole(server, target):
    """The server hangs up in good order, short of its Content-Length."""
    url = server.serve("/genome", Answer(BODY[:500], length=len(BODY)), Answer(BODY))
    download(url, target, SHA256)
    assert server.ranges_asked("/genome") == [None, "bytes=500-"]


def test_pauses_grow(server, target, monkeypatch):
    pauses = []
    monkeypatch.setattr(downloads, "BACKOFF_S", 0.5)
    monkeypatch.setattr("time.sleep", pauses.append)
    fails(server.serve("/genome", Answer(status=503)), target)
    assert pauses == [0.5, 1, 2, 4]


def test_a_server_that_is_not_there_is_named(target):
    with Server() as closed:
        url = closed.serve("/genome")
    assert "cannot be reached; check the address and the network" in fails(url, target)


def test_a_full_disk_is_no_fault_of_the_network(server, target, monkeypatch):
    def append(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(downloads._Part, "append", append)
    with pytest.raises(OSError, match="No space left"):
        download(server.serve("/genome", Answer(BODY)), target, SHA256)
    assert len(server.requests) == 1


def test_only_the_web_is_fetched_from(target):
    for url in ("file:///etc/hostname", "ftp://x/y", "s3://x/y", "data:,ACGT", "genome.fa"):
        assert "only http and https" in fails(url, target)
    assert "cannot be fetched" in fails("http://", target)
    assert names(target) == set()


def test_verify_checksum(tmp_path):
    path = tmp_path / "genome.fa"
    with pytest.raises(InputError, match="no such file"):
        verify_checksum(path, SHA256)
    path.write_bytes(BODY)
    for checksum in (SHA256, MD5, git(BODY)):
        verify_checksum(path, checksum)
    with pytest.raises(InputError, match=r"sha256 is .*the config says 000"):
        verify_checksum(path, WRONG)
    for checksum in ("", "sha256:", "sha256:12", "sha1:" + "0" * 40, "0" * 64, MD5[:-1] + "g"):
        with pytest.raises(ConfigError, match="sha256:HEX or md5:HEX"):
            verify_checksum(path, checksum)
