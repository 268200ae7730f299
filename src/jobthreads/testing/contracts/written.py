"""How the suites of the repository write through its port: one thread, one entry at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from jobthreads.domain.entries import Author, AuthorKind, Entry, EntryKind, KeptEntry, Request, Visibility
from jobthreads.domain.notifications import Delivery
from jobthreads.domain.records import Scope
from jobthreads.domain.threads import Thread
from jobthreads.ports import Repository, UnitOfWork
from jobthreads.testing.clock import MONDAY

__all__ = [
    "ALIKE",
    "DANA",
    "JOB",
    "KIM",
    "RequestTaken",
    "delivery",
    "keep_thread",
    "new_thread",
    "write",
    "write_in",
]

JOB = Scope.job("1042")
KIM = Author(kind=AuthorKind.STAFF, id="kim", name="Kim Lee")
DANA = Author(kind=AuthorKind.CLIENT, id="dana", name="Dana Reyes")

ALIKE = ("acme", "ACME", "Acme", "ácme", "a\u0301cme", "acme.", "acmé", "ａcme", "acme_", "acme%")
"""Ids that a careless collation takes for one another."""


class RequestTaken(Exception):
    """The repository's `append` answered False."""


def new_thread(business_id: str = "acme", scope: Scope = JOB, **fields: Any) -> Thread:
    """A thread of the client `dana` that nobody has kept yet."""
    known: dict[str, Any] = {
        "business_id": business_id,
        "id": uuid4(),
        "scope": scope,
        "reference": f"J-{scope.id}",
        "title": "Kitchen rewire",
        "client_id": "dana",
        "client_name": "Dana Reyes",
    }
    return Thread(**{**known, **fields})


def keep_thread(repository: Repository, business_id: str = "acme", scope: Scope = JOB, **fields: Any) -> Thread:
    """Keep a thread, or find it, in a transaction of its own."""
    with repository.atomic() as work:
        return work.entries.create(new_thread(business_id, scope, **fields))


def write_in(
    work: UnitOfWork,
    body: str = "Hello",
    *,
    business_id: str = "acme",
    scope: Scope = JOB,
    author: Author = KIM,
    kind: EntryKind = EntryKind.REPLY,
    visibility: Visibility | None = None,
    at: datetime = MONDAY,
    shown_to: str = "dana",
    request: Request | None = None,
    ring: Sequence[str] = (),
    **fields: Any,
) -> KeptEntry:
    """Write one entry in an open unit of work; a note is internal, everything else visible, if nothing is said."""
    thread = work.entries.lock(business_id, scope) or work.entries.create(new_thread(business_id, scope))
    entry = Entry(
        id=uuid4(),
        scope=scope,
        seq=0,
        kind=kind,
        visibility=visibility or (Visibility.INTERNAL if kind is EntryKind.NOTE else Visibility.VISIBLE),
        author=author,
        at=at,
        body=body if kind in {EntryKind.REPLY, EntryKind.NOTE} else None,
        **fields,
    )
    after, kept = thread.append(entry, now=at, shown_to=shown_to, request=request)
    if not work.entries.append(after, kept):
        raise RequestTaken
    if ring:
        work.bell.ring(after, kept, ring)
    return kept


def write(repository: Repository, body: str = "Hello", **fields: Any) -> KeptEntry:
    """Write one entry in a transaction of its own; see `write_in`."""
    with repository.atomic() as work:
        return write_in(work, body, **fields)


def delivery(thread_id: UUID, kept: KeptEntry | None, *, wait: timedelta = timedelta(0), **fields: Any) -> Delivery:
    """A row of the outbox for an entry, due `wait` after it was made; for a fresh link without one."""
    created_at: datetime = fields.pop("created_at", MONDAY)
    showing = kept.showing if kept else None
    known: dict[str, Any] = {
        "id": uuid4(),
        "business_id": "acme",
        "thread_id": thread_id,
        "entry_id": kept.entry.id if kept else None,
        "showing": showing.number if showing else None,
        "channel": "email",
        "client_id": "dana",
        "due_at": created_at + wait,
        "created_at": created_at,
    }
    return Delivery(**{**known, **fields})
