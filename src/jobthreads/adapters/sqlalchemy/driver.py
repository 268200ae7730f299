"""Connections of an engine of ours, used by the driver's own cursor: a third of the time that SQLAlchemy's takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from jobthreads.adapters.sqlalchemy.dialect import Cursor, Prepared, Runner

__all__ = ["DriverRunner", "Lender"]

Work = TypeVar("Work")


class DriverRunner(Runner):
    """Sends statements over one cursor of the driver."""

    __slots__ = ("_cursor",)

    def __init__(self, connection: Any) -> None:
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

    def close(self) -> None:
        """End the last statement: SQLite commits nothing, and holds its read lock, while a row may follow."""
        self._cursor.close()

    def many(self, statement: Prepared, values: Any) -> None:
        """Write several rows at once."""
        rows: list[Mapping[str, object]] = list(values)
        if len(rows) == 1:
            self._cursor.execute(statement.text, statement.bind(rows[0]))
        else:
            self._cursor.executemany(statement.text, [statement.bind(row) for row in rows])


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
        # On SQLite a transaction that reads first and writes later would fail at once when another wrote in between.
        self.begin = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN"

    def heard(self) -> bool:
        """Tell whether somebody listens to the engine's statements, which must then pass where they are heard."""
        listeners = self.engine.dispatch
        return bool(listeners.before_cursor_execute or listeners.after_cursor_execute)

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

    def _take(self) -> DriverRunner:
        try:
            self._connection = self._lender.engine.raw_connection()
        except Exception as error:
            with self._lender.answering():
                raise error  # noqa: TRY201 - told where it is translated
        self._runner = DriverRunner(self._connection.dbapi_connection)
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
                self._runner.close()
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
        return self._lender.work(self._take(), _at_once)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._runner.close()
            self._connection.close()
        else:
            self._give_back_after(error, roll_back=False)


class Atomic(_Loan[Work]):
    """A lent connection, in a transaction."""

    __slots__ = ("_calls",)

    def __init__(self, lender: Lender[Work]) -> None:
        super().__init__(lender)
        self._calls: list[Callable[[], None]] = []

    def __enter__(self) -> Work:
        runner = self._take()
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
            self._runner.close()
            self._connection.commit()
        except BaseException as refused:
            self._give_back_after(refused, roll_back=True)
            raise
        self._connection.close()
        for call in self._calls:
            call()


def _at_once(call: Callable[[], None]) -> None:
    call()
