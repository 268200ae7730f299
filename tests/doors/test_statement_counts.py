"""How many statements each door sends, however much there is: counted as the server gets them, BEGIN and COMMIT too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine

from jobthreads import Role, Settings, Visibility
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from jobthreads.testing import TrialThreads, staff
from tests.doors.sent import Sent, listening_to, sent
from tests.servers import ON_EVERY_DATABASE
from tests.shop import Shop


class Stage(Shop):
    """A shop without limits, with a conversation that has been read by nobody, two files, a mailed link, a session."""

    def __init__(self, repository: SQLAlchemyRepository, folder: Path) -> None:
        self.storage = LocalStorage(folder)
        super().__init__(repository)
        self.job = self.change(self.job, client_uploads=True)
        self.threads.staff.reply(self.kim, self.job.scope, "Friday?", request_id="first")
        self.threads.portal.reply(self.dana, self.job.scope, "Friday is fine.")
        self.internal, self.visible = (
            self.threads.staff.attach(self.kim, self.job.scope, _pdf(), name="plan.pdf", visibility=visibility)
            for visibility in (Visibility.INTERNAL, Visibility.VISIBLE)
        )
        self.token = self.link_of()
        self.session = self.threads.portal.enter(self.token).session
        self.newest = self.threads.portal.conversation(self.dana, self.job.scope).entries.items[0].id

    def open(self, **overrides: Any) -> TrialThreads:
        unlimited = Settings(client_posts=None, client_files=None)
        return super().open(**{"storage": self.storage, "settings": unlimited, **overrides})


def _pdf() -> BytesIO:
    return BytesIO(b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n")


Call = Callable[[Stage], object]


@pytest.fixture
def shop(repository: SQLAlchemyRepository, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(repository, tmp_path)
    yield stage
    stage.threads.close()


@pytest.fixture
def heard(shop: Stage) -> Iterator[Sent]:
    """What the shop's database is sent."""
    with sent(shop.repository) as heard:
        yield heard


POSTS: dict[str, tuple[int, Call]] = {
    "a reply": (7, lambda shop: shop.threads.staff.reply(shop.kim, shop.job.scope, "At 8.")),
    "the reply that starts a thread": (7, lambda shop: shop.threads.staff.reply(shop.kim, shop.garage.scope, "At 8.")),
    "a reply sent twice": (
        5,
        lambda shop: shop.threads.staff.reply(shop.kim, shop.job.scope, "Friday?", request_id="first"),
    ),
    "a reply that read along": (
        7,
        lambda shop: shop.threads.staff.reply(shop.kim, shop.job.scope, "At 8.", if_seen=99),
    ),
    "a note": (5, lambda shop: shop.threads.staff.note(shop.kim, shop.job.scope, "Dog in the yard.")),
    "a client's reply": (7, lambda shop: shop.threads.portal.reply(shop.dana, shop.job.scope, "At 9?")),
    "a status change": (
        5,
        lambda shop: shop.threads.record.status_changed("acme", shop.job.scope, old="Quoted", new="Booked"),
    ),
    "a form save": (
        5,
        lambda shop: shop.threads.record.form_saved("acme", shop.job.scope, form="Site", changes={"Gate": "4"}),
    ),
    # Then the conversation is read: its entries, and what is unread in it.
    "a start": (4 + 2, lambda shop: shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.garage.scope)),
    "a start of what is there": (
        3 + 2,
        lambda shop: shop.threads.staff.start(shop.kim, client_id="dana", scope=shop.job.scope),
    ),
}

READS: dict[str, tuple[int, Call]] = {
    "inbox": (1, lambda shop: shop.threads.staff.inbox(shop.kim)),
    "inbox, unread only": (1, lambda shop: shop.threads.staff.inbox(shop.kim, unread_only=True)),
    "inbox of one client": (1, lambda shop: shop.threads.staff.inbox(shop.kim, client_id="dana")),
    "conversation": (2, lambda shop: shop.threads.staff.conversation(shop.kim, shop.job.scope)),
    "feed": (1, lambda shop: shop.threads.staff.feed(shop.kim, shop.job.scope)),
    "feed of a tradie": (1, lambda shop: shop.threads.staff.feed(shop.tom, shop.job.scope)),
    "what stands above the feed": (1, lambda shop: shop.threads.staff.header(shop.kim, shop.job.scope)),
    "search": (1, lambda shop: shop.threads.staff.search(shop.kim, "friday")),
    "search by a tradie": (1, lambda shop: shop.threads.staff.search(shop.tom, "friday")),
    "clients to write to": (0, lambda shop: shop.threads.staff.clients(shop.kim)),
    "records to write on": (0, lambda shop: shop.threads.staff.scopes(shop.kim, "dana")),
    "availability": (0, lambda shop: shop.threads.staff.availability(shop.kim)),
    "portal list": (1, lambda shop: shop.threads.portal.records(shop.dana)),
    "portal conversation": (2, lambda shop: shop.threads.portal.conversation(shop.dana, shop.job.scope)),
    "portal search": (1, lambda shop: shop.threads.portal.search(shop.dana, "friday")),
    "bell count": (1, lambda shop: shop.threads.bell.unread(shop.kim)),
    "notices": (1, lambda shop: shop.threads.bell.notices(shop.kim)),
    "a file": (1, lambda shop: shop.threads.staff.open_file(shop.kim, shop.internal.id)),
    "a file in the portal": (1, lambda shop: shop.threads.portal.open_file(shop.dana, shop.visible.id)),
    "what a link shows": (1, lambda shop: shop.threads.portal.preview(shop.token)),
    "who a session is of": (1, lambda shop: shop.threads.portal.client_of(shop.session)),
}

FILES: dict[str, tuple[int, Call]] = {
    "an internal file": (6, lambda shop: _attach(shop, Visibility.INTERNAL)),
    "a visible file": (8, lambda shop: _attach(shop, Visibility.VISIBLE)),
    "a client's file": (8, lambda shop: shop.threads.portal.attach(shop.dana, shop.job.scope, _pdf(), name="a.pdf")),
    "a file shown": (9, lambda shop: _set(shop, shop.internal.id, Visibility.VISIBLE)),
    "a file hidden": (10, lambda shop: _set(shop, shop.visible.id, Visibility.INTERNAL)),
    "a file hidden that is": (5, lambda shop: _set(shop, shop.internal.id, Visibility.INTERNAL)),
}

LINKS: dict[str, tuple[int, Call]] = {
    "a link followed": (4, lambda shop: shop.threads.portal.enter(shop.token)),
    "an old link renewed": (6, lambda shop: (shop.clock.advance(days=31), shop.threads.portal.renew(shop.token))),
    "links revoked": (3, lambda shop: shop.threads.portal.revoke(shop.dana)),
    "what was given up": (1, lambda shop: shop.threads.delivery.failed("acme")),
    "why somebody may not": (0, lambda shop: shop.threads.explain(shop.kim, shop.tom, "reply", shop.job.scope)),
    "nothing to send": (3, lambda shop: shop.threads.delivery.run_once()),
    "nothing to try again": (3, lambda shop: shop.threads.delivery.retry(shop.visible.id)),
}


def _attach(shop: Stage, visibility: Visibility) -> object:
    return shop.threads.staff.attach(shop.kim, shop.job.scope, _pdf(), name="plan.pdf", visibility=visibility)


def _set(shop: Stage, entry_id: UUID, visibility: Visibility) -> object:
    return shop.threads.staff.set_visibility(shop.kim, entry_id, visibility)


EVERY = {**POSTS, **READS, **FILES, **LINKS}


@ON_EVERY_DATABASE
@pytest.mark.parametrize("name", EVERY)
def test_a_call_sends_so_many(shop: Stage, heard: Sent, name: str) -> None:
    """M6, M7, J6: a list is one statement without a transaction; a post, with all that it moves, one short transaction.

    A file is a post with one row more, where its content lies.
    """
    number, call = EVERY[name]
    texts = heard.during(lambda: call(shop))
    assert number == len(texts), texts


@ON_EVERY_DATABASE
def test_a_mail_sends_so_many(shop: Stage, heard: Sent) -> None:
    """M6: a mail is claimed, given its link and settled in three transactions, however many replies it holds."""
    shop.threads = shop.open(settings=Settings(mail_window=60))
    counts = set()
    for replies in (1, 20):
        for number in range(replies):
            shop.threads.staff.reply(shop.kim, shop.job.scope, f"{number}")
        shop.clock.advance(minutes=2)
        texts = heard.during(shop.threads.delivery.run_once)
        counts.add(len(texts))
    assert {13} == counts, texts
    assert 20 == len(shop.mailbox.sent[-1].entries)


@ON_EVERY_DATABASE
def test_how_many_are_told_does_not_matter(shop: Shop, heard: Sent) -> None:
    """M8: a client's reply rings one bell or two hundred by the same statements."""

    def post() -> int:
        return len(heard.during(lambda: shop.threads.portal.reply(shop.dana, shop.job.scope, "At 9?")))

    few = post()
    for number in range(200):
        shop.directory.put(staff(f"more-{number}", role=Role.ADMIN))
    assert few == post() == 7
    assert 3 == shop.threads.bell.notices(staff("kim"))[0].count
    assert 1 == shop.threads.bell.notices(staff("more-199"))[0].count


@ON_EVERY_DATABASE
def test_a_clients_limit_is_one_statement(shop: Shop, heard: Sent) -> None:
    """S1: counting a client's own posts costs one statement."""
    limited = shop.open(settings=Settings())
    assert 8 == len(heard.during(lambda: limited.portal.reply(shop.dana, shop.job.scope, "At 9?")))


@ON_EVERY_DATABASE
def test_marking_read_writes_only_what_was_unread(shop: Shop, heard: Sent) -> None:
    """J9: a mark is raised by four statements; when all is read already, one looks and nothing is written."""
    newest = shop.threads.portal.conversation(shop.dana, shop.job.scope).entries.items[0].id
    marks: list[Callable[[], object]] = [
        lambda: shop.threads.staff.mark_read(shop.kim, shop.job.scope, upto=9),
        lambda: shop.threads.portal.mark_read(shop.dana, shop.job.scope, upto=newest),
        lambda: shop.threads.bell.mark_read(shop.ada),
    ]
    for mark in marks:
        assert 4 == len(heard.during(mark))
        (look,) = heard.during(mark)
        assert look.startswith("SELECT")


@ON_EVERY_DATABASE
def test_the_hosts_transaction_gets_a_savepoint(shop: Shop, heard: Sent) -> None:
    """J1: inside the host's transaction a post is a savepoint and its release, without BEGIN and COMMIT."""
    url = shop.repository.engine.url
    engine = create_engine(url)
    with engine.connect() as connection, listening_to(connection) as theirs:
        inside = shop.threads.using(connection)
        inside.staff.feed(shop.kim, shop.job.scope)
        texts = theirs.during(lambda: inside.staff.reply(shop.kim, shop.job.scope, "At 8."))
        assert ["SAVEPOINT", "RELEASE"] == [texts[0].split()[0], texts[-1].split()[0]]
        assert 7 == len(texts), texts
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("name", [*POSTS, *READS])
def test_the_host_is_asked_once(shop: Shop, name: str) -> None:
    """S6: each kind of question goes to the host's Directory once a call, never once a row."""
    for scope in (shop.job.scope, shop.garage.scope, shop.quote.scope, shop.roof.scope):
        request_id = "first" if scope == shop.job.scope else None
        shop.threads.staff.reply(shop.kim, scope, "Friday?", request_id=request_id)
        shop.threads.portal.reply(shop.omar if scope == shop.roof.scope else shop.dana, scope, "Friday is fine.")
    asked: Counter[str] = Counter()
    directory = _Counted(shop.directory, asked)
    threads = shop.threads
    shop.threads = shop.open(directory=directory)
    call = EVERY[name][1]
    call(shop)
    shop.threads.close()
    shop.threads = threads
    assert {1} == set(asked.values()), asked


def test_every_call_of_every_door_is_counted(shop: Stage, repository: SQLAlchemyRepository) -> None:
    """S6: a door that gets a new call gets a count for it."""
    counted: set[str] = {"staff.mark_read", "portal.mark_read", "bell.mark_read"}
    for _, call in EVERY.values():
        doors = shop.threads
        shop.threads = _Called(doors, counted)  # type: ignore[assignment]
        call(shop)
        shop.threads = doors
    doors = ("staff", "portal", "bell", "record", "delivery")
    there = {
        f"{door}.{name}" for door in doors for name in dir(getattr(shop.threads, door)) if not name.startswith("_")
    }
    assert there == counted - {"explain"}


class _Called:
    """The doors, and which of their calls were made."""

    def __init__(self, threads: Any, called: set[str], door: str = "") -> None:
        self._threads = threads
        self._called = called
        self._door = door

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._threads, name)
        if self._door or name == "explain":
            self._called.add(f"{self._door}{name}")
            return found
        return _Called(found, self._called, f"{name}.")


class _Counted:
    """The host's directory, with a count of its calls."""

    def __init__(self, directory: Any, asked: Counter[str]) -> None:
        self._directory = directory
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._directory, name)

        def ask(*given: Any) -> Any:
            self._asked[name] += 1
            return method(*given)

        return ask
