"""The repository's contract on PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.testing import HostTransaction, RepositoryContract


class OnAServer(RepositoryContract):
    """`SQLAlchemyRepository` over a server's database."""

    @pytest.fixture
    def repository(self, repository: SQLAlchemyRepository) -> SQLAlchemyRepository:
        return repository

    @pytest.fixture
    def host_transaction(self, repository: SQLAlchemyRepository) -> HostTransaction:
        @contextmanager
        def begin() -> Iterator[object]:
            with repository.engine.begin() as connection:
                yield connection

        return begin


class TestPostgreSQL(OnAServer):
    """On PostgreSQL."""

    @pytest.fixture
    def database_kind(self) -> str:
        return "postgresql"

    def test_what_is_new_does_not_wait_beside_the_index(self, repository: SQLAlchemyRepository) -> None:
        """J12: no search reads a list of what was written since the last vacuum, however much that is."""
        with repository.engine.connect() as connection:
            options = connection.exec_driver_sql(
                "SELECT reloptions FROM pg_class WHERE oid = 'jobthreads_entry_words'::regclass"
            ).scalar()
        assert ["fastupdate=off"] == options


class TestMariaDB(OnAServer):
    """On MariaDB."""

    @pytest.fixture
    def database_kind(self) -> str:
        return "mariadb"
