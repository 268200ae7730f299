"""Statements sent by the driver's own cursor, which takes a third of the time that SQLAlchemy's does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from jobthreads.adapters.sqlalchemy.dialect import Cursor, Prepared, Runner

__all__ = ["DriverRunner", "PipelineRunner"]


class DriverRunner(Runner):
    """Sends statements over one cursor of the driver.

    While `busy`, the answer to the last one was not read to its end: the next to ask would take it for theirs.
    """

    __slots__ = ("_connection", "_cursor", "busy")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self.busy = False

    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement as the text it is."""
        self.busy = True
        if isinstance(values, list):
            self._cursor.executemany(text, values)
        else:
            self._cursor.execute(text, values)
        self.busy = False
        return self._cursor  # type: ignore[no-any-return]  # drivers differ

    def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Every row, as tuples."""
        self.busy = True
        self._cursor.execute(statement.text, statement.bind(values))
        self.busy = False
        return self._cursor.fetchall()  # type: ignore[no-any-return]  # drivers differ

    def row(self, statement: Prepared, **values: object) -> Any | None:
        """The first row, None if there is none."""
        found = self.rows(statement, **values)
        # All of it was fetched, since SQLite holds its read lock while another row may follow.
        return found[0] if found else None

    def count(self, statement: Prepared, **values: object) -> int:
        """How many rows the statement wrote."""
        return int(self.send(statement.text, statement.bind(values)).rowcount)

    def write(self, statement: Prepared, **values: object) -> None:
        """Write what nobody waits to hear of."""
        self.send(statement.text, statement.bind(values))

    def many(self, statement: Prepared, values: Iterable[Mapping[str, object]]) -> None:
        """Write several rows at once."""
        rows = list(values)
        if len(rows) == 1:
            self.write(statement, **rows[0])
        else:
            self.send(statement.text, [statement.bind(row) for row in rows])

    def close(self, _: BaseException | None = None, /) -> None:
        """End the last statement, and whatever is still on its way; given is what went wrong, if that is why."""
        self._cursor.close()

    def commit(self) -> None:
        """Commit what was written."""
        self._cursor.close()
        self.busy = True
        self._connection.commit()
        self.busy = False


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
            self.busy = True
            pipeline.__exit__(None, None, None)
            self.busy = False

    def write(self, statement: Prepared, **values: object) -> None:
        """Write what nobody waits to hear of."""
        if self._pipeline is None:
            pipeline = self._connection.pipeline()
            pipeline.__enter__()
            self._pipeline = pipeline
        self.busy = True
        self._cursor.execute(statement.text, statement.bind(values))
        self.busy = False

    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement as the text it is."""
        self._hear()
        return super().send(text, values)

    def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Every row, as tuples."""
        self._hear()
        return super().rows(statement, **values)

    def close(self, error: BaseException | None = None, /) -> None:
        """End the last statement, and whatever is still on its way; given is what went wrong, if that is why."""
        if self._pipeline is not None:
            pipeline, self._pipeline = self._pipeline, None
            if error is None:
                pipeline.__exit__(None, None, None)
            else:
                pipeline.__exit__(type(error), error, error.__traceback__)
        super().close()

    def commit(self) -> None:
        """Commit what was written, and wait for all the answers at once."""
        if self._pipeline is None:
            super().commit()
        else:
            self.busy = True
            self._cursor.execute("COMMIT")
            self._hear()
            super().close()
