"""What is particular to SQLite files, and to how a database is opened."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import oracle
from sqlalchemy.pool import QueuePool

from jobthreads.adapters.sqlalchemy import (
    SQLAlchemyRepository,
)
from jobthreads.errors import Misconfigured, Unavailable
from jobthreads.testing.contracts.written import JOB, write, write_in
from tests.shop import Shop


def _impatient(database: Path) -> SQLAlchemyRepository:
    return SQLAlchemyRepository(create_engine(f"sqlite:///{database}", connect_args={"timeout": 0.05}))


def test_a_locked_database_is_unavailable(shop: Shop, database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """S4: a database that another process holds is `Unavailable`, with a wait, and the retry loses nothing."""
    repository = _impatient(database)
    threads = shop.open(repository=repository)
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable) as refused:
        threads.staff.reply(shop.kim, shop.job.scope, "Hello there", request_id="r")
    assert refused.value.retry_after > 0
    assert "nothing will be doubled" in refused.value.hint
    assert "Hello there" not in caplog.text
    assert () == threads.staff.feed(shop.kim, shop.job.scope).items
    holder.rollback()
    holder.close()
    threads.staff.reply(shop.kim, shop.job.scope, "Hello there", request_id="r")
    threads.staff.reply(shop.kim, shop.job.scope, "Hello there", request_id="r")
    assert ["Hello there"] == shop.bodies(shop.job.scope)
    repository.close()


def test_readers_are_not_held_up_by_a_writer(shop: Shop, database: Path) -> None:
    """M7: while someone writes, others read what was committed before."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Before")
    with shop.repository.atomic() as work:
        write_in(work, "not yet", scope=shop.job.scope)
        seen: list[object] = []
        reader = threading.Thread(target=lambda: seen.extend(shop.bodies(shop.job.scope)))
        reader.start()
        reader.join(10)
        assert ["Before"] == seen


def test_creating_twice_changes_nothing(database: Path) -> None:
    """M9: opening with `create` upgrades to the newest schema, and keeps what is there."""
    for _ in range(2):
        repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}", create=True)
        write(repository)
        repository.close()
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}")
    with repository.reading() as work:
        thread = work.entries.thread("acme", JOB)
    assert thread is not None
    assert 2 == thread.seq
    repository.close()


def test_only_known_databases_are_taken() -> None:
    """S6: a database that is not supported is refused by its name."""
    with pytest.raises(Misconfigured) as refused:
        SQLAlchemyRepository(SimpleNamespace(dialect=oracle.dialect()))  # type: ignore[arg-type]
    assert "oracle" in str(refused.value)


def _connections(repository: SQLAlchemyRepository) -> set[sqlite3.Connection]:
    """Which of SQLite's connections two readings after one another are lent."""
    lent: set[sqlite3.Connection] = set()
    for _ in range(2):
        with repository.reading() as work:
            lent.add(_cursor(work).connection)
    return lent


def _cursor(work: Any) -> sqlite3.Cursor:
    cursor: sqlite3.Cursor = work._runner._cursor
    return cursor


@pytest.mark.parametrize("end", ["dispose", "close"])
def test_a_connection_rests_between_calls_and_is_closed_with_the_pool(database: Path, end: str) -> None:
    """A connection that was just used is lent again; closing the repository, or its engine alone, closes it too."""
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}", create=True)
    (resting,) = _connections(repository)
    resting.execute("SELECT 1")
    getattr(repository.engine if end == "dispose" else repository, end)()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        resting.execute("SELECT 1")
    assert resting not in _connections(repository)
    repository.close()
    assert 0 == cast("QueuePool", repository.engine.pool).checkedout()


def test_no_connection_rests_while_others_wait_for_one(database: Path) -> None:
    """With every connection lent, each that is given back goes to whoever waits at the pool, the host's code too."""
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}", create=True)
    pool = cast("QueuePool", repository.engine.pool)
    with ExitStack() as lent:
        with repository.reading():
            while pool.overflow() < pool._max_overflow:
                lent.enter_context(repository.engine.connect())
            waiting = threading.Thread(target=lambda: repository.engine.connect().close())
            waiting.start()
            waiting.join(0.2)
            assert waiting.is_alive()
        waiting.join(5)
        assert not waiting.is_alive()
    repository.close()


def test_connections_rest_again_after_a_rush(database: Path) -> None:
    """S6: when many were lent at once, as many rest afterwards as before it."""
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}", create=True)
    with ExitStack() as lent:
        for _ in range(30):
            lent.enter_context(repository.reading())
    assert 1 == len(_connections(repository))
    assert 0 < cast("QueuePool", repository.engine.pool).checkedout() <= 4
    repository.close()


def test_a_database_in_memory_may_have_a_name() -> None:
    """S6: one that several connections share is lent as a file is."""
    repository = SQLAlchemyRepository.from_url("sqlite:///file:named?mode=memory&cache=shared&uri=true", create=True)
    assert 1 == write(repository).entry.seq
    assert 2 == write(repository).entry.seq
    repository.close()


def test_a_database_in_memory_lends_its_only_connection_to_everyone() -> None:
    """Nobody keeps it: after a reading through our own way, one through SQLAlchemy's finds it free."""
    repository = SQLAlchemyRepository.from_url("sqlite:///:memory:", create=True)
    with repository.reading():
        pass
    with repository.engine.connect() as connection:
        assert 1 == connection.exec_driver_sql("SELECT 1").scalar()
    repository.close()
