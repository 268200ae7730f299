"""What PostgreSQL is sent without waiting for the answer: nothing that fails goes unsaid, and nothing of it is kept."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DataError
from sqlalchemy.pool import NullPool

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.domain.reach import Reach
from jobthreads.errors import Unavailable
from jobthreads.ports import UnitOfWork
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.written import DANA, JOB, write, write_in
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE("postgresql")

_TOO_LONG = "k" * 300
"""No column holds such an id: the server refuses to ring this person's bell."""


class _Stop(Exception):
    pass


def _read_rows(work: UnitOfWork) -> object:
    return work.bell.notices("acme", "kim", Reach.everything(), 9)


def _read_a_row(work: UnitOfWork) -> object:
    return work.entries.thread("acme", JOB)


def _count(work: UnitOfWork) -> object:
    return work.bell.read_all("acme", "kim", Reach.everything())


def _write_several(work: UnitOfWork) -> object:
    later = MONDAY + timedelta(minutes=1)
    return work.outbox.claim(channels=["email"], now=MONDAY, until=later, limit=1, mails_an_hour=None)


def _commit(_: UnitOfWork) -> object:
    return None


@pytest.mark.parametrize("then", [_read_rows, _read_a_row, _count, _write_several, _commit])
def test_what_the_server_refuses_is_told_at_the_latest_by_the_commit(
    repository: SQLAlchemyRepository, then: Callable[[UnitOfWork], object]
) -> None:
    """S4: a write that failed after it was sent is told by whatever answers next, and nothing is kept."""
    write(repository, "stays")
    with pytest.raises(DataError), repository.atomic() as work:
        write_in(work, "goes", author=DANA, ring=[_TOO_LONG])
        then(work)
    _goes_on_with_one(repository)


def test_what_was_sent_is_taken_back_with_everything_else(
    repository: SQLAlchemyRepository, caplog: pytest.LogCaptureFixture
) -> None:
    """S4: who stops in the middle leaves nothing behind, and the connection is as good as before."""
    write(repository, "stays")
    with caplog.at_level(logging.WARNING), pytest.raises(_Stop), repository.atomic() as work:
        write_in(work, "goes", author=DANA, ring=["kim"])
        raise _Stop
    assert [] == caplog.records
    _goes_on_with_one(repository)


def test_the_first_trouble_is_the_one_that_is_told(repository: SQLAlchemyRepository) -> None:
    """S6: what was refused beside it does not hide why the caller stopped."""
    write(repository, "stays")
    stopped = False
    with pytest.raises((_Stop, DataError)) as told, repository.atomic() as work:
        write_in(work, "goes", author=DANA, ring=[_TOO_LONG])
        # Else the server was so quick that the refusal came with the writing.
        stopped = True
        raise _Stop
    assert stopped is isinstance(told.value, _Stop)
    _goes_on_with_one(repository)


def test_a_server_that_hangs_up_before_the_commit_has_kept_nothing(repository: SQLAlchemyRepository) -> None:
    """S4: a connection that dies between the writing and the commit is `Unavailable`, and not lent again."""
    write(repository, "stays")
    operator = create_engine(repository.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with pytest.raises(Unavailable), repository.atomic() as work:
        write_in(work, "goes", author=DANA, ring=["kim"])
        with operator.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).all()
    _goes_on_with_one(repository)


def test_a_reply_waits_for_four_answers(shop: Shop) -> None:
    """S4: for the transaction, the thread, the entry and, once for all that follows, the commit."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "At 8.")
    with shop.repository.reading() as work:
        rests: Any = work._runner
    connection = rests._connection.pgconn
    with tempfile.TemporaryFile() as file:
        connection.trace(file.fileno())
        shop.threads.staff.reply(shop.kim, shop.job.scope, "At 9.")
        connection.untrace()
        file.seek(0)
        assert 4 == len(re.findall(r"\tB\t\d+\tReadyForQuery", file.read().decode()))


def _goes_on_with_one(repository: SQLAlchemyRepository) -> None:
    with repository.reading() as work:
        entries, _ = work.entries.feed("acme", JOB, kinds=(), author=None, visible_only=False, before=None, limit=9)
    assert ["stays"] == [entry.body for entry in entries]
    assert 2 == write(repository, "goes on").entry.seq
