"""The few places where databases differ, and statements compiled once to plain text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Select,
    Table,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import JSON, String

__all__ = ["ConnectionRunner", "Cursor", "Kit", "Prepared", "Runner"]


class Prepared:
    """One statement as the text its driver takes, with the order of its parameters."""

    __slots__ = ("_fixed", "_in_order", "text")

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]  # every one has it
        self.text: str = str(compiled)
        names = compiled.positiontup if dialect.positional else ()
        # One more than there are, since for a single one `itemgetter` gives no tuple.
        self._in_order = itemgetter(*names, names[0]) if names else None
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def bind(self, values: Mapping[str, object]) -> tuple[object, ...] | dict[str, object]:
        """Put values in the driver's order; literals of the statement are filled in."""
        whole = {**self._fixed, **values} if self._fixed else values
        return dict(whole) if self._in_order is None else self._in_order(whole)[:-1]


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

    def write(self, statement: Prepared, **values: object) -> None:
        """Write what nobody waits to hear of: if it fails, the next statement that answers says so, or the commit."""
        self.send(statement.text, statement.bind(values)).close()

    def is_new(self, statement: Prepared, **values: object) -> bool:
        """Send what `Kit.insert_new` made: True if the row was written, False if another stood in its place.

        Told by the `id` that comes back, never by the number of rows, which MariaDB gives as 1 either way.
        """
        row = self.row(statement, **values)
        return row is not None and row[0] == values["id"]

    def many(self, statement: Prepared, values: Iterable[Mapping[str, object]]) -> None:
        """Write several rows at once."""
        rows = [statement.bind(row) for row in values]
        self.send(statement.text, rows if len(rows) > 1 else rows[0]).close()


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

    def members(self, name: str, *, words: bool = False) -> Select[tuple[str]]:
        """The strings of one JSON array parameter as rows, so that one statement serves every size.

        `words` are of our own making, plain ASCII: to be compared with columns that hold such.
        """
        value: Any = bindparam(name, type_=String)
        if self.name == "postgresql":
            table = func.json_array_elements_text(func.cast(value, JSON)).table_valued("value")
            return select(table.c.value)
        if self.name == "mysql":
            # Compared as the column is: by bytes, and by the column's index.
            kind = (
                "CHARACTER SET ascii COLLATE ascii_bin" if words else "CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
            )
            column: Any = literal_column(f"'$[*]' COLUMNS (value VARCHAR(206) {kind} PATH '$')")
            rows: Any = literal_column("value").label("value")
            return select(rows).select_from(func.json_table(value, column).alias("m"))
        return select(func.json_each(value).table_valued("value").c.value)

    def beside(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """The column as a mere filter: SQLite without statistics would rather take its index than a better one."""
        if self.name != "sqlite":
            return column
        return type_coerce(UnaryExpression(column, operator=custom_op("+")), column.type)

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Tell whether the column's value is one of the strings of a JSON array parameter.

        On PostgreSQL as an array that is there before the plan runs: as a sub-select it is joined to, for which every
        thread of the business may be read.
        """
        if self.name != "postgresql":
            return column.in_(self.members(name))
        return column == any_(func.array(self.members(name).scalar_subquery()))

    def insert(self, table: Table) -> Insert:
        """An INSERT of every column, each bound by its own name."""
        return self._insert(table).values({column.name: bindparam(column.name) for column in table.c})

    def insert_from(self, table: Table) -> Insert:
        """An INSERT to be filled from a SELECT."""
        return self._insert(table)

    def insert_or_leave(self, table: Table, *unique: str) -> Insert:
        """An INSERT that leaves a row alone that has the same `unique` columns.

        It raises no error where there is one, so that a host's PostgreSQL transaction survives.
        """
        statement: Any = self.insert(table)
        if self.name == "mysql":
            return statement.on_duplicate_key_update(id=table.c.id)  # type: ignore[no-any-return]  # a dialect's own
        return statement.on_conflict_do_nothing(index_elements=list(unique))  # type: ignore[no-any-return]  # a dialect's own

    def insert_new(self, table: Table, *unique: str) -> Insert:
        """The same, to be sent one row at a time by `Runner.is_new`: SQLite gives nothing back for several.

        It gives back an `id`: the new row's where it was written; on MariaDB the older row's where it was not, nothing
        elsewhere.
        """
        return self.insert_or_leave(table, *unique).returning(table.c.id)

    def upsert(self, statement: Any, table: Table, changes: Mapping[str, ColumnElement[Any]]) -> Insert:
        """Make an INSERT change the row with the same primary key instead; see `new` for the row's new values.

        MariaDB makes the changes one after the other, in this order, and a later one sees an earlier one.
        """
        if self.name == "mysql":
            return statement.on_duplicate_key_update(list(changes.items()))  # type: ignore[no-any-return]  # a dialect's own
        keys = [column.name for column in table.primary_key.columns]
        return statement.on_conflict_do_update(index_elements=keys, set_=dict(changes))  # type: ignore[no-any-return]  # a dialect's own

    def count_up_to(self, most: int, rows: Select[Any], of: FromClause) -> ColumnElement[int]:
        """How many of these rows of the enclosing statement's `of` there are, no more than `most` of them counted."""
        if self.name == "mysql":
            # A table made within a sub-select cannot see the rows outside, so all are counted.
            counted = rows.with_only_columns(func.count()).correlate(of).scalar_subquery()
            return func.least(counted, literal_column(str(most)))
        some = rows.limit(literal_column(str(most))).correlate(of).subquery()
        return select(func.count()).select_from(some).correlate(of).scalar_subquery()

    def new(self, statement: Any, column: str) -> ColumnElement[Any]:
        """The value that the INSERT of an upsert brought for this column."""
        rows = statement.inserted if self.name == "mysql" else statement.excluded
        return rows[column]  # type: ignore[no-any-return]  # a dialect's own
