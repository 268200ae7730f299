"""What tells the other side: the bell's lines, and what a notifier is given to deliver."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from attrs import frozen

from jobthreads.domain.entries import EntryKind, KeptEntry
from jobthreads.domain.people import Business, Client
from jobthreads.domain.portal import PortalEntry
from jobthreads.domain.records import Scope

__all__ = ["Batch", "Delivery", "FailedDelivery", "Link", "Notice", "Notification"]


@frozen(kw_only=True)
class Notice:
    """One line of the bell: one thread in which a client wrote (J10).

    `what` is the kind of the newest client entry, `count` how many are unread, `at` the newest one's time.
    """

    scope: Scope
    reference: str
    title: str
    client_name: str
    what: EntryKind
    count: int
    at: datetime


@frozen(kw_only=True)
class Notification:
    """What a notifier delivers to a client: projected entries only, oldest first, and the link to read on.

    `id` is the same on every attempt. Without entries it is the fresh link that the client asked for.
    """

    id: UUID
    business: Business
    client: Client
    scope: Scope
    reference: str
    title: str
    entries: tuple[PortalEntry, ...]
    link: str
    locale: str | None


@frozen(kw_only=True)
class Delivery:
    """One thing to tell one client over one channel: a row of the outbox, ids only.

    `entry_id` and `showing` are None for a fresh link that the client asked for.
    """

    id: UUID
    business_id: str
    thread_id: UUID
    entry_id: UUID | None
    showing: int | None
    channel: str
    client_id: str
    due_at: datetime
    created_at: datetime


@frozen(kw_only=True)
class Batch:
    """What one claim froze: the deliveries that go out as one notification, with the entries still shown.

    `token` proves the claim; `attempt` counts from 1; `asked_for_link` is True for a fresh link.
    """

    id: UUID
    token: str
    business_id: str
    thread_id: UUID
    scope: Scope
    channel: str
    client_id: str
    attempt: int
    entries: tuple[KeptEntry, ...]
    asked_for_link: bool


@frozen(kw_only=True)
class FailedDelivery:
    """A notification that was given up, for `delivery.failed()` and `delivery.retry()`."""

    id: UUID
    business_id: str
    scope: Scope
    channel: str
    client_id: str
    attempts: int
    error: str
    at: datetime


@frozen(kw_only=True)
class Link:
    """A mailed way into the portal: who, where to, until when; the token itself is stored only as a hash."""

    id: UUID
    business_id: str
    client_id: str
    scope: Scope
    expires_at: datetime
    revoked: bool = False
