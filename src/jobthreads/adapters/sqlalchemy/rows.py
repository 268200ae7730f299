"""Rows to values and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from jobthreads.adapters.sqlalchemy.schema import entry, thread
from jobthreads.domain.entries import (
    Author,
    AuthorKind,
    Entry,
    EntryKind,
    File,
    FormSave,
    KeptEntry,
    Showing,
    StatusChange,
    Visibility,
)
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.threads import Thread

__all__ = [
    "ENTRY_COLUMNS",
    "ENTRY_WIDTH",
    "THREAD_COLUMNS",
    "UNREAD_CAP",
    "entry_of",
    "entry_values",
    "file_details",
    "kept_of",
    "micros",
    "reach_value",
    "scope_of",
    "thread_of",
    "thread_values",
    "time_of",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

ENTRY_COLUMNS: tuple[ColumnElement[Any], ...] = (
    entry.c.id,
    entry.c.seq,
    entry.c.kind,
    entry.c.visibility,
    entry.c.author_kind,
    entry.c.author_id,
    entry.c.author_name,
    entry.c.at,
    entry.c.body,
    entry.c.details,
    entry.c.showing,
    entry.c.shown_at,
    entry.c.shown_to,
)
"""What `entry_of` and `kept_of` read, in their order."""

ENTRY_WIDTH = len(ENTRY_COLUMNS)

THREAD_COLUMNS: tuple[ColumnElement[Any], ...] = (
    thread.c.business_id,
    thread.c.id,
    thread.c.scope,
    thread.c.reference,
    thread.c.title,
    thread.c.client_id,
    thread.c.client_name,
    thread.c.seq,
    thread.c.shown,
    thread.c.client_seq,
    thread.c.started_at,
    thread.c.spoken_seq,
    thread.c.spoken_at,
)
"""What `thread_of` reads, in its order."""


UNREAD_CAP = 100
"""Unread is counted up to here."""


def reach_value(reach: Reach) -> str:
    """A reach as the one array parameter of its statements."""
    return json.dumps(sorted(str(scope) for scope in reach.scopes or ()))


def micros(time: datetime) -> int:
    """A time as whole microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(value: int) -> datetime:
    """The time that `micros` wrote."""
    return _EPOCH + timedelta(microseconds=value)


def scope_of(text: str) -> Scope:
    """The scope that a row names."""
    kind, _, scope_id = text.partition(":")
    return Scope(kind=kind, id=scope_id)


def thread_of(row: Sequence[Any]) -> Thread:
    """The thread of a row of `THREAD_COLUMNS`."""
    return Thread(
        business_id=row[0],
        id=UUID(row[1]),
        scope=scope_of(row[2]),
        reference=row[3],
        title=row[4],
        client_id=row[5],
        client_name=row[6],
        seq=row[7],
        shown=row[8],
        client_seq=row[9],
        started_at=None if row[10] is None else time_of(row[10]),
        spoken_seq=row[11],
        spoken_at=None if row[12] is None else time_of(row[12]),
    )


def thread_values(value: Thread) -> dict[str, object]:
    """The columns of a thread."""
    conversation_at = value.conversation_at
    return {
        "business_id": value.business_id,
        "id": str(value.id),
        "scope": str(value.scope),
        "reference": value.reference,
        "title": value.title,
        "client_id": value.client_id,
        "client_name": value.client_name,
        "seq": value.seq,
        "shown": value.shown,
        "client_seq": value.client_seq,
        "started_at": None if value.started_at is None else micros(value.started_at),
        "spoken_seq": value.spoken_seq,
        "spoken_at": None if value.spoken_at is None else micros(value.spoken_at),
        "conversation_at": None if conversation_at is None else micros(conversation_at),
    }


def entry_of(row: Sequence[Any], scope: Scope) -> Entry:
    """The entry of a row of `ENTRY_COLUMNS`; a visibility that is not known reads as internal."""
    kind = EntryKind(row[2])
    details = json.loads(row[9]) if row[9] else {}
    return Entry(
        id=UUID(row[0]),
        scope=scope,
        seq=row[1],
        kind=kind,
        visibility=Visibility.VISIBLE if row[3] == "visible" else Visibility.INTERNAL,
        author=Author(kind=AuthorKind(row[4]), id=row[5], name=row[6]),
        at=time_of(row[7]),
        body=row[8],
        status=StatusChange(**details) if kind is EntryKind.STATUS_CHANGE else None,
        form=FormSave(**details) if kind is EntryKind.FORM_SAVE else None,
        file=File(**details) if kind is EntryKind.FILE else None,
    )


def kept_of(row: Sequence[Any], scope: Scope) -> KeptEntry:
    """The entry of a row of `ENTRY_COLUMNS`, with its showing."""
    showing = None if row[10] is None else Showing(number=row[10], at=time_of(row[11]), client_id=row[12])
    return KeptEntry(entry=entry_of(row, scope), showing=showing)


def file_details(file: File) -> dict[str, object]:
    """What an entry's own row keeps of its file, so that a list needs no other."""
    return {
        "name": file.name,
        "size": file.size,
        "type": file.type,
        "sha256": file.sha256,
        "state": file.state.value,
    }


def entry_values(thread: Thread, kept: KeptEntry) -> dict[str, object]:
    """The columns of an entry."""
    line, showing, request = kept.entry, kept.showing, kept.request
    details: dict[str, object] | None = None
    if line.status is not None:
        details = {"old": line.status.old, "new": line.status.new}
    elif line.form is not None:
        details = {"form": line.form.form, "changes": dict(line.form.changes)}
    elif line.file is not None:
        details = file_details(line.file)
    return {
        "business_id": thread.business_id,
        "thread_id": str(thread.id),
        "seq": line.seq,
        "id": str(line.id),
        "kind": line.kind.value,
        "visibility": line.visibility.value,
        "author_kind": line.author.kind.value,
        "author_id": line.author.id,
        "author_name": line.author.name,
        "at": micros(line.at),
        "body": line.body,
        "details": None if details is None else json.dumps(details, ensure_ascii=False),
        "showing": showing.number if showing else None,
        "shown_at": micros(showing.at) if showing else None,
        "shown_to": showing.client_id if showing else None,
        "request_call": request.call if request else None,
        "request_id": request.id if request else None,
    }
