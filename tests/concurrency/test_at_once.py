"""Fifty at once, and thousands from two processes: one thread, one entry, nothing lost, nothing doubled."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from jobthreads import JobThreads
from jobthreads.domain.entries import Entry
from tests.concurrency.site import BOSS, CLIENT, JOB, THREADS, open_site
from tests.servers import ON_EVERY_DATABASE

pytestmark = ON_EVERY_DATABASE

AT_ONCE = 50


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[JobThreads]:
    with open_site(tmp_path, database_url) as opened:
        yield opened


def all_at_once(call: Callable[[], object]) -> list[object]:
    """Call it fifty times in fifty threads that begin together."""
    gate = Barrier(AT_ONCE)

    def wait_and_call(_: int) -> object:
        gate.wait()
        return call()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(wait_and_call, range(AT_ONCE)))


def mails(folder: Path) -> int:
    return len(list((folder / "mail").glob("*.eml"))) if (folder / "mail").exists() else 0


def test_fifty_starts_make_one_thread(site: JobThreads, tmp_path: Path) -> None:
    """M1: one scope has one thread, however many people start it at once."""
    all_at_once(lambda: site.staff.start(BOSS, client_id=CLIENT.id, scope=JOB.scope))
    assert [JOB.scope] == [row.scope for row in site.staff.inbox(BOSS).items]


def test_fifty_equal_replies_make_one_entry_and_one_mail(site: JobThreads, tmp_path: Path) -> None:
    """S4: a retry with the same request_id doubles nothing, even when all come at once."""
    answers = all_at_once(lambda: site.staff.reply(BOSS, JOB.scope, "Friday?", request_id="form-1"))
    entries = [answer for answer in answers if isinstance(answer, Entry)]
    assert AT_ONCE == len(entries)
    assert 1 == len({entry.id for entry in entries})
    assert [1] == [entry.seq for entry in site.staff.feed(BOSS, JOB.scope).items]
    while site.delivery.run_once():
        pass
    assert 1 == mails(tmp_path)


def test_workers_at_once_send_each_mail_once(site: JobThreads, tmp_path: Path) -> None:
    """S5: no two workers take the same notification."""
    for number in range(40):
        site.staff.reply(BOSS, JOB.scope, f"Reply {number}")
    all_at_once(site.delivery.run_once)
    while site.delivery.run_once():
        pass
    assert 40 == mails(tmp_path)


def test_two_processes_of_four_threads_lose_and_double_nothing(
    site: JobThreads, tmp_path: Path, database_url: str, database_kind: str
) -> None:
    """S4: 2,000 replies to one SQLite file, 200 to a server: acknowledged, stored, numbered, and mailed once each."""
    replies = 250 if database_kind == "sqlite" else 25
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.site", str(tmp_path), database_url, name, str(replies)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for name in ("one", "two")
    ]
    acknowledged = [line for writer in writers for line in writer.communicate(timeout=300)[0].splitlines()]
    assert [0, 0] == [writer.returncode for writer in writers]
    total = 2 * THREADS * replies
    assert total == len(acknowledged)

    stored: dict[int, str] = {}
    cursor = None
    while True:
        page = site.staff.feed(BOSS, JOB.scope, cursor=cursor, limit=200)
        stored |= {entry.seq: str(entry.body).removeprefix("Reply ") for entry in page.items}
        cursor = page.next
        if cursor is None:
            break
    assert list(range(1, total + 1)) == sorted(stored)
    assert {(int(seq), name) for seq, name in (line.split() for line in acknowledged)} == set(stored.items())

    while site.delivery.run_once():
        pass
    assert total == mails(tmp_path)
