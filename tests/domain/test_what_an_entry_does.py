"""What one more entry does to a thread."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from attrs import evolve

from jobthreads import Author, AuthorKind, Entry, EntryKind, Settings, Visibility
from jobthreads.domain.entries import KeptEntry
from jobthreads.domain.threads import Thread
from jobthreads.testing import MONDAY, client, job

HOUR = timedelta(hours=1)


def thread() -> Thread:
    record = job()
    return Thread(
        business_id="acme",
        id=uuid4(),
        scope=record.scope,
        reference=record.reference,
        title=record.title,
        client_id="dana",
        client_name="Dana Reyes",
    )


def entry(kind: EntryKind = EntryKind.REPLY, visibility: Visibility = Visibility.VISIBLE, **fields: object) -> Entry:
    known = {
        "id": uuid4(),
        "scope": job().scope,
        "seq": 0,
        "kind": kind,
        "visibility": visibility,
        "author": Author(kind=AuthorKind.STAFF, id="kim", name="Kim"),
        "at": MONDAY,
        "body": "Hello",
    }
    return Entry(**{**known, **fields})  # type: ignore[arg-type]


def test_a_visible_reply_moves_the_thread() -> None:
    """M7: a visible reply is numbered, shown to the client of that moment, and moves the thread up."""
    after, kept = thread().append(entry(), now=MONDAY + HOUR, shown_to="dana")
    assert (1, 1, 1, MONDAY + HOUR) == (after.seq, after.shown, after.spoken_seq, after.spoken_at)
    assert kept.showing is not None
    assert (1, MONDAY + HOUR, "dana") == (kept.showing.number, kept.showing.at, kept.showing.client_id)
    assert after.started


def test_a_note_moves_nothing_that_a_client_sees() -> None:
    """S1: a note takes a number for staff, and neither a showing nor a place."""
    first, _ = thread().append(entry(), now=MONDAY, shown_to="dana")
    after, kept = first.append(entry(EntryKind.NOTE, Visibility.INTERNAL), now=MONDAY + HOUR, shown_to="dana")
    assert kept.showing is None
    assert evolve(first, seq=2) == after


def test_a_visible_status_change_does_not_move() -> None:
    """J9: a visible status change is shown and does not move the thread, nor start it."""
    after, kept = thread().append(entry(EntryKind.STATUS_CHANGE, body=None), now=MONDAY, shown_to="dana")
    assert kept.showing is not None
    assert not after.started
    assert after.conversation_at is None


def test_a_client_sees_when_it_became_visible() -> None:
    """S1: the time a client sees is when it became visible, not when the host says it happened."""
    _, kept = thread().append(entry(EntryKind.STATUS_CHANGE, at=MONDAY - 100 * HOUR), now=MONDAY, shown_to="dana")
    assert kept.showing is not None
    assert (MONDAY - 100 * HOUR, MONDAY) == (kept.entry.at, kept.showing.at)


def test_starting_twice_is_starting_once() -> None:
    """M4: a thread that has begun is not begun again."""
    begun = thread().start(MONDAY)
    assert MONDAY == begun.conversation_at
    assert begun == begun.start(MONDAY + HOUR)
    spoken, _ = thread().append(entry(), now=MONDAY, shown_to="dana")
    assert spoken == spoken.start(MONDAY + HOUR)


def test_a_thread_keeps_its_records_last_known_names() -> None:
    """M9: a thread takes over the record's present names, and a client's name only if it is that client's."""
    moved = thread().known_as(job(client_id="omar", reference="J-7", title="New"), client("omar"))
    assert ("J-7", "New", "omar", "Omar Reyes") == (moved.reference, moved.title, moved.client_id, moved.client_name)
    assert "Dana Reyes" == thread().known_as(job(), None).client_name
    assert "" == thread().known_as(job(client_id="omar"), None).client_name


def test_a_retry_says_the_same_if_its_content_is_the_same() -> None:
    """S4: a retry is judged by what it says and where, not by its id and time."""
    kept = KeptEntry(entry=entry())
    assert kept.says_the_same(entry(id=uuid4(), at=MONDAY + HOUR))
    for other in (entry(body="Hello!"), entry(scope=job("2").scope), entry(EntryKind.NOTE)):
        assert not kept.says_the_same(other)


def test_times_are_aware() -> None:
    """S1: an entry's time without a zone is refused."""
    with pytest.raises(ValueError, match="aware"):
        entry(at=datetime(2026, 3, 2))  # noqa: DTZ001 - the very thing that is refused


def test_settings_take_seconds_or_time_spans() -> None:
    """M6: the mail window is given in seconds or as a timedelta."""
    assert (
        timedelta(minutes=5) == Settings(mail_window=300).mail_window == Settings(mail_window=5 * HOUR / 60).mail_window
    )
    with pytest.raises(ValueError, match="link_days"):
        Settings(link_days=0)
