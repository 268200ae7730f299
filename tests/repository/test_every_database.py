"""What each database does in its own way, and what our callers see of it: nothing."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from jobthreads import Scope
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository, engines
from jobthreads.domain.entries import Request
from jobthreads.errors import Unavailable
from jobthreads.testing.contracts.written import JOB, RequestTaken, keep_thread, write, write_in
from tests.servers import ON_EVERY_DATABASE

pytestmark = ON_EVERY_DATABASE

_IMPATIENT: dict[str, dict[str, Any]] = {
    "sqlite": {"timeout": 0.05},
    "postgresql": {"options": "-c lock_timeout=50"},
    "mariadb": {"init_command": "SET SESSION innodb_lock_wait_timeout = 0"},
}


@pytest.mark.parametrize(
    "change",
    [
        "visibility = 'public'",
        "visibility = NULL",
        "kind = 'note'",
        "kind = 'secret'",
        "visibility = 'internal'",
        "author_kind = 'robot'",
        "showing = NULL",
        "kind = 'file', visibility = 'internal'",
    ],
)
def test_the_database_refuses_what_may_not_be(repository: SQLAlchemyRepository, change: str) -> None:
    """S1: a visible note, an internal reply, an unknown visibility or a half-made showing cannot be stored at all."""
    write(repository)
    with pytest.raises(DBAPIError), repository.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE jobthreads_entry SET {change}")


def test_who_waits_too_long_is_told_to_come_again(
    repository: SQLAlchemyRepository, database_kind: str, database_url: str
) -> None:
    """S4: a thread that another writer holds is `Unavailable` after a while, and nothing was written."""
    keep_thread(repository)
    engine = create_engine(database_url, connect_args=_IMPATIENT[database_kind], poolclass=NullPool)
    with repository.atomic() as work:
        assert work.entries.lock("acme", JOB) is not None
        with pytest.raises(Unavailable) as refused:
            write(SQLAlchemyRepository(engine), "late")
    assert refused.value.retry_after > 0
    write(SQLAlchemyRepository(engine), "in time")
    with repository.reading() as work:
        thread = work.entries.thread("acme", JOB)
    assert thread is not None
    assert 1 == thread.seq
    engine.dispose()


@ON_EVERY_DATABASE("postgresql", "mariadb")
def test_two_who_hold_each_other_up_are_parted(repository: SQLAlchemyRepository) -> None:
    """S4: of two writers who each hold what the other wants, one is `Unavailable` and one goes on."""
    one, two = Scope.job("1"), Scope.job("2")
    for scope in (one, two):
        keep_thread(repository, scope=scope)
    held = Barrier(2)

    def hold(first: Scope, second: Scope) -> str:
        try:
            with repository.atomic() as work:
                work.entries.lock("acme", first)
                held.wait(10)
                work.entries.lock("acme", second)
        except Unavailable:
            return "parted"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(hold, one, two), pool.submit(hold, two, one)]
        assert ["done", "parted"] == sorted(end.result(60) for end in ends)


@pytest.mark.parametrize("session", [False, True], ids=["Connection", "Session"])
def test_an_error_in_our_block_leaves_the_host_at_work(
    repository: SQLAlchemyRepository, database_kind: str, database_url: str, session: bool
) -> None:
    """J1: an error of the database inside our block passes unchanged, is undone, and the host goes on and commits."""
    engine = create_engine(database_url)
    request = Request(call="reply", id="r")
    with Session(engine) if session else engine.connect() as host:
        connection = host.connection() if isinstance(host, Session) else host
        if database_kind == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        inside = repository.using(host)
        with inside.atomic() as work:
            write_in(work, "stays", request=request)
        with pytest.raises(DBAPIError), inside.atomic() as work:
            write_in(work, "goes")
            connection.exec_driver_sql("SELECT * FROM no_such_table")
        with pytest.raises(RequestTaken), inside.atomic() as work:
            write_in(work, "goes too", request=request)
        with inside.atomic() as work:
            write_in(work, "stays too")
        host.commit()
    with repository.reading() as work:
        feed, _ = work.entries.feed("acme", JOB, kinds=(), author=None, visible_only=False, before=None, limit=9)
    assert ["stays too", "stays"] == [entry.body for entry in feed]
    engine.dispose()


def test_connections_are_told_how_to_behave(repository: SQLAlchemyRepository, database_kind: str) -> None:
    """S4: what is acknowledged is on the disk, a text is never cut in silence, and nobody waits for ever."""
    asked = {
        "sqlite": {
            "PRAGMA journal_mode": "wal",
            "PRAGMA synchronous": 2,
            "PRAGMA busy_timeout": 30_000,
            "PRAGMA page_size": 8192,
        },
        "postgresql": {"SHOW lock_timeout": "30s", "SHOW transaction_isolation": "read committed"},
        "mariadb": {
            "SELECT @@innodb_lock_wait_timeout": 30,
            "SELECT FIND_IN_SET('STRICT_TRANS_TABLES', @@sql_mode) > 0": 1,
            "SELECT @@character_set_connection": "utf8mb4",
            "SELECT @@tx_isolation": "READ-COMMITTED",
        },
    }
    with repository.engine.connect() as connection:
        for question, answer in asked[database_kind].items():
            assert answer == connection.exec_driver_sql(question).scalar(), question


@ON_EVERY_DATABASE("postgresql", "mariadb")
def test_a_server_that_hung_up_is_met_again(repository: SQLAlchemyRepository, database_kind: str) -> None:
    """S4: connections that the server closed are `Unavailable` once, and not lent again."""
    _rest_three(repository)
    with pytest.raises(Unavailable), repository.atomic() as work:
        write_in(work, "gone")
        _hang_up(repository, database_kind)
    for number in range(4):
        write(repository, str(number))
    with repository.reading() as work:
        thread = work.entries.thread("acme", JOB)
    assert thread is not None
    assert 4 == thread.seq


@ON_EVERY_DATABASE("postgresql", "mariadb")
@pytest.mark.parametrize("through", ["ours", "SQLAlchemy's"])
def test_a_server_that_hung_up_long_ago_is_not_noticed(
    repository: SQLAlchemyRepository, database_kind: str, monkeypatch: pytest.MonkeyPatch, through: str
) -> None:
    """S4: a connection that has rested for a while is asked before it is lent, whichever way it is lent."""
    _rest_three(repository)
    _hang_up(repository, database_kind)
    if through == "ours":
        assert repository._lender is not None
        monkeypatch.setattr(repository._lender, "_trusted", 0.0)
        assert 1 == write(repository).entry.seq
        assert 2 == write(repository).entry.seq
    else:
        monkeypatch.setattr(engines, "TRUSTED", 0.0)
        with repository.engine.connect() as connection:
            assert 1 == connection.exec_driver_sql("SELECT 1").scalar()
    repository.engine.dispose()


@ON_EVERY_DATABASE("postgresql", "mariadb")
@pytest.mark.parametrize("block", ["reading", "atomic"])
def test_nobody_reads_the_answer_to_another_ones_question(
    repository: SQLAlchemyRepository, database_kind: str, block: str
) -> None:
    """S3: a call that is stopped while it waits for its answer, by a time limit, takes its connection with it."""

    def stop(*_: object) -> None:
        raise _TooLong

    sleep = {"postgresql": "SELECT 4711 FROM pg_sleep(0.5)", "mariadb": "SELECT 4711 + SLEEP(0.5)"}[database_kind]
    before = signal.signal(signal.SIGALRM, stop)
    try:
        for _ in range(2):
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(_TooLong), getattr(repository, block)() as work:
                work._runner.send(sleep, ())
            with repository.reading() as work:
                assert work.entries.thread("acme", JOB) is None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _TooLong(Exception):
    """A task's time limit: an exception like any other, at any moment."""


def _rest_three(repository: SQLAlchemyRepository) -> None:
    with ExitStack() as some:
        for _ in range(3):
            some.enter_context(repository.reading()).bell.unread_in("acme", "kim", JOB)
    with repository.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")


def _hang_up(repository: SQLAlchemyRepository, database_kind: str) -> None:
    """Let the server close every connection but the one that tells it to."""
    others, end = {
        "postgresql": (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            "SELECT pg_terminate_backend({})",
        ),
        "mariadb": (
            "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
            "KILL {}",
        ),
    }[database_kind]
    operator = create_engine(repository.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with operator.connect() as connection:
        for number in connection.exec_driver_sql(others).scalars().all():
            connection.exec_driver_sql(end.format(number))
