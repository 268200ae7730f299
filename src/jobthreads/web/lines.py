"""What the templates show of an entry: the bubbles of a conversation and the lines of a feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from attrs import frozen
from markupsafe import Markup, escape

from jobthreads.domain.entries import AuthorKind, Entry, EntryKind, File, ScanState, Visibility
from jobthreads.domain.portal import PortalEntry, PortalFile
from jobthreads.domain.search import Query
from jobthreads.domain.threads import MOVING_KINDS
from jobthreads.policies.attachments import FileType
from jobthreads.sentences import Sentence, ngettext
from jobthreads.sentences import gettext as _
from jobthreads.services.staff import FeedHeader
from jobthreads.web.addresses import Addresses
from jobthreads.web.language import ENGLISH, Language
from jobthreads.web.marking import marked
from jobthreads.web.times import Times

__all__ = [
    "Day",
    "FeedLine",
    "FileLine",
    "Line",
    "Switch",
    "client_days",
    "client_told",
    "feed_line",
    "named",
    "sized",
    "staff_days",
    "told",
]


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
    """One entry of a feed, for staff; `said` is its sentence, with the person's name in an element of its own."""

    id: str
    kind: str
    visibility: str
    said: Markup
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
                verb=times.language.say(told(entry, entry.author.name)),
                ours=entry.author.kind is not AuthorKind.CLIENT,
                told=entry.author.kind is AuthorKind.CLIENT,
                at=entry.at,
                body=entry.body if entry.kind is EntryKind.REPLY else None,
                file=_file(entry.file, urls.file(entry.id), times.language),
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
                name=times.language.say(_("You")) if entry.from_me else entry.author_name,
                verb=times.language.say(client_told(entry)),
                ours=entry.from_me,
                told=not entry.from_me and entry.kind in MOVING_KINDS,
                at=entry.at,
                body=entry.body if entry.kind is EntryKind.REPLY else None,
                file=_file(entry.file, urls.file(entry.id), times.language),
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


def feed_line(
    entry: Entry, header: FeedHeader, urls: Addresses, language: Language = ENGLISH, found: Query | None = None
) -> FeedLine:
    """One line of the feed, with its sentence (J1), and for a file what this person may do with it (J6).

    The words that were `found` are marked (J12).
    """

    def mark(text: str) -> str:
        return marked(text, found) if found else text

    return FeedLine(
        id=str(entry.id),
        kind=entry.kind.value,
        visibility=entry.visibility.value,
        said=language.markup(told(entry, named(mark(entry.author.name)), mark)),
        from_client=entry.author.kind is AuthorKind.CLIENT,
        at=entry.at,
        body=entry.body if entry.kind in {EntryKind.REPLY, EntryKind.NOTE} else None,
        changes=tuple((mark(name), mark(value)) for name, value in entry.form.changes.items()) if entry.form else (),
        file=_file(entry.file, urls.file(entry.id), language),
        switch=_switch(entry, header, urls, language) if entry.file else None,
    )


def named(name: str) -> Markup:
    """A person's name in a sentence, as an element that a style sheet can find; empty for no name."""
    return Markup(f'<span class="jt-name" dir="auto">{escape(name)}</span>') if name else Markup("")  # noqa: S704


def _switch(entry: Entry, header: FeedHeader, urls: Addresses, language: Language) -> Switch | None:
    visible = entry.visibility is Visibility.VISIBLE
    if not (header.can_hide if visible else header.can_show):
        return None
    return Switch(
        action=urls.to(f"entries/{entry.id}/visibility"),
        visibility=(Visibility.INTERNAL if visible else Visibility.VISIBLE).value,
        label=language.say(_("Hide") if visible else _("Show to customer")),
    )


def _file(file: File | PortalFile | None, url: str, language: Language) -> FileLine | None:
    if file is None:
        return None
    kind = FileType.of(file.type)
    if isinstance(file, PortalFile):
        state = "checking" if file.checking else ""
    else:
        state = {ScanState.PENDING: "checking", ScanState.INFECTED: "infected"}.get(file.state, "")
    title = language.say(kind.title if kind else _("File"))
    return FileLine(
        name=file.name,
        facts=language.say(_("%(type)s, %(size)s", type=f"{title[:1].upper()}{title[1:]}", size=sized(file.size))),
        url=url,
        preview_url=f"{url}/preview" if kind and kind.picture and not state else None,
        state=state,
    )


def sized(size: int) -> Sentence:
    """Say a number of bytes as a person does: `340 KB`, `1.2 MB`."""
    if size >= 1024 * 1024:
        return _("%(amount)s MB", amount=_tenths(size / (1024 * 1024)))
    if size >= 1024:
        return _("%(amount)s KB", amount=_tenths(size / 1024))
    return ngettext("%(num)s byte", "%(num)s bytes", size)


def _tenths(amount: float) -> float:
    found = round(amount, 1)
    return int(found) if found == int(found) else found


def told(entry: Entry, name: str, mark: Callable[[str], str] = str) -> Sentence:
    """What happened, and who did it; the system has no name. `mark` goes over the words that are the host's."""
    if entry.status is not None:
        change = {"old": mark(entry.status.old), "new": mark(entry.status.new)}
        if name:
            return _("%(name)s changed status from %(old)s to %(new)s", name=name, **change)
        return _("Status changed from %(old)s to %(new)s", **change)
    if entry.form is not None:
        form = mark(entry.form.form)
        return _("%(name)s saved %(form)s", name=name, form=form) if name else _("Saved %(form)s", form=form)
    if entry.file is not None:
        file = mark(entry.file.name)
        return _("%(name)s added %(file)s", name=name, file=file) if name else _("Added %(file)s", file=file)
    if entry.kind is EntryKind.NOTE:
        return _("%(name)s added a note", name=name) if name else _("Added a note")
    return _("%(name)s replied", name=name) if name else _("Replied")


def client_told(entry: PortalEntry) -> str:
    """What happened, as the client is told it; empty for a reply, which speaks for itself."""
    match entry.kind:
        case EntryKind.STATUS_CHANGE:
            return _("The status is now: %(status)s", status=entry.body)
        case EntryKind.FORM_SAVE:
            return _("%(name)s filled in %(form)s", name=entry.author_name, form=entry.body)
        case EntryKind.FILE if entry.file is not None:
            if entry.from_me:
                return _("You added %(file)s", file=entry.file.name)
            return _("%(name)s added %(file)s", name=entry.author_name, file=entry.file.name)
        case _:
            return ""
