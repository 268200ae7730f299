"""The contract of the entries room and the inbox room: threads, their lines, and the order of both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from attrs import evolve

from jobthreads.domain.entries import Author, AuthorKind, Entry, EntryKind, FormSave, KeptEntry, Request, StatusChange
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.threads import Thread, ThreadRow
from jobthreads.domain.times import micros
from jobthreads.ports import Repository
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import (
    ALIKE,
    DANA,
    JOB,
    KIM,
    RequestTaken,
    keep_thread,
    new_thread,
    write,
    write_in,
)

__all__ = ["EntriesContract", "InboxContract"]

_ALL: dict[str, Any] = {"kinds": (), "author": None, "visible_only": False, "before": None, "limit": 50}


class EntriesContract(Contract):
    """Threads and their entries."""

    def test_an_unknown_scope_has_no_thread(self, repository: Repository) -> None:
        """There is no thread until one is created."""
        with repository.atomic() as work:
            assert work.entries.lock("acme", JOB) is None
            assert work.entries.thread("acme", JOB) is None
            assert not work.entries.exists("acme", JOB)
            assert work.entries.feed("acme", JOB, **_ALL) == ([], None)
            assert work.entries.authors("acme", JOB) == []

    def test_a_thread_is_created_once(self, repository: Repository) -> None:
        """Creating again finds the first thread as it stands (M1)."""
        first = keep_thread(repository)
        write(repository)
        again = keep_thread(repository, reference="another")
        assert (first.id, 1, "J-1042") == (again.id, again.seq, again.reference)
        with repository.reading() as work:
            assert work.entries.exists("acme", JOB)

    def test_a_thread_comes_back_as_it_was_saved(self, repository: Repository) -> None:
        """Every counter, time and name of a thread is kept, to the microsecond."""
        made = keep_thread(repository)
        saved = Thread(
            business_id="acme",
            id=made.id,
            scope=JOB,
            reference="J-1042 ☂",
            title="Küche 🏠 " + "x" * 1000,
            client_id="omar",
            client_name="Omar 'O' Haddad \\ %s :p",
            seq=7,
            shown=4,
            client_seq=6,
            started_at=MONDAY + timedelta(microseconds=123456),
            spoken_seq=5,
            spoken_at=MONDAY + timedelta(days=3650, microseconds=999999),
        )
        with repository.atomic() as work:
            work.entries.save(saved)
        with repository.atomic() as work:
            assert saved == work.entries.lock("acme", JOB)
            assert saved == work.entries.thread("acme", JOB)

    def test_an_entry_comes_back_as_it_was_written(self, repository: Repository) -> None:
        """Text, author, details and time of every kind of entry are kept as they are."""
        text = "Ünï ☂ 🏠\u200d\n\ttab % %s ? :x 'quote' \"double\" \\back\\ {{ 7*7 }} " + "y" * 9000
        details = FormSave(form="Site — ☂", changes={"Gate 'code'": "4%s", "Höhe": "3 m"})
        written = [
            write(repository, text),
            write(repository, text, kind=EntryKind.NOTE, at=MONDAY + timedelta(microseconds=1)),
            write(repository, kind=EntryKind.STATUS_CHANGE, status=StatusChange(old="Neu 🏠", new="100 %")),
            write(repository, kind=EntryKind.FORM_SAVE, form=details, author=Author(kind=AuthorKind.SYSTEM)),
            write(repository, text, author=DANA),
        ]
        with repository.reading() as work:
            for kept in written:
                found = work.entries.one("acme", kept.entry.id)
                assert found is not None
                assert (kept.entry, kept.showing) == (found.entry, found.showing)
            assert ([kept.entry for kept in reversed(written)], None) == work.entries.feed("acme", JOB, **_ALL)

    def test_append_keeps_the_threads_counters(self, repository: Repository) -> None:
        """With the entry the thread's counters are kept: number, showing, the client's and the spoken one."""
        write(repository, at=MONDAY)
        write(repository, author=DANA, at=MONDAY + timedelta(hours=1))
        write(repository, kind=EntryKind.NOTE, at=MONDAY + timedelta(hours=2))
        with repository.reading() as work:
            thread = work.entries.thread("acme", JOB)
        assert thread is not None
        assert (3, 2, 2, 2) == (thread.seq, thread.shown, thread.client_seq, thread.spoken_seq)
        assert MONDAY + timedelta(hours=1) == thread.conversation_at

    def test_a_request_makes_one_entry(self, repository: Repository) -> None:
        """Another entry of the same request is refused, and nothing of it is kept (S4)."""
        request = Request(call="reply", id="form-81f3")
        first = write(repository, "once", request=request)
        with pytest.raises(RequestTaken):
            write(repository, "twice", request=request)
        with repository.atomic() as work:
            thread = work.entries.lock("acme", JOB)
            assert thread is not None
            after, kept = thread.append(_again(first), now=MONDAY, shown_to="omar", request=request)
            # The unit of work goes on and is committed: a refused entry must leave nothing by itself.
            assert not work.entries.append(after, kept)
        with repository.reading() as work:
            assert ["once"] == [entry.body for entry in work.entries.feed("acme", JOB, **_ALL)[0]]
            thread = work.entries.thread("acme", JOB)
            assert thread is not None
            assert (1, 1) == (thread.seq, thread.shown)
            assert dict(work.marks.of_client("acme", "omar")) == {}
            found = work.entries.replayed("acme", KIM, "reply", "form-81f3")
            assert found is not None
            assert (first.entry, first.showing) == (found.entry, found.showing)

    def test_a_request_is_the_authors_own(self, repository: Repository) -> None:
        """The same request id of another business, author or call is another request (S4)."""
        request = Request(call="reply", id="r-1")
        write(repository, "kim's", request=request)
        write(repository, "dana's", request=request, author=DANA)
        write(repository, "a client called kim", request=request, author=Author(kind=AuthorKind.CLIENT, id="kim"))
        write(repository, "a note", request=Request(call="note", id="r-1"), kind=EntryKind.NOTE)
        write(repository, "elsewhere", request=request, business_id="volt")
        with repository.reading() as work:
            assert len(work.entries.feed("acme", JOB, **_ALL)[0]) == 4
            assert work.entries.replayed("acme", KIM, "reply", "r-2") is None
            assert work.entries.replayed("volt", DANA, "reply", "r-1") is None

    def test_requests_that_look_alike_are_different(self, repository: Repository) -> None:
        """Request ids that differ only in case, accent, or a space at the end are different requests."""
        ids = [*ALIKE, "acme ", " acme", "acme  "]
        for one in ids:
            write(repository, one, request=Request(call="reply", id=one))
        with repository.reading() as work:
            for one in ids:
                found = work.entries.replayed("acme", KIM, "reply", one)
                assert found is not None
                assert one == found.entry.body

    def test_businesses_and_scopes_that_look_alike_are_different(self, repository: Repository) -> None:
        """Ids that differ only in case, accent or a dot at the end name different things (S3)."""
        for one in ALIKE:
            write(repository, f"of {one}", business_id=one)
            write(repository, f"on {one}", business_id="b", scope=Scope.job(one))
        with repository.reading() as work:
            for one in ALIKE:
                of_business, _ = work.entries.feed(one, JOB, **_ALL)
                assert [f"of {one}"] == [entry.body for entry in of_business]
                of_scope, _ = work.entries.feed("b", Scope.job(one), **_ALL)
                assert [f"on {one}"] == [entry.body for entry in of_scope]

    def test_a_job_and_a_quote_of_one_id_are_different(self, repository: Repository) -> None:
        """The kind is a part of the scope."""
        write(repository, "job", scope=Scope.job("7"))
        write(repository, "quote", scope=Scope.quote("7"))
        with repository.reading() as work:
            entries, _ = work.entries.feed("acme", Scope.quote("7"), **_ALL)
        assert ["quote"] == [entry.body for entry in entries]

    def test_nothing_crosses_businesses(self, repository: Repository) -> None:
        """An entry and a thread of one business are unknown in another (S3)."""
        kept = write(repository)
        with repository.reading() as work:
            assert work.entries.one("volt", kept.entry.id) is None
            assert work.entries.thread("volt", JOB) is None
            assert work.entries.shown("volt", JOB, "dana", after=None, limit=9) == []
            assert work.entries.one("acme", uuid4()) is None

    def test_the_feed_pages_by_falling_number(self, repository: Repository) -> None:
        """The feed gives the newest first, below `before`, without a hole or a repetition."""
        with repository.atomic() as work:
            for number in range(1, 8):
                write_in(work, str(number))
        pages: list[list[int]] = []
        before: int | None = 7
        with repository.reading() as work:
            while before is not None:
                page, before = work.entries.feed("acme", JOB, **{**_ALL, "before": before, "limit": 3})
                pages.append([entry.seq for entry in page])
            # Two pages that are just full: nothing follows, so no empty one is promised.
            assert [[6, 5, 4], [3, 2, 1]] == pages
            assert [7] == [entry.seq for entry in work.entries.feed("acme", JOB, **{**_ALL, "limit": 1})[0]]

    def test_the_feed_filters_by_kind_and_author(self, repository: Repository) -> None:
        """Kinds and author narrow the feed, both at once too; an author is a kind and an id (J11)."""
        write(repository, "1")
        write(repository, "2", kind=EntryKind.NOTE)
        write(repository, "3", author=DANA)
        write(repository, "4", author=Author(kind=AuthorKind.CLIENT, id="kim", name="Kim Lee"))
        write(repository, kind=EntryKind.STATUS_CHANGE, status=StatusChange(old="a", new="b"))

        def feed(**filters: Any) -> list[int]:
            with repository.reading() as work:
                return [entry.seq for entry in work.entries.feed("acme", JOB, **{**_ALL, **filters})[0]]

        assert [4, 3, 1] == feed(kinds=[EntryKind.REPLY])
        assert [5, 2] == feed(kinds=[EntryKind.NOTE, EntryKind.STATUS_CHANGE])
        assert [5, 2, 1] == feed(author=Author(kind=AuthorKind.STAFF, id="kim", name="renamed since"))
        assert [1] == feed(author=KIM, kinds=[EntryKind.REPLY])
        assert [5, 4, 3, 1] == feed(visible_only=True)
        assert [] == feed(author=Author(kind=AuthorKind.SYSTEM))

    def test_authors_are_named_once(self, repository: Repository) -> None:
        """Each author stands once, under the newest name, by name, a hundred at most."""
        write(repository, author=Author(kind=AuthorKind.STAFF, id="kim", name="Kim Lee"))
        write(repository, author=DANA)
        write(repository, author=Author(kind=AuthorKind.STAFF, id="kim", name="Ada Lee"))
        with repository.reading() as work:
            assert [("kim", "Ada Lee"), ("dana", "Dana Reyes")] == [
                (author.id, author.name) for author in work.entries.authors("acme", JOB)
            ]
        with repository.atomic() as work:
            for number in range(101):
                write_in(work, author=Author(kind=AuthorKind.STAFF, id=f"s{number}", name=f"N{number:03}"))
        with repository.reading() as work:
            assert len(work.entries.authors("acme", JOB)) == 100

    def test_shown_gives_what_one_client_was_shown(self, repository: Repository) -> None:
        """Only entries shown to this client are given, the newest showing first, following `after` (M11)."""
        first = write(repository, "1")
        write(repository, "2", kind=EntryKind.NOTE)
        write(repository, "3", shown_to="omar")
        fourth = write(repository, "4", author=DANA)
        fifth = write(repository, "5", kind=EntryKind.STATUS_CHANGE, status=StatusChange(old="a", new="b"))
        with repository.reading() as work:

            def shown(client: str = "dana", after: KeptEntry | None = None, limit: int = 9) -> list[int]:
                place = after.entry.id if after else None
                found = work.entries.shown("acme", JOB, client, after=place, limit=limit)
                assert all(kept.showing is not None and kept.showing.client_id == client for kept in found)
                return [kept.entry.seq for kept in found]

            assert [5, 4, 1] == shown()
            assert [5, 4] == shown(limit=2)
            assert [4, 1] == shown(after=fifth)
            assert [1] == shown(after=fourth)
            assert [] == shown(after=first)
            assert [3] == shown("omar")
            assert [3] == shown("omar", after=fifth)
            assert [] == shown("DANA")

    def test_shown_begins_again_after_what_is_not_shown(self, repository: Repository) -> None:
        """A place that is not shown to this client, or lies in another thread, begins the list anew."""
        write(repository, "here")
        note = write(repository, "note", kind=EntryKind.NOTE)
        other = write(repository, "elsewhere", scope=Scope.job("2"))
        with repository.reading() as work:
            for place in (note.entry.id, other.entry.id, uuid4()):
                found = work.entries.shown("acme", JOB, "dana", after=place, limit=9)
                assert ["here"] == [kept.entry.body for kept in found]


def _again(kept: KeptEntry) -> Entry:
    return evolve(kept.entry, id=uuid4(), body="twice")


class InboxContract(Contract):
    """The threads panel."""

    def test_only_started_threads_are_listed(self, repository: Repository) -> None:
        """A thread stands in the inbox once it was started, or a reply or file is visible (M7)."""
        keep_thread(repository, scope=Scope.job("silent"))
        write(repository, scope=Scope.job("noted"), kind=EntryKind.NOTE)
        write(
            repository, scope=Scope.job("changed"), kind=EntryKind.STATUS_CHANGE, status=StatusChange(old="", new="b")
        )
        write(repository, "Hello", scope=Scope.job("spoken"))
        with repository.atomic() as work:
            started = work.entries.create(new_thread(scope=Scope.job("started")))
            work.entries.save(started.start(MONDAY + timedelta(hours=1)))
        rows = _rows(repository)
        assert ["started", "spoken"] == [row.scope.id for row in rows]
        assert [None, "Hello"] == [row.body for row in rows]
        assert ("J-spoken", "Kitchen rewire", "dana", "Dana Reyes", micros(MONDAY)) == (
            rows[1].reference,
            rows[1].title,
            rows[1].client_id,
            rows[1].client_name,
            rows[1].at,
        )

    def test_the_newest_conversation_stands_first(self, repository: Repository) -> None:
        """A visible reply moves a thread up, a note and a status change do not (M7)."""
        for minute, name in enumerate(["one", "two", "three"]):
            write(repository, scope=Scope.job(name), at=MONDAY + timedelta(minutes=minute))
        late = MONDAY + timedelta(hours=1)
        write(repository, "internal", scope=Scope.job("one"), kind=EntryKind.NOTE, at=late)
        change = StatusChange(old="a", new="b")
        write(repository, scope=Scope.job("one"), kind=EntryKind.STATUS_CHANGE, status=change, at=late)
        assert ["three", "two", "one"] == [row.scope.id for row in _rows(repository)]
        write(repository, "again", scope=Scope.job("two"), author=DANA, at=late)
        assert ["two", "three", "one"] == [row.scope.id for row in _rows(repository)]

    def test_pages_hold_each_thread_once(self, repository: Repository) -> None:
        """Page after page gives every thread once, even where many stand at the same time."""
        with repository.atomic() as work:
            for number in range(11):
                write_in(work, scope=Scope.job(str(number)), at=MONDAY + timedelta(minutes=number // 4))
        seen: list[ThreadRow] = []
        while page := _rows(repository, after=seen[-1].place if seen else None, limit=3):
            seen += page
        assert 11 == len(seen) == len({row.scope for row in seen})
        assert seen == sorted(seen, key=lambda row: row.place, reverse=True)
        assert seen == _rows(repository)

    def test_reach_decides_what_is_listed(self, repository: Repository) -> None:
        """The panel lists what lies in reach: nothing, some, or everything, in one statement however many (M3)."""
        for name in ("1", "2", "3"):
            write(repository, scope=Scope.job(name))
        write(repository, scope=Scope.quote("1"))
        assert [] == _rows(repository, Reach.nothing())
        assert {"job:1", "job:3"} == {str(row.scope) for row in _rows(repository, Reach.jobs(["1", "3", "99"]))}
        many = Reach.jobs([str(number) for number in range(2, 5000)])
        assert {"job:2", "job:3"} == {str(row.scope) for row in _rows(repository, many)}
        odd = Reach.jobs(['1"', "1'", "%", "1,2", "☂", "🏠"])
        write(repository, scope=Scope.job("🏠"))
        assert {"job:🏠"} == {str(row.scope) for row in _rows(repository, odd)}

    def test_unread_is_the_persons_own(self, repository: Repository) -> None:
        """A row counts what this person has not read; `unread_only` lists only such rows."""
        write(repository, scope=Scope.job("1"), author=DANA, ring=["kim", "ada"])
        write(repository, scope=Scope.job("1"), author=DANA, ring=["kim"])
        write(repository, scope=Scope.job("2"), author=KIM)
        assert {"1": 2, "2": 0} == {row.scope.id: row.unread for row in _rows(repository)}
        assert {"1": 1, "2": 0} == {row.scope.id: row.unread for row in _rows(repository, staff_id="ada")}
        assert ["1"] == [row.scope.id for row in _rows(repository, unread_only=True)]
        assert [] == _rows(repository, staff_id="KIM", unread_only=True)

    def test_nothing_of_another_business_is_listed(self, repository: Repository) -> None:
        """A thread of another business is in no list, whatever the reach says (S3)."""
        write(repository, "ours")
        write(repository, "theirs", business_id="volt", author=DANA, ring=["kim"])
        rows = _rows(repository)
        assert ["ours"] == [row.body for row in rows]
        assert [0] == [row.unread for row in rows]


def _rows(
    repository: Repository,
    reach: Reach | None = None,
    *,
    staff_id: str = "kim",
    unread_only: bool = False,
    after: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[ThreadRow]:
    with repository.reading() as work:
        return work.inbox.rows(
            "acme", staff_id, reach or Reach.everything(), unread_only=unread_only, after=after, limit=limit
        )
