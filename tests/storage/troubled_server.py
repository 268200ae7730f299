"""A way to an S3 server on which things go wrong, one after the other, as a test says."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class TroubledServer(ThreadingHTTPServer):
    """Hands every request on, but for what `plan` says of the next ones that its `concerns` lets through.

    `refuse` answers 500 and hands nothing on; `swallow` hands it on, and answers nothing; `cut` gives half of the
    answer; `status` answers that number.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(behind).netloc
        self.plan: list[str] = []
        self.concerns: Any = lambda method, path: True
        self.over = threading.Event()
        self.seen: list[str] = []

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the trouble."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: TroubledServer

    def _hand_on(self) -> None:
        server = self.server
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        trouble = server.plan.pop(0) if server.plan and server.concerns(self.command, self.path) else ""
        server.seen.append(f"{self.command} {trouble}".strip())
        if trouble == "refuse" or trouble.isdigit():
            self.send_response(int(trouble) if trouble.isdigit() else 500)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        connection = http.client.HTTPConnection(server.behind, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if trouble == "swallow":
            server.over.wait(20)
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if trouble == "cut" else content)
        self.close_connection = trouble == "cut"
        connection.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._hand_on
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def in_front_of(behind: str) -> Iterator[TroubledServer]:
    """A server on a free port, ended with the block."""
    server = TroubledServer(behind)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
