"""How a database is opened: what each one's connections are told, and when it does not answer."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from jobthreads.errors import Misconfigured, Unavailable

__all__ = [
    "MOST_RESTING",
    "TRUSTED",
    "answering",
    "answers",
    "one_at_a_time",
    "open_engine",
    "reading_engine",
    "writing_engine",
]

_WAIT_FOR_LOCK = 30
"""Seconds a writer waits for another before it gives up with `Unavailable`."""

MOST_RESTING = 4
"""So many connections may rest between our calls, beside those that others may open."""

TRUSTED = 1.0
"""Seconds a connection may lie idle without being asked whether its server is still there."""

_OLDEST_MARIADB = (10, 6)
_MARIADB_CHECK_FAILED = 4025
_MARIADB_NO_TABLE = 1146

_log = logging.getLogger("jobthreads")


def open_engine(url: URL) -> Engine:
    """Open a database by its URL; the driver commits each statement by itself unless a transaction was begun."""
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _server(url)


def reading_engine(engine: Engine) -> Engine:
    """The same connections, for reads that open no transaction; on SQLite a read opens none anyway."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="AUTOCOMMIT")


def writing_engine(engine: Engine) -> Engine:
    """The connections of `open_engine`, for whoever comes through SQLAlchemy and expects a transaction."""
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="READ COMMITTED")


def _sqlite(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"}:
        # One connection, lent to one caller at a time: a memory database lives and dies with it.
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_reset_on_return=None,
            connect_args={"check_same_thread": False, "isolation_level": None},
        )
    else:
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=20,
            max_overflow=10 + MOST_RESTING,
            # We end our transactions ourselves; a ROLLBACK after every read would take as long as the read.
            pool_reset_on_return=None,
            connect_args={"timeout": _WAIT_FOR_LOCK, "isolation_level": None},
        )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        # Counts for a file that is still to be made. Entries lie in their tree whole: the usual page holds five of
        # them, which makes it nine pages high in a large business, and a quarter larger.
        cursor.execute("PRAGMA page_size = 8192")
        _keep_a_log(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # KiB, as far as so much was read. Of a large business, the usual two MiB do not hold a page of the inbox.
        cursor.execute("PRAGMA cache_size = -32768")
        cursor.close()

    return engine


def _keep_a_log(cursor: Any) -> None:
    """Let a file have a write-ahead log; whoever makes the same file at the same time is waited for."""
    until = monotonic() + _WAIT_FOR_LOCK
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite waits for every other lock by itself, but not for this one.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.01)
        else:
            return


def _server(url: URL) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        wanted = f"SET lock_timeout = '{_WAIT_FOR_LOCK}s'; SET default_transaction_isolation = 'read committed'"
    else:
        # Told at once, before SQLAlchemy looks at what the server's own mode is.
        mode = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
        settings = f"SET SESSION sql_mode = '{mode}', innodb_lock_wait_timeout = {_WAIT_FOR_LOCK}"
        options["connect_args"] = {"charset": "utf8mb4", "init_command": settings}
        # Under its REPEATABLE READ, what is read after the lock would be as old as the transaction.
        wanted = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
    # We end our transactions ourselves; what the pool would send to make sure is one way there and back for every use.
    engine = create_engine(
        url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, max_overflow=10 + MOST_RESTING, **options
    )
    # There is nothing to take back after a read.
    engine.dialect.skip_autocommit_rollback = True

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(wanted)
        cursor.close()

    _ask_after_rest(engine)
    return engine


def _ask_after_rest(engine: Engine) -> None:
    """Meet a server that was started anew by a new connection, not by an error; a busy one is not asked each time."""
    dialect: Any = engine.dialect

    @event.listens_for(engine, "checkin")
    def rest(_: object, record: Any) -> None:
        record.info["jobthreads.rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def wake(connection: object, record: Any, _: object) -> None:
        since = record.info.get("jobthreads.rests_since")
        if since is not None and monotonic() - since > TRUSTED and not answers(dialect, connection):
            raise DisconnectionError


def answers(dialect: Any, connection: object) -> bool:
    """Tell whether the server of this connection of the driver is still there."""
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        return False
    return True


@contextmanager
def one_at_a_time(connection: Connection) -> Iterator[None]:
    """Hold whoever else would change the schema of this database; on SQLite the transaction itself does.

    Raises `Misconfigured` for a server that is not supported.
    """
    dialect: Any = connection.dialect
    if dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('jobthreads'), hashtext(current_schema()))")
    if dialect.name not in {"mysql", "mariadb"}:
        yield
        return
    if not dialect.is_mariadb or dialect.server_version_info < _OLDEST_MARIADB:
        version = ".".join(map(str, dialect.server_version_info))
        raise Misconfigured(f"This server is not MariaDB 10.6 or newer, but {version}.", hint="Use MariaDB 10.6 on.")
    connection.exec_driver_sql("SET SESSION default_storage_engine = InnoDB")
    # Each statement that changes a table commits by itself, so the transaction holds nobody.
    taken = connection.exec_driver_sql("SELECT GET_LOCK(CONCAT('jobthreads.', DATABASE()), 300)").scalar()
    if taken != 1:
        raise Unavailable
    try:
        yield
    finally:
        connection.exec_driver_sql("SELECT RELEASE_LOCK(CONCAT('jobthreads.', DATABASE()))")


@contextmanager
def answering() -> Iterator[None]:
    """Translate what a database says when it cannot answer now, once, at this edge."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not _unanswered(error):
            raise
        _log.warning("The database does not answer: %s", type(error).__name__)
        raise Unavailable from error


def _unanswered(error: DBAPIError | PoolTimeout) -> bool:
    if isinstance(error, PoolTimeout):
        return True
    number = error.orig.args[0] if error.orig is not None and error.orig.args else None
    if isinstance(error, OperationalError | InterfaceError | InternalError):
        # Deadlocks and writes that cannot be put in an order are among them; so is, on MariaDB, a failed CHECK.
        return number != _MARIADB_CHECK_FAILED
    # A database without our tables: one of the errors above on SQLite, another on servers.
    return getattr(error.orig, "sqlstate", None) == "42P01" or number == _MARIADB_NO_TABLE
