"""What a client is shown: types of their own, so that nothing else can leave by the portal door."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from attrs import frozen

from jobthreads.domain.entries import EntryKind, File, KeptEntry, ScanState, Visibility
from jobthreads.domain.making import Late
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Business, Client
from jobthreads.domain.records import Scope

__all__ = [
    "Entrance",
    "LinkPreview",
    "PortalConversation",
    "PortalEntry",
    "PortalFile",
    "PortalRecord",
    "shown_content",
]


@frozen(kw_only=True, weakref_slot=False)
class PortalFile:
    """A visible file, as the client sees it: name, size in bytes, content type.

    `checking` is True for the client's own upload until the scanner has passed it.
    """

    name: str
    size: int
    type: str
    checking: bool = False


def shown_content(kept: KeptEntry) -> tuple[str | None, PortalFile | None] | None:
    """Give the text and the file that a client is shown of an entry, None while it is shown to nobody (S1).

    An allow list: of a status change the new status, of a form its title. Whatever is unknown is not shown.
    """
    entry = kept.entry
    if entry.visibility is not Visibility.VISIBLE or kept.showing is None:
        return None
    match entry.kind:
        case EntryKind.REPLY:
            return entry.body, None
        case EntryKind.FILE:
            return None, _portal_file(entry.file)
        case EntryKind.STATUS_CHANGE:
            return entry.status.new if entry.status else None, None
        case EntryKind.FORM_SAVE:
            return entry.form.form if entry.form else None, None
    return None


def _portal_file(file: File | None) -> PortalFile | None:
    if file is None:
        return None
    checking = file.state is not ScanState.CLEAN
    return PortalFile(name=file.name, size=file.size, type=file.type, checking=checking)


@frozen(kw_only=True, weakref_slot=False)
class PortalEntry:
    """One visible entry, as the client sees it.

    `at` is when it became visible. `body` holds a reply's text, a status change's new status or a form's title.
    No staff id, no number and no visibility: what is not here cannot leak (S1).
    """

    id: UUID
    kind: EntryKind
    author_name: str
    from_me: bool
    at: datetime
    body: str | None = None
    file: PortalFile | None = None


@frozen(kw_only=True)
class PortalRecord(Late):
    """One job or quote in the client's list (M11, J9).

    `snippet` and `at` are the newest visible reply's or file's, empty and None without one; `unread` counts what
    others wrote since the client last looked, 100 at most.
    """

    scope: Scope
    reference: str
    title: str
    snippet: str
    at: datetime | None
    unread: int


@frozen(kw_only=True)
class PortalConversation:
    """What the client sees of one job or quote: its visible entries, newest first."""

    scope: Scope
    reference: str
    title: str
    entries: Page[PortalEntry]
    can_reply: bool
    can_upload: bool
    unread: int = 0


@frozen(kw_only=True)
class LinkPreview:
    """What the page behind a mailed link may show before its button is pressed."""

    business: Business


@frozen(kw_only=True)
class Entrance:
    """A client's entry by link: the session to keep in a cookie, for whom, where to go, and until when."""

    session: str
    client: Client
    scope: Scope
    expires_at: datetime
