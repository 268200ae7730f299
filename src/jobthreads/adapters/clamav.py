"""`ClamAV`: asks a clamd, over its own protocol, before a client can have a file."""

from __future__ import annotations

import re
import socket
import struct
from urllib.parse import urlsplit

from jobthreads.domain.scanning import Clean, Infected
from jobthreads.errors import Misconfigured, TemporaryFailure
from jobthreads.ports import Readable

__all__ = ["ClamAV"]

_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096
_HINT = "Write tcp://host:3310 or unix:/run/clamav/clamd.ctl."


class ClamAV:
    """A clamd by address: `tcp://host:3310` or `unix:/run/clamav/clamd.ctl`.

    Its `StreamMaxLength` has to be above the largest file that may be attached: a file that clamd does not take whole
    stays unscanned. It finds known malware; it is no protection from archives that unpack without an end.

    `timeout` is in seconds, for each step of the talk, the scan itself included.
    """

    def __init__(self, address: str, *, timeout: float = 60) -> None:
        parts = urlsplit(address)
        try:
            port = parts.port or 3310
        except ValueError as wrong:
            raise Misconfigured("The scanner's port is not a number.", hint=_HINT) from wrong
        self._place: str | tuple[str, int]
        if parts.scheme == "tcp" and parts.hostname:
            self._place = (parts.hostname, port)
        elif parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/"):
            self._place = parts.path
        else:
            raise Misconfigured("The scanner's address is not understood.", hint=_HINT)
        self._timeout = timeout

    def scan(self, file: Readable) -> Clean | Infected:
        """Send it over a connection of its own, and read the verdict; see `Scanner`."""
        try:
            scanner = self._connected()
        except OSError as trouble:
            raise TemporaryFailure(f"The scanner cannot be reached: {type(trouble).__name__}.") from trouble
        with scanner:
            self._send(scanner, b"zINSTREAM\0")
            while piece := file.read(_PIECE):
                # Once it has said that it takes no more, its answer is what there is to read.
                if not self._send(scanner, struct.pack(">I", len(piece)) + piece):
                    break
            else:
                self._send(scanner, struct.pack(">I", 0))
            return _verdict(self._answer(scanner))

    def _connected(self) -> socket.socket:
        if isinstance(self._place, tuple):
            return socket.create_connection(self._place, timeout=self._timeout)
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            scanner.settimeout(self._timeout)
            scanner.connect(self._place)
        except BaseException:
            scanner.close()
            raise
        return scanner

    def _send(self, scanner: socket.socket, content: bytes) -> bool:
        try:
            scanner.sendall(content)
        except (BrokenPipeError, ConnectionResetError):
            return False
        except OSError as trouble:
            raise TemporaryFailure(f"The scanner does not take the file: {type(trouble).__name__}.") from trouble
        return True

    def _answer(self, scanner: socket.socket) -> bytes:
        answer = b""
        try:
            while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER and (piece := scanner.recv(1024)):
                answer += piece
        except OSError as trouble:
            raise TemporaryFailure(f"The scanner does not answer: {type(trouble).__name__}.") from trouble
        return answer


def _verdict(answer: bytes) -> Clean | Infected:
    """Read `stream: OK` and `stream: NAME FOUND`; whatever else it says, or a part of it, is no verdict."""
    said = answer.decode("utf-8", "replace")
    if said == "stream: OK\0":
        return Clean()
    if found := re.fullmatch(r"stream: (.{1,500}) FOUND\0", said):
        return Infected("".join(letter if letter.isprintable() else "?" for letter in found[1])[:200])
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())[:200]
    raise TemporaryFailure(f"The scanner gave no verdict: {words or 'it hung up'}.")
