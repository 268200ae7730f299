"""What a host plugs in: each port states its duties, and ships a contract suite in `jobthreads.testing`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobthreads.domain.entries import Author, Entry, EntryKind, KeptEntry, ScanState
from jobthreads.domain.files import Blob, FileTask
from jobthreads.domain.notifications import Batch, Delivery, FailedDelivery, Link, Notice, Notification
from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Job, Record, Scope
from jobthreads.domain.scanning import Clean, Infected
from jobthreads.domain.threads import Thread, ThreadRow

__all__ = [
    "Bell",
    "BlobStorage",
    "Directory",
    "Entries",
    "Files",
    "Inbox",
    "Links",
    "Marks",
    "Notifier",
    "Outbox",
    "Readable",
    "Repository",
    "Scanner",
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


class Files(Protocol):
    """Where files' content lies, who sees it, and what is still to be done with it."""

    def add(self, thread: Thread, kept: KeptEntry, blob: Blob, *, due_at: datetime | None) -> None:
        """Keep where a new file's content lies, and when a worker is to look at it (None: never)."""
        ...

    def blob(self, business_id: str, entry_id: UUID) -> Blob | None:
        """Where a file's content lies; whoever asks has judged access by its entry."""
        ...

    def change(self, thread: Thread, kept: KeptEntry, *, was_shown_to: str | None) -> None:
        """Keep a file's new visibility, showing and state; the mark of the client it was taken from moves back."""
        ...

    def spoken_before(self, thread: Thread, seq: int) -> KeptEntry | None:
        """The newest visible reply or file of the thread but the one numbered `seq`."""
        ...

    def claim(self, *, now: datetime, until: datetime, limit: int) -> list[FileTask]:
        """Take files that wait for the scanner or a preview, held until `until`; no two workers take the same."""
        ...

    def settle(
        self,
        task: FileTask,
        *,
        state: ScanState,
        preview_key: str | None,
        preview_wanted: bool,
        due_at: datetime | None,
    ) -> bool:
        """Close a claimed task, or put it off to `due_at`; False if the claim was lost meanwhile."""
        ...

    def next_due(self) -> datetime | None:
        """When the next file is to be looked at, None when nothing waits."""
        ...

    def used(self, keys: Iterable[str]) -> set[str]:
        """Which of these blob keys are used, in any business (for the sweep)."""
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

    def unring(self, thread: Thread, kept: KeptEntry) -> None:
        """Take a client's entry that was hidden out of the unread of everyone who has not read it yet."""
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
    def files(self) -> Files:
        """Where files lie, and who sees them."""
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


class Readable(Protocol):
    """Bytes that come one piece after another, never whole in memory."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, `size` at most; empty only at the end."""
        ...


class BlobStorage(Protocol):
    """Where the content of files lies, under random keys; it never learns a name, a type or an address.

    A key is 16 to 64 small letters and digits, made anew by the caller for each blob; any other is a `ValueError`
    before anything is touched, so that no path can be made of one. There is no address to a blob: every download
    streams through our route, so that hiding is immediate and the headers are ours.
    """

    def put(self, stream: Readable, key: str) -> None:
        """Keep all that the stream gives, in pieces; durable when it returns.

        Until then nothing stands under the key, and nothing ever stands there half. Never replaces: raises
        `FileExistsError` for a key that is there. Raises `Unavailable` if it could not be kept, or that is not known:
        try again with another key. Lets through what the stream raises, with nothing under the key. Two puts of
        one key at once leave one of the two, whole.
        """
        ...

    def open(self, key: str, start: int = 0, end: int | None = None) -> AbstractContextManager[Readable]:
        """Open the bytes from `start` up to and without `end` (None: all), streamed; empty beyond the blob's end.

        Raises `Unavailable` on entering when the blob is missing, and while reading when the rest cannot be read:
        a blob never looks shorter than it is.
        """
        ...

    def delete(self, key: str) -> None:
        """Take the blob away; one that is not there is no error. Raises `Unavailable` if it could not be done."""
        ...

    def keys_older_than(self, time: datetime) -> Iterator[str]:
        """The keys of blobs last written before an aware time, in any order, one by one however many there are.

        Whoever iterates may delete them meanwhile. Raises `Unavailable` if they cannot be listed.
        """
        ...

    def sweep_leftovers(self, older_than: datetime) -> int:
        """Take away what puts that never finished have left since before this aware time, and tell how many.

        No key is touched by it, and no put that still goes on.
        """
        ...


class Scanner(Protocol):
    """Looks for harm in a file before a client can have it."""

    def scan(self, file: Readable) -> Clean | Infected:
        """Read the file from where it stands to its end, in pieces, and say what was found.

        Raises `TemporaryFailure` when it cannot say, to be asked again later: a file that was not scanned whole is
        never clean. Lets through what the file raises.
        """
        ...
