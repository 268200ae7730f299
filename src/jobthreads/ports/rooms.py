"""The rooms of a unit of work: what is kept, and in what order it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from jobthreads.domain.entries import Author, Entry, EntryKind, KeptEntry, ScanState
from jobthreads.domain.files import Blob, FileTask
from jobthreads.domain.notifications import Batch, Delivery, FailedDelivery, Link, Notice
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.search import FoundEntry, Query
from jobthreads.domain.threads import Thread, ThreadRow

__all__ = ["Bell", "Entries", "Files", "Inbox", "Links", "Marks", "Outbox", "Search"]


class Entries(Protocol):
    """Threads and their entries."""

    def lock(self, business_id: str, scope: Scope) -> Thread | None:
        """The thread, held until the unit of work ends, None if there is none; writers line up here."""
        ...

    def create(self, thread: Thread) -> Thread:
        """Keep a new thread with its counters, or find the one that another writer made first; held either way (M1)."""
        ...

    def exists(self, business_id: str, scope: Scope) -> bool:
        """Tell whether the scope has a thread, without holding it."""
        ...

    def replayed(self, business_id: str, author: Author, call: str, request_id: str) -> KeptEntry | None:
        """The entry that this request made before (S4)."""
        ...

    def append(self, thread: Thread, kept: KeptEntry, *, counted: bool = False) -> bool:
        """Keep one more entry and the thread's new counters; the client's mark rises if it moves the thread.

        `counted` says that the counters are kept already: `create` has just kept the thread with this entry in them.
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
    ) -> tuple[list[Entry], int | None]:
        """Entries by falling `seq`, below `before`; of these kinds and this author only, where given.

        With them the `before` of those that follow, None if there are no more.
        """
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

    def kept(self, business_id: str, entry_id: UUID) -> tuple[KeptEntry, Blob | None] | None:
        """The entry of this id in this business, and where its file's content lies, None if it has no file.

        Whoever asks judges access by the entry before the content is opened.
        """
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


class Search(Protocol):
    """What entries are found by: their words, as `staff_words` and `shown_words` give them, and nothing else (J12).

    Kept by `Entries.append` and `Files.change` in the same transaction. What is found stands newest first, never by
    rank, and is the same whatever the database.
    """

    def entries(
        self,
        business_id: str,
        reach: Reach,
        query: Query,
        *,
        scope: Scope | None,
        kinds: Sequence[EntryKind],
        author: Author | None,
        visible_only: bool,
        after: tuple[int, str, int] | None,
        limit: int,
    ) -> list[FoundEntry]:
        """Entries in reach, following the place `after`; of this scope, these kinds and this author, where given."""
        ...

    def shown(
        self,
        business_id: str,
        client_id: str,
        scopes: Iterable[Scope],
        query: Query,
        *,
        authors: bool,
        after: UUID | None,
        limit: int,
    ) -> list[KeptEntry]:
        """Entries of these scopes that are shown to this client, newest showing first, following `after`.

        Found by what they are shown alone, and by the name of the staff member who wrote it only if `authors`.
        From the first one if `after` is no longer shown to them.
        """
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

    def unread_at(self, business_id: str, client_id: str, scope: Scope, upto: UUID) -> int | None:
        """As `unread`; None if the entry `upto` is not shown to this client in this scope."""
        ...

    def see(self, business_id: str, client_id: str, scope: Scope, upto: UUID) -> bool:
        """Raise the client's mark to this entry; False if it stood there already, or is not shown to them."""
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
