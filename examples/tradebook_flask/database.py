"""Tradebook's database: one SQLite file, which jobthreads shares."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.orm import Session

from tradebook_flask.tables import Base


class Database:
    """Sessions over the file: `reading()` for pages, `writing()` for changes."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite:///{path}"
        self._engine = create_engine(self.url)
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._reads = self._engine.execution_options(tradebook_reads=True)
        Base.metadata.create_all(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for looking only; it never waits for a writer."""
        with Session(self._reads) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back if the block raises."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
    connection.execute("PRAGMA journal_mode=WAL")  # readers and the one writer do not wait for each other
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=15000")


def _begin(connection: Connection) -> None:
    # A transaction that reads and then writes fails at once (SQLITE_BUSY_SNAPSHOT) when someone else wrote in between.
    # One that begins as a writer waits for its turn instead; `threads.using(session)` relies on it.
    reads = connection.get_execution_options().get("tradebook_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
