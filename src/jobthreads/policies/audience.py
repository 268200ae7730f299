"""What a client sees of an entry: the one projection, from an allow list, for every page, answer and mail (S1)."""

from __future__ import annotations

from jobthreads.domain.entries import AuthorKind, EntryKind, File, KeptEntry, ScanState, Visibility
from jobthreads.domain.people import Business, Client
from jobthreads.domain.portal import PortalEntry, PortalFile
from jobthreads.domain.settings import PortalAuthor, Settings

__all__ = ["project", "snippet"]

_SNIPPET = 200


def project(kept: KeptEntry, *, client: Client, business: Business, settings: Settings) -> PortalEntry | None:
    """Give what this client sees of an entry, None for whatever is not shown to them.

    Everything unknown, missing or doubtful is None: an entry has to earn its way out.
    """
    entry, showing = kept.entry, kept.showing
    if entry.visibility is not Visibility.VISIBLE or entry.kind is EntryKind.NOTE:
        return None
    if showing is None or showing.client_id != client.id or business.id != client.business_id:
        return None
    from_me = entry.author.kind is AuthorKind.CLIENT and entry.author.id == client.id
    if from_me:
        name = client.name
    elif entry.author.kind is AuthorKind.STAFF and settings.portal_author is PortalAuthor.STAFF:
        name = entry.author.name
    else:
        name = business.name
    body: str | None
    file: PortalFile | None
    match entry.kind:
        case EntryKind.REPLY:
            body, file = entry.body, None
        case EntryKind.FILE:
            body, file = None, _portal_file(entry.file)
        case EntryKind.STATUS_CHANGE:
            body, file = entry.status.new if entry.status else None, None
        case EntryKind.FORM_SAVE:
            body, file = entry.form.form if entry.form else None, None
    return PortalEntry(
        id=entry.id, kind=entry.kind, author_name=name, from_me=from_me, at=showing.at, body=body, file=file
    )


def _portal_file(file: File | None) -> PortalFile | None:
    if file is None:
        return None
    checking = file.state is not ScanState.CLEAN
    return PortalFile(name=file.name, size=file.size, type=file.type, checking=checking)


def snippet(body: str | None, file_name: str | None = None) -> str:
    """Fold an entry's text to one line of at most 200 characters for a list."""
    line = " ".join((body or file_name or "").split())
    return line if len(line) <= _SNIPPET else line[: _SNIPPET - 1].rstrip() + "…"
