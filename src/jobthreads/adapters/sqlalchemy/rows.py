"""Rows to values and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID, SafeUUID

from sqlalchemy import ColumnElement

from jobthreads.adapters.sqlalchemy.schema import entry, thread
from jobthreads.adapters.sqlalchemy.words import terms_of
from jobthreads.domain.entries import (
    Author,
    AuthorKind,
    Entry,
    EntryKind,
    File,
    FormSave,
    KeptEntry,
    ScanState,
    Showing,
    StatusChange,
    Visibility,
)
from jobthreads.domain.making import draft_of, late
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope, ScopeKind, known_scope
from jobthreads.domain.threads import Thread
from jobthreads.domain.times import micros, time_of

__all__ = [
    "ENTRY_COLUMNS",
    "ENTRY_WIDTH",
    "LINE_COLUMNS",
    "SEQ",
    "THREAD_COLUMNS",
    "UNREAD_CAP",
    "entries_of",
    "entry_values",
    "file_details",
    "file_name_of",
    "id_of",
    "kept_of",
    "reach_value",
    "scope_of",
    "thread_of",
    "thread_values",
]

_bare = object.__new__
_decoded: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # not in its stubs
_set_int, _set_safe = (vars(UUID)[name].__set__ for name in ("int", "is_safe"))
_AuthorDraft, _EntryDraft = draft_of(Author), draft_of(Entry)
_FileDraft, _FormDraft = draft_of(File), draft_of(FormSave)
_KeptDraft, _ShowingDraft = draft_of(KeptEntry), draft_of(Showing)
_SCAN_STATES = {state.value: state for state in ScanState}
_KINDS = {kind.value: kind for kind in EntryKind}
_AUTHOR_KINDS = {kind.value: kind for kind in AuthorKind}
_SCOPE_KINDS = {kind.value: kind for kind in ScopeKind}
_VISIBLE, _INTERNAL = Visibility.VISIBLE, Visibility.INTERNAL
_UNKNOWN = SafeUUID.unknown

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
"""What `kept_of` reads, in their order."""

ENTRY_WIDTH = len(ENTRY_COLUMNS)

LINE_COLUMNS = ENTRY_COLUMNS[:10]
"""What `entries_of` reads, in its order."""

_LINE_WIDTH = len(LINE_COLUMNS)

_AT, SEQ = ([column.name for column in LINE_COLUMNS].index(name) for name in ("at", "seq"))
"""Where a row of them holds the entry's time and number."""

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
    return json.dumps([f"{scope.kind}:{scope.id}" for scope in reach.scopes or ()])


@lru_cache(maxsize=8192)
def scope_of(text: str) -> Scope:
    """The scope that a row names."""
    kind, _, scope_id = text.partition(":")
    return known_scope(_SCOPE_KINDS[kind], scope_id)


def id_of(text: str) -> UUID:
    """The id that a row holds."""
    made: UUID = _bare(UUID)
    _set_int(made, int(text.replace("-", ""), 16))
    _set_safe(made, _UNKNOWN)
    return made


def thread_of(row: Sequence[Any]) -> Thread:
    """The thread of a row of `THREAD_COLUMNS`."""
    return Thread(
        business_id=row[0],
        id=id_of(row[1]),
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


def entries_of(rows: Iterable[Sequence[Any]], scopes: Iterable[Scope]) -> list[Entry]:
    """The entries of rows that begin with `LINE_COLUMNS`, each of its scope, read when they are looked at."""
    return late(Entry, _parts_of, rows, scopes)


def _parts_of(row: Sequence[Any], scope: Scope) -> tuple[Any, ...]:
    """An entry's parts, in the order of its fields; a visibility that is not known reads as internal."""
    entry_id, seq, kind, visibility, author_kind, author_id, author_name, at, body, details = row[:_LINE_WIDTH]
    file = status = form = None
    if details is not None:
        if kind == "file":
            file = _file(details)
        elif kind == "status_change":
            status = _status(details)
        elif kind == "form_save":
            form = _form(details)
    return (
        id_of(entry_id),
        scope,
        seq,
        _KINDS[kind],
        _VISIBLE if visibility == "visible" else _INTERNAL,
        _author(author_kind, author_id, author_name),
        time_of(at),
        body,
        file,
        status,
        form,
    )


def file_name_of(details: str) -> str:
    """The name of the file of an entry's details."""
    name: str = _decoded(details, 0)[0]["name"]
    return name


def _file(details: str) -> File:
    facts = _decoded(details, 0)[0]
    draft = _FileDraft()
    draft.name = facts["name"]
    draft.size = facts["size"]
    draft.type = facts["type"]
    draft.sha256 = facts["sha256"]
    draft.state = _SCAN_STATES[facts["state"]]
    draft.__class__ = File
    file: File = draft
    return file


@lru_cache(maxsize=512)
def _status(details: str) -> StatusChange:
    # A business moves its jobs through a dozen of them, again and again.
    return StatusChange(**_decoded(details, 0)[0])


def _form(details: str) -> FormSave:
    facts = _decoded(details, 0)[0]
    draft = _FormDraft()
    draft.form = facts["form"]
    draft.changes = facts["changes"]
    draft.__class__ = FormSave
    form: FormSave = draft
    return form


@lru_cache(maxsize=1024)
def _author(kind: str, author_id: str, name: str) -> Author:
    draft = _AuthorDraft()
    draft.kind = _AUTHOR_KINDS[kind]
    draft.id = author_id
    draft.name = name
    draft.__class__ = Author
    author: Author = draft
    return author


def kept_of(row: Sequence[Any], scope: Scope) -> KeptEntry:
    """The entry of a row that begins with `ENTRY_COLUMNS`, with its showing."""
    line = _EntryDraft()
    (
        line.id,
        line.scope,
        line.seq,
        line.kind,
        line.visibility,
        line.author,
        line.at,
        line.body,
        line.file,
        line.status,
        line.form,
    ) = _parts_of(row, scope)
    line.__class__ = Entry
    draft = _KeptDraft()
    draft.entry = line
    draft.request = None
    number, shown_at, client_id = row[_LINE_WIDTH:ENTRY_WIDTH]
    if number is None:
        draft.showing = None
    else:
        showing = _ShowingDraft()
        showing.number = number
        # Most entries were shown as they were written.
        showing.at = line.at if shown_at == row[_AT] else time_of(shown_at)
        showing.client_id = client_id
        showing.__class__ = Showing
        draft.showing = showing
    draft.__class__ = KeptEntry
    kept: KeptEntry = draft
    return kept


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
        "words": terms_of(thread.business_id, thread.scope, kept),
    }
