"""Schema changes: Alembic inside the package, with a version table of its own."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from jobthreads.adapters.sqlalchemy.engines import one_at_a_time

__all__ = [
    "VERSION_TABLE",
    "current_revision",
    "downgrade_before",
    "newest_revision",
    "revisions",
    "upgrade",
    "upgrade_to",
]

VERSION_TABLE = "jobthreads_alembic_version"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine | Connection) -> None:
    """Bring the tables to the newest schema; on a Connection, inside the host's transaction."""
    if isinstance(engine, Connection):
        with one_at_a_time(engine):
            command.upgrade(_config(engine), "head")
        return
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Two processes that start at once must not both make the tables.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with one_at_a_time(connection):
            command.upgrade(_config(connection), "head")
            connection.commit()


def current_revision(connection: Connection) -> str | None:
    """The schema that the database has, None where there is none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def newest_revision() -> str | None:
    """The schema that this release wants."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revisions() -> list[str]:
    """Every schema there has been, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def upgrade_to(connection: Connection, revision: str) -> None:
    """Bring the tables to this schema, inside the host's transaction; nothing where they have it, or a newer one."""
    with one_at_a_time(connection):
        # Asked under the lock: two servers that are put up at once both migrate.
        if revision not in _reached(connection):
            command.upgrade(_config(connection), revision)


def downgrade_before(connection: Connection, revision: str) -> None:
    """Take this schema's changes back, inside the host's transaction; nothing where they are not there."""
    if revision in _reached(connection):
        before = ScriptDirectory.from_config(_config()).get_revision(revision).down_revision
        command.downgrade(_config(connection), str(before or "base"))


def _reached(connection: Connection) -> list[str]:
    present = current_revision(connection)
    known = revisions()
    return known[: known.index(present) + 1] if present else []
