"""How staff and clients find entries by their words (J12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat

from jobthreads.domain.entries import Author, EntryKind
from jobthreads.domain.identifiers import entry_id_from, one_of
from jobthreads.domain.making import late
from jobthreads.domain.paging import Page, check_limit, cursor_from, cursor_to
from jobthreads.domain.people import Business, Client, Staff
from jobthreads.domain.portal import PortalEntry
from jobthreads.domain.records import Record, Scope
from jobthreads.domain.search import FoundEntry, PortalSearchHit, Query, SearchHit
from jobthreads.domain.settings import PortalAuthor
from jobthreads.policies.access import Action
from jobthreads.policies.audience import project
from jobthreads.services.ground import Ground, present_names

__all__ = ["StaffSearch", "search_portal"]


class StaffSearch:
    """How staff search; see `StaffDoor`."""

    _ground: Ground

    def search(
        self,
        actor: Staff,
        text: str,
        *,
        scope: Scope | None = None,
        kinds: Sequence[EntryKind] = (),
        author: Author | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[SearchHit]:
        """Entries in the actor's reach that hold every word, newest first (J12); of one record's feed with `scope`.

        Words are blind to case and accents, and the last may be the beginning of one. Raises `InvalidInput` for a
        text without a word, and `PortalDisabled` without a scope while the portal is off (M2).
        """
        ground = self._ground
        if scope is None:
            ground.require_messages(actor, Action.MESSAGES)
        else:
            ground.require(ground.staff_footing(actor, scope), Action.VIEW)
        query = Query.of(text)
        check_limit(limit)
        place = cursor_from(cursor, int, str, int) if cursor is not None else None
        with ground.repository.reading() as work:
            found = work.search.entries(
                actor.business_id,
                ground.reach(actor),
                query,
                scope=scope,
                kinds=[one_of(EntryKind, kind, field="kinds") for kind in kinds],
                author=author,
                visible_only=not ground.access.permits(actor, Action.VIEW),
                after=(int(place[0]), str(place[1]), int(place[2])) if place else None,
                limit=limit + 1,
            )
        more, found = len(found) > limit, found[:limit]
        return Page(items=tuple(self._hits(actor, found)), next=cursor_to(*found[-1].place) if more else None)

    def _hits(self, actor: Staff, found: list[FoundEntry]) -> list[SearchHit]:
        """Put the host's present names into what was found; the last known ones where it gives none (M9)."""
        found, records, clients = self._ground.known(actor, found)
        return late(SearchHit, _parts_of, found, records, repeat(clients))


def _parts_of(found: FoundEntry, record: Record | None, clients: Mapping[str, Client]) -> tuple[object, ...]:
    return found.scope, *present_names(found, record, clients), found.entry


def search_portal(
    ground: Ground,
    business: Business,
    client: Client,
    records: Iterable[Record],
    text: str,
    *,
    cursor: str | None,
    limit: int,
) -> Page[PortalSearchHit]:
    """What this client finds on these records of theirs, as they are shown it, newest showing first."""
    query = Query.of(text)
    check_limit(limit)
    after = entry_id_from(str(cursor_from(cursor, str)[0])) if cursor is not None else None
    theirs = {record.scope: record for record in records}
    with ground.repository.reading() as work:
        kept = work.search.shown(
            business.id,
            client.id,
            theirs,
            query,
            authors=ground.settings.portal_author is PortalAuthor.STAFF,
            after=after,
            limit=limit + 1,
        )
    shown: list[tuple[Record, PortalEntry]] = []
    for line in kept:
        entry = project(line, client=client, business=business, settings=ground.settings)
        if entry is not None:
            shown.append((theirs[line.entry.scope], entry))
    return Page(
        items=tuple(
            PortalSearchHit(scope=record.scope, reference=record.reference, title=record.title, entry=entry)
            for record, entry in shown[:limit]
        ),
        next=cursor_to(str(shown[limit - 1][1].id)) if len(shown) > limit else None,
    )
