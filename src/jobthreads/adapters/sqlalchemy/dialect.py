"""The few places where databases differ, and statements compiled once to plain text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Executable, Select, Table, bindparam, func, literal_column, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.dml import Insert
from sqlalchemy.types import JSON, String

__all__ = ["ConnectionRunner", "Cursor", "Kit", "Prepared", "Runner"]


class Prepared:
    """One statement as the text its driver takes, with the order of its parameters."""

    __slots__ = ("_fixed", "_names", "text")

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.text: str = str(compiled)
        self._names: tuple[str, ...] | None = tuple(compiled.positiontup) if dialect.positional else None
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def bind(self, values: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Put values in the driver's order; literals of the statement are filled in."""
        if self._names is None:
            return {**self._fixed, **values}
        fixed = self._fixed
        return tuple([values[name] if name in values else fixed[name] for name in self._names])


class Cursor(Protocol):
    """What a driver gives for a statement that was sent."""

    @property
    def rowcount(self) -> int:
        """How many rows it wrote."""

    def fetchone(self) -> Any:
        """The next row, None after the last."""

    def fetchall(self) -> Any:
        """Every row that is left."""

    def close(self) -> None:
        """Give it back."""


class Runner(ABC):
    """Sends prepared statements over one connection."""

    __slots__ = ()

    @abstractmethod
    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement with its parameters; a list of them writes several rows at once."""

    def rows(self, statement: Prepared, **values: object) -> list[Any]:
        """Every row, as tuples."""
        sent = self.send(statement.text, statement.bind(values))
        found = list(sent.fetchall())
        sent.close()
        return found

    def row(self, statement: Prepared, **values: object) -> Any | None:
        """The first row, None if there is none."""
        sent = self.send(statement.text, statement.bind(values))
        found = sent.fetchone()
        sent.close()
        return found

    def count(self, statement: Prepared, **values: object) -> int:
        """How many rows the statement wrote."""
        sent = self.send(statement.text, statement.bind(values))
        written = sent.rowcount
        sent.close()
        return written

    def many(self, statement: Prepared, values: Iterable[Mapping[str, object]]) -> None:
        """Write several rows at once."""
        self.send(statement.text, [statement.bind(row) for row in values]).close()


class ConnectionRunner(Runner):
    """Sends them over an SQLAlchemy Connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, text: str, values: Any) -> Cursor:
        """Send one statement as the text it is."""
        return self._connection.exec_driver_sql(text, values)


class Kit:
    """Builds statements for one dialect: what differs between databases is here and nowhere else."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.name = "mysql" if dialect.name in {"mysql", "mariadb"} else dialect.name
        self._insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert, "mysql": mysql.insert}[self.name]

    def prepare(self, statement: Executable) -> Prepared:
        """Compile the statement, once and for all."""
        return Prepared(statement, self.dialect)

    def members(self, name: str) -> Select[tuple[str]]:
        """The strings of one JSON array parameter as rows, so that one statement serves every size."""
        value: Any = bindparam(name, type_=String)
        if self.name == "postgresql":
            table = func.json_array_elements_text(func.cast(value, JSON)).table_valued("value")
            return select(table.c.value)
        if self.name == "mysql":
            rows: Any = literal_column("value").label("value")
            return select(rows).select_from(
                func.json_table(value, literal_column("'$[*]' COLUMNS (value VARCHAR(206) PATH '$')")).alias("m")
            )
        return select(func.json_each(value).table_valued("value").c.value)

    def insert(self, table: Table) -> Insert:
        """An INSERT of every column, each bound by its own name."""
        return self._insert(table).values({column.name: bindparam(column.name) for column in table.c})

    def insert_from(self, table: Table) -> Insert:
        """An INSERT to be filled from a SELECT."""
        return self._insert(table)

    def insert_new(self, table: Table, *unique: str) -> Insert:
        """An INSERT that leaves a row alone that has the same `unique` columns."""
        statement: Any = self.insert(table)
        if self.name == "mysql":
            first = next(iter(table.primary_key.columns))
            return statement.on_duplicate_key_update({first.name: first})  # type: ignore[no-any-return]
        return statement.on_conflict_do_nothing(index_elements=list(unique))  # type: ignore[no-any-return]

    def upsert(self, statement: Any, table: Table, changes: Mapping[str, ColumnElement[Any]]) -> Insert:
        """Make an INSERT change the row with the same primary key instead; see `new` for the row's new values."""
        if self.name == "mysql":
            return statement.on_duplicate_key_update(dict(changes))  # type: ignore[no-any-return]
        keys = [column.name for column in table.primary_key.columns]
        return statement.on_conflict_do_update(index_elements=keys, set_=dict(changes))  # type: ignore[no-any-return]

    def new(self, statement: Any, column: str) -> ColumnElement[Any]:
        """The value that the INSERT of an upsert brought for this column."""
        rows = statement.inserted if self.name == "mysql" else statement.excluded
        return rows[column]  # type: ignore[no-any-return]
