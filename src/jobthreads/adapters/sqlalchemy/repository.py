"""`SQLAlchemyRepository`: the rooms over an engine of ours, or inside the host's open transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Self

from sqlalchemy.engine import URL, Connection, Dialect, Engine, make_url
from sqlalchemy.orm import Session

from jobthreads.adapters.sqlalchemy.bell import BellRoom, BellStatements
from jobthreads.adapters.sqlalchemy.commits import call_after_commit, listen_to
from jobthreads.adapters.sqlalchemy.dialect import ConnectionRunner, Kit, Runner
from jobthreads.adapters.sqlalchemy.engines import answering, open_engine, reading_engine, writing_engine
from jobthreads.adapters.sqlalchemy.entries import EntriesRoom, EntryStatements
from jobthreads.adapters.sqlalchemy.files import FilesRoom, FileStatements
from jobthreads.adapters.sqlalchemy.inbox import InboxRoom, InboxStatements
from jobthreads.adapters.sqlalchemy.lending import Lender
from jobthreads.adapters.sqlalchemy.links import LinksRoom, LinkStatements
from jobthreads.adapters.sqlalchemy.marks import MarksRoom, MarkStatements
from jobthreads.adapters.sqlalchemy.migrations import upgrade
from jobthreads.adapters.sqlalchemy.outbox import OutboxRoom, OutboxStatements
from jobthreads.adapters.sqlalchemy.search import SearchRoom, SearchStatements
from jobthreads.errors import Misconfigured

__all__ = ["SQLAlchemyRepository", "SQLAlchemyUnitOfWork", "Statements"]


class Statements:
    """Every room's statements, built once for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        kit = Kit(dialect)
        self.entries = EntryStatements(kit)
        self.files = FileStatements(kit)
        self.inbox = InboxStatements(kit)
        self.search = SearchStatements(kit)
        self.marks = MarkStatements(kit)
        self.bell = BellStatements(kit)
        self.outbox = OutboxStatements(kit)
        self.links = LinkStatements(kit)


class SQLAlchemyUnitOfWork:
    """The rooms over one connection."""

    def __init__(
        self, runner: Runner, statements: Statements, after_commit: Callable[[Callable[[], None]], None]
    ) -> None:
        self._runner = runner
        self._statements = statements
        self._after_commit = after_commit

    @property
    def entries(self) -> EntriesRoom:
        """Threads and their entries."""
        return EntriesRoom(self._runner, self._statements.entries)

    @property
    def files(self) -> FilesRoom:
        """Where files lie, and who sees them."""
        return FilesRoom(self._runner, self._statements.files)

    @property
    def inbox(self) -> InboxRoom:
        """The threads panel."""
        return InboxRoom(self._runner, self._statements.inbox)

    @property
    def search(self) -> SearchRoom:
        """What entries are found by."""
        return SearchRoom(self._runner, self._statements.search)

    @property
    def marks(self) -> MarksRoom:
        """What clients have seen."""
        return MarksRoom(self._runner, self._statements.marks)

    @property
    def bell(self) -> BellRoom:
        """Staff unread."""
        return BellRoom(self._runner, self._statements.bell)

    @property
    def outbox(self) -> OutboxRoom:
        """What is to be told."""
        return OutboxRoom(self._runner, self._statements.outbox)

    @property
    def links(self) -> LinksRoom:
        """Mailed links, sessions and limits."""
        return LinksRoom(self._runner, self._statements.links)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once everything is durable."""
        self._after_commit(call)


class SQLAlchemyRepository:
    """A `Repository` on SQLite, PostgreSQL or MariaDB."""

    def __init__(self, engine: Engine) -> None:
        _check(engine.dialect.name)
        self._engine = engine
        self._reader = reading_engine(engine)
        self._lender: Lender[SQLAlchemyUnitOfWork] | None = None
        self._statements = Statements(engine.dialect)
        self._immediate = engine.dialect.name == "sqlite"

    @classmethod
    def from_url(cls, url: str | URL, *, create: bool = False) -> Self:
        """Open a database by its SQLAlchemy URL; `create` makes the tables, or upgrades them to the newest schema."""
        address = make_url(url)
        _check(address.get_backend_name())
        engine = open_engine(address)
        repository = cls(engine)
        # Whoever comes through SQLAlchemy expects a transaction.
        repository._engine = writing_engine(engine)
        repository._reader = engine
        repository._lender = Lender(engine, repository._work, answering)
        if create:
            with answering():
                upgrade(repository.engine)
        return repository

    def _work(self, runner: Runner, after_commit: Callable[[Callable[[], None]], None]) -> SQLAlchemyUnitOfWork:
        return SQLAlchemyUnitOfWork(runner, self._statements, after_commit)

    @property
    def engine(self) -> Engine:
        """The engine, for `upgrade` and for an operator's own queries."""
        return self._engine

    def close(self) -> None:
        """Give the engine's connections back."""
        self._engine.dispose()
        self._reader.dispose()

    def atomic(self) -> AbstractContextManager[SQLAlchemyUnitOfWork]:
        """A transaction of our own; what was asked for is called once it is durable."""
        if self._lender is not None and not self._lender.heard():
            return self._lender.atomic()
        return self._atomic()

    @contextmanager
    def _atomic(self) -> Iterator[SQLAlchemyUnitOfWork]:
        calls: list[Callable[[], None]] = []
        with answering(), self._engine.connect() as connection:
            if self._immediate:
                # A transaction that reads first and writes later would fail at once when another wrote in between.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield SQLAlchemyUnitOfWork(ConnectionRunner(connection), self._statements, calls.append)
            connection.commit()
        for call in calls:
            call()

    def reading(self) -> AbstractContextManager[SQLAlchemyUnitOfWork]:
        """A read without a transaction of its own."""
        if self._lender is not None and not self._lender.heard():
            return self._lender.reading()
        return self._reading()

    @contextmanager
    def _reading(self) -> Iterator[SQLAlchemyUnitOfWork]:
        with answering(), self._reader.connect() as connection:
            yield SQLAlchemyUnitOfWork(ConnectionRunner(connection), self._statements, lambda call: call())

    def using(self, connection: object) -> HostRepository:
        """The same rooms inside the host's open Connection or Session."""
        return _inside(connection, self._statements)


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
        return _inside(connection, self._statements)


def _inside(connection: object, statements: Statements) -> HostRepository:
    if not isinstance(connection, Connection | Session):
        raise Misconfigured(
            f"using() was given {type(connection).__name__}.",
            hint="Give an open SQLAlchemy Connection or Session.",
        )
    return HostRepository(connection, statements)


def _check(dialect: str) -> None:
    if dialect not in {"sqlite", "postgresql", "mysql", "mariadb"}:
        raise Misconfigured(
            f"The database {dialect!r} is not supported.",
            hint="Use SQLite, PostgreSQL or MariaDB.",
        )
