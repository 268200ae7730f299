"""The lines of a thread: what staff read, and what is kept of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import Attribute, field, frozen

from jobthreads.domain.making import Late
from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Scope

__all__ = [
    "Author",
    "AuthorKind",
    "Entry",
    "EntryKind",
    "File",
    "FormSave",
    "KeptEntry",
    "Request",
    "ScanState",
    "Showing",
    "StatusChange",
    "Visibility",
]


class EntryKind(StrEnum):
    """What one line of a thread is."""

    REPLY = "reply"
    NOTE = "note"
    FILE = "file"
    STATUS_CHANGE = "status_change"
    FORM_SAVE = "form_save"


class Visibility(StrEnum):
    """Who an entry is for: the business only, or the client too."""

    INTERNAL = "internal"
    VISIBLE = "visible"


class AuthorKind(StrEnum):
    """Which side an entry comes from."""

    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


@frozen(kw_only=True, weakref_slot=False)
class Author:
    """Who made an entry, as they were called then; kind and id decide who it is, the name is a snapshot."""

    kind: AuthorKind = field(converter=AuthorKind)
    id: str = ""
    name: str = ""

    @classmethod
    def of(cls, person: Staff | Client | None) -> Author:
        """Name a person as author; None is the system."""
        if person is None:
            return cls(kind=AuthorKind.SYSTEM)
        kind = AuthorKind.STAFF if isinstance(person, Staff) else AuthorKind.CLIENT
        return cls(kind=kind, id=person.id, name=person.name)


class ScanState(StrEnum):
    """What is known of a file's harmlessness; without a `Scanner` every file is clean at once."""

    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"


@frozen(kw_only=True, weakref_slot=False)
class File:
    """An attached file, as staff see it: its cleaned name, its size in bytes, its proven content type.

    `sha256` is the content's, in hexadecimal; `state` is the scanner's word.
    """

    name: str
    size: int
    type: str
    sha256: str = ""
    state: ScanState = field(default=ScanState.CLEAN, converter=ScanState)


@frozen(kw_only=True, weakref_slot=False)
class StatusChange:
    """A job's status before and after."""

    old: str
    new: str


@frozen(kw_only=True, weakref_slot=False)
class FormSave:
    """A form of the job that was saved: its title, and each changed field with its new value."""

    form: str
    changes: Mapping[str, str]


def _utc(instance: Any, attribute: Attribute[Any], value: datetime) -> None:
    if value.utcoffset() is None:
        raise ValueError(f"{type(instance).__name__}.{attribute.name} must be an aware time.")


@frozen(kw_only=True, weakref_slot=False)
class Entry(Late):
    """One line of a thread, as staff see it.

    `seq` counts the thread's entries from 1 without a hole; `at` is when it was written, in UTC. Which of `body`,
    `file`, `status` and `form` is set follows from `kind`.
    """

    id: UUID
    scope: Scope
    seq: int
    kind: EntryKind
    visibility: Visibility
    author: Author
    at: datetime = field(validator=_utc)
    body: str | None = None
    file: File | None = None
    status: StatusChange | None = None
    form: FormSave | None = None


@frozen(kw_only=True, weakref_slot=False)
class Showing:
    """One time at which an entry became visible: to which client, when, and its rising number in the thread.

    The number never leaves the library: gaps in it would tell of internal things (S1).
    """

    number: int
    at: datetime = field(validator=_utc)
    client_id: str


@frozen(kw_only=True)
class Request:
    """The caller's own id of a write, which makes a retry answer the first result (S4).

    It is unique per business, author and `call`.
    """

    call: str
    id: str


@frozen(kw_only=True, weakref_slot=False)
class KeptEntry:
    """An entry with what only the library knows of it: the showing in force, and the request that made it."""

    entry: Entry
    showing: Showing | None = None
    request: Request | None = None

    def says_the_same(self, other: Entry) -> bool:
        """Tell whether a retry that would make `other` carries this entry's content (S4)."""
        mine = self.entry
        if mine.kind is EntryKind.FILE and other.kind is EntryKind.FILE and mine.file and other.file:
            # What was chosen when it was attached may have been changed since by show or hide.
            return (mine.scope, mine.file.sha256, mine.file.name) == (other.scope, other.file.sha256, other.file.name)
        return (mine.scope, mine.kind, mine.visibility, mine.body, mine.status, mine.form) == (
            other.scope,
            other.kind,
            other.visibility,
            other.body,
            other.status,
            other.form,
        )
