"""Rows to values and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
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
from jobthreads.domain.making import draft_of
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope, ScopeKind, known_scope
from jobthreads.domain.threads import Thread

__all__ = [
    "ENTRY_COLUMNS",
    "ENTRY_WIDTH",
    "LINE_COLUMNS",
    "THREAD_COLUMNS",
    "UNREAD_CAP",
    "all_kept_of",
    "entries_of",
    "entry_of",
    "entry_values",
    "file_details",
    "id_of",
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

_EXACT = 2**33 * 1_000_000
"""Below it the nearest double is less than half a microsecond away: until the year 2242."""

_bare = object.__new__
_at_timestamp = datetime.fromtimestamp
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
"""What `entry_of` and `kept_of` read, in their order."""

ENTRY_WIDTH = len(ENTRY_COLUMNS)

LINE_COLUMNS = ENTRY_COLUMNS[:10]
"""What `entry_of` reads, in its order."""

_LINE_WIDTH = len(LINE_COLUMNS)

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
    return json.dumps([f"{scope.kind.value}:{scope.id}" for scope in reach.scopes or ()])


def micros(time: datetime) -> int:
    """A time as whole microseconds since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(value: int) -> datetime:
    """The time that `micros` wrote."""
    if not 0 <= value < _EXACT:
        return _EPOCH + timedelta(microseconds=value)
    return _at_timestamp(value / 1e6, UTC)


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


def entry_of(row: Sequence[Any], scope: Scope) -> Entry:
    """The entry of a row that begins with `LINE_COLUMNS`; a visibility that is not known reads as internal."""
    return entries_of((row[:_LINE_WIDTH],), (scope,))[0]


def entries_of(rows: Iterable[Sequence[Any]], scopes: Iterable[Scope]) -> list[Entry]:
    """The entries of rows of `LINE_COLUMNS`, each of its scope; see `entry_of`."""
    found: list[Entry] = []
    authors: dict[str, Author] = {}
    for (entry_id, seq, kind_word, visibility, author_kind, author_id, author_name, at, body, details), scope in zip(
        rows, scopes, strict=False
    ):
        author = authors.get(author_id)
        if author is None or author.name != author_name or author.kind is not _AUTHOR_KINDS[author_kind]:
            author = authors[author_id] = _author(author_kind, author_id, author_name)
        draft = _EntryDraft()
        made: UUID = _bare(UUID)
        _set_int(made, int(entry_id.replace("-", ""), 16))
        _set_safe(made, _UNKNOWN)
        draft.id = made
        draft.scope = scope
        draft.seq = seq
        draft.kind = _KINDS[kind_word]
        draft.visibility = _VISIBLE if visibility == "visible" else _INTERNAL
        draft.author = author
        draft.at = _at_timestamp(at / 1e6, UTC) if 0 <= at < _EXACT else time_of(at)
        draft.body = body
        draft.file = draft.status = draft.form = None
        if details is not None:
            if kind_word == "file":
                draft.file = _file(details)
            elif kind_word == "status_change":
                draft.status = _status(details)
            elif kind_word == "form_save":
                draft.form = _form(details)
        draft.__class__ = Entry
        found.append(draft)
    return found


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
    return all_kept_of((row,), (scope,))[0]


def all_kept_of(rows: Sequence[Sequence[Any]], scopes: Sequence[Scope]) -> list[KeptEntry]:
    """The entries of such rows, each of its scope; see `kept_of`."""
    found: list[KeptEntry] = []
    for row, line in zip(rows, entries_of([row[:_LINE_WIDTH] for row in rows], scopes), strict=True):
        draft = _KeptDraft()
        draft.entry = line
        draft.showing = None if row[10] is None else _showing(row[10], row[11], row[12])
        draft.request = None
        draft.__class__ = KeptEntry
        found.append(draft)
    return found


def _showing(number: int, at: int, client_id: str) -> Showing:
    draft = _ShowingDraft()
    draft.number = number
    draft.at = time_of(at)
    draft.client_id = client_id
    draft.__class__ = Showing
    showing: Showing = draft
    return showing


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
