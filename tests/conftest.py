"""The places that tests share: an empty database, and a shop with two businesses in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from tests.shop import Shop

# The machines are shared: how long an example takes says nothing. CI judges a change by the same examples each time;
# at a desk they are new ones.
settings.register_profile("unhurried", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the newest schema and nothing in it, made once and copied for each test."""
    path = tmp_path_factory.mktemp("database") / "new.db"
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{path}", create=True)
    with repository.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    repository.close()
    return path


@pytest.fixture
def database(new_database: Path, tmp_path: Path) -> Path:
    """A database file of the test's own."""
    return Path(shutil.copy(new_database, tmp_path / "threads.db"))


@pytest.fixture
def repository(database: Path) -> Iterator[SQLAlchemyRepository]:
    """A repository over a real SQLite file."""
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}")
    yield repository
    repository.close()


@pytest.fixture
def shop(repository: SQLAlchemyRepository) -> Iterator[Shop]:
    """Two businesses with their people, records and threads; see `Shop`."""
    shop = Shop(repository)
    yield shop
    shop.threads.close()
