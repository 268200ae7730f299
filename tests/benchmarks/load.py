"""A thousand clients at once, over HTTP, against two worker processes: `python -m tests.benchmarks.load --help`.

Each client reads their conversation and writes into it, now and then staff answer and the client marks it read, each
again as soon as the last is answered. What was acknowledged stands in a ledger. In the end the database must hold
just that: nothing lost, nothing doubled, unread as it is counted anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from attrs import define, field
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from jobthreads import Business, Client, Job, JobThreads, Role, Scope, Settings, Staff, StaticDirectory
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.flask import portal_blueprint, staff_blueprint
from tests.servers import new_database, url_of, why_absent

WORKERS = 2
MAY_RETRY = {503, 429}
LONGEST_WAIT = 120
"""Seconds until a call that is asked again and again counts as lost."""

BOSS = Staff(id="kim", business_id="acme", name="Kim Lee", role=Role.BUSINESS_OWNER)


def _client(number: int) -> Client:
    return Client(id=f"c{number}", business_id="acme", name=f"Client {number}", email="c@acme.example")


def _job(number: int) -> Job:
    name = str(number)
    return Job(id=name, business_id="acme", client_id=f"c{number}", reference=f"J-{name}", title="Rewire")


@contextmanager
def open_threads(url: str, clients: int) -> Iterator[JobThreads]:
    """Open the business of so many clients, each with a job of their own; without limits."""
    repository = SQLAlchemyRepository.from_url(url)
    yield JobThreads(
        directory=StaticDirectory(
            businesses=[Business(id="acme", name="Acme", portal_enabled=True)],
            staff=[BOSS],
            clients=[_client(number) for number in range(clients)],
            records=[_job(number) for number in range(clients)],
        ),
        repository=repository,
        notifiers=[],
        portal_url="https://acme.example/portal",
        delivery="off",
        settings=Settings(client_posts=None, client_files=None),
    )
    repository.close()


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing of each request."""


def serve(url: str, clients: int) -> None:
    """Be one worker process: say the port, and serve until it is ended."""
    known = {f"c{number}": _client(number) for number in range(clients)}
    with open_threads(url, clients) as threads:
        app = Flask(__name__)
        app.register_blueprint(staff_blueprint(threads, staff=lambda _: BOSS), url_prefix="/office")
        app.register_blueprint(
            portal_blueprint(threads, client=lambda request: known.get(request.headers.get("X-Client", ""))),
            url_prefix="/portal",
        )
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
        # All clients knock at once.
        server.socket.listen(2 * clients)
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


@contextmanager
def workers(url: str, clients: int) -> Iterator[list[int]]:
    """Run the worker processes; gives their ports."""
    with ExitStack() as stack:
        ports = []
        for _ in range(WORKERS):
            worker = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.benchmarks.load", "--serve", url, "--clients", str(clients)],
                    stdout=subprocess.PIPE,
                    text=True,
                    cwd=Path(__file__).parents[2],
                )
            )
            stack.callback(worker.terminate)
            assert worker.stdout is not None
            ports.append(int(worker.stdout.readline()))
        yield ports


@define
class Ledger:
    """What was answered, and how."""

    answers: Counter[int] = field(factory=Counter)
    without_wait: int = 0
    retried: int = 0
    lost: list[str] = field(factory=list)
    posts: dict[str, dict[str, str]] = field(factory=dict)
    """For each job the id of each acknowledged entry, and its text."""
    marks: dict[str, list[str]] = field(factory=dict)
    """For each job the entries up to which its client has marked it read."""
    seconds: list[float] = field(factory=list)

    @property
    def share(self) -> float:
        """Of all answers, those that were 2xx."""
        good = sum(number for status, number in self.answers.items() if 200 <= status < 300)
        return good / max(1, self.answers.total())


class Caller:
    """One client, over one connection that is kept open."""

    def __init__(self, number: int, port: int, ledger: Ledger) -> None:
        self.number = number
        self.port = port
        self.ledger = ledger
        self.stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def live(self, until: float) -> None:
        """Read and write, again and again."""
        portal, office = f"/portal/api/jobs/{self.number}", f"/office/api/messages/jobs/{self.number}"
        posts = self.ledger.posts.setdefault(str(self.number), {})
        turn = self.number
        while time.monotonic() < until:
            turn += 1
            page = await self.call("GET", portal)
            await self.post(f"{portal}/replies", posts)
            if turn % 3 == 0:
                await self.post(f"{office}/replies", posts)
            if turn % 5 == 0 and page and page["entries"]["items"]:
                newest = page["entries"]["items"][0]["id"]
                if await self.call("POST", f"{portal}/read", {"upto": newest}) is not None:
                    self.ledger.marks.setdefault(str(self.number), []).append(newest)
            if turn % 7 == 0:
                await self.call("GET", "/office/api/messages")
        if self.stream is not None:
            self.stream[1].close()

    async def post(self, path: str, posts: dict[str, str]) -> None:
        """Write an entry of a text that stands nowhere else."""
        text = f"message {uuid4()}"
        entry = await self.call("POST", path, {"text": text, "request_id": text})
        if entry is not None:
            posts[entry["id"]] = text

    async def call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """Ask until it is answered with 2xx."""
        asked_until = time.monotonic() + LONGEST_WAIT
        while True:
            begun = time.monotonic()
            try:
                status, headers, content = await self.send(method, path, body)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.stream, status, headers, content = None, 0, {}, b""
            self.ledger.answers[status] += 1
            self.ledger.seconds.append(time.monotonic() - begun)
            if 200 <= status < 300:
                return json.loads(content)
            wait = headers.get("retry-after")
            if status in MAY_RETRY and wait is None:
                self.ledger.without_wait += 1
            if status not in {0, *MAY_RETRY} or time.monotonic() > asked_until:
                self.ledger.lost.append(f"{status} {method} {path} {content[:200]!r}")
                return None
            self.ledger.retried += 1
            await asyncio.sleep(float(wait or 1))

    async def send(self, method: str, path: str, body: dict[str, str] | None) -> tuple[int, dict[str, str], bytes]:
        """Send one request and read its answer."""
        if self.stream is None:
            self.stream = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.stream
        content = json.dumps(body).encode() if body is not None else b""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nX-Client: c{self.number}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        answer = await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection", "").lower() == "close":
            writer.close()
            self.stream = None
        return int(head[0].split()[1]), headers, answer


async def _all_live(ports: list[int], clients: int, seconds: float, ledger: Ledger) -> None:
    until = time.monotonic() + seconds
    callers = [Caller(number, ports[number % len(ports)], ledger) for number in range(clients)]
    await asyncio.gather(*(caller.live(until) for caller in callers))


def differences(threads: JobThreads, ledger: Ledger, clients: int) -> list[str]:
    """Compare what the database holds with the ledger, and what it counts with what is counted anew."""
    found: list[str] = []
    unread = _staff_unread(threads)
    for number in range(clients):
        job = str(number)
        scope = Scope.job(job)
        entries = _feed(threads, scope)
        acknowledged = ledger.posts.get(job, {})
        stored = {str(entry.id): str(entry.body) for entry in entries}
        if stored != acknowledged:
            lost, more = set(acknowledged) - set(stored), set(stored) - set(acknowledged)
            found.append(f"job {job}: {len(lost)} lost, {len(more)} not acknowledged")
        if [entry.seq for entry in entries] != list(range(1, len(entries) + 1)):
            found.append(f"job {job}: numbers have holes")
        if len(set(stored.values())) != len(entries):
            found.append(f"job {job}: doubled")
        theirs = sum(entry.author.id != BOSS.id for entry in entries)
        if unread.get(scope, 0) != theirs:
            found.append(f"job {job}: {unread.get(scope, 0)} unread for staff, {theirs} counted anew")
        places = {str(entry.id): place for place, entry in enumerate(entries)}
        seen = max((places[mark] for mark in ledger.marks.get(job, [])), default=-1)
        news = sum(entry.author.id == BOSS.id for entry in entries[seen + 1 :])
        told = threads.portal.conversation(_client(number), scope, limit=1).unread
        if told != min(news, 100):
            found.append(f"job {job}: {told} unread for the client, {news} counted anew")
    return found


def _feed(threads: JobThreads, scope: Scope) -> list[Any]:
    entries: list[Any] = []
    cursor = None
    while True:
        page = threads.staff.feed(BOSS, scope, cursor=cursor, limit=200)
        entries += page.items
        cursor = page.next
        if cursor is None:
            return entries[::-1]


def _staff_unread(threads: JobThreads) -> dict[Scope, int]:
    found: dict[Scope, int] = {}
    cursor = None
    while True:
        page = threads.staff.inbox(BOSS, cursor=cursor, limit=200)
        found |= {row.scope: row.unread for row in page.items}
        cursor = page.next
        if cursor is None:
            return found


def run(url: str, *, clients: int, seconds: float) -> tuple[Ledger, list[str]]:
    """Let them all loose on an empty database; what was answered, and what is wrong in the end."""
    SQLAlchemyRepository.from_url(url, create=True).close()
    ledger = Ledger()
    with workers(url, clients) as ports:
        asyncio.run(_all_live(ports, clients, seconds, ledger))
    with open_threads(url, clients) as threads:
        return ledger, differences(threads, ledger, clients)


@contextmanager
def database(kind: str) -> Iterator[str]:
    """An empty database of this kind."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/threads.db"
        return
    server = url_of(kind)
    if server is None:
        raise SystemExit(why_absent(kind))
    with new_database(server) as url:
        yield url


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--database", choices=["sqlite", "postgresql", "mariadb"], default="sqlite")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.clients)
        return
    with database(options.database) as url:
        ledger, wrong = run(url, clients=options.clients, seconds=options.seconds)
    times = sorted(ledger.seconds)
    figures = {
        "database": options.database,
        "clients": options.clients,
        "seconds": options.seconds,
        "answers": dict(sorted(ledger.answers.items())),
        "2xx": f"{ledger.share:.4%}",
        "503 or 429 without Retry-After": ledger.without_wait,
        "retried": ledger.retried,
        "never answered": ledger.lost[:5],
        "posts acknowledged": sum(map(len, ledger.posts.values())),
        "median, 95 %, longest (s)": [round(times[int(len(times) * part)], 2) for part in (0.5, 0.95, 0.9999)],
        "wrong in the end": wrong[:5],
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    if wrong or ledger.lost or ledger.without_wait or ledger.share < 0.99:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
