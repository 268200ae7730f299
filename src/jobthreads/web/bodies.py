"""What the JSON API takes and gives beside the library's own values. A field that is not here is refused."""

from __future__ import annotations

from uuid import UUID

from attrs import frozen

from jobthreads.domain.entries import Entry, Visibility
from jobthreads.domain.notifications import Notice
from jobthreads.domain.people import Client
from jobthreads.domain.records import Job, Quote, Scope
from jobthreads.services.staff import FeedHeader

__all__ = [
    "Bell",
    "BellRead",
    "Choices",
    "Feed",
    "Marked",
    "NewConversation",
    "NewEntry",
    "NewFile",
    "NewPortalFile",
    "NewPortalReply",
    "NewReply",
    "NewVisibility",
    "PortalSeen",
    "Seen",
]


@frozen(kw_only=True)
class NewConversation:
    """Which conversation to start (M4)."""

    client: str
    scope: Scope


@frozen(kw_only=True)
class NewReply:
    """A reply to the client; `if_seen` is the newest `seq` that the writer saw."""

    text: str
    request_id: str | None = None
    if_seen: int | None = None


@frozen(kw_only=True)
class NewEntry:
    """A note (`internal`) or a reply (`visible`) on a job: always said, never assumed (J2)."""

    visibility: Visibility
    text: str
    request_id: str | None = None
    if_seen: int | None = None


@frozen(kw_only=True)
class NewPortalReply:
    """A client's reply."""

    text: str
    request_id: str | None = None


@frozen(kw_only=True)
class NewFile:
    """What comes with a file: who may see it is always said, never assumed (J6)."""

    visibility: Visibility
    request_id: str | None = None


@frozen(kw_only=True)
class NewPortalFile:
    """What comes with a client's file."""

    request_id: str | None = None


@frozen(kw_only=True)
class NewVisibility:
    """Whether a file is to be seen by the client."""

    visibility: Visibility


@frozen(kw_only=True)
class Seen:
    """Up to which entry the person has read, by its `seq`."""

    upto: int


@frozen(kw_only=True)
class PortalSeen:
    """Up to which entry the client has read, by its id."""

    upto: UUID


@frozen(kw_only=True)
class BellRead:
    """Which line of the bell to clear; all of them without a scope."""

    scope: Scope | None = None


@frozen(kw_only=True)
class Marked:
    """Whether anything was unread before."""

    changed: bool


@frozen(kw_only=True)
class Bell:
    """The unread threads: how many, and a line for each."""

    unread: int
    notices: tuple[Notice, ...]


@frozen(kw_only=True)
class Choices:
    """What a conversation can be started on; `scopes` is empty until a client is chosen."""

    clients: tuple[Client, ...]
    scopes: tuple[Job | Quote, ...]
    nothing: str


@frozen(kw_only=True)
class Feed:
    """A job's feed: what stands above it, one page of entries, and the cursor of the next."""

    header: FeedHeader
    items: tuple[Entry, ...]
    next: str | None
