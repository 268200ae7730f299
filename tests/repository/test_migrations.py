"""The schema on every database: what the migrations make, how often, and what they keep."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository, current_revision, metadata, newest_revision, upgrade
from jobthreads.adapters.sqlalchemy.migrations import downgrade_before, revisions
from jobthreads.errors import Unavailable
from jobthreads.testing.contracts.written import write
from tests.repository.shapes import shape
from tests.servers import ON_EVERY_DATABASE, new_database, skip_or_fail, url_of, why_absent
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE

OF_THE_INDEX = {"jobthreads_words", "jobthreads_entry_words"}
"""What a database searches with has no place among the tables that the statements are built from."""


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server = url_of(database_kind)
    if server is None:
        skip_or_fail(why_absent(database_kind))
    with new_database(server) as url:
        yield url


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    """The host's own engine on it."""
    engine = create_engine(empty_url, poolclass=NullPool)
    yield engine
    engine.dispose()


def _without_index(found: dict[str, set[str]]) -> dict[str, set[str]]:
    tables = {name: lines for name, lines in found.items() if not any(name.startswith(own) for own in OF_THE_INDEX)}
    tables.pop("jobthreads_alembic_version", None)
    return {
        name: {line for line in lines if not any(own in line for own in OF_THE_INDEX)} for name, lines in tables.items()
    }


def test_the_migrations_make_the_tables_of_the_schema(engine: Engine) -> None:
    """M9: a migrated database is the one that the statements are built from: types, collations, keys, checks."""
    with engine.begin() as connection:
        metadata.create_all(connection)
        wanted = _without_index(shape(connection))
        metadata.drop_all(connection)
    upgrade(engine)
    with engine.connect() as connection:
        made = _without_index(shape(connection))
    assert set(metadata.tables) == set(made)
    for name, lines in wanted.items():
        assert lines == made[name], name


def test_a_way_back_and_forth_changes_nothing(engine: Engine) -> None:
    """M9: down to nothing and up again, the tables are the same; down to nothing leaves none of ours."""
    with engine.begin() as connection:
        upgrade(connection)
        first = shape(connection)
    with engine.begin() as connection:
        for revision in reversed(revisions()):
            downgrade_before(connection, revision)
        assert {} == _without_index(shape(connection))
        assert current_revision(connection) is None
    with engine.begin() as connection:
        upgrade(connection)
        assert first == shape(connection)
        assert newest_revision() == current_revision(connection)


def test_each_step_back_keeps_the_rows(empty_url: str, engine: Engine) -> None:
    """M9: a step back and forth loses no row but those of the tables that the step itself had brought."""
    repository = SQLAlchemyRepository.from_url(empty_url, create=True)
    shop = Shop(repository)
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Küche 🏠 100 %", request_id="r")
    shop.threads.portal.reply(shop.dana, shop.job.scope, "Fine")
    shop.threads.staff.note(shop.kim, shop.job.scope, "Dog in the yard")
    shop.threads.record.status_changed("acme", shop.job.scope, old="a", new="b")
    shop.threads.close()
    repository.close()
    with engine.connect() as connection:
        before = _rows(connection)
    for revision in revisions()[:0:-1]:
        with engine.begin() as connection:
            downgrade_before(connection, revision)
        with engine.begin() as connection:
            upgrade(connection)
        with engine.connect() as connection:
            assert before == _rows(connection), revision
    repository = SQLAlchemyRepository.from_url(empty_url)
    assert ["Küche 🏠 100 %"] == [
        found.entry.body for found in Shop(repository).threads.staff.search(shop.kim, "kuche").items
    ]
    repository.close()


def _rows(connection: Connection) -> dict[str, list[Any]]:
    return {
        name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}").mappings()))
        for name in metadata.tables
        if name != "jobthreads_file"
    }


def test_many_may_create_at_once(empty_url: str) -> None:
    """M9: processes that start at the same time make the tables once."""
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def create() -> None:
        start.wait(10)
        try:
            SQLAlchemyRepository.from_url(empty_url, create=True).close()
        except BaseException as failure:  # noqa: BLE001 - shown by the assertion
            failures.append(failure)

    makers = [threading.Thread(target=create) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(60)
    assert [] == failures


def test_the_schema_is_versioned_by_itself(engine: Engine) -> None:
    """M9: the tables can be made inside the host's own transaction, and say which schema they have."""
    with engine.connect() as connection:
        assert current_revision(connection) is None
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)
        connection.commit()
        assert newest_revision() == current_revision(connection) is not None


def test_a_missing_table_is_unavailable(empty_url: str) -> None:
    """S6: a database without our tables does not answer, and the cause is kept for the log."""
    repository = SQLAlchemyRepository.from_url(empty_url)
    with pytest.raises(Unavailable) as refused:
        write(repository)
    assert refused.value.__cause__ is not None
    repository.close()
