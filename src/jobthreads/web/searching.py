"""Search on the pages: the box, and what was found, with the words marked (J12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from attrs import frozen
from markupsafe import Markup, escape

from jobthreads.domain.entries import Entry, EntryKind, Visibility
from jobthreads.domain.paging import Page, cursor_to
from jobthreads.domain.search import PortalSearchHit, Query, SearchHit
from jobthreads.errors import InvalidInput
from jobthreads.sentences import gettext as _
from jobthreads.web.addresses import Addresses, with_query
from jobthreads.web.language import Language
from jobthreads.web.lines import client_told, told
from jobthreads.web.marking import excerpt, marked, touched
from jobthreads.web.problems import Refusal, refusal

__all__ = ["HitLine", "Search", "asked", "by_q", "portal_hits", "staff_hits"]

_LATER = 10
"""How many later entries stand with a hit in its conversation."""


@frozen(kw_only=True)
class HitLine:
    """One entry that was found; `name` is empty where `said` is a sentence that names the person."""

    id: str
    url: str
    client_name: str
    record: str
    at: datetime
    kind: str
    name: Markup
    said: Markup
    internal: bool = False


@frozen(kw_only=True)
class Search:
    """A search that was asked for: what was typed, and what was found, or why it could not be searched for."""

    text: str
    query: Query | None = None
    error: InvalidInput | None = None
    refusal: Refusal | None = None
    lines: tuple[HitLine, ...] = ()
    first_url: str | None = None
    older_url: str | None = None


def asked(text: str | None, language: Language) -> Search | None:
    """Read what stands in the box; None for a blank one, which is no search."""
    if text is None or not text.strip():
        return None
    try:
        return Search(text=text, query=Query.of(text, field="q"))
    except InvalidInput as error:
        return Search(text=text, error=error, refusal=refusal(error, language))


@contextmanager
def by_q() -> Iterator[None]:
    """Let a refusal name the field of the address in which the text came."""
    try:
        yield
    except InvalidInput as error:
        if error.field != "text":
            raise
        raise InvalidInput(error.said, field="q", hint=error.hint) from None


def staff_hits(
    page: Page[SearchHit], query: Query, text: str, urls: Addresses, language: Language
) -> tuple[HitLine, ...]:
    """What staff found, each with a link to where it stands: the conversation if the client sees it, else the feed."""
    return tuple(_staff_hit(hit, query, text, urls, language) for hit in page.items)


def _staff_hit(hit: SearchHit, query: Query, text: str, urls: Addresses, language: Language) -> HitLine:
    entry, spoken = hit.entry, hit.entry.kind in {EntryKind.REPLY, EntryKind.NOTE}
    visible = entry.visibility is Visibility.VISIBLE
    said = entry.body or "" if spoken else _changes(entry, query, language.say(told(entry, entry.author.name)))
    place = cursor_to(entry.seq + _LATER)
    home = urls.messages(hit.scope) if visible else urls.activity(hit.scope)
    return HitLine(
        id=str(entry.id),
        url=with_query(home, ("q", text if visible else None), ("cursor", place)) + f"#entry-{entry.id}",
        client_name=hit.client_name,
        record=f"{hit.reference} {hit.title}",
        at=entry.at,
        kind=entry.kind.value,
        name=marked(entry.author.name, query) if spoken else Markup(""),
        said=excerpt(said, query),
        internal=not visible,
    )


def _changes(entry: Entry, query: Query, sentence: str) -> str:
    """The sentence of an entry, and of a form those answers that were searched for."""
    changes = entry.form.changes.items() if entry.form else ()
    answers = [f"{name}: {value}" for name, value in changes if touched(f"{name} {value}", query)]
    return ". ".join([sentence, *answers])


def portal_hits(page: Page[PortalSearchHit], query: Query, urls: Addresses, language: Language) -> tuple[HitLine, ...]:
    """What the client found, as they are shown it."""
    return tuple(_portal_hit(hit, query, urls, language) for hit in page.items)


def _portal_hit(hit: PortalSearchHit, query: Query, urls: Addresses, language: Language) -> HitLine:
    entry, spoken = hit.entry, hit.entry.kind is EntryKind.REPLY
    name = marked(entry.author_name, query)
    return HitLine(
        id=str(entry.id),
        url=with_query(urls.portal(hit.scope), ("begin", str(entry.id))) + f"#entry-{entry.id}",
        client_name="",
        record=f"{hit.reference} {hit.title}",
        at=entry.at,
        kind=entry.kind.value,
        name=(escape(language.say(_("You"))) if entry.from_me else name) if spoken else Markup(""),
        said=excerpt(entry.body or "" if spoken else language.say(client_told(entry)), query),
    )
