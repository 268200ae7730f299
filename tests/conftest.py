"""The places that tests share: an empty database, and a shop with two businesses in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from tests.servers import DATABASES, Databases
from tests.shop import Shop

# The machines are shared: how long an example takes says nothing. CI judges a change by the same examples each time;
# at a desk they are new ones.
settings.register_profile("unhurried", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "every_database(*kinds): runs once on each; see tests/servers.py")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked so on every database."""
    marker = metafunc.definition.get_closest_marker("every_database")
    if marker is not None and "database_kind" in metafunc.fixturenames:
        metafunc.parametrize("database_kind", marker.args or DATABASES)


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


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """This process's databases on servers, with the newest schema."""
    databases = Databases()
    yield databases
    databases.drop()


@pytest.fixture
def database_kind() -> str:
    """Where tests keep their rows: `sqlite`, or what `tests.servers.ON_EVERY_DATABASE` says."""
    return "sqlite"


@pytest.fixture
def repository(database_kind: str, request: pytest.FixtureRequest) -> Iterator[SQLAlchemyRepository]:
    """A repository over a real database: a SQLite file of the test's own, if nothing else is said."""
    if database_kind == "sqlite":
        repository = SQLAlchemyRepository.from_url(f"sqlite:///{request.getfixturevalue('database')}")
        yield repository
        repository.close()
    else:
        databases: Databases = request.getfixturevalue("databases")
        yield databases.emptied(database_kind)


@pytest.fixture
def database_url(repository: SQLAlchemyRepository) -> str:
    """Where that database is, for others who open it."""
    return repository.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def shop(repository: SQLAlchemyRepository) -> Iterator[Shop]:
    """Two businesses with their people, records and threads; see `Shop`."""
    shop = Shop(repository)
    yield shop
    shop.threads.close()
