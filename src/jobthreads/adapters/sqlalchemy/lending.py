"""Connections of an engine of ours, lent for a call and resting in between."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from os import getpid
from time import monotonic
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from jobthreads.adapters.sqlalchemy.dialect import Runner
from jobthreads.adapters.sqlalchemy.driver import DriverRunner, PipelineRunner
from jobthreads.adapters.sqlalchemy.engines import MOST_RESTING, TRUSTED, answers

__all__ = ["Lender"]

Work = TypeVar("Work")
Later = Callable[[Callable[[], None]], None]
"""Takes a call that waits for the commit."""


class Lender(Generic[Work]):
    """Lends connections of an engine whose driver commits each statement by itself unless a transaction was begun.

    `work` makes the unit of work over a connection; `answering` translates what a database says when it cannot answer.
    """

    def __init__(
        self,
        engine: Engine,
        work: Callable[[Runner, Later], Work],
        answering: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.engine = engine
        self.work = work
        self.answering = answering
        self.on_server = engine.dialect.name != "sqlite"
        # On SQLite a transaction that reads first and writes later would fail at once when another wrote in between.
        self.begin = "BEGIN" if self.on_server else "BEGIN IMMEDIATE"
        self.writing_runner = PipelineRunner if _has_pipelines(engine.dialect) else DriverRunner
        # A file does not go away while nobody looks, as a server does.
        self._trusted = TRUSTED if self.on_server else math.inf
        self._process = getpid()
        self._resting: deque[_Lent[Work]] = deque()
        self._of_parent: list[object] = []
        event.listen(engine, "engine_disposed", self._close_resting)

    def heard(self) -> bool:
        """Tell whether somebody listens to the engine's statements, which must then pass where they are heard."""
        listeners = self.engine.dispatch
        return bool(listeners.before_cursor_execute or listeners.after_cursor_execute)

    def take(self) -> _Lent[Work]:
        """A connection that rests here, or one from the pool."""
        if self._process != getpid():
            self._leave_to_the_parent()
            self.engine.dispose(close=False)
            # Last: another thread that finds it so finds nothing of the parent's.
            self._process = getpid()
        resting = self._rested()
        return _Lent(self.engine.raw_connection(), self.work) if resting is None else resting

    def _rested(self) -> _Lent[Work] | None:
        try:
            lent = self._resting.pop()
        except IndexError:
            return None
        if monotonic() - lent.since <= self._trusted or answers(self.engine.dialect, lent.connection.dbapi_connection):
            return lent
        # What became of one has likely become of those that rest beside it.
        lent.connection.invalidate()
        self.engine.dispose()
        return None

    def _leave_to_the_parent(self) -> None:
        # We are a fork. To close what is open, or to let go of it, would end it for the parent too.
        self._of_parent.append(self._resting)
        self._resting = deque()

    def give_back(self, lent: _Lent[Work]) -> None:
        """Let a connection rest here, or give it back to the pool.

        The way through the pool takes a fifth of the time of a short list. None rests where there is but one, or where
        others may be waiting for it at the pool.
        """
        pool: Any = self.engine.pool
        if len(self._resting) < MOST_RESTING and pool.checkedout() < pool.size():
            lent.since = monotonic()
            self._resting.append(lent)
        else:
            lent.connection.close()

    def _close_resting(self, _: Engine) -> None:
        if self._process != getpid():
            self._leave_to_the_parent()
        # The pool they came from is gone: given back to it, they would stay open until somebody cleans up.
        while self._resting:
            self._resting.pop().connection.invalidate()

    def reading(self) -> Reading[Work]:
        """A connection that begins no transaction."""
        return Reading(self)

    def atomic(self) -> Atomic[Work]:
        """A connection in a transaction, committed at the end of the block and rolled back on any exception."""
        return Atomic(self)


class _Lent(Generic[Work]):
    """A connection, with what reads over it; `since` is when it came to rest."""

    __slots__ = ("connection", "runner", "since", "work")

    def __init__(self, connection: PoolProxiedConnection, work: Callable[[Runner, Later], Work]) -> None:
        self.connection = connection
        self.runner = DriverRunner(connection.dbapi_connection)
        self.work = work(self.runner, _at_once)
        self.since = 0.0


class _Loan(Generic[Work]):
    """A connection for one block."""

    __slots__ = ("_lender", "_lent")

    _lent: _Lent[Work]

    def __init__(self, lender: Lender[Work]) -> None:
        self._lender = lender

    def _take(self) -> _Lent[Work]:
        try:
            self._lent = self._lender.take()
        except Exception as error:
            with self._lender.answering():
                raise error  # noqa: TRY201 - told where it is translated
        return self._lent

    def _give_back_after(self, error: BaseException, runner: DriverRunner, *, roll_back: bool) -> None:
        """Give the connection back, or throw it away if it broke; raise a driver's error as SQLAlchemy's or ours."""
        dialect: Any = self._lender.engine.dialect
        connection, told = self._lent.connection, error
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
        elif runner.busy and self._lender.on_server:
            # Stopped between a question and its answer, by a signal or a time limit: whoever asks next would read it.
            connection.invalidate(error)
        if connection.is_valid:
            try:
                runner.close(error)
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
        return self._take().work

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._lender.give_back(self._lent)
        else:
            self._give_back_after(error, self._lent.runner, roll_back=False)


class Atomic(_Loan[Work]):
    """A lent connection, in a transaction."""

    __slots__ = ("_calls", "_runner")

    _runner: DriverRunner

    def __init__(self, lender: Lender[Work]) -> None:
        super().__init__(lender)
        self._calls: list[Callable[[], None]] = []

    def __enter__(self) -> Work:
        lender, lent = self._lender, self._take()
        self._runner = lent.runner
        try:
            self._runner = lender.writing_runner(lent.connection.dbapi_connection)
            self._runner.send(lender.begin, ())
        except BaseException as error:
            self._give_back_after(error, self._runner, roll_back=True)
            raise
        return lender.work(self._runner, self._calls.append)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            self._give_back_after(error, self._runner, roll_back=True)
            return
        try:
            self._runner.commit()
        except BaseException as refused:
            self._give_back_after(refused, self._runner, roll_back=True)
            raise
        self._lender.give_back(self._lent)
        for call in self._calls:
            call()


def _has_pipelines(dialect: Any) -> bool:
    return dialect.driver == "psycopg" and bool(dialect.loaded_dbapi.Pipeline.is_supported())


def _at_once(call: Callable[[], None]) -> None:
    call()
