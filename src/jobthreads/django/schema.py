"""One DDL: a Django migration runs revisions of Alembic through Django's own connection, which stamps its table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

from jobthreads.adapters.sqlalchemy import migrations as alembic

__all__ = ["Revision", "current_revision", "lent"]

_DRIVERS = {
    "sqlite3": "sqlite+pysqlite",
    "psycopg": "postgresql+psycopg",
    "psycopg2": "postgresql+psycopg2",
    "pymysql": "mariadb+pymysql",
    "MySQLdb": "mariadb+mysqldb",
}


class Revision(SeparateDatabaseAndState):
    """Bring the tables to a revision of Alembic, and tell Django what its models look like then.

    Does nothing where the tables stand there already. Its reverse goes back to the revision before.

    Args:
        revision: as Alembic names it.
        state: what `makemigrations` wrote for the same change.
    """

    def __init__(self, revision: str, state: Sequence[Operation] = ()) -> None:
        self.revision = revision
        super().__init__(database_operations=[_Upgrade(revision)], state_operations=list(state))

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """As it was made."""
        return type(self).__name__, [self.revision], {"state": self.state_operations}

    def describe(self) -> str:
        """What `migrate --plan` shows."""
        return f"Bring jobthreads' tables to revision {self.revision}"


class _Upgrade(Operation):
    reduces_to_sql = False
    reversible = True

    def __init__(self, revision: str) -> None:
        self.revision = revision

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the state has operations of its own."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Upgrade through the editor's connection."""
        if self._wanted(app_label, schema_editor):
            with lent(schema_editor.connection) as connection:
                alembic.upgrade_to(connection, self.revision)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Go back to the revision before."""
        if self._wanted(app_label, schema_editor):
            with lent(schema_editor.connection) as connection:
                alembic.downgrade_before(connection, self.revision)

    def describe(self) -> str:
        """What `migrate --plan` and `sqlmigrate` show."""
        return f"Run Alembic up to revision {self.revision}"

    def _wanted(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor) -> bool:
        if schema_editor.collect_sql:
            schema_editor.collected_sql.append(f"-- Alembic writes the SQL of its revision {self.revision} as it runs.")
            return False
        return bool(router.allow_migrate(schema_editor.connection.alias, app_label))


class _Lent:
    """Django's raw connection in SQLAlchemy's hands: it ends no transaction, and changes nothing about it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def commit(self) -> None:
        """Django's transaction goes on."""

    rollback = commit
    close = commit

    def create_function(self, *_: object, **__: object) -> None:
        """Keep Django's REGEXP, which SQLAlchemy would replace by its own."""

    def add_notice_handler(self, *_: object) -> None:
        """Keep quiet, as Django does."""


@contextmanager
def lent(connection: BaseDatabaseWrapper) -> Iterator[Connection]:
    """Django's connection as one of SQLAlchemy's, in the transaction that is open."""
    connection.ensure_connection()
    raw = connection.connection
    driver = _DRIVERS[type(raw).__module__.partition(".")[0]]
    options: dict[str, Any] = {"use_native_hstore": False} if driver.startswith("postgresql") else {}
    engine = create_engine(f"{driver}://", creator=lambda: _Lent(raw), poolclass=NullPool, **options)
    with engine.connect() as opened:
        yield opened


def current_revision(connection: BaseDatabaseWrapper) -> str | None:
    """The schema that a database of Django's has, None where there is none."""
    with lent(connection) as opened:
        return alembic.current_revision(opened)
