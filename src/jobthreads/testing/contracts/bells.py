"""The contract of the marks room and the bell room: what each side has not read yet."""

from __future__ import annotations

from datetime import timedelta

from jobthreads.domain.entries import Author, AuthorKind, EntryKind, StatusChange
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.ports import Repository
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import ALIKE, DANA, JOB, write, write_in

__all__ = ["BellContract", "MarksContract"]

_ALL = Reach.everything()


class MarksContract(Contract):
    """What clients have been shown and have seen."""

    def test_a_reply_of_others_is_unread(self, repository: Repository) -> None:
        """A visible reply of someone else is unread, the client's own is not; the newest one is given (J9)."""
        write(repository, "from the office")
        newest = write(repository, "from me", author=DANA)
        with repository.reading() as work:
            marks = work.marks.of_client("acme", "dana")
            assert [JOB] == list(marks)
            kept, unread = marks[JOB]
            assert (newest.entry, newest.showing, 1) == (kept.entry, kept.showing, unread)
            assert work.marks.unread("acme", "dana", JOB) == 1

    def test_notes_and_status_changes_move_nothing(self, repository: Repository) -> None:
        """Neither a note nor a visible status change moves a client's mark or counts as unread (J9, S1)."""
        change = StatusChange(old="a", new="b")
        write(repository, kind=EntryKind.NOTE)
        write(repository, kind=EntryKind.STATUS_CHANGE, status=change)
        with repository.reading() as work:
            assert dict(work.marks.of_client("acme", "dana")) == {}
            assert work.marks.unread("acme", "dana", JOB) == 0
        reply = write(repository, "Hello")
        write(repository, kind=EntryKind.NOTE)
        write(repository, kind=EntryKind.STATUS_CHANGE, status=change)
        with repository.reading() as work:
            kept, unread = work.marks.of_client("acme", "dana")[JOB]
        assert (reply.entry.id, 1) == (kept.entry.id, unread)

    def test_seeing_raises_the_mark(self, repository: Repository) -> None:
        """Seeing an entry leaves unread only what came after it, and never more again."""
        first, second, third = (write(repository, text) for text in ("1", "2", "3"))
        with repository.atomic() as work:
            assert work.marks.see("acme", "dana", JOB, second.entry.id) is True
            assert work.marks.unread("acme", "dana", JOB) == 1
            assert work.marks.unread_at("acme", "dana", JOB, first.entry.id) == 1
            assert work.marks.see("acme", "dana", JOB, second.entry.id) is False
            assert work.marks.see("acme", "dana", JOB, first.entry.id) is False
            assert work.marks.unread("acme", "dana", JOB) == 1
            assert work.marks.see("acme", "dana", JOB, third.entry.id) is True
            assert work.marks.unread("acme", "dana", JOB) == 0
        write(repository, "4")
        with repository.reading() as work:
            assert work.marks.unread("acme", "dana", JOB) == 1

    def test_only_what_is_shown_can_be_seen(self, repository: Repository) -> None:
        """An entry that is not shown to this client here is None, whatever it is (S2)."""
        write(repository, "shown")
        note = write(repository, kind=EntryKind.NOTE)
        omars = write(repository, "to omar", shown_to="omar")
        elsewhere = write(repository, "elsewhere", scope=Scope.job("2"))
        volts = write(repository, "volt", business_id="volt")
        with repository.atomic() as work:
            for kept in (note, omars, elsewhere, volts):
                assert work.marks.unread_at("acme", "dana", JOB, kept.entry.id) is None
                assert work.marks.see("acme", "dana", JOB, kept.entry.id) is False
            assert work.marks.unread("acme", "dana", JOB) == 1

    def test_each_client_has_their_own_mark(self, repository: Repository) -> None:
        """When a record gets another client, that one's mark knows only what was shown to them (M11)."""
        dana = write(repository, "to dana")
        omar = write(repository, "to omar", shown_to="omar")
        with repository.atomic() as work:
            assert work.marks.see("acme", "omar", JOB, omar.entry.id) is True
            assert work.marks.unread("acme", "dana", JOB) == 1
            assert work.marks.unread("acme", "omar", JOB) == 0
            assert dana.entry.id == work.marks.of_client("acme", "dana")[JOB][0].entry.id
            assert omar.entry.id == work.marks.of_client("acme", "omar")[JOB][0].entry.id

    def test_clients_that_look_alike_are_different(self, repository: Repository) -> None:
        """Clients that look alike have marks of their own (S3)."""
        for one in ALIKE:
            write(repository, one, shown_to=one)
        with repository.reading() as work:
            for one in ALIKE:
                kept, unread = work.marks.of_client("acme", one)[JOB]
                assert (one, 1) == (kept.entry.body, unread)

    def test_a_clients_unread_stops_at_a_hundred(self, repository: Repository) -> None:
        """Unread is counted up to a hundred."""
        with repository.atomic() as work:
            for number in range(103):
                write_in(work, str(number))
        with repository.reading() as work:
            assert work.marks.unread("acme", "dana", JOB) == 100
            assert work.marks.of_client("acme", "dana")[JOB][1] == 100

    def test_a_clients_marks_are_of_one_business(self, repository: Repository) -> None:
        """A client of the same id in another business has marks of their own (S3)."""
        write(repository, "acme's")
        with repository.reading() as work:
            assert dict(work.marks.of_client("volt", "dana")) == {}
            assert work.marks.unread("volt", "dana", JOB) == 0


class BellContract(Contract):
    """Notices, which are staff unread."""

    def test_ringing_counts_for_each_person(self, repository: Repository) -> None:
        """Each of the people rung has one more unread entry in one line per thread (J10)."""
        write(repository, "1", author=DANA, ring=["kim", "ada", "kim"])
        second = write(repository, "2", author=DANA, ring=["kim"], at=MONDAY + timedelta(hours=1))
        with repository.reading() as work:
            assert (2, second.entry.seq) == work.bell.unread_in("acme", "kim", JOB)
            assert work.bell.unread_in("acme", "ada", JOB) == (1, 1)
            assert work.bell.unread_in("acme", "bob", JOB) == (0, 0)
            assert work.bell.unread("acme", "kim", _ALL) == 1
            (notice,) = work.bell.notices("acme", "kim", _ALL, 9)
        assert (JOB, "J-1042", "Kitchen rewire", "Dana Reyes") == (
            notice.scope,
            notice.reference,
            notice.title,
            notice.client_name,
        )
        assert (EntryKind.REPLY, 2, MONDAY + timedelta(hours=1)) == (notice.what, notice.count, notice.at)

    def test_nobody_may_be_rung(self, repository: Repository) -> None:
        """Ringing for no one does nothing, and ringing for a thousand is one call."""
        with repository.atomic() as work:
            kept = write_in(work, author=DANA)
            thread = work.entries.lock("acme", JOB)
            assert thread is not None
            work.bell.ring(thread, kept, [])
            work.bell.ring(thread, kept, [f"s{number}" for number in range(1000)])
        with repository.reading() as work:
            assert work.bell.unread("acme", "s999", _ALL) == 1

    def test_the_newest_notice_stands_first(self, repository: Repository) -> None:
        """Notices stand by falling time, and stop at the limit."""
        for minute, name in enumerate(["1", "2", "3"]):
            at = MONDAY + timedelta(minutes=minute)
            write(repository, scope=Scope.job(name), author=DANA, ring=["kim"], at=at)
        write(repository, scope=Scope.job("1"), author=DANA, ring=["kim"], at=MONDAY + timedelta(hours=1))
        with repository.reading() as work:
            assert ["1", "3", "2"] == [notice.scope.id for notice in work.bell.notices("acme", "kim", _ALL, 9)]
            assert ["1", "3"] == [notice.scope.id for notice in work.bell.notices("acme", "kim", _ALL, 2)]

    def test_reach_decides_what_rings(self, repository: Repository) -> None:
        """Counts, lines and reading keep to the reach of today (M3)."""
        for name in ("1", "2", "3"):
            write(repository, scope=Scope.job(name), author=DANA, ring=["kim"])
        some = Reach.jobs(["1", "3", "99"])
        with repository.atomic() as work:
            assert work.bell.unread("acme", "kim", some) == 2
            assert work.bell.unread("acme", "kim", Reach.nothing()) == 0
            assert {"1", "3"} == {notice.scope.id for notice in work.bell.notices("acme", "kim", some, 9)}
            assert work.bell.notices("acme", "kim", Reach.nothing(), 9) == []
            assert work.bell.read_all("acme", "kim", Reach.nothing()) is False
            assert work.bell.read_all("acme", "kim", some) is True
            assert work.bell.read_all("acme", "kim", some) is False
            assert ["2"] == [notice.scope.id for notice in work.bell.notices("acme", "kim", _ALL, 9)]
            assert work.bell.read_all("acme", "kim", _ALL) is True
            assert work.bell.unread("acme", "kim", _ALL) == 0

    def test_reading_leaves_what_came_after(self, repository: Repository) -> None:
        """Reading up to an entry leaves unread only what clients wrote after it."""
        write(repository, "1", author=DANA, ring=["kim"])
        write(repository, "2", kind=EntryKind.NOTE)
        write(repository, "3", author=DANA, ring=["kim"])
        write(repository, "4", author=DANA, ring=["kim"])
        with repository.atomic() as work:
            assert work.bell.read("acme", "kim", JOB, upto=1, as_of=4) is True
            assert work.bell.unread_in("acme", "kim", JOB) == (2, 4)
            assert work.bell.read("acme", "kim", JOB, upto=3, as_of=4) is True
            assert work.bell.unread_in("acme", "kim", JOB) == (1, 4)
            assert work.bell.read("acme", "kim", JOB, upto=2**62, as_of=4) is True
            assert work.bell.unread_in("acme", "kim", JOB) == (0, 4)
        write(repository, "5", author=DANA, ring=["kim"])
        with repository.reading() as work:
            assert work.bell.unread_in("acme", "kim", JOB) == (1, 5)

    def test_reading_less_brings_nothing_back(self, repository: Repository) -> None:
        """Reading up to an earlier place never raises the count again."""
        for text in ("1", "2", "3"):
            write(repository, text, author=DANA, ring=["kim"])
        with repository.atomic() as work:
            work.bell.read("acme", "kim", JOB, upto=2, as_of=3)
            work.bell.read("acme", "kim", JOB, upto=0, as_of=3)
            assert work.bell.unread_in("acme", "kim", JOB) == (1, 3)

    def test_who_came_later_is_not_told_of_before(self, repository: Repository) -> None:
        """Someone rung for the third entry only has one unread, whatever stands before (M8)."""
        write(repository, "1", author=DANA, ring=["kim"])
        write(repository, "2", author=DANA, ring=["kim"])
        write(repository, "3", author=DANA, ring=["kim", "new"])
        with repository.atomic() as work:
            work.bell.read("acme", "new", JOB, upto=0, as_of=3)
            assert work.bell.unread_in("acme", "new", JOB) == (1, 3)

    def test_reading_gives_way_to_what_came_meanwhile(self, repository: Repository) -> None:
        """If a client has written since the reader looked, nothing is changed and the answer is False."""
        write(repository, "1", author=DANA, ring=["kim"])
        write(repository, "2", author=DANA, ring=["kim"])
        with repository.atomic() as work:
            assert work.bell.read("acme", "kim", JOB, upto=1, as_of=1) is False
            assert work.bell.unread_in("acme", "kim", JOB) == (2, 2)
            assert work.bell.read("acme", "nobody", JOB, upto=1, as_of=0) is False

    def test_unread_threads_stop_at_a_hundred(self, repository: Repository) -> None:
        """Unread threads are counted up to a hundred, with any reach."""
        with repository.atomic() as work:
            for number in range(103):
                write_in(work, scope=Scope.job(str(number)), author=DANA, ring=["kim"])
        with repository.reading() as work:
            assert work.bell.unread("acme", "kim", _ALL) == 100
            assert work.bell.unread("acme", "kim", Reach.jobs(str(number) for number in range(103))) == 100

    def test_people_and_businesses_that_look_alike_are_different(self, repository: Repository) -> None:
        """Staff ids that differ only in case, accent or a dot are different people, in each business (S3)."""
        for number, one in enumerate(ALIKE, start=1):
            for _ in range(number):
                write(repository, scope=Scope.job(one), author=DANA, ring=[one])
        write(repository, business_id="volt", author=DANA, ring=["acme"])
        with repository.reading() as work:
            for number, one in enumerate(ALIKE, start=1):
                assert work.bell.unread_in("acme", one, Scope.job(one))[0] == number
                assert work.bell.unread("acme", one, _ALL) == 1
            assert work.bell.unread("volt", "ACME", _ALL) == 0

    def test_only_a_clients_entry_counts_in_reading(self, repository: Repository) -> None:
        """What staff write after the place read does not count as unread."""
        write(repository, "1", author=DANA, ring=["kim"])
        write(repository, "2", author=Author(kind=AuthorKind.STAFF, id="ada", name="Ada"))
        with repository.atomic() as work:
            assert work.bell.read("acme", "kim", JOB, upto=1, as_of=1) is True
            assert work.bell.unread_in("acme", "kim", JOB) == (0, 1)
