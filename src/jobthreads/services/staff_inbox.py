"""The part of the staff door that lists conversations, and with whom one may begin."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat

from attrs import frozen

from jobthreads.domain.making import late
from jobthreads.domain.paging import Page, check_limit, cursor_from, cursor_to
from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Record
from jobthreads.domain.threads import InboxRow, ThreadRow
from jobthreads.domain.times import time_of
from jobthreads.errors import NotFound, PortalDisabled
from jobthreads.policies.access import Action, unsent
from jobthreads.policies.audience import snippet
from jobthreads.sentences import gettext as _
from jobthreads.services.ground import Ground, present_names

__all__ = ["Availability", "StaffInbox"]

_MOST_CLIENTS = 200


@frozen(kw_only=True)
class Availability:
    """Whether the *Messages* item stands in the sidebar, and if not, why not (M2, M10)."""

    shown: bool
    why_not: str | None = None


class StaffInbox:
    """How staff find a conversation; see `StaffDoor`."""

    _ground: Ground

    def availability(self, actor: Staff) -> Availability:
        """Tell whether Messages is there for this person, and if not, why not (M2, M10)."""
        business = self._ground.business(actor.business_id)
        if not self._ground.access.permits(actor, Action.MESSAGES):
            return Availability(shown=False, why_not=_("Your role does not include messages; ask your office."))
        if not business.portal_enabled:
            return Availability(shown=False, why_not=PortalDisabled().in_full)
        return Availability(shown=True)

    def inbox(
        self,
        actor: Staff,
        *,
        unread_only: bool = False,
        client_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[InboxRow]:
        """Started threads in the actor's reach, newest conversation first (M7)."""
        self._ground.require_messages(actor, Action.MESSAGES)
        check_limit(limit)
        place = cursor_from(cursor, int, str) if cursor is not None else None
        after = (int(place[0]), str(place[1])) if place else None
        reach = self._ground.reach(actor)
        if client_id is not None:
            theirs = self._ground.directory.records_of_client(actor.business_id, client_id)
            reach = reach.within(record.scope for record in theirs)
        with self._ground.repository.reading() as work:
            rows = work.inbox.rows(
                actor.business_id, actor.id, reach, unread_only=unread_only, after=after, limit=limit + 1
            )
        more, rows = len(rows) > limit, rows[:limit]
        return Page(items=tuple(self._named(actor, rows)), next=cursor_to(*rows[-1].place) if more else None)

    def _named(self, actor: Staff, rows: list[ThreadRow]) -> list[InboxRow]:
        """Put the host's present names into the rows; the last known ones where it gives none (M9)."""
        rows, records, clients = self._ground.known(actor, rows)
        return late(InboxRow, _parts_of, rows, records, repeat(clients))

    def clients(self, actor: Staff, text: str = "") -> tuple[Client, ...]:
        """Clients to start a conversation with, in the host's order, 200 at most (M4)."""
        self._ground.require_messages(actor, Action.START)
        found = self._ground.directory.search_clients(actor.business_id, text.strip(), _MOST_CLIENTS)
        return tuple(client for client in found if client.business_id == actor.business_id)[:_MOST_CLIENTS]

    def scopes(self, actor: Staff, client_id: str) -> tuple[Record, ...]:
        """The client's jobs, and those of their quotes that were sent to the portal (M4)."""
        self._ground.require_messages(actor, Action.START)
        if self._ground.client(actor.business_id, client_id) is None:
            raise NotFound
        theirs = self._ground.directory.records_of_client(actor.business_id, client_id)
        return tuple(
            record
            for record in theirs
            if record.business_id == actor.business_id and record.client_id == client_id and not unsent(record)
        )


def _parts_of(row: ThreadRow, record: Record | None, clients: Mapping[str, Client]) -> tuple[object, ...]:
    line = snippet(row.body, row.file_name)
    return row.scope, *present_names(row, record, clients), line, time_of(row.at), row.unread
