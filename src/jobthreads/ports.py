"""What a host plugs in: each port states its duties, and ships a contract suite in `jobthreads.testing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobthreads.domain.entries import Author, Entry, EntryKind, KeptEntry
from jobthreads.domain.notifications import Batch, Delivery, FailedDelivery, Link, Notice, Notification
from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Job, Record, Scope
from jobthreads.domain.threads import Thread, ThreadRow

__all__ = [
    "Bell",
    "Directory",
    "Entries",
    "Inbox",
    "Links",
    "Marks",
    "Notifier",
    "Outbox",
    "Repository",
    "UnitOfWork",
]


class Directory(Protocol):
    """The host's own people and records, read anew on every call.

    Every method answers for one business only, leaves unknown ids out, never raises for them, and is called before
    our transaction or savepoint opens, at most once of each kind a page.
    """

    def business(self, business_id: str) -> Business | None:
        """The business, None if there is none of this id."""
        ...

    def clients(self, business_id: str, ids: Sequence[str]) -> Mapping[str, Client]:
        """The clients of these ids, by id."""
        ...

    def records(self, business_id: str, scopes: Sequence[Scope]) -> Mapping[Scope, Record]:
        """The jobs and quotes of these scopes, sent to the portal or not, by scope."""
        ...

    def records_of_client(self, business_id: str, client_id: str) -> Iterable[Record]:
        """Every job and quote of one client, in the order in which the host lists them."""
        ...

    def search_clients(self, business_id: str, text: str, limit: int) -> Iterable[Client]:
        """At most `limit` clients that match what was typed, all for an empty text, in the host's order."""
        ...

    def jobs_assigned_to(self, staff: Staff) -> Iterable[str | Job]:
        """The ids of the jobs (or the jobs) this person is assigned to now: the inverse of `Job.assigned_to`."""
        ...

    def team(self, business_id: str) -> Iterable[Staff]:
        """Every staff member of the business who may sign in now."""
        ...


class Notifier(Protocol):
    """A way to tell a client: e-mail, or a host's own text messages.

    `channel` is a short word, stable and unique among the notifiers of one `JobThreads`.
    """

    @property
    def channel(self) -> str:
        """The name under which deliveries are kept, at most 40 characters."""
        ...

    def deliver(self, notification: Notification) -> None:
        """Deliver it now, at least once; the same `notification.id` may come again after a crash.

        Raises `TemporaryFailure` to be asked again later and `PermanentFailure` to be never asked again; any other
        exception counts as temporary. Must not read anything but what it is given.
        """
        ...


class Entries(Protocol):
    """Threads and their entries."""

    def lock(self, business_id: str, scope: Scope) -> Thread | None:
        """The thread, held until the unit of work ends, None if there is none; writers line up here."""
        ...

    def create(self, thread: Thread) -> Thread:
        """Keep a new thread, or find the one that another writer made first; held either way (M1)."""
        ...

    def exists(self, business_id: str, scope: Scope) -> bool:
        """Tell whether the scope has a thread, without holding it."""
        ...

    def replayed(self, business_id: str, author: Author, call: str, request_id: str) -> KeptEntry | None:
        """The entry that this request made before (S4)."""
        ...

    def append(self, thread: Thread, kept: KeptEntry) -> bool:
        """Keep one more entry and the thread's new counters; the client's mark rises if it moves the thread.

        False, and nothing kept, if another entry already carries the same request.
        """
        ...

    def save(self, thread: Thread) -> None:
        """Keep the counters and names of a thread held by `lock` or `create`."""
        ...

    def feed(
        self,
        business_id: str,
        scope: Scope,
        *,
        kinds: Sequence[EntryKind],
        author: Author | None,
        visible_only: bool,
        before: int | None,
        limit: int,
    ) -> list[Entry]:
        """Entries by falling `seq`, below `before`; of these kinds and this author only, where given."""
        ...

    def shown(
        self, business_id: str, scope: Scope, client_id: str, *, after: UUID | None, limit: int
    ) -> list[KeptEntry]:
        """Entries shown to this client, newest showing first, following `after`.

        From the first one if `after` is no longer shown to them.
        """
        ...

    def authors(self, business_id: str, scope: Scope) -> list[Author]:
        """Who has an entry in this thread, each once, under the newest name; by name, 100 at most."""
        ...

    def one(self, business_id: str, entry_id: UUID) -> KeptEntry | None:
        """The entry of this id in this business."""
        ...

    def thread(self, business_id: str, scope: Scope) -> Thread | None:
        """The thread, not held."""
        ...


class Inbox(Protocol):
    """The threads panel."""

    def rows(
        self,
        business_id: str,
        staff_id: str,
        reach: Reach,
        *,
        unread_only: bool,
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[ThreadRow]:
        """Started threads in reach, newest conversation first, following the place `after`."""
        ...


class Marks(Protocol):
    """What clients have been shown and have seen: read by the portal alone, moved by shown entries alone (S1)."""

    def of_client(self, business_id: str, client_id: str) -> Mapping[Scope, tuple[KeptEntry, int]]:
        """For each scope with a visible reply or file shown to the client: the newest, and how many are unread.

        Unread counts replies and files of others above the client's mark, 100 at most.
        """
        ...

    def unread(self, business_id: str, client_id: str, scope: Scope) -> int:
        """How many replies and files of others in this scope the client has not seen, 100 at most."""
        ...

    def see(self, business_id: str, client_id: str, scope: Scope, upto: UUID) -> bool | None:
        """Raise the client's mark to this entry; False if it stood there already, None if it is not shown to them."""
        ...


class Bell(Protocol):
    """Notices, which are staff unread: one row per person and thread."""

    def ring(self, thread: Thread, kept: KeptEntry, staff_ids: Sequence[str]) -> None:
        """Count one more unread client entry for each of these people, in one statement however many."""
        ...

    def unread(self, business_id: str, staff_id: str, reach: Reach) -> int:
        """How many threads in reach are unread, 100 at most."""
        ...

    def unread_in(self, business_id: str, staff_id: str, scope: Scope) -> tuple[int, int]:
        """How many client entries of this thread the person has not read, and the newest one's `seq`."""
        ...

    def notices(self, business_id: str, staff_id: str, reach: Reach, limit: int) -> list[Notice]:
        """The unread threads in reach, newest first."""
        ...

    def read(self, business_id: str, staff_id: str, scope: Scope, *, upto: int, as_of: int) -> bool:
        """Leave unread only what clients wrote after `upto`.

        False, and nothing changed, if a client has written after `as_of`: look again, then call again.
        """
        ...

    def read_all(self, business_id: str, staff_id: str, reach: Reach) -> bool:
        """Leave nothing in reach unread; False if nothing changed."""
        ...


class Outbox(Protocol):
    """What is to be told to clients."""

    def queue(self, deliveries: Sequence[Delivery]) -> None:
        """Keep these; one that is there already (same entry, showing, channel, recipient) is left alone."""
        ...

    def claim(
        self,
        *,
        channels: Sequence[str],
        now: datetime,
        until: datetime,
        limit: int,
        mails_an_hour: int | None,
    ) -> list[Batch]:
        """Take what is due on these channels, frozen into batches and held until `until`; no two workers take the same.

        Rows of one thread, recipient and channel that wait for the window or the cap become one batch. A batch that
        was claimed before comes again as it was. A recipient beyond the cap is put off until the oldest of the
        hour's mails is an hour old.
        """
        ...

    def settle(self, batch: Batch, state: str, *, now: datetime, error: str = "") -> bool:
        """Close a claimed batch as `sent`, `dropped` or `dead`; False if the claim was lost meanwhile."""
        ...

    def postpone(self, batch: Batch, *, due_at: datetime, error: str) -> bool:
        """Give a claimed batch back, to be tried again at `due_at`; False if the claim was lost meanwhile."""
        ...

    def failed(self, business_id: str | None, limit: int) -> list[FailedDelivery]:
        """The given up, newest first."""
        ...

    def retry(self, batch_id: UUID, *, now: datetime) -> bool:
        """Queue a given-up batch again; False if there is none."""
        ...

    def next_due(self) -> datetime | None:
        """When the next delivery is due, None when nothing waits."""
        ...


class Links(Protocol):
    """Mailed links, the sessions they open, and the counts of what is limited."""

    def add(self, link: Link, token_hash: str) -> None:
        """Keep a link under the hash of its token."""
        ...

    def by_token(self, token_hash: str) -> Link | None:
        """The link of this token's hash, revoked and expired ones included."""
        ...

    def revoke(self, business_id: str, client_id: str) -> int:
        """End every link of a client, and with them their sessions; how many were ended."""
        ...

    def open_session(self, link: Link, session_hash: str, expires_at: datetime) -> None:
        """Keep a session that this link opened."""
        ...

    def session(self, session_hash: str, now: datetime) -> Link | None:
        """The link whose session this is, None once it is over or its link revoked."""
        ...

    def hit(self, business_id: str, subject: str, window: datetime) -> int:
        """Count one more for `subject` in the window that began then; the count with it."""
        ...


class UnitOfWork(Protocol):
    """One transaction, or one read: the verbs of the repository, grouped by room."""

    @property
    def entries(self) -> Entries:
        """Threads and their entries."""
        ...

    @property
    def inbox(self) -> Inbox:
        """The threads panel."""
        ...

    @property
    def marks(self) -> Marks:
        """What clients have seen."""
        ...

    @property
    def bell(self) -> Bell:
        """Staff unread."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What is to be told."""
        ...

    @property
    def links(self) -> Links:
        """Mailed links, sessions and limits."""
        ...

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call this once everything is durable: after our commit, or the host's; never after a rollback."""
        ...


class Repository(Protocol):
    """Where threads are kept."""

    def atomic(self) -> AbstractContextManager[UnitOfWork]:
        """Open a transaction that commits at the end of the block and rolls back on any exception."""
        ...

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        """Open the same verbs for reading only; no transaction is promised."""
        ...

    def using(self, connection: object) -> Repository:
        """Give the same repository inside the host's open transaction: a savepoint, no commit, no retry."""
        ...
