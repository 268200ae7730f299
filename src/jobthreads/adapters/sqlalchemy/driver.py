"""Connections of an engine of ours, used by the driver's own cursor: a third of the time that SQLAlchemy's takes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from os import getpid
from time import monotonic
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from jobthreads.adapters.sqlalchemy.dialect import Cursor, Prepared, Runner
from jobthreads.adapters.sqlalchemy.engines import TRUSTED, answers

__all__ = ["DriverRunner", "Lender"]

_MOST_RESTING = 4

Work = TypeVar("Work")


class DriverRunner(Runner):
    """Sends statements over one cursor of the driver."""

    __slots__ = ("_connection", "_cursor")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._cursor = connection.cursor()

    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement as the text it is."""
        if isinstance(values, list):
            self._cursor.executemany(text, values)
        else:
            self._cursor.execute(text, values)
        return self._cursor  # type: ignore[no-any-return]  # drivers differ

    def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Every row, as tuples."""
        self._cursor.execute(statement.text, statement.bind(values))
        return self._cursor.fetchall()  # type: ignore[no-any-return]  # drivers differ

    def row(self, statement: Prepared, **values: object) -> Any | None:
        """The first row, None if there is none."""
        self._cursor.execute(statement.text, statement.bind(values))
        return self._cursor.fetchone()

    def count(self, statement: Prepared, **values: object) -> int:
        """How many rows the statement wrote."""
        self._cursor.execute(statement.text, statement.bind(values))
        return int(self._cursor.rowcount)

    def write(self, statement: Prepared, **values: object) -> None:
        """Write what nobody waits to hear of."""
        self._cursor.execute(statement.text, statement.bind(values))

    def many(self, statement: Prepared, values: Iterable[Mapping[str, object]]) -> None:
        """Write several rows at once."""
        rows = list(values)
        if len(rows) == 1:
            self.write(statement, **rows[0])
        else:
            self._cursor.executemany(statement.text, [statement.bind(row) for row in rows])

    def close(self, _: BaseException | None = None, /) -> None:
        """End the last statement: SQLite commits nothing, and holds its read lock, while a row may follow.

        Given is what went wrong, if that is why it ends.
        """
        self._cursor.close()

    def commit(self) -> None:
        """Commit what was written."""
        self._cursor.close()
        self._connection.commit()


class PipelineRunner(DriverRunner):
    """Over psycopg: what is written goes out with what comes next, so that a post waits for four answers, not seven.

    Where the server is a network away, waiting is most of what a post takes.
    """

    __slots__ = ("_pipeline",)

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._pipeline: AbstractContextManager[object] | None = None

    def _hear(self) -> None:
        """Wait for the answers to all that was written, and raise what one of them says."""
        if self._pipeline is not None:
            pipeline, self._pipeline = self._pipeline, None
            pipeline.__exit__(None, None, None)

    def write(self, statement: Prepared, **values: object) -> None:
        """Write what nobody waits to hear of."""
        if self._pipeline is None:
            pipeline = self._connection.pipeline()
            pipeline.__enter__()
            self._pipeline = pipeline
        self._cursor.execute(statement.text, statement.bind(values))

    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement as the text it is."""
        self._hear()
        return super().send(text, values)

    def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Every row, as tuples."""
        self._hear()
        return super().rows(statement, **values)

    def row(self, statement: Prepared, **values: object) -> Any | None:
        """The first row, None if there is none."""
        self._hear()
        return super().row(statement, **values)

    def count(self, statement: Prepared, **values: object) -> int:
        """How many rows the statement wrote."""
        self._hear()
        return super().count(statement, **values)

    def close(self, error: BaseException | None = None, /) -> None:
        """End the last statement; what the answers would say after an `error` is not heard."""
        if self._pipeline is not None:
            pipeline, self._pipeline = self._pipeline, None
            pipeline.__exit__(None if error is None else type(error), error, None)
        super().close()

    def commit(self) -> None:
        """Commit what was written, and wait for all the answers at once."""
        if self._pipeline is None:
            super().commit()
        else:
            self._cursor.execute("COMMIT")
            self._hear()
            super().close()


class Lender(Generic[Work]):
    """Lends connections of an engine whose driver commits each statement by itself unless a transaction was begun.

    `work` makes the unit of work over a connection; `answering` translates what a database says when it cannot answer.
    """

    def __init__(
        self,
        engine: Engine,
        work: Callable[[Runner, Callable[[Callable[[], None]], None]], Work],
        answering: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.engine = engine
        self.work = work
        self.answering = answering
        on_sqlite = engine.dialect.name == "sqlite"
        # On SQLite a transaction that reads first and writes later would fail at once when another wrote in between.
        self.begin = "BEGIN IMMEDIATE" if on_sqlite else "BEGIN"
        self.writing_runner = PipelineRunner if _has_pipelines(engine.dialect) else DriverRunner
        # A file does not go away while nobody looks, as a server does.
        self._trusted = math.inf if on_sqlite else TRUSTED
        self._process = getpid()
        self._resting: deque[tuple[PoolProxiedConnection, float]] = deque()
        event.listen(engine, "engine_disposed", self._close_resting)

    def heard(self) -> bool:
        """Tell whether somebody listens to the engine's statements, which must then pass where they are heard."""
        listeners = self.engine.dispatch
        return bool(listeners.before_cursor_execute or listeners.after_cursor_execute)

    def take(self) -> PoolProxiedConnection:
        """A connection that rests here, or one from the pool."""
        if self._process != getpid():
            # We are a fork: what is open is the parent's, and to close it here would end it there.
            self._process = getpid()
            self._resting.clear()
            self.engine.dispose(close=False)
        resting = self._rested()
        return self.engine.raw_connection() if resting is None else resting

    def _rested(self) -> PoolProxiedConnection | None:
        try:
            connection, since = self._resting.pop()
        except IndexError:
            return None
        if monotonic() - since <= self._trusted or answers(self.engine.dialect, connection.dbapi_connection):
            return connection
        # What became of one has likely become of those that rest beside it.
        connection.invalidate()
        self.engine.dispose()
        return None

    def give_back(self, connection: PoolProxiedConnection) -> None:
        """Let a connection rest here, or give it back to the pool.

        The way through the pool takes a fifth of the time of a short list. None rests while the pool can open no more:
        others may be waiting for it there.
        """
        pool: Any = self.engine.pool
        if len(self._resting) < _MOST_RESTING and pool.overflow() < 0:
            self._resting.append((connection, monotonic()))
        else:
            connection.close()

    def _close_resting(self, _: Engine) -> None:
        if self._process != getpid():
            self._resting.clear()
        # The pool they came from is gone: given back to it, they would stay open until somebody cleans up.
        while self._resting:
            self._resting.pop()[0].invalidate()

    def reading(self) -> Reading[Work]:
        """A connection that begins no transaction."""
        return Reading(self)

    def atomic(self) -> Atomic[Work]:
        """A connection in a transaction, committed at the end of the block and rolled back on any exception."""
        return Atomic(self)


class _Loan(Generic[Work]):
    """A lent connection."""

    __slots__ = ("_connection", "_lender", "_runner")

    _connection: PoolProxiedConnection
    _runner: DriverRunner

    def __init__(self, lender: Lender[Work]) -> None:
        self._lender = lender

    def _take(self, runner: type[DriverRunner]) -> DriverRunner:
        try:
            self._connection = self._lender.take()
        except Exception as error:
            with self._lender.answering():
                raise error  # noqa: TRY201 - told where it is translated
        self._runner = runner(self._connection.dbapi_connection)
        return self._runner

    def _give_back_after(self, error: BaseException, *, roll_back: bool) -> None:
        """Give the connection back, or throw it away if it broke; raise a driver's error as SQLAlchemy's or ours."""
        dialect: Any = self._lender.engine.dialect
        connection, told = self._connection, error
        if isinstance(error, dialect.loaded_dbapi.Error):
            broken = bool(dialect.is_disconnect(error, connection.dbapi_connection, None))
            if broken:
                connection.invalidate(error)
                # What broke one has likely broken those that rest beside it.
                self._lender.engine.dispose()
            told = DBAPIError.instance(
                None,
                None,
                error,
                dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=broken,
                dialect=dialect,
            )
        if connection.is_valid:
            try:
                self._runner.close(error)
                if roll_back:
                    connection.rollback()
            except Exception as failed:  # noqa: BLE001 - the first error is the one to tell
                connection.invalidate(failed)
        with suppress(Exception):
            connection.close()
        if told is not error:
            with self._lender.answering():
                raise told from error


class Reading(_Loan[Work]):
    """A lent connection, for reading."""

    __slots__ = ()

    def __enter__(self) -> Work:
        return self._lender.work(self._take(DriverRunner), _at_once)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._runner.close()
            self._lender.give_back(self._connection)
        else:
            self._give_back_after(error, roll_back=False)


class Atomic(_Loan[Work]):
    """A lent connection, in a transaction."""

    __slots__ = ("_calls",)

    def __init__(self, lender: Lender[Work]) -> None:
        super().__init__(lender)
        self._calls: list[Callable[[], None]] = []

    def __enter__(self) -> Work:
        runner = self._take(self._lender.writing_runner)
        try:
            runner.send(self._lender.begin, ())
        except BaseException as error:
            self._give_back_after(error, roll_back=True)
            raise
        return self._lender.work(runner, self._calls.append)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._give_back_after(error, roll_back=True)
            return
        try:
            self._runner.commit()
        except BaseException as refused:
            self._give_back_after(refused, roll_back=True)
            raise
        self._lender.give_back(self._connection)
        for call in self._calls:
            call()


def _has_pipelines(dialect: Any) -> bool:
    return dialect.driver == "psycopg" and bool(dialect.loaded_dbapi.Pipeline.is_supported())


def _at_once(call: Callable[[], None]) -> None:
    call()
