"""What the templates show of an entry: the bubbles of a conversation and the lines of a feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from attrs import frozen

from jobthreads.domain.entries import AuthorKind, Entry, EntryKind, File, ScanState, Visibility
from jobthreads.domain.portal import PortalEntry, PortalFile
from jobthreads.domain.threads import MOVING_KINDS
from jobthreads.policies.attachments import FileType
from jobthreads.services.staff import FeedHeader
from jobthreads.web.addresses import Addresses
from jobthreads.web.times import Times

__all__ = ["Day", "FeedLine", "FileLine", "Line", "Switch", "client_days", "feed_line", "sized", "staff_days"]


@frozen(kw_only=True)
class FileLine:
    """An attached file: `facts` are its type and size in words.

    `preview_url` is offered for every picture: whether there is a preview, its address tells (S1). `state` is
    `checking` or `infected` while the file cannot be had, else empty.
    """

    name: str
    facts: str
    url: str
    preview_url: str | None
    state: str = ""


@frozen(kw_only=True)
class Switch:
    """The button that shows a file to the client, or takes it back: where it posts to, what, and what it says."""

    action: str
    visibility: str
    label: str


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
    file: FileLine | None = None


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
    file: FileLine | None = None
    switch: Switch | None = None


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
    file: FileLine | None


def staff_days(entries: Iterable[Entry], *, unread: int, times: Times, urls: Addresses) -> tuple[Day, ...]:
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
                file=_file(entry.file, urls.file(entry.id)),
            )
            for entry in entries
        ],
        unread,
        times,
    )


def client_days(entries: Iterable[PortalEntry], *, unread: int, times: Times, urls: Addresses) -> tuple[Day, ...]:
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
                file=_file(entry.file, urls.file(entry.id)),
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
            talk = said.kind in MOVING_KINDS
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
                    file=said.file,
                )
            )
            last = said.who if talk else None
        days.append(Day(date=day.isoformat(), label=times.day_label(day), lines=tuple(lines)))
    return tuple(days)


def feed_line(entry: Entry, header: FeedHeader, urls: Addresses) -> FeedLine:
    """One line of the feed, with its verb (J1), and for a file what this person may do with it (J6)."""
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
        file=_file(entry.file, urls.file(entry.id)),
        switch=_switch(entry, header, urls) if entry.file else None,
    )


def _switch(entry: Entry, header: FeedHeader, urls: Addresses) -> Switch | None:
    visible = entry.visibility is Visibility.VISIBLE
    if not (header.can_hide if visible else header.can_show):
        return None
    return Switch(
        action=urls.to(f"entries/{entry.id}/visibility"),
        visibility=(Visibility.INTERNAL if visible else Visibility.VISIBLE).value,
        label="Hide" if visible else "Show to customer",
    )


def _file(file: File | PortalFile | None, url: str) -> FileLine | None:
    if file is None:
        return None
    kind = FileType.of(file.type)
    if isinstance(file, PortalFile):
        state = "checking" if file.checking else ""
    else:
        state = {ScanState.PENDING: "checking", ScanState.INFECTED: "infected"}.get(file.state, "")
    title = kind.title if kind else "File"
    return FileLine(
        name=file.name,
        facts=f"{title[:1].upper()}{title[1:]}, {sized(file.size)}",
        url=url,
        preview_url=f"{url}/preview" if kind and kind.picture and not state else None,
        state=state,
    )


def sized(size: int) -> str:
    """Say a number of bytes as a person does: `340 KB`, `1.2 MB`."""
    for unit, many in (("MB", 1024 * 1024), ("KB", 1024)):
        if size >= many:
            return f"{size / many:.1f}".removesuffix(".0") + f" {unit}"
    return "1 byte" if size == 1 else f"{size} bytes"


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
