"""A web server on loopback that serves files well, or badly in the ways that networks have."""

import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What the server does with a request; as it stands, it serves ``body`` as it should."""

    body: bytes = b""
    status: int = 200
    ranges: bool = True  # whether it knows Range and If-Range
    etag: str | None = None
    modified: str | None = None
    length: int | None = -1  # Content-Length; None sends none, -1 the true one
    drop_after: int | None = None  # bytes of the body after which it hangs up
    stall_after: int | None = None  # bytes after which it sends nothing more, -1: no header
    hold: threading.Event | None = None  # waited for before the last byte
    headers: Mapping[str, str] = field(default_factory=dict)


class Server(ThreadingHTTPServer):
    """Answers by path: the first of a path's list once, and the last from then on.

    ``requests`` holds the path and the headers of every request, in order.
    """

    daemon_threads = True
    # A stalled answer must not keep the server from closing.
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()

    def __enter__(self) -> "Server":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    def serve(self, path: str, *answers: Answer) -> str:
        """Give a path its answers; returns its address."""
        self.answers[path] = list(answers)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def ranges_asked(self, path: str) -> list[str | None]:
        """The header Range of every request for a path."""
        return [headers.get("Range") for asked, headers in self.requests if asked == path]

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.requests.append((path, dict(self.headers)))
        answers = self.server.answers[path]
        if not answers:
            self.send_error(404)
            return
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.stall_after == -1:
            self.server.closing.wait(10)
            return
        self.send_body(answer, *self.choose(answer))

    def choose(self, answer: Answer) -> tuple[int, bytes, int]:
        """Status, bytes to send and the first byte's place, by the request's Range."""
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        current = self.headers.get("If-Range") in (None, answer.etag, answer.modified)
        if answer.status != 200 or not (asked and answer.ranges and current):
            return answer.status, answer.body, 0
        start = int(asked[1])
        return (206, answer.body[start:], start) if start < len(answer.body) else (416, b"", 0)

    def send_body(self, answer: Answer, status: int, body: bytes, start: int) -> None:
        self.send_response(status)
        if answer.length is not None:
            self.send_header(
                "Content-Length", str(len(body) if answer.length < 0 else answer.length)
            )
        if status == 206:
            last = len(answer.body) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(answer.body)}")
        named = {"ETag": answer.etag, "Last-Modified": answer.modified, **answer.headers}
        for name, value in named.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        end = min(n for n in (len(body), answer.drop_after, answer.stall_after) if n is not None)
        self.wfile.write(body[: max(end - 1, 0)])
        self.wfile.flush()
        if answer.hold:
            answer.hold.wait(10)
        self.wfile.write(body[max(end - 1, 0) : end])
        self.wfile.flush()
        if answer.stall_after is not None:
            self.server.closing.wait(10)

    def log_message(self, *_: object) -> None:
        pass
