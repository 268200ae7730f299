"""One DDL: Django's migrations run Alembic's revisions, wherever they start from."""

from __future__ import annotations

import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter

from jobthreads.adapters.sqlalchemy import metadata, newest_revision
from jobthreads.adapters.sqlalchemy.migrations import revisions, upgrade_to
from jobthreads.django import threads
from jobthreads.django.schema import Revision, current_revision, lent


def _tables(alias) -> set[str]:
    return set(connections[alias].introspection.table_names())


def _migrate(alias, *where) -> None:
    call_command("migrate", *where, verbosity=0, interactive=False, database=alias, skip_checks=True)


@pytest.fixture
def back_again(alias):
    """Whatever a test does to the tables, they are there afterwards."""
    yield
    _migrate(alias)


def _ours() -> list[Revision]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = sorted((name, one) for (app, name), one in loader.disk_migrations.items() if app == "jobthreads")
    return [operation for _, one in ours for operation in one.operations]


def test_every_revision_of_alembic_has_its_migration() -> None:
    """M9: a revision of Alembic without a Django migration is a table that Django projects do not get.

    The way to follow: run `makemigrations jobthreads`, and put what it wrote into
    `Revision("<revision>", state=[…])`, as the migrations before do.
    """
    ours = _ours()
    assert all(isinstance(one, Revision) for one in ours)
    assert revisions() == [one.revision for one in ours]


@pytest.mark.django_db
def test_makemigrations_finds_nothing_to_do() -> None:
    """M9: the models are what the migrations say they are."""
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out)
    assert "No changes detected" in out.getvalue()


def test_a_migration_can_be_written_out_again() -> None:
    """M9: `squashmigrations` can write our operation: it is made of what it was given."""
    for one in _ours():
        name, args, kwargs = one.deconstruct()
        assert ("Revision", [one.revision]) == (name, args)
        assert len(one.state_operations) == len(kwargs["state"])
        assert one.revision in one.describe()
    assert "jobthreads.django.schema" in " ".join(MigrationWriter.serialize(_ours()[0])[1])


def test_it_goes_back_and_forth(alias, back_again, office) -> None:
    """M9: `migrate jobthreads zero` takes every table away, and `migrate` brings them back, empty and whole."""
    threads.staff.reply(office.kim, office.job, "Hello")
    _migrate(alias, "jobthreads", "zero")
    assert set() == {name for name in _tables(alias) if name.startswith("jobthreads_")} - {"jobthreads_alembic_version"}
    assert current_revision(connections[alias]) is None
    _migrate(alias, "jobthreads", "0001")
    assert "0002" == current_revision(connections[alias])
    _migrate(alias)
    assert newest_revision() == current_revision(connections[alias])
    assert set(metadata.tables) <= _tables(alias)
    threads.staff.reply(office.kim, office.job, "Hello again")
    assert 1 == threads.staff.inbox(office.kim).items[0].unread + 1


@pytest.mark.parametrize("made", ["0002", "head"])
def test_tables_that_alembic_made_are_taken_over(alias, back_again, office, made) -> None:
    """M9: where Alembic made the tables before, `migrate` keeps them with all that is in them."""
    _migrate(alias, "jobthreads", "zero")
    with lent(connections[alias]) as connection:
        upgrade_to(connection, newest_revision() if made == "head" else made)
    if made == "head":
        threads.staff.reply(office.kim, office.job, "Written before Django's migrations")
    _migrate(alias)
    applied = {name for app, name in MigrationRecorder(connections[alias]).applied_migrations() if app == "jobthreads"}
    assert "0001_first" in applied
    assert newest_revision() == current_revision(connections[alias])
    assert (1 if made == "head" else 0) == len(threads.staff.inbox(office.kim).items)


def test_two_who_migrate_at_once_make_the_tables_once(alias, back_again) -> None:
    """M9: two servers that are put up together wait for one another, and the second finds the work done."""
    _migrate(alias, "jobthreads", "zero")
    start, done = threading.Barrier(2), []

    def migrate() -> None:
        connection = connections[alias]
        try:
            connection.ensure_connection()
            start.wait(10)
            with connection.schema_editor(atomic=True) as editor:
                for one in _ours():
                    one.database_forwards("jobthreads", editor, ProjectState(), ProjectState())
            done.append(current_revision(connection))
        finally:
            connection.close()

    servers = [threading.Thread(target=migrate) for _ in range(2)]
    for server in servers:
        server.start()
    for server in servers:
        server.join(60)
    assert [newest_revision()] * 2 == done
    assert set(metadata.tables) <= _tables(alias)


def test_a_second_migrate_does_nothing(alias) -> None:
    """M9: `migrate` again changes nothing, and plans nothing."""
    before = _tables(alias)
    _migrate(alias)
    out = StringIO()
    call_command("migrate", plan=True, database=alias, stdout=out, skip_checks=True)
    assert "No planned migration operations" in out.getvalue()
    assert before == _tables(alias)


def test_a_project_may_look_at_the_sql(alias) -> None:
    """S6: `sqlmigrate` says that Alembic writes the SQL, and which revision; nothing is run."""
    for direction in ((), ("--backwards",)):
        out = StringIO()
        call_command("sqlmigrate", "jobthreads", "0001", *direction, database=alias, stdout=out, skip_checks=True)
        assert "-- Alembic writes the SQL of its revision 0002" in out.getvalue()
        assert "CREATE TABLE" not in out.getvalue()
    assert newest_revision() == current_revision(connections[alias])


def test_a_database_that_a_router_closes_gets_no_tables(alias, back_again, settings) -> None:
    """M9: where the project's routers allow no migration of ours, none is run."""
    _migrate(alias, "jobthreads", "zero")
    settings.DATABASE_ROUTERS = ["tests.django.test_migrations.Closed", *settings.DATABASE_ROUTERS]
    _migrate(alias)
    settings.DATABASE_ROUTERS = settings.DATABASE_ROUTERS[1:]
    assert "jobthreads_entry" not in _tables(alias)
    _migrate(alias, "jobthreads", "zero")


class Closed:
    """Keeps our tables out."""

    def allow_migrate(self, db, app_label, **hints):
        return False if app_label == "jobthreads" else None


def test_django_keeps_its_connection(alias, office) -> None:
    """M9: SQLAlchemy borrows the connection and leaves it as it was: its transaction, and SQLite's REGEXP."""
    before = connections[alias].get_autocommit()
    assert newest_revision() == current_revision(connections[alias])
    assert before == connections[alias].get_autocommit()
    assert 1 == type(office.acme).objects.filter(name__regex="^Acme").count()
