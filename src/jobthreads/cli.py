"""The command `jobthreads`: send what is due, sweep the storage, bring the tables up, or look whether they are."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from sqlalchemy import create_engine

from jobthreads.adapters.sqlalchemy import current_revision, newest_revision, upgrade
from jobthreads.app import JobThreads
from jobthreads.errors import JobThreadsError

__all__ = ["main"]

_POLL = 5.0
"""Seconds: what another process queued is seen after that at the latest."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it did what it says, 1 when it could not, 2 for a wrong call."""
    parser = argparse.ArgumentParser(prog="jobthreads", description=__doc__)
    parser.add_argument("--app", metavar="MODULE:NAME", help="where your JobThreads is, such as shop.wiring:threads")
    commands = parser.add_subparsers(dest="command", required=True)
    deliver = commands.add_parser("deliver", help="send notifications until stopped by SIGTERM or Ctrl-C")
    deliver.add_argument("--once", action="store_true", help="send what is due now, then stop")
    commands.add_parser("sweep", help="take away stored files that no entry uses")
    for name, what in (("upgrade", "bring the tables to the newest schema"), ("check", "tell whether they are there")):
        command = commands.add_parser(name, help=what)
        command.add_argument("url", metavar="DATABASE_URL", help="such as sqlite:///threads.db")
    given = parser.parse_args(arguments)
    try:
        if given.command in {"deliver", "sweep"}:
            if not given.app:
                parser.error(f"{given.command} needs --app MODULE:NAME")
            threads = _load(given.app)
            return _deliver(threads, once=given.once) if given.command == "deliver" else _sweep(threads)
        return _upgrade(given.url) if given.command == "upgrade" else _check(given.url)
    except JobThreadsError as error:
        sys.stderr.write(f"{error} {error.hint}\n")
        return 1


def _load(place: str) -> JobThreads:
    module, _, name = place.partition(":")
    sys.path.insert(0, "")
    found: object = importlib.import_module(module)
    for part in (name or "threads").split("."):
        found = getattr(found, part)
    if callable(found) and not isinstance(found, JobThreads):
        found = found()
    if not isinstance(found, JobThreads):
        raise SystemExit(f"{place} is {type(found).__name__}, not a JobThreads.")
    return found


def _deliver(threads: JobThreads, *, once: bool) -> int:
    stopping = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopping.set()

    if once:
        while threads.delivery.run_once():
            pass
        return 0
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    while not stopping.is_set():
        try:
            while not stopping.is_set() and threads.delivery.run_once():
                pass
        except JobThreadsError as error:
            sys.stderr.write(f"{error} Trying again in {_POLL:.0f} seconds.\n")
        stopping.wait(_POLL)
    return 0


def _sweep(threads: JobThreads) -> int:
    sys.stdout.write(f"{threads.sweep()} unused files were taken away.\n")
    return 0


def _upgrade(url: str) -> int:
    engine = create_engine(url)
    upgrade(engine)
    sys.stdout.write(f"The tables stand at revision {newest_revision()}.\n")
    engine.dispose()
    return 0


def _check(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        present = current_revision(connection)
    engine.dispose()
    newest = newest_revision()
    if present == newest:
        sys.stdout.write(f"The tables stand at the newest revision, {newest}.\n")
        return 0
    sys.stdout.write(f"The tables stand at {present or 'nothing'}, this release wants {newest}: run upgrade.\n")
    return 1
