"""The contract of `atomic`, `reading` and `using`: what is one step, and what waits for the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from jobthreads.domain.entries import Entry
from jobthreads.ports import Repository, UnitOfWork
from jobthreads.testing.clock import MONDAY
from jobthreads.testing.contracts.contract import Contract
from jobthreads.testing.contracts.written import JOB, KIM, keep_thread, new_thread, write, write_in

__all__ = ["HostTransaction", "TransactionContract"]

HostTransaction = Callable[[], AbstractContextManager[object]]
"""Opens the host's transaction: the block gets what `using` takes, its end commits, an exception rolls back."""


class _Stop(Exception):
    pass


class TransactionContract(Contract):
    """One unit of work is one step."""

    def test_a_unit_of_work_is_kept_at_its_end(self, repository: Repository) -> None:
        """What a block wrote is there once the block is over."""
        kept = write(repository, "Hello")
        with repository.reading() as work:
            found = work.entries.one("acme", kept.entry.id)
        assert found is not None
        assert kept.entry == found.entry

    def test_an_exception_undoes_all_of_it(self, repository: Repository) -> None:
        """A block that raises has written nothing, in no room."""
        keep_thread(repository)
        with pytest.raises(_Stop), repository.atomic() as work:
            write_in(work, ring=["kim"])
            work.links.hit("acme", "post:dana", MONDAY)
            raise _Stop
        with repository.atomic() as work:
            thread = work.entries.lock("acme", JOB)
            assert thread is not None
            assert (0, 0) == (thread.seq, thread.shown)
            assert work.bell.unread_in("acme", "kim", JOB) == (0, 0)
            assert work.links.hit("acme", "post:dana", MONDAY) == 1
            assert dict(work.marks.of_client("acme", "dana")) == {}

    def test_calls_wait_for_the_commit(self, repository: Repository) -> None:
        """What is asked for after the commit finds everything durable, in the order in which it was asked for."""
        seen: list[object] = []

        def look() -> None:
            with repository.reading() as other:
                seen.append(other.entries.exists("acme", JOB))

        with repository.atomic() as work:
            work.after_commit(look)
            work.after_commit(lambda: seen.append("second"))
            write_in(work)
            assert seen == []
        assert [True, "second"] == seen

    def test_calls_are_dropped_by_a_rollback(self, repository: Repository) -> None:
        """After a rollback nothing is called, not even by the next commit."""
        seen: list[object] = []
        with pytest.raises(_Stop), repository.atomic() as work:
            work.after_commit(lambda: seen.append("never"))
            raise _Stop
        write(repository)
        assert seen == []

    def test_writers_on_one_thread_line_up(self, repository: Repository) -> None:
        """A second writer gets the thread only after the first is done, and sees what the first wrote."""
        keep_thread(repository)
        order: list[str] = []
        begun = threading.Event()

        def second() -> None:
            begun.set()
            with repository.atomic() as work:
                thread = work.entries.lock("acme", JOB)
                order.append(f"second sees {thread.seq if thread else None}")

        with repository.atomic() as work:
            assert work.entries.lock("acme", JOB) is not None
            writer = threading.Thread(target=second)
            writer.start()
            begun.wait(10)
            # Long enough for a writer who is not kept waiting to get through.
            writer.join(0.2)
            write_in(work)
            order.append("first is done")
        writer.join(30)
        assert order == ["first is done", "second sees 1"]

    def test_two_who_create_get_one_thread(self, repository: Repository) -> None:
        """However many create the thread of one scope at once, there is one, for ever (M1)."""
        ids: list[object] = []
        start = threading.Barrier(6)

        def create() -> None:
            start.wait(10)
            with repository.atomic() as work:
                ids.append(work.entries.create(new_thread()).id)

        makers = [threading.Thread(target=create) for _ in range(6)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join(30)
        assert len(ids) == 6
        assert len(set(ids)) == 1

    def test_it_writes_inside_the_hosts_transaction(
        self, repository: Repository, host_transaction: HostTransaction
    ) -> None:
        """Inside `using`, all is kept by the host's commit, and the calls come after it."""
        seen: list[str] = []
        with host_transaction() as connection:
            inside = repository.using(connection)
            with inside.atomic() as work:
                kept = write_in(work)
                work.after_commit(lambda: seen.append("called"))
            with inside.reading() as work:
                assert work.entries.one("acme", kept.entry.id) is not None
            assert seen == []
        with repository.reading() as work:
            assert work.entries.one("acme", kept.entry.id) is not None
        assert ["called"] == seen

    def test_it_is_undone_with_the_hosts_transaction(
        self, repository: Repository, host_transaction: HostTransaction
    ) -> None:
        """The host's rollback leaves nothing, and nothing is called."""
        seen: list[str] = []
        with pytest.raises(_Stop), host_transaction() as connection:
            with repository.using(connection).atomic() as work:
                write_in(work)
                work.after_commit(lambda: seen.append("never"))
            raise _Stop
        write(repository, author=KIM, scope=JOB)
        with repository.reading() as work:
            assert [1] == [entry.seq for entry in _all(work)]
        assert seen == []

    def test_one_block_fails_alone_inside_the_hosts_transaction(
        self, repository: Repository, host_transaction: HostTransaction
    ) -> None:
        """Inside `using`, a block that raises undoes itself only: the host's transaction lives on."""
        seen: list[str] = []
        with host_transaction() as connection:
            inside = repository.using(connection)
            with inside.atomic() as work:
                write_in(work, "stays")
                work.after_commit(lambda: seen.append("stays"))
            with pytest.raises(_Stop), inside.atomic() as work:
                write_in(work, "goes")
                work.after_commit(lambda: seen.append("goes"))
                raise _Stop
            with inside.atomic() as work:
                write_in(work, "stays too")
                work.after_commit(lambda: seen.append("stays too"))
        with repository.reading() as work:
            assert ["stays too", "stays"] == [entry.body for entry in _all(work)]
        assert ["stays", "stays too"] == seen


def _all(work: UnitOfWork) -> list[Entry]:
    return work.entries.feed("acme", JOB, kinds=(), author=None, visible_only=False, before=None, limit=50)[0]
