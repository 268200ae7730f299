"""The scanner over a real clamd with one signature of our own, and over sockets that misbehave."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from jobthreads.adapters.clamav import ClamAV
from jobthreads.domain.scanning import Clean, Infected
from jobthreads.errors import Misconfigured, TemporaryFailure
from tests.servers import skip_or_fail

MIB = 1024 * 1024
LIMIT = 25 * MIB
HARM = b"the word that our own signature knows: 7f1c9e"

_CONFIGURATION = """
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
User {user}
Foreground yes
StreamMaxLength 26M
MaxScanSize 100M
MaxFileSize 100M
MaxThreads 4
ConcurrentDatabaseReload no
"""


class Clamd:
    """Where a running clamd listens."""

    def __init__(self, folder: Path, port: int) -> None:
        self.tcp = f"tcp://127.0.0.1:{port}"
        self.unix = f"unix:{folder}/clamd.sock"


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    """A clamd of Debian's, with its own configuration and signature; nothing is downloaded."""
    program = shutil.which("clamd")
    if program is None:
        skip_or_fail("there is no clamd: apt-get install clamav-daemon")
    assert program is not None
    # The path of a socket may have 107 characters, and pytest's folders are long.
    folder = Path(tempfile.mkdtemp(prefix="clamd-"))
    (folder / "signatures").mkdir()
    # name : any kind of file : at any place : these bytes
    (folder / "signatures" / "trial.ndb").write_text(f"Trial.Harm-1:0:*:{HARM.hex()}\n")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    user = pwd.getpwuid(os.getuid()).pw_name
    (folder / "clamd.conf").write_text(_CONFIGURATION.format(folder=folder, port=port, user=user))
    with (folder / "out.log").open("wb") as log:
        server = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while not _answers(port):
            said = (folder / "out.log").read_text(errors="replace")
            assert server.poll() is None, f"clamd did not start: {said}"
            assert time.monotonic() < until, f"clamd does not answer: {said}"
            time.sleep(0.1)
        yield Clamd(folder, port)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as asked:
            asked.sendall(b"zPING\0")
            return asked.recv(10) == b"PONG\0"
    except OSError:
        return False


@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_it_tells_clean_from_infected(clamd: Clamd, way: str) -> None:
    """J5: the scanner's two verdicts, over either kind of address."""
    scanner = ClamAV(getattr(clamd, way))
    assert Clean() == scanner.scan(BytesIO(b"a plan of the kitchen"))
    assert Clean() == scanner.scan(BytesIO())
    assert Infected("Trial.Harm-1.UNOFFICIAL") == scanner.scan(BytesIO(b"before " + HARM + b" after"))


def test_harm_at_the_very_end_is_found(clamd: Clamd) -> None:
    """J5: a file of the largest size is scanned whole, and stands the harm in its last bytes."""
    scanner = ClamAV(clamd.tcp)
    assert Clean() == scanner.scan(BytesIO(bytes(LIMIT)))
    assert isinstance(scanner.scan(BytesIO(bytes(LIMIT - len(HARM)) + HARM)), Infected)


def test_it_reads_from_where_the_file_stands(clamd: Clamd) -> None:
    """J5: it is the rest of the file that is scanned, and the file stands at its end then."""
    file = BytesIO(HARM + b"harmless")
    file.seek(len(HARM))
    assert Clean() == ClamAV(clamd.unix).scan(file)
    assert b"" == file.read()


def test_more_than_clamd_takes_is_never_clean(clamd: Clamd) -> None:
    """J5: a file beyond clamd's own limit was not scanned whole, so it waits."""
    with pytest.raises(TemporaryFailure, match=r"size limit|hung up|ConnectionReset"):
        ClamAV(clamd.tcp).scan(BytesIO(bytes(40 * MIB)))


def test_what_the_file_raises_comes_through(clamd: Clamd) -> None:
    """S4: a file that cannot be read is not the scanner's failure."""

    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError("The storage hung up.")

    with pytest.raises(ConnectionResetError, match="The storage"):
        ClamAV(clamd.tcp).scan(Broken())


def test_several_at_once(clamd: Clamd) -> None:
    """J5: each scan has a connection of its own."""
    found: list[object] = []
    scanner = ClamAV(clamd.tcp)
    contents = [b"harmless", HARM] * 4
    workers = [threading.Thread(target=lambda one=one: found.append(scanner.scan(BytesIO(one)))) for one in contents]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [4, 4] == [sum(isinstance(one, kind) for one in found) for kind in (Clean, Infected)]


@contextmanager
def pretending(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A socket that takes one talk and does with it what the test says."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            talk, _ = server.accept()
            with talk:
                answer(talk)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"stream: OK",
        b"stream: O",
        b"OK\0",
        b"stream: OK\0 and more",
        b"stream: OK FOUND",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"HTTP/1.1 200 OK\r\n\r\nstream: OK\0",
        b"\xff\xfe" * 3000,
    ],
)
def test_only_its_own_words_are_a_verdict(words: bytes) -> None:
    """J5: an answer that is not exactly one of the two, or not all of it, is never clean."""

    def say(talk: socket.socket) -> None:
        while not talk.recv(65536).endswith(b"\0\0\0\0"):
            pass
        talk.sendall(words)

    with pretending(say) as address, pytest.raises(TemporaryFailure):
        ClamAV(address, timeout=5).scan(BytesIO(b"a plan"))


def test_a_name_is_one_plain_line() -> None:
    """J5: what the scanner calls it is cut and has no control characters."""

    def say(talk: socket.socket) -> None:
        while not talk.recv(65536).endswith(b"\0\0\0\0"):
            pass
        talk.sendall(b"stream: " + b"Evil\x1b[31m" + b"x" * 300 + b" FOUND\0")

    with pretending(say) as address:
        found = ClamAV(address, timeout=5).scan(BytesIO(b"a plan"))
    assert Infected(("Evil?[31m" + "x" * 300)[:200]) == found


def test_a_scanner_that_is_silent_is_waited_for_no_longer_than_said() -> None:
    """J5: silence is a temporary failure, after the timeout."""
    over = threading.Event()
    with pretending(lambda talk: over.wait(10)) as address:
        with pytest.raises(TemporaryFailure, match="does not answer"):
            ClamAV(address, timeout=0.2).scan(BytesIO(b"a plan"))
        with pytest.raises(TemporaryFailure):
            ClamAV(address, timeout=0.2).scan(BytesIO(bytes(30 * MIB)))
        over.set()


def test_a_scanner_that_is_down_means_waiting(tmp_path: Path) -> None:
    """J5: nobody listens, at either kind of address."""
    for address in ("tcp://127.0.0.1:1", f"unix:{tmp_path}/nobody"):
        with pytest.raises(TemporaryFailure, match="cannot be reached"):
            ClamAV(address).scan(BytesIO(b"a plan"))


@pytest.mark.parametrize(
    "address",
    ["", "localhost:3310", "http://localhost", "tcp://", "tcp://host:port", "unix:relative", "unix://host/path"],
)
def test_an_address_that_is_not_understood(address: str) -> None:
    """S6: the wiring is refused at the start, with an example of a right one."""
    with pytest.raises(Misconfigured) as told:
        ClamAV(address)
    assert "tcp://host:3310" in told.value.hint
