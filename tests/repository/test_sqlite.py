"""The repository's contract on SQLite files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.testing import HostTransaction, RepositoryContract


class TestSQLite(RepositoryContract):
    """`SQLAlchemyRepository` over a file."""

    @pytest.fixture
    def repository(self, repository: SQLAlchemyRepository) -> SQLAlchemyRepository:
        return repository

    @pytest.fixture
    def host_transaction(self, repository: SQLAlchemyRepository) -> HostTransaction:
        @contextmanager
        def begin() -> Iterator[object]:
            with repository.engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection

        return begin


class TestMemory(RepositoryContract):
    """`SQLAlchemyRepository` over a database in memory: one connection, lent to one caller at a time."""

    @pytest.fixture
    def repository(self) -> Iterator[SQLAlchemyRepository]:
        repository = SQLAlchemyRepository.from_url("sqlite://", create=True)
        yield repository
        repository.close()

    @pytest.fixture
    def host_transaction(self, repository: SQLAlchemyRepository) -> HostTransaction:
        @contextmanager
        def begin() -> Iterator[object]:
            with repository.engine.begin() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection

        return begin
