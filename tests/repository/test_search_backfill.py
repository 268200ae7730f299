"""What was written before there was search is found after the upgrade."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository, upgrade
from jobthreads.adapters.sqlalchemy.migrations import downgrade_before
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.search import Query
from jobthreads.testing.contracts.written import JOB, write, write_in


def test_every_old_entry_gets_its_words(database: Path) -> None:
    """J12: more entries than one batch, in several threads and businesses, each side's words and no other's."""
    url = f"sqlite:///{database}"
    repository = SQLAlchemyRepository.from_url(url)
    with repository.atomic() as work:
        for number in range(1100):
            write_in(work, f"number n{number}", scope=Scope.job(str(number % 3)), business_id=f"b{number % 2}")
    write(repository, "for omar", shown_to="omar")
    repository.close()
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        downgrade_before(connection, "0003")
    upgrade(engine)
    engine.dispose()
    repository = SQLAlchemyRepository.from_url(url)
    scopes = [Scope.job(str(number)) for number in range(3)]
    with repository.reading() as work:
        for number in (0, 1, 499, 500, 501, 1098, 1099):
            business_id, query = f"b{number % 2}", Query.of(f"number n{number} ")
            found = work.search.entries(
                business_id,
                Reach.everything(),
                query,
                scope=None,
                kinds=(),
                author=None,
                visible_only=False,
                after=None,
                limit=200,
            )
            assert f"number n{number}" in [hit.entry.body for hit in found]
            shown = work.search.shown(business_id, "dana", scopes, query, authors=False, after=None, limit=200)
            assert [hit.entry.body for hit in found] == [kept.entry.body for kept in shown]
        omars = work.search.shown("acme", "omar", [JOB], Query.of("omar"), authors=False, after=None, limit=9)
        assert ["for omar"] == [kept.entry.body for kept in omars]
        assert [] == work.search.shown("acme", "dana", [JOB], Query.of("omar"), authors=False, after=None, limit=9)
    repository.close()


def test_an_entry_that_is_taken_away_is_not_found(repository: SQLAlchemyRepository) -> None:
    """J12: what an operator deletes from the table is gone from the index too."""
    write(repository, "Friday")
    write(repository, "Friday", scope=Scope.job("2"))
    with repository.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM jobthreads_entry")
        left = connection.exec_driver_sql("SELECT count(*) FROM jobthreads_words_place").scalar()
        held = connection.exec_driver_sql(
            "SELECT count(*) FROM jobthreads_words WHERE jobthreads_words MATCH 'w*'"
        ).scalar()
    assert (0, 0) == (left, held)
