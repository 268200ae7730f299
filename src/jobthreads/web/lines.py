"""What the templates show of an entry: the bubbles of a conversation and the lines of a feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from attrs import frozen

from jobthreads.domain.entries import AuthorKind, Entry, EntryKind
from jobthreads.domain.portal import PortalEntry
from jobthreads.domain.threads import MOVING_KINDS
from jobthreads.web.times import Times

__all__ = ["Day", "FeedLine", "Line", "client_days", "feed_line", "staff_days"]


@frozen(kw_only=True)
class Line:
    """One entry of a conversation; `first` begins a run of one person's, `new` has the "New" line above it."""

    id: str
    kind: str
    name: str
    verb: str
    ours: bool
    first: bool
    new: bool
    at: datetime
    body: str | None


@frozen(kw_only=True)
class Day:
    """The lines of one day, oldest first; `date` is the day as ISO text."""

    date: str
    label: str
    lines: tuple[Line, ...]


@frozen(kw_only=True)
class FeedLine:
    """One entry of a feed, for staff; `name` is empty for the system."""

    id: str
    kind: str
    visibility: str
    name: str
    verb: str
    from_client: bool
    at: datetime
    body: str | None
    changes: tuple[tuple[str, str], ...]


@frozen(kw_only=True)
class _Said:
    """An entry of either side, as far as a conversation needs it; `told` counts as unread to this reader."""

    id: str
    kind: EntryKind
    who: tuple[str, str]
    name: str
    verb: str
    ours: bool
    told: bool
    at: datetime
    body: str | None


def staff_days(entries: Iterable[Entry], *, unread: int, times: Times) -> tuple[Day, ...]:
    """The days of a conversation for staff, from entries that stand newest first."""
    return _days(
        [
            _Said(
                id=str(entry.id),
                kind=entry.kind,
                who=(entry.author.kind.value, entry.author.id),
                name=entry.author.name,
                verb=_sentence(entry.author.name, _verb(entry)),
                ours=entry.author.kind is not AuthorKind.CLIENT,
                told=entry.author.kind is AuthorKind.CLIENT,
                at=entry.at,
                body=entry.body if entry.kind is EntryKind.REPLY else None,
            )
            for entry in entries
        ],
        unread,
        times,
    )


def client_days(entries: Iterable[PortalEntry], *, unread: int, times: Times) -> tuple[Day, ...]:
    """The days of a conversation for the client, from entries that stand newest first."""
    return _days(
        [
            _Said(
                id=str(entry.id),
                kind=entry.kind,
                who=("me" if entry.from_me else "other", entry.author_name),
                name="You" if entry.from_me else entry.author_name,
                verb=_client_verb(entry),
                ours=entry.from_me,
                told=not entry.from_me and entry.kind in MOVING_KINDS,
                at=entry.at,
                body=entry.body if entry.kind is EntryKind.REPLY else None,
            )
            for entry in entries
        ],
        unread,
        times,
    )


def _days(newest_first: Sequence[_Said], unread: int, times: Times) -> tuple[Day, ...]:
    news = [said.id for said in newest_first if said.told][:unread]
    first_new = news[-1] if news else None
    days = []
    for day, run in groupby(reversed(newest_first), key=lambda said: times.day(said.at)):
        lines: list[Line] = []
        last: tuple[str, str] | None = None
        for said in run:
            new = said.id == first_new
            talk = said.kind is EntryKind.REPLY
            lines.append(
                Line(
                    id=said.id,
                    kind=said.kind.value,
                    name=said.name,
                    verb=said.verb,
                    ours=said.ours,
                    first=new or said.who != last,
                    new=new,
                    at=said.at,
                    body=said.body,
                )
            )
            last = said.who if talk else None
        days.append(Day(date=day.isoformat(), label=times.day_label(day), lines=tuple(lines)))
    return tuple(days)


def feed_line(entry: Entry) -> FeedLine:
    """One line of the feed, with its verb (J1)."""
    return FeedLine(
        id=str(entry.id),
        kind=entry.kind.value,
        visibility=entry.visibility.value,
        name=entry.author.name,
        verb=_verb(entry) if entry.author.name else _sentence("", _verb(entry)),
        from_client=entry.author.kind is AuthorKind.CLIENT,
        at=entry.at,
        body=entry.body if entry.kind in {EntryKind.REPLY, EntryKind.NOTE} else None,
        changes=tuple(entry.form.changes.items()) if entry.form else (),
    )


def _verb(entry: Entry) -> str:
    if entry.status is not None:
        return f"changed status from {entry.status.old} to {entry.status.new}"
    if entry.form is not None:
        return f"saved {entry.form.form}"
    if entry.file is not None:
        return f"added {entry.file.name}"
    return "added a note" if entry.kind is EntryKind.NOTE else "replied"


_IMPERSONAL = (("changed status", "Status changed"), ("saved ", "Saved "), ("added ", "Added "), ("replied", "Replied"))


def _sentence(name: str, verb: str) -> str:
    if name:
        return f"{name} {verb}"
    return next(other + verb[len(begin) :] for begin, other in _IMPERSONAL if verb.startswith(begin))


def _client_verb(entry: PortalEntry) -> str:
    match entry.kind:
        case EntryKind.STATUS_CHANGE:
            return f"The status is now: {entry.body}"
        case EntryKind.FORM_SAVE:
            return f"{entry.author_name} filled in {entry.body}"
        case EntryKind.FILE if entry.file is not None:
            return f"{'You' if entry.from_me else entry.author_name} added {entry.file.name}"
        case _:
            return ""
