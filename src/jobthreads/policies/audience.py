"""What a client sees of an entry: the one projection, from an allow list, for every page, answer and mail (S1)."""

from __future__ import annotations

from jobthreads.domain.entries import AuthorKind, KeptEntry
from jobthreads.domain.making import draft_of
from jobthreads.domain.people import Business, Client
from jobthreads.domain.portal import PortalEntry, shown_content
from jobthreads.domain.settings import PortalAuthor, Settings

__all__ = ["project", "snippet"]

_SNIPPET = 200
_PortalEntryDraft = draft_of(PortalEntry)


def project(kept: KeptEntry, *, client: Client, business: Business, settings: Settings) -> PortalEntry | None:
    """Give what this client sees of an entry, None for whatever is not shown to them.

    Everything unknown, missing or doubtful is None: an entry has to earn its way out.
    """
    entry, showing, shown = kept.entry, kept.showing, shown_content(kept)
    if shown is None or showing is None or showing.client_id != client.id or business.id != client.business_id:
        return None
    body, file = shown
    from_me = entry.author.kind is AuthorKind.CLIENT and entry.author.id == client.id
    if from_me:
        name = client.name
    elif entry.author.kind is AuthorKind.STAFF and settings.portal_author is PortalAuthor.STAFF:
        name = entry.author.name
    else:
        name = business.name
    draft = _PortalEntryDraft()
    draft.id = entry.id
    draft.kind = entry.kind
    draft.author_name = name
    draft.from_me = from_me
    draft.at = showing.at
    draft.body = body
    draft.file = file
    draft.__class__ = PortalEntry
    projected: PortalEntry = draft
    return projected


def snippet(body: str | None, file_name: str | None = None) -> str:
    """Fold an entry's text to one line of at most 200 characters for a list."""
    text = body or file_name or ""
    # Of white space only the blank is printable, so this is one line already; most texts are.
    folded = text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]
    line = text if folded else " ".join(text.split())
    return line if len(line) <= _SNIPPET else line[: _SNIPPET - 1].rstrip() + "…"
