"""The contract of ids: whatever a database thinks of letters, two ids are one only if they are the same."""

from __future__ import annotations

import pytest

from jobthreads.domain.entries import Author, AuthorKind, Request
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.ports import Repository
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import ALIKE, JOB, RequestTaken, write

__all__ = ["NamesContract"]

_EVERYTHING = Reach.everything()


class NamesContract(Contract):
    """Ids of businesses, people, records and requests."""

    def test_a_space_at_the_end_makes_another_id(self, repository: Repository) -> None:
        """`acme` and `acme ` are two businesses, two clients and two people (S3)."""
        ids = ["acme", "acme ", "acme  "]
        for one in ids:
            author = Author(kind=AuthorKind.CLIENT, id=one, name="Dana")
            write(repository, f"by '{one}'", business_id=one, author=author, shown_to=one, ring=[one])
        with repository.reading() as work:
            for one in ids:
                (row,) = work.inbox.rows(one, one, _EVERYTHING, unread_only=True, after=None, limit=9)
                assert (f"by '{one}'", 1) == (row.body, row.unread)
                assert work.bell.unread(one, one, _EVERYTHING) == 1
                assert [JOB] == list(work.marks.of_client(one, one))
                for other in ids:
                    if other != one:
                        assert work.bell.unread(one, other, _EVERYTHING) == 0
                        assert dict(work.marks.of_client(one, other)) == {}

    def test_reach_knows_records_that_look_alike_apart(self, repository: Repository) -> None:
        """A reach holds the record that it names, and none that looks like it (M3)."""
        for one in ALIKE:
            author = Author(kind=AuthorKind.CLIENT, id="dana", name="Dana")
            write(repository, one, scope=Scope.job(one), author=author, ring=["kim"])
        with repository.reading() as work:
            for one in ALIKE:
                reach = Reach.jobs([one])
                rows = work.inbox.rows("acme", "kim", reach, unread_only=False, after=None, limit=50)
                assert [Scope.job(one)] == [row.scope for row in rows]
                assert [Scope.job(one)] == [notice.scope for notice in work.bell.notices("acme", "kim", reach, 50)]
                assert work.bell.unread("acme", "kim", reach) == 1

    def test_ids_may_be_as_long_as_they_get(self, repository: Repository) -> None:
        """Two hundred characters of four bytes each are an id like any other, and the last one counts (S4)."""
        long = "🏠" * 199
        written = []
        for last in ("🏠", "🏡"):
            one = long + last
            author = Author(kind=AuthorKind.STAFF, id=one, name="Kim")
            request = Request(call="reply", id=one)
            facts = {"business_id": one, "scope": Scope.job(one), "author": author, "request": request}
            written.append(write(repository, last, shown_to=one, ring=[one], **facts))
            with pytest.raises(RequestTaken):
                write(repository, "again", shown_to=one, **facts)
            with repository.atomic() as work:
                assert work.links.hit(one, f"post:{one}", written[-1].entry.at) == 1
        with repository.reading() as work:
            for last, kept in zip(("🏠", "🏡"), written, strict=True):
                one = long + last
                found = work.entries.replayed(one, kept.entry.author, "reply", one)
                assert found is not None
                assert (kept.entry.id, last) == (found.entry.id, found.entry.body)
                assert [Scope.job(one)] == list(work.marks.of_client(one, one))
                assert work.bell.unread(one, one, Reach.jobs([one])) == 1
