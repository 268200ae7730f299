"""The thread: its counters, and what one more entry does to them. Pure; the repository keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from attrs import evolve, frozen

from jobthreads.domain.entries import (
    AuthorKind,
    Entry,
    EntryKind,
    KeptEntry,
    Request,
    ScanState,
    Showing,
    Visibility,
)
from jobthreads.domain.making import Late
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Client
from jobthreads.domain.records import OfRecord, Record, Scope

__all__ = ["MOVING_KINDS", "Conversation", "InboxRow", "Thread", "ThreadRow", "may_be_shown"]

MOVING_KINDS = frozenset({EntryKind.REPLY, EntryKind.FILE})
"""The kinds that, once visible, move a thread up, make it unread and are told to the other side (J9)."""


@frozen(kw_only=True)
class Thread:
    """The one conversation and history of one scope.

    `seq` is the newest entry's number; `shown` the highest showing number ever given; `client_seq` the newest
    entry of a client; `spoken_seq` and `spoken_at` the newest visible reply or file. `reference`, `title`,
    `client_id` and `client_name` are the record's last known ones, for the day the host no longer gives it (M9).
    """

    business_id: str
    id: UUID
    scope: Scope
    reference: str
    title: str
    client_id: str
    client_name: str
    seq: int = 0
    shown: int = 0
    client_seq: int = 0
    started_at: datetime | None = None
    spoken_seq: int | None = None
    spoken_at: datetime | None = None

    @property
    def conversation_at(self) -> datetime | None:
        """Where the thread stands in the inbox: the newest of its start and its newest visible reply or file (M7)."""
        times = [time for time in (self.started_at, self.spoken_at) if time is not None]
        return max(times, default=None)

    @property
    def started(self) -> bool:
        """Whether anyone has begun the conversation (M7)."""
        return self.conversation_at is not None

    def known_as(self, record: Record, client: Client | None) -> Thread:
        """Take over the record's present reference, title and client."""
        name = client.name if client else self.client_name if record.client_id == self.client_id else ""
        known = record.reference, record.title, record.client_id, name
        if known == (self.reference, self.title, self.client_id, self.client_name):
            return self
        return evolve(
            self, reference=record.reference, title=record.title, client_id=record.client_id, client_name=name
        )

    def start(self, at: datetime) -> Thread:
        """Begin the conversation, if nobody has."""
        return self if self.started else evolve(self, started_at=at)

    def append(
        self,
        entry: Entry,
        *,
        now: datetime,
        shown_to: str,
        request: Request | None = None,
        at: datetime | None = None,
    ) -> tuple[Thread, KeptEntry]:
        """Give the thread with one more entry, and that entry numbered and, if visible, shown to `shown_to`.

        `at` is when it was written, the entry's own time if None. The client sees `now`, never the entry's own time:
        when it became visible is all they may know (S1).
        """
        entry = evolve(entry, seq=self.seq + 1, at=at or entry.at)
        by_client = entry.author.kind is AuthorKind.CLIENT
        thread = evolve(self, seq=entry.seq, client_seq=entry.seq if by_client else self.client_seq)
        kept = KeptEntry(entry=entry, request=request)
        return thread.show(kept, now=now, shown_to=shown_to) if may_be_shown(entry) else (thread, kept)

    def show(self, kept: KeptEntry, *, now: datetime, shown_to: str) -> tuple[Thread, KeptEntry]:
        """Give the thread with this entry shown anew to `shown_to`: new again, whatever it was before (J6)."""
        showing = Showing(number=self.shown + 1, at=now, client_id=shown_to)
        spoken_seq, spoken_at = self.spoken_seq, self.spoken_at
        if kept.entry.kind in MOVING_KINDS:
            spoken_seq, spoken_at = kept.entry.seq, now
        thread = evolve(self, shown=showing.number, spoken_seq=spoken_seq, spoken_at=spoken_at)
        return thread, evolve(kept, showing=showing)

    def hide(self, kept: KeptEntry, before: KeptEntry | None) -> tuple[Thread, KeptEntry]:
        """Give the thread with this entry taken back; `before` is the newest visible one that remains (M7)."""
        thread = self
        if self.spoken_seq == kept.entry.seq:
            spoken = (before.entry.seq, before.showing.at) if before and before.showing else (None, None)
            thread = evolve(self, spoken_seq=spoken[0], spoken_at=spoken[1])
        return thread, evolve(kept, showing=None)


def may_be_shown(entry: Entry) -> bool:
    """Tell whether an entry is for the client now: visible, and no file of staff's that is not known to be clean.

    A client sees their own upload at once, as being checked.
    """
    if entry.visibility is not Visibility.VISIBLE:
        return False
    if entry.file is None or entry.file.state is ScanState.CLEAN:
        return True
    return entry.author.kind is AuthorKind.CLIENT and entry.file.state is ScanState.PENDING


class ThreadRow(OfRecord, Protocol):
    """One thread as the repository lists it for staff."""

    @property
    def body(self) -> str | None:
        """The text of the newest visible reply, None if a file is newer."""

    @property
    def file_name(self) -> str | None:
        """The name of the newest visible file, None if a reply is newer."""

    @property
    def unread(self) -> int:
        """How many of the client's entries the person has not read."""

    @property
    def at(self) -> int:
        """The newest visible entry's time, or the start's, in microseconds since 1970."""

    @property
    def place(self) -> tuple[int, str]:
        """Where the thread stands in the list: that time, and its id."""


@frozen(kw_only=True)
class InboxRow(Late):
    """One line of the threads panel (M7).

    `snippet` is the newest visible message on one line, at most 200 characters; `at` its time, or the start's;
    `unread` counts the client's entries that this person has not read.
    """

    scope: Scope
    reference: str
    title: str
    client_id: str
    client_name: str
    snippet: str
    at: datetime
    unread: int


@frozen(kw_only=True)
class Conversation:
    """What staff see of one thread in the inbox: its visible entries, newest first (M7).

    `record` is None when the host no longer gives it, `client` too then; `reference`, `title` and `client_name`
    are the last known ones. `why_not` says why `can_reply` is False. `unread` counts the client's entries this
    person has not read, the newest ones of the thread.
    """

    scope: Scope
    record: Record | None
    client: Client | None
    reference: str
    title: str
    client_name: str
    entries: Page[Entry]
    can_reply: bool
    why_not: str | None
    unread: int = 0
