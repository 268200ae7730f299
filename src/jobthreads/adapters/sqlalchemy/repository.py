"""`SQLAlchemyRepository`: the rooms over an engine of ours, or inside the host's open transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from jobthreads.adapters.sqlalchemy.bell import BellRoom, BellStatements
from jobthreads.adapters.sqlalchemy.commits import call_after_commit, listen_to
from jobthreads.adapters.sqlalchemy.dialect import ConnectionRunner, Kit, Runner
from jobthreads.adapters.sqlalchemy.entries import EntriesRoom, EntryStatements
from jobthreads.adapters.sqlalchemy.files import FilesRoom, FileStatements
from jobthreads.adapters.sqlalchemy.inbox import InboxRoom, InboxStatements
from jobthreads.adapters.sqlalchemy.links import LinksRoom, LinkStatements
from jobthreads.adapters.sqlalchemy.marks import MarksRoom, MarkStatements
from jobthreads.adapters.sqlalchemy.migrations import upgrade
from jobthreads.adapters.sqlalchemy.outbox import OutboxRoom, OutboxStatements
from jobthreads.errors import Misconfigured, Unavailable

__all__ = ["SQLAlchemyRepository", "SQLAlchemyUnitOfWork", "Statements"]

_WAIT_FOR_LOCK = 30
"""Seconds a writer waits for another before it gives up with `Unavailable`."""

_log = logging.getLogger("jobthreads")


class Statements:
    """Every room's statements, built once for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        kit = Kit(dialect)
        self.entries = EntryStatements(kit)
        self.files = FileStatements(kit)
        self.inbox = InboxStatements(kit)
        self.marks = MarkStatements(kit)
        self.bell = BellStatements(kit)
        self.outbox = OutboxStatements(kit)
        self.links = LinkStatements(kit)


class SQLAlchemyUnitOfWork:
    """The rooms over one connection."""

    def __init__(
        self, runner: Runner, statements: Statements, after_commit: Callable[[Callable[[], None]], None]
    ) -> None:
        self.entries = EntriesRoom(runner, statements.entries)
        self.files = FilesRoom(runner, statements.files)
        self.inbox = InboxRoom(runner, statements.inbox)
        self.marks = MarksRoom(runner, statements.marks)
        self.bell = BellRoom(runner, statements.bell)
        self.outbox = OutboxRoom(runner, statements.outbox)
        self.links = LinksRoom(runner, statements.links)
        self._after_commit = after_commit

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once everything is durable."""
        self._after_commit(call)


class SQLAlchemyRepository:
    """A `Repository` on SQLite, PostgreSQL or MariaDB."""

    def __init__(self, engine: Engine) -> None:
        if engine.dialect.name not in {"sqlite", "postgresql", "mysql", "mariadb"}:
            raise Misconfigured(
                f"The database {engine.dialect.name!r} is not supported.",
                hint="Use SQLite, PostgreSQL or MariaDB.",
            )
        self._engine = engine
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._statements = Statements(engine.dialect)
        self._immediate = engine.dialect.name == "sqlite"

    @classmethod
    def from_url(cls, url: str | URL, *, create: bool = False) -> Self:
        """Open a database by its SQLAlchemy URL; `create` makes the tables, or upgrades them to the newest schema."""
        engine = _engine(make_url(url))
        if create:
            upgrade(engine)
        return cls(engine)

    @property
    def engine(self) -> Engine:
        """The engine, for `upgrade` and for an operator's own queries."""
        return self._engine

    def close(self) -> None:
        """Give the engine's connections back."""
        self._engine.dispose()

    @contextmanager
    def atomic(self) -> Iterator[SQLAlchemyUnitOfWork]:
        """A transaction of our own; what was asked for is called once it is durable."""
        calls: list[Callable[[], None]] = []
        with _answering(), self._engine.connect() as connection:
            if self._immediate:
                # A transaction that reads first and writes later would fail at once when another wrote in between.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield SQLAlchemyUnitOfWork(ConnectionRunner(connection), self._statements, calls.append)
            connection.commit()
        for call in calls:
            call()

    @contextmanager
    def reading(self) -> Iterator[SQLAlchemyUnitOfWork]:
        """A read without a transaction of its own."""
        with _answering(), self._reader.connect() as connection:
            yield SQLAlchemyUnitOfWork(ConnectionRunner(connection), self._statements, lambda call: call())

    def using(self, connection: object) -> HostRepository:
        """The same rooms inside the host's open Connection or Session."""
        if not isinstance(connection, Connection | Session):
            raise Misconfigured(
                f"using() was given {type(connection).__name__}.",
                hint="Give an open SQLAlchemy Connection or Session.",
            )
        return HostRepository(connection, self._statements)


class HostRepository:
    """A `Repository` inside the host's transaction: savepoints, no commit, errors as the database gave them."""

    def __init__(self, host: Connection | Session, statements: Statements) -> None:
        self._host = host
        self._statements = statements

    def _connection(self) -> Connection:
        if isinstance(self._host, Session):
            # What the host has not flushed yet is written before us, in its own order.
            self._host.flush()
            return self._host.connection()
        return self._host

    @contextmanager
    def atomic(self) -> Iterator[SQLAlchemyUnitOfWork]:
        """A savepoint in the host's transaction."""
        connection = self._connection()
        calls: list[Callable[[], None]] = []
        listen_to(connection)
        with connection.begin_nested():
            yield SQLAlchemyUnitOfWork(ConnectionRunner(connection), self._statements, calls.append)
        for call in calls:
            call_after_commit(connection, call)

    @contextmanager
    def reading(self) -> Iterator[SQLAlchemyUnitOfWork]:
        """The host's transaction, read."""
        connection = self._connection()
        yield SQLAlchemyUnitOfWork(ConnectionRunner(connection), self._statements, lambda call: call())

    def using(self, connection: object) -> HostRepository:
        """The same inside another connection."""
        if not isinstance(connection, Connection | Session):
            raise Misconfigured(f"using() was given {type(connection).__name__}.")
        return HostRepository(connection, self._statements)


@contextmanager
def _answering() -> Iterator[None]:
    """Translate what a database says when it cannot answer now, once, at this edge."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        _log.warning("The database does not answer: %s", type(error).__name__)
        raise Unavailable from error


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    if url.database in {None, "", ":memory:"}:
        # One connection, lent to one caller at a time: a memory database lives and dies with it.
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            connect_args={"check_same_thread": False, "isolation_level": None},
        )
    else:
        engine = create_engine(url, connect_args={"timeout": _WAIT_FOR_LOCK, "isolation_level": None}, pool_size=20)

    @event.listens_for(engine, "connect")
    def prepare(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    return engine
