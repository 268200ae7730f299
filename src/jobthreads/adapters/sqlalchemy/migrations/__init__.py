"""Schema changes: Alembic inside the package, with a version table of its own."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

__all__ = ["VERSION_TABLE", "current_revision", "newest_revision", "upgrade"]

VERSION_TABLE = "jobthreads_alembic_version"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine | Connection) -> None:
    """Bring the tables to the newest schema; on a Connection, inside the host's transaction."""
    if isinstance(engine, Connection):
        command.upgrade(_config(engine), "head")
        return
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Two processes that start at once must not both make the tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(_config(connection), "head")
        connection.commit()


def current_revision(connection: Connection) -> str | None:
    """The schema that the database has, None where there is none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def newest_revision() -> str | None:
    """The schema that this release wants."""
    return ScriptDirectory.from_config(_config()).get_current_head()
