"""Statements sent by the driver's own cursor, which takes a third of the time that SQLAlchemy's does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from jobthreads.adapters.sqlalchemy.dialect import Cursor, Prepared, Runner

__all__ = ["DriverRunner", "PipelineRunner"]


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
        found = self.rows(statement, **values)
        # All of it was fetched, since SQLite holds its read lock while another row may follow.
        return found[0] if found else None

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
        """End the last statement, and whatever is still on its way; given is what went wrong, if that is why."""
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

    def count(self, statement: Prepared, **values: object) -> int:
        """How many rows the statement wrote."""
        self._hear()
        return super().count(statement, **values)

    def close(self, error: BaseException | None = None, /) -> None:
        """End the last statement, and whatever is still on its way; given is what went wrong, if that is why."""
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
