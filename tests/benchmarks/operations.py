"""The operations that are measured: each through the public doors, and beside it on the floor."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time_ns
from uuid import uuid4

from attrs import frozen
from sqlalchemy.engine import URL

from jobthreads import Author, AuthorKind, EntryKind, JobThreads, Notification, Staff
from jobthreads.adapters.sqlalchemy import SQLAlchemyRepository
from jobthreads.adapters.storage import LocalStorage
from jobthreads.domain.paging import cursor_to
from jobthreads.domain.words import distinct_words
from tests.benchmarks.floor import Floor, floor_of
from tests.benchmarks.lines import COMMON, RARE, Terms
from tests.benchmarks.world import SEED, Plot, TimedDirectory, World

__all__ = ["Bench", "Operation", "benches"]


class _Nobody:
    """A notifier whose mails stay in the outbox."""

    channel = "email"

    def deliver(self, notification: Notification) -> None:
        raise NotImplementedError


@frozen(kw_only=True)
class Operation:
    """One operation in both ways; each is called with the number of the round and gives how many rows it had.

    `before` is called before each call, and is not measured. `limit` says how many times the floor's time it may take,
    by database, infinitely where that is only to be known; `extra` is added to the floor in seconds.
    """

    name: str
    ours: Callable[[int], int]
    raw: Callable[[int], int]
    limits: dict[str, float]
    before: Callable[[int], None] | None = None
    extra: float = 0.0
    only_reads: bool = True


class Bench:
    """One database with the workload in it, opened by the library and by hand."""

    def __init__(self, world: World, url: URL, files: Path | None = None) -> None:
        self.world = world
        self.backend = url.get_backend_name().replace("mysql", "mariadb")
        self.directory = TimedDirectory(world)
        self.repository = SQLAlchemyRepository.from_url(url)
        self.threads = JobThreads(
            directory=self.directory,
            repository=self.repository,
            notifiers=[_Nobody()],
            portal_url="https://trade.example/portal",
            delivery="off",
            storage=LocalStorage(files) if files else None,
        )
        self.floor: Floor = floor_of(url)
        dice = random.Random(SEED + 1)
        self._some = [self._any_plot(dice) for _ in range(997)]
        self._jobs = [plot for plot in self._some if plot.record.scope.kind == "job"]

    def close(self) -> None:
        """Give the connections back."""
        self.floor.close()
        self.repository.close()

    def _any_plot(self, dice: random.Random) -> Plot:
        """Half of the calls come from the business that holds half."""
        plots = self.world.plots[0 if dice.random() < 0.5 else dice.randrange(1, len(self.world.plots))]
        return plots[dice.randrange(len(plots))]

    def _plot(self, i: int) -> Plot:
        return self._some[i % len(self._some)]

    def job(self, i: int) -> Plot:
        """A job, another one each time."""
        return self._jobs[i % len(self._jobs)]

    def _officer(self, plot: Plot, i: int) -> Staff:
        return self.world.office(plot.business)[i % 5]

    def operations(self, *, search: bool = True) -> list[Operation]:
        """Every operation that reads or writes rows."""
        both = {"sqlite": 1.6, "postgresql": 1.8, "mariadb": 1.8}
        return [
            self._post(),
            self._inbox("inbox, first page of 50", deep=False),
            self._inbox("inbox, page 200", deep=True),
            self._tradie(),
            *self._feeds(both),
            self._portal(),
            self._mark_read(),
            self._bell(),
            *(
                [self._search("search, a rare word", RARE), self._search("search, a common word", COMMON)]
                if search
                else []
            ),
        ]

    def _search(self, name: str, word: str) -> Operation:
        person = self.world.office(0)[0]
        term = Terms(self.world.plots[0][0], person).staff + word

        def ours(_: int) -> int:
            return len(self.threads.staff.search(person, word).items)

        def raw(_: int) -> int:
            return len(self.floor.search(person.business_id, term)[:50])

        return Operation(name=name, ours=ours, raw=raw, limits={"sqlite": 1.5, "postgresql": 1.3, "mariadb": 1.3})

    def _post(self) -> Operation:
        text = "The board is in; we can switch over on Friday at eight if that suits you."

        terms = ""

        def before(i: int) -> None:
            nonlocal terms
            plot = self._plot(i)
            staff = self._officer(plot, i)
            words, author = distinct_words([text]), distinct_words([staff.name])
            terms = Terms(plot, staff).of(words, shown=True, author=author, by_staff=True)

        def ours(i: int) -> int:
            plot = self._plot(i)
            entry = self.threads.staff.reply(self._officer(plot, i), plot.record.scope, text, request_id=str(uuid4()))
            return bool(entry.seq)

        def raw(i: int) -> int:
            plot = self._plot(i)
            staff, record = self._officer(plot, i), plot.record
            at = time_ns() // 1000
            return bool(self.floor.post(record.business_id, str(record.scope), staff.id, staff.name, text, at, terms))

        return Operation(
            name="post a visible reply",
            only_reads=False,
            before=before,
            ours=ours,
            raw=raw,
            limits={"sqlite": 2.0, "postgresql": 1.5, "mariadb": 1.5},
        )

    def _inbox(self, name: str, *, deep: bool) -> Operation:
        places: list[tuple[int, str] | None] = [None]
        if deep:
            depth = min(199 * 50, len(self.world.plots[0]) - 51)
            mark = self.floor.mark
            self.floor.cursor.execute(
                f"SELECT conversation_at, id FROM jobthreads_thread WHERE business_id = {mark}"
                f" ORDER BY conversation_at DESC, id DESC LIMIT 40 OFFSET {depth - 40}",
                (self.world.businesses[0].id,),
            )
            places = [(int(at), str(thread_id)) for at, thread_id in self.floor.cursor.fetchall()]

        def whose(i: int) -> tuple[str, Staff]:
            business = self.world.businesses[0 if deep else i % len(self.world.businesses)]
            return business.id, self.world.office(0 if deep else i % len(self.world.businesses))[i % 5]

        def ours(i: int) -> int:
            place = places[i % len(places)]
            cursor = cursor_to(*place) if place else None
            return len(self.threads.staff.inbox(whose(i)[1], cursor=cursor).items)

        def raw(i: int) -> int:
            business_id, staff = whose(i)
            return len(self.floor.inbox(business_id, staff.id, places[i % len(places)])[:50])

        return Operation(name=name, ours=ours, raw=raw, limits={"sqlite": 1.5, "postgresql": 1.8, "mariadb": 1.8})

    def _tradie(self) -> Operation:
        people = [self.world.field(b)[0] for b in range(len(self.world.businesses))]

        def ours(i: int) -> int:
            return len(self.threads.staff.inbox(people[i % len(people)]).items)

        def raw(i: int) -> int:
            person = people[i % len(people)]
            jobs = self.directory.jobs_assigned_to(person)
            return len(self.floor.inbox_of(person.business_id, person.id, [f"job:{job}" for job in jobs]))

        return Operation(
            name="inbox of a Tradie", ours=ours, raw=raw, limits={"sqlite": 1.6, "postgresql": 1.8, "mariadb": 1.8}
        )

    def _feeds(self, limits: dict[str, float]) -> Iterator[Operation]:
        def feed(
            name: str,
            place: Callable[[int], tuple[Plot, int | None]],
            kind: EntryKind | None = None,
            by: Callable[[Plot, int], Author] | None = None,
            *,
            all_read: bool = False,
        ) -> Operation:
            def ours(i: int) -> int:
                plot, before = place(i)
                page = self.threads.staff.feed(
                    self._officer(plot, i),
                    plot.record.scope,
                    kinds=[kind] if kind else (),
                    author=by(plot, i) if by else None,
                    cursor=None if before is None else cursor_to(before),
                )
                if all_read:
                    # Whoever asks for one part of an entry has them all worked out.
                    return len([entry.id for entry in page.items])
                return len(page.items)

            def raw(i: int) -> int:
                plot, before = place(i)
                author = by(plot, i) if by else None
                found = self.floor.feed(
                    plot.record.business_id,
                    str(plot.record.scope),
                    2**31 - 1 if before is None else before,
                    kind.value if kind else None,
                    (author.kind.value, author.id) if author else None,
                )
                return len(found[:50])

            unlimited = dict.fromkeys(limits, math.inf)
            return Operation(name=name, ours=ours, raw=raw, limits=unlimited if all_read else limits)

        def staff_author(plot: Plot, i: int) -> Author:
            return Author(kind=AuthorKind.STAFF, id=self._officer(plot, i + 1).id)

        def client_author(plot: Plot, _: int) -> Author:
            return Author(kind=AuthorKind.CLIENT, id=plot.client.id)

        big = self.world.big
        deep = 50 * 150
        yield feed("feed, plain", lambda i: (self.job(i), None))
        yield feed("feed, by type", lambda i: (self.job(i), None), kind=EntryKind.NOTE)
        yield feed("feed, by author", lambda i: (self.job(i), None), by=staff_author)
        yield feed("feed of 10,000, plain", lambda i: (big, None))
        yield feed("feed of 10,000, deep", lambda i: (big, deep - i % 1000))
        yield feed("the same, every part read", lambda i: (big, deep - i % 1000), all_read=True)
        yield feed("feed of 10,000, by type", lambda i: (big, deep - i % 1000), kind=EntryKind.FILE)
        yield feed("feed of 10,000, by author", lambda i: (big, deep - i % 1000), by=client_author)

    def _portal(self) -> Operation:
        def ours(i: int) -> int:
            return len(self.threads.portal.records(self._plot(i).client).items)

        def raw(i: int) -> int:
            client = self._plot(i).client
            return len(self.floor.portal(client.business_id, client.id))

        return Operation(
            name="portal list", ours=ours, raw=raw, limits={"sqlite": 1.8, "postgresql": 1.8, "mariadb": 1.8}
        )

    def _mark_read(self) -> Operation:
        mark = self.floor.mark

        def before(i: int) -> None:
            plot = self._plot(i)
            self.floor.cursor.execute(
                f"UPDATE jobthreads_notice SET unread = 1 WHERE business_id = {mark} AND staff_id = {mark} AND"
                f" thread_id = (SELECT id FROM jobthreads_thread WHERE business_id = {mark} AND scope = {mark})",
                (
                    plot.record.business_id,
                    self._officer(plot, i).id,
                    plot.record.business_id,
                    str(plot.record.scope),
                ),
            )

        def ours(i: int) -> int:
            plot = self._plot(i)
            return self.threads.staff.mark_read(self._officer(plot, i), plot.record.scope, upto=10_000)

        def raw(i: int) -> int:
            plot = self._plot(i)
            return self.floor.mark_read(
                plot.record.business_id, self._officer(plot, i).id, str(plot.record.scope), 10_000
            )

        return Operation(
            name="mark read",
            only_reads=False,
            ours=ours,
            raw=raw,
            before=before,
            limits={"sqlite": 2.2, "postgresql": 1.6, "mariadb": 1.6},
        )

    def _bell(self) -> Operation:
        people = self.world.office(0)

        def ours(i: int) -> int:
            return self.threads.bell.unread(people[i % len(people)])

        def raw(i: int) -> int:
            person = people[i % len(people)]
            return self.floor.unread(person.business_id, person.id)

        return Operation(
            name="bell and sidebar count",
            ours=ours,
            raw=raw,
            limits={"sqlite": 1.0, "postgresql": 2.5, "mariadb": 2.5},
            extra=60e-6 if self.backend == "sqlite" else 0.0,
        )


@contextmanager
def benches(world: World, url: URL, files: Path | None = None) -> Iterator[Bench]:
    """Open a database for measuring, with a folder for files where those are measured, and close it."""
    bench = Bench(world, url, files)
    try:
        yield bench
    finally:
        bench.close()
