"""What is particular to SQLite files, and to how a database is opened."""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.dialects import oracle
from sqlalchemy.exc import IntegrityError

from jobthreads.adapters.sqlalchemy import (
    SQLAlchemyRepository,
    current_revision,
    metadata,
    newest_revision,
    upgrade,
)
from jobthreads.errors import Misconfigured, Unavailable
from jobthreads.testing.contracts.written import JOB, write, write_in
from tests.shop import Shop


def _impatient(database: Path) -> SQLAlchemyRepository:
    return SQLAlchemyRepository(create_engine(f"sqlite:///{database}", connect_args={"timeout": 0.05}))


def test_a_locked_database_is_unavailable(shop: Shop, database: Path, caplog: pytest.LogCaptureFixture) -> None:
    """S4: a database that another process holds is `Unavailable`, with a wait, and the retry loses nothing."""
    repository = _impatient(database)
    threads = shop.open(repository=repository)
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with caplog.at_level(logging.WARNING), pytest.raises(Unavailable) as refused:
        threads.staff.reply(shop.kim, shop.job.scope, "Hello there", request_id="r")
    assert refused.value.retry_after > 0
    assert "nothing will be doubled" in refused.value.hint
    assert "Hello there" not in caplog.text
    assert () == threads.staff.feed(shop.kim, shop.job.scope).items
    holder.rollback()
    holder.close()
    threads.staff.reply(shop.kim, shop.job.scope, "Hello there", request_id="r")
    threads.staff.reply(shop.kim, shop.job.scope, "Hello there", request_id="r")
    assert ["Hello there"] == shop.bodies(shop.job.scope)
    repository.close()


def test_readers_are_not_held_up_by_a_writer(shop: Shop, database: Path) -> None:
    """M7: while someone writes, others read what was committed before."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Before")
    with shop.repository.atomic() as work:
        write_in(work, "not yet", scope=shop.job.scope)
        seen: list[object] = []
        reader = threading.Thread(target=lambda: seen.extend(shop.bodies(shop.job.scope)))
        reader.start()
        reader.join(10)
        assert ["Before"] == seen


def test_a_missing_table_is_unavailable(tmp_path: Path) -> None:
    """S6: a database without our tables does not answer, and the cause is kept for the log."""
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(Unavailable) as refused:
        write(repository)
    assert refused.value.__cause__ is not None
    repository.close()


def test_creating_twice_changes_nothing(database: Path) -> None:
    """M9: opening with `create` upgrades to the newest schema, and keeps what is there."""
    for _ in range(2):
        repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}", create=True)
        write(repository)
        repository.close()
    repository = SQLAlchemyRepository.from_url(f"sqlite:///{database}")
    with repository.reading() as work:
        thread = work.entries.thread("acme", JOB)
    assert thread is not None
    assert 2 == thread.seq
    repository.close()


def test_many_may_create_at_once(tmp_path: Path) -> None:
    """M9: processes that start at the same time make the tables once."""
    url = f"sqlite:///{tmp_path}/new.db"
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def create() -> None:
        start.wait(10)
        try:
            SQLAlchemyRepository.from_url(url, create=True).close()
        except BaseException as failure:  # noqa: BLE001 - shown by the assertion
            failures.append(failure)

    makers = [threading.Thread(target=create) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(60)
    assert [] == failures


def test_the_schema_is_versioned_by_itself(tmp_path: Path) -> None:
    """M9: the tables can be made inside the host's own transaction, and say which schema they have."""
    engine = create_engine(f"sqlite:///{tmp_path}/host.db")
    with engine.connect() as connection:
        assert current_revision(connection) is None
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        upgrade(connection)
        connection.commit()
        assert newest_revision() == current_revision(connection) is not None
    engine.dispose()


def test_the_migrations_make_the_tables_of_the_schema(database: Path) -> None:
    """M9: what Alembic makes is what the statements are built from: tables, columns, nullability, keys, indexes."""
    made = create_engine(f"sqlite:///{database}")
    wanted = create_engine("sqlite://")
    metadata.create_all(wanted)

    def shape(engine: object) -> dict[str, object]:
        found = inspect(engine)
        return {
            table: (
                sorted(
                    (column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)
                ),
                found.get_pk_constraint(table)["constrained_columns"],
                sorted(map(str, (one["column_names"] for one in found.get_unique_constraints(table)))),
                sorted(str((one["name"], one["column_names"])) for one in found.get_indexes(table)),
                sorted(str(one["sqltext"]) for one in found.get_check_constraints(table)),
            )
            for table in metadata.tables
        }

    assert shape(wanted) == shape(made)
    made.dispose()
    wanted.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "visibility = 'public'",
        "visibility = NULL",
        "kind = 'note'",
        "kind = 'secret'",
        "visibility = 'internal'",
        "author_kind = 'robot'",
        "showing = NULL",
        "kind = 'file', visibility = 'internal'",
    ],
)
def test_the_database_refuses_what_may_not_be(repository: SQLAlchemyRepository, change: str) -> None:
    """S1: a visible note, an internal reply, an unknown visibility or a half-made showing cannot be stored at all."""
    write(repository)
    with pytest.raises(IntegrityError), repository.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE jobthreads_entry SET {change}")


def test_it_is_durable_and_quick_to_read(repository: SQLAlchemyRepository) -> None:
    """S4: what is acknowledged is on the disk: write-ahead log, synchronised fully."""
    with repository.engine.connect() as connection:
        assert "wal" == connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        assert 2 == connection.exec_driver_sql("PRAGMA synchronous").scalar()


def test_only_known_databases_are_taken() -> None:
    """S6: a database that is not supported is refused by its name."""
    with pytest.raises(Misconfigured) as refused:
        SQLAlchemyRepository(SimpleNamespace(dialect=oracle.dialect()))  # type: ignore[arg-type]
    assert "oracle" in str(refused.value)
