"""What is particular to SQLite files, and to how a database is opened."""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import oracle

from jobthreads.adapters.sqlalchemy import (
    SQLAlchemyRepository,
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


def test_only_known_databases_are_taken() -> None:
    """S6: a database that is not supported is refused by its name."""
    with pytest.raises(Misconfigured) as refused:
        SQLAlchemyRepository(SimpleNamespace(dialect=oracle.dialect()))  # type: ignore[arg-type]
    assert "oracle" in str(refused.value)
