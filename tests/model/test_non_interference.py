"""S1: whatever happens inside the business, the client's world is the same, byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import Phase, given
from hypothesis import settings as hypothesis_settings
from sqlalchemy.dialects import sqlite

from jobthreads import Settings
from jobthreads.adapters.sqlalchemy.dialect import Kit
from jobthreads.adapters.sqlalchemy.entries import EntriesRoom, EntryStatements
from jobthreads.adapters.sqlalchemy.inbox import InboxRoom
from jobthreads.adapters.sqlalchemy.marks import MarksRoom
from jobthreads.adapters.sqlalchemy.search import SearchRoom
from jobthreads.domain.reach import Reach
from jobthreads.services.delivery import DeliveryRoom
from jobthreads.services.staff import StaffDoor
from jobthreads.services.writing import within_limit
from jobthreads.web.visit import Visit
from tests.model.history import HISTORIES, STRICT, Life, Step
from tests.model.world import BOSS


def lived(history: list[Step], *, internal: bool, settings: Settings = STRICT) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return Life(Path(folder), settings=settings).live(history, internal=internal)


@hypothesis_settings(
    max_examples=20, deadline=None, print_blob=True, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
@given(history=HISTORIES)
def test_internal_events_change_nothing_a_client_can_observe(history: list[Step]) -> None:
    """S1, J3: pages, answers, headers, mails, counts, order and times are equal with and without internal events."""
    assert lived(history, internal=False) == lived(history, internal=True)


HISTORY = [
    Step("reply", 0, False, 1),
    Step("reply", 1, False, 1),
    Step("client reply", 0, False, 1),
    Step("note", 0, False, 2),
    Step("hidden status", 0, False, 2),
    Step("client reply", 0, False, 3),
    Step("note", 0, True, 3),
    Step("move", 1, False, 1),
    Step("reply", 0, False, 4),
    Step("hidden form", 1, False, 4),
    Step("note", 1, False, 5),
    Step("note", 0, False, 6),
    Step("deliver", 0, False, 1),
    Step("client reply", 0, False, 5),
    Step("shown file", 0, False, 1),
    Step("hidden file", 0, False, 2),
    Step("client file", 0, False, 3),
    Step("show and hide", 0, False, 1),
    Step("client opens", 0, False, 1),
    Step("reply", 1, False, 8),
]
"""One history in which every planted leak shows."""


def test_the_example_history_shows_no_leak() -> None:
    """S1: the very history that shows each planted leak is clean without one."""
    assert lived(HISTORY, internal=False) == lived(HISTORY, internal=True)


Leak = tuple[type, str, Callable[..., Any]]


def counts_every_line() -> Leak:
    """Unread as the thread's newest number: a count that notes move."""
    plain = MarksRoom.of_client

    def leaking(room: MarksRoom, business_id: str, client_id: str) -> Any:
        found = plain(room, business_id, client_id)
        return {
            scope: (kept, unread + _entries(room).thread(business_id, scope).seq)
            for scope, (kept, unread) in found.items()
        }

    return MarksRoom, "of_client", leaking


def _entries(room: MarksRoom | SearchRoom) -> EntriesRoom:
    return EntriesRoom(room._run, EntryStatements(Kit(sqlite.dialect())))


def orders_by_last_activity() -> Leak:
    """The portal list by the newest entry of any kind."""
    plain = MarksRoom.of_client

    def leaking(room: MarksRoom, business_id: str, client_id: str) -> Any:
        found = plain(room, business_id, client_id)
        entries = _entries(room)
        for scope, (kept, unread) in found.items():
            asked = {"kinds": (), "author": None, "visible_only": False, "before": None, "limit": 1}
            (newest,), _ = entries.feed(business_id, scope, **asked)
            assert kept.showing is not None
            found[scope] = evolve(kept, showing=evolve(kept.showing, at=newest.at)), unread
        return found

    return MarksRoom, "of_client", leaking


def mails_the_newest_line() -> Leak:
    """The mail's text from the thread's newest entry."""
    plain = DeliveryRoom._decide

    def leaking(room: DeliveryRoom, batch: Any) -> Any:
        notification = plain(room, batch)
        newest = StaffDoor(room._ground).feed(BOSS, batch.scope, limit=1).items[0]
        if notification is None or not notification.entries:
            return notification
        return evolve(notification, entries=(evolve(notification.entries[0], body=newest.body or "none"),))

    return DeliveryRoom, "_decide", leaking


def shares_the_clients_quota() -> Leak:
    """A note that uses up the client's own limit of posts."""
    plain = StaffDoor.note

    def leaking(door: StaffDoor, actor: Any, scope: Any, text: str, **rest: Any) -> Any:
        with door._ground.repository.atomic() as work:
            within_limit(door._ground, work, "acme", "post:c1", 99, door._ground.settings.limit_window)
        return plain(door, actor, scope, text, **rest)

    return StaffDoor, "note", leaking


def etag_of_a_counter() -> Leak:
    """An ETag that holds the thread's counter instead of the projection."""
    plain = Visit.etag

    def leaking(visit: Visit[Any], projection: Any) -> str:
        if "id" not in visit.args:
            return plain(visit, projection)
        newest = visit.here.threads.staff.feed(BOSS, visit.scope, limit=1).items
        return plain(visit, (projection, newest[0].seq if newest else 0))

    return Visit, "etag", leaking


def shows_notes() -> Leak:
    """The portal's page read by the staff's statement, and the projection believing it."""
    plain = EntriesRoom.shown

    def leaking(room: EntriesRoom, business_id: str, scope: Any, client_id: str, **rest: Any) -> Any:
        kept = plain(room, business_id, scope, client_id, **rest)
        lines, _ = room.feed(business_id, scope, kinds=(), author=None, visible_only=False, before=None, limit=1)
        return [evolve(kept[0], entry=evolve(kept[0].entry, body=lines[0].body)), *kept[1:]] if kept else kept

    return EntriesRoom, "shown", leaking


def searches_the_staffs_words() -> Leak:
    """A portal search over the staff's words: what holds the words inside finds what is shown beside it."""
    plain = SearchRoom.shown

    def leaking(room: SearchRoom, business_id: str, client_id: str, scopes: Any, query: Any, **rest: Any) -> Any:
        hits = room.entries(
            business_id,
            Reach.records(scopes),
            query,
            scope=None,
            kinds=(),
            author=None,
            visible_only=False,
            after=None,
            limit=9,
        )
        entries = _entries(room)
        beside = [entries.shown(business_id, hit.entry.scope, client_id, after=None, limit=1) for hit in hits]
        return plain(room, business_id, client_id, scopes, query, **rest) or [
            kept for found in beside for kept in found
        ]

    return SearchRoom, "shown", leaking


def orders_what_is_found_by_rank() -> Leak:
    """A search whose order depends on what else was written on the record."""
    plain = SearchRoom.shown

    def leaking(room: SearchRoom, business_id: str, client_id: str, scopes: Any, query: Any, **rest: Any) -> Any:
        entries = _entries(room)

        def rank(kept: Any) -> int:
            thread = entries.thread(business_id, kept.entry.scope)
            return thread.shown - thread.seq

        return sorted(plain(room, business_id, client_id, scopes, query, **rest), key=rank)

    return SearchRoom, "shown", leaking


@contextmanager
def planted(leak: Leak) -> Iterator[None]:
    """Put a leak into the library for a moment."""
    room, name, leaking = leak
    plain = getattr(room, name)
    setattr(room, name, leaking)
    try:
        yield
    finally:
        setattr(room, name, plain)


@pytest.mark.parametrize(
    "leak",
    [
        counts_every_line,
        orders_by_last_activity,
        mails_the_newest_line,
        shares_the_clients_quota,
        etag_of_a_counter,
        shows_notes,
        searches_the_staffs_words,
        orders_what_is_found_by_rank,
    ],
)
def test_a_planted_leak_is_seen(leak: Callable[[], Leak]) -> None:
    """S1: the comparison is no ornament: each leak planted on purpose turns it red."""
    with planted(leak()):
        assert lived(HISTORY, internal=False) != lived(HISTORY, internal=True)


def test_the_inbox_is_not_read_by_the_portal() -> None:
    """S1: breaking the staff's list changes nothing for clients: they are not made of the same rows."""

    def broken(*_: Any, **__: Any) -> Any:
        raise AssertionError("the portal read the inbox")

    with planted((InboxRoom, "rows", broken)):
        assert lived(HISTORY, internal=False) == lived(HISTORY, internal=True)
