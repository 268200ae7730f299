"""`threads.using(…)`: the same doors inside the host's own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from jobthreads import signals
from jobthreads.errors import EmptyText, Misconfigured, RequestReused
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop

pytestmark = ON_EVERY_DATABASE


@pytest.fixture
def engine(database_kind: str, database_url: str) -> Iterator[Engine]:
    """The host's own engine on the same database, with a table of its own; on SQLite its transactions are IMMEDIATE."""
    engine = create_engine(database_url, connect_args={"timeout": 0.2} if database_kind == "sqlite" else {})
    if database_kind == "sqlite":

        @event.listens_for(engine, "connect")
        def connect(connection: Any, _: object) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = ON")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    late = "" if database_kind == "mariadb" else " DEFERRABLE INITIALLY DEFERRED"
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE host_job (id VARCHAR(20) PRIMARY KEY, status VARCHAR(20))"))
        connection.execute(text(f"CREATE TABLE host_line (job VARCHAR(20) REFERENCES host_job (id){late})"))
    yield engine
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE host_line"))
        connection.execute(text("DROP TABLE host_job"))
    engine.dispose()


@pytest.fixture
def heard(shop: Shop) -> Iterator[list[str | None]]:
    """The text of every entry that was told of."""
    heard: list[str | None] = []

    def receive(sender: object, entry: Any, **facts: Any) -> None:
        heard.append(entry.body or entry.status.new)

    with signals.entry_added.connected_to(receive, sender=shop.threads):
        yield heard


def _statuses(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT status FROM host_job")).scalars())


def _book(connection: Connection | Session) -> None:
    connection.execute(text("INSERT INTO host_job VALUES ('1042', 'Booked')"))


def test_both_are_kept_by_the_hosts_commit(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: what the host and we write is kept together, and signals and mail wait for the commit."""
    with engine.begin() as connection:
        inside = shop.threads.using(connection)
        _book(connection)
        inside.record.status_changed("acme", shop.job.scope, old="Quoted", new="Booked")
        inside.staff.reply(shop.kim, shop.job.scope, "Booked for Friday")
        assert 2 == len(inside.staff.feed(shop.kim, shop.job.scope).items)
        assert [] == heard
    assert ["Booked", "Booked for Friday"] == heard
    assert ["Booked"] == _statuses(engine)
    assert [["Booked for Friday"]] == shop.mails()


def test_a_session_is_taken_too(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: the same inside a Session, whose own commit counts."""
    with Session(engine) as session:
        _book(session)
        shop.threads.using(session).staff.reply(shop.kim, shop.job.scope, "Hello")
        assert [] == heard
        session.commit()
        assert ["Hello"] == heard
        shop.threads.using(session).staff.reply(shop.kim, shop.job.scope, "Again")
        session.commit()
    assert ["Hello", "Again"] == heard == shop.bodies(shop.job.scope)


def test_the_hosts_rollback_takes_ours_with_it(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: after a rollback there is no entry, no thread, no ring, no mail and no signal."""
    with Session(engine) as session:
        inside = shop.threads.using(session)
        _book(session)
        inside.staff.reply(shop.kim, shop.job.scope, "Hello")
        inside.portal.reply(shop.dana, shop.job.scope, "Hi")
        session.rollback()
    assert ([], []) == (heard, _statuses(engine))
    assert [] == shop.entries(shop.job.scope)
    assert [] == shop.mails()
    assert 0 == shop.threads.bell.unread(shop.kim)
    assert () == shop.threads.staff.inbox(shop.kim).items


def test_an_exception_in_the_hosts_block_is_a_rollback(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: a block that ends by an exception keeps nothing, and the next one is told of nothing of it."""
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        shop.threads.using(connection).staff.reply(shop.kim, shop.job.scope, "Hello")
        raise ZeroDivisionError
    with engine.begin() as connection:
        _book(connection)
    assert ([], []) == (heard, shop.entries(shop.job.scope))


def test_a_savepoint_of_the_host_takes_ours_with_it(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: what was written in a savepoint that the host rolled back is gone; what stood around it is kept and told."""
    with engine.begin() as connection:
        inside = shop.threads.using(connection)
        inside.staff.reply(shop.kim, shop.job.scope, "before")
        savepoint = connection.begin_nested()
        inside.staff.reply(shop.kim, shop.job.scope, "within")
        innermost = connection.begin_nested()
        inside.staff.reply(shop.kim, shop.garage.scope, "innermost")
        innermost.commit()
        savepoint.rollback()
        inside.staff.reply(shop.kim, shop.job.scope, "after")
    assert ["before", "after"] == heard == shop.bodies(shop.job.scope)
    assert [] == shop.entries(shop.garage.scope)
    assert [["after"], ["before"]] == sorted(shop.mails())


def test_a_savepoint_from_before_our_first_call(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: a savepoint that was set before we were ever called takes our first call with it."""
    with engine.begin() as connection:
        savepoint = connection.begin_nested()
        shop.threads.using(connection).staff.reply(shop.kim, shop.job.scope, "within")
        savepoint.rollback()
        _book(connection)
    assert ([], ["Booked"]) == (heard, _statuses(engine))
    assert [] == shop.mails()


def test_a_released_savepoint_keeps_ours(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """J1: a savepoint of the host that ends well changes nothing, in a Session too."""
    with Session(engine) as session:
        with session.begin_nested():
            shop.threads.using(session).staff.reply(shop.kim, shop.job.scope, "within")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            shop.threads.using(session).staff.reply(shop.kim, shop.job.scope, "gone")
            raise ZeroDivisionError
        session.commit()
    assert ["within"] == heard == shop.bodies(shop.job.scope)


def test_a_refusal_of_ours_leaves_the_host_alone(shop: Shop, engine: Engine, heard: list[str | None]) -> None:
    """S6: a call that we refuse undoes itself only; the host goes on and commits."""
    with engine.begin() as connection:
        inside = shop.threads.using(connection)
        inside.staff.reply(shop.kim, shop.job.scope, "Hello", request_id="r")
        with pytest.raises(RequestReused):
            inside.staff.reply(shop.kim, shop.garage.scope, "Hello", request_id="r")
        with pytest.raises(EmptyText):
            inside.staff.reply(shop.kim, shop.job.scope, "")
        _book(connection)
    assert ["Hello"] == heard == shop.bodies(shop.job.scope)
    assert ["Booked"] == _statuses(engine)
    with shop.repository.reading() as work:
        assert not work.entries.exists("acme", shop.garage.scope)


@ON_EVERY_DATABASE("sqlite", "postgresql")
@pytest.mark.parametrize("kind", [Connection, Session])
def test_a_commit_that_fails_is_no_commit(
    shop: Shop, engine: Engine, heard: list[str | None], kind: type[Connection | Session]
) -> None:
    """J1: when the host's COMMIT itself is refused by the database, nothing is kept and nothing is told."""
    with engine.connect() if kind is Connection else Session(engine) as connection:
        shop.threads.using(connection).staff.reply(shop.kim, shop.job.scope, "Hello")
        connection.execute(text("INSERT INTO host_line VALUES ('no such job')"))
        with pytest.raises(IntegrityError):
            connection.commit()
    # SQLite leaves the transaction open, and SQLAlchemy does not end it: that is for the host to do.
    engine.dispose()
    with engine.begin() as connection:
        _book(connection)
    assert ([], []) == (heard, shop.entries(shop.job.scope))


@ON_EVERY_DATABASE("sqlite")
def test_the_databases_errors_pass_unchanged(shop: Shop, engine: Engine) -> None:
    """J1: inside the host's transaction an error of the database is the host's to see."""
    with shop.repository.atomic(), pytest.raises(OperationalError), engine.begin() as connection:
        shop.threads.using(connection).staff.reply(shop.kim, shop.job.scope, "Hello")


class _Base(DeclarativeBase):
    pass


class _HostJob(_Base):
    __tablename__ = "host_job"

    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]


def test_what_the_host_has_not_flushed_is_flushed_first(shop: Shop, engine: Engine) -> None:
    """J1: a Session's own pending rows are written before ours, in the host's order."""
    with Session(engine) as session:
        session.add(_HostJob(id="1042", status="Booked"))
        shop.threads.using(session).staff.reply(shop.kim, shop.job.scope, "Hello")
        assert not session.new
        session.commit()
    assert ["Booked"] == _statuses(engine)


def test_only_an_open_connection_or_session_is_taken(shop: Shop, engine: Engine) -> None:
    """S6: anything else is a mistake in the wiring, and the hint says what to give."""
    for given in (engine, "sqlite://", None):
        with pytest.raises(Misconfigured) as refused:
            shop.threads.using(given)
        assert "Session" in refused.value.hint
    with engine.connect() as connection, pytest.raises(Misconfigured):
        shop.repository.using(connection).using(engine)


def test_delivery_stays_outside(shop: Shop, engine: Engine) -> None:
    """M6: mail is sent from our own transactions, whichever doors ask for it."""
    shop.threads.staff.reply(shop.kim, shop.job.scope, "Hello")
    with engine.connect() as connection:
        assert 1 == shop.threads.using(connection).delivery.run_once()
    assert [["Hello"]] == shop.mails()
