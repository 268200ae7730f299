"""The JSON API: the same doors as the pages, values in and values out."""

from __future__ import annotations

from typing import Any, TypeVar

from jobthreads.domain.entries import Visibility
from jobthreads.domain.paging import Page
from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Scope
from jobthreads.domain.search import SearchHit
from jobthreads.errors import AttachmentsNotSupported, UploadsOff
from jobthreads.web.bodies import (
    Bell,
    BellRead,
    Choices,
    Feed,
    Marked,
    NewConversation,
    NewEntry,
    NewFile,
    NewPortalFile,
    NewPortalReply,
    NewReply,
    NewVisibility,
    PortalSeen,
    Seen,
)
from jobthreads.web.feed_pages import author_from, kinds_from
from jobthreads.web.file_answers import PortalFiles, StaffFiles
from jobthreads.web.searching import by_q
from jobthreads.web.staff_pages import what_is_offered
from jobthreads.web.visit import Answer, Visit

__all__ = ["PortalApi", "StaffApi"]

T = TypeVar("T")


def _value(value: object) -> Answer:
    return Answer(value=value, projection=value)


def _scope(visit: Visit[Any]) -> Scope | None:
    """The record that the address's `scope` names; raises `NotFound` for what can name none."""
    named = visit.request.param("scope")
    return None if named is None else Scope.parse(named)


class StaffApi(StaffFiles):
    """Each method answers one route of the staff mount's API."""

    def inbox(self, visit: Visit[Staff]) -> Answer:
        """Started conversations (M7)."""
        request = visit.request
        return _value(
            visit.threads.staff.inbox(
                visit.person,
                unread_only=request.param("unread") is not None,
                client_id=request.param("client"),
                cursor=request.param("cursor"),
                limit=visit.limit(),
            )
        )

    def choose(self, visit: Visit[Staff]) -> Answer:
        """Clients, and the chosen client's records (M4)."""
        client_id = visit.request.param("client") or ""
        clients = visit.threads.staff.clients(visit.person, visit.request.param("text") or "")
        scopes = visit.threads.staff.scopes(visit.person, client_id) if client_id else ()
        return _value(
            Choices(clients=clients, scopes=scopes, nothing=visit.language.say(what_is_offered(client_id, len(scopes))))
        )

    def start(self, visit: Visit[Staff]) -> Answer:
        """Start a conversation, or open the one there is (M1, M4)."""
        wanted = visit.body(NewConversation)
        found = visit.threads.staff.start(visit.person, client_id=wanted.client, scope=wanted.scope)
        return Answer(status=201, value=found)

    def conversation(self, visit: Visit[Staff]) -> Answer:
        """One conversation; reading it here moves no mark."""
        return _value(
            visit.threads.staff.conversation(
                visit.person, visit.scope, cursor=visit.request.param("cursor"), limit=visit.limit()
            )
        )

    def reply(self, visit: Visit[Staff]) -> Answer:
        """Reply to the client (M5, M6)."""
        new = self._body(visit, NewReply)
        return Answer(
            status=201,
            value=visit.threads.staff.reply(
                visit.person, visit.scope, new.text, request_id=new.request_id, if_seen=new.if_seen
            ),
        )

    def mark_read(self, visit: Visit[Staff]) -> Answer:
        """Mark read up to an entry."""
        upto = visit.body(Seen).upto
        changed = visit.threads.staff.mark_read(visit.person, visit.scope, upto=upto)
        return Answer(value=Marked(changed=changed))

    def feed(self, visit: Visit[Staff]) -> Answer:
        """A job's feed, with its filters (J1, J11)."""
        request, scope = visit.request, visit.scope
        if request.param("q") is None:
            page = visit.threads.staff.feed(
                visit.person,
                scope,
                kinds=kinds_from(request.params("type")),
                author=author_from(request.param("author")),
                cursor=request.param("cursor"),
                limit=visit.limit(),
            )
        else:
            hits = self._hits(visit, scope)
            page = Page(items=tuple(hit.entry for hit in hits.items), next=hits.next)
        header = visit.threads.staff.header(visit.person, scope)
        return _value(Feed(header=header, items=page.items, next=page.next))

    def search(self, visit: Visit[Staff]) -> Answer:
        """Entries that hold every word (J12)."""
        return _value(self._hits(visit, _scope(visit)))

    def _hits(self, visit: Visit[Staff], scope: Scope | None) -> Page[SearchHit]:
        request = visit.request
        with by_q():
            return visit.threads.staff.search(
                visit.person,
                request.param("q") or "",
                scope=scope,
                kinds=kinds_from(request.params("type")),
                author=author_from(request.param("author")),
                cursor=request.param("cursor"),
                limit=visit.limit(),
            )

    def add_entry(self, visit: Visit[Staff]) -> Answer:
        """Write a note or a reply: which of the two is always said (J2)."""
        new = self._body(visit, NewEntry)
        staff, actor, scope = visit.threads.staff, visit.person, visit.scope
        if new.visibility is Visibility.VISIBLE:
            entry = staff.reply(actor, scope, new.text, request_id=new.request_id, if_seen=new.if_seen)
        else:
            entry = staff.note(actor, scope, new.text, request_id=new.request_id)
        return Answer(status=201, value=entry)

    def attach(self, visit: Visit[Staff]) -> Answer:
        """Attach one file: for whom is always said (J5, J6)."""
        # Access is judged before 25 MB are read.
        visit.threads.staff.header(visit.person, visit.scope)
        with visit.file(NewFile) as (new, upload):
            entry = visit.threads.staff.attach(
                visit.person,
                visit.scope,
                upload.content,
                name=upload.name,
                visibility=new.visibility,
                request_id=new.request_id,
            )
        return Answer(status=201, value=entry)

    def set_visibility(self, visit: Visit[Staff]) -> Answer:
        """Show a file to the client, or take it back (J6)."""
        new = visit.body(NewVisibility)
        return Answer(value=visit.threads.staff.set_visibility(visit.person, visit.args["entry"], new.visibility))

    def bell(self, visit: Visit[Staff]) -> Answer:
        """The unread threads (J10)."""
        bell = visit.threads.bell
        return _value(Bell(unread=bell.unread(visit.person), notices=bell.notices(visit.person)))

    def clear_bell(self, visit: Visit[Staff]) -> Answer:
        """Clear one line, or all."""
        changed = visit.threads.bell.mark_read(visit.person, visit.body(BellRead).scope)
        return Answer(value=Marked(changed=changed))

    def _body(self, visit: Visit[Staff], wanted: type[T]) -> T:
        try:
            return visit.body(wanted)
        except AttachmentsNotSupported:
            # Access is judged first: whoever cannot see the thread hears that there is none.
            visit.threads.staff.header(visit.person, visit.scope)
            raise


class PortalApi(PortalFiles):
    """Each method answers one route of the portal mount's API."""

    def records(self, visit: Visit[Client]) -> Answer:
        """The client's jobs and sent quotes (M11)."""
        cursor = visit.request.param("cursor")
        return _value(visit.threads.portal.records(visit.person, cursor=cursor, limit=visit.limit()))

    def search(self, visit: Visit[Client]) -> Answer:
        """Entries shown to the client that hold every word (J12)."""
        request = visit.request
        with by_q():
            return _value(
                visit.threads.portal.search(
                    visit.person,
                    request.param("q") or "",
                    scope=_scope(visit),
                    cursor=request.param("cursor"),
                    limit=visit.limit(),
                )
            )

    def conversation(self, visit: Visit[Client]) -> Answer:
        """One conversation; reading it here moves no mark."""
        return _value(
            visit.threads.portal.conversation(
                visit.person, visit.scope, cursor=visit.request.param("cursor"), limit=visit.limit()
            )
        )

    def reply(self, visit: Visit[Client]) -> Answer:
        """Write the client's reply (J4)."""
        try:
            new = visit.body(NewPortalReply)
        except AttachmentsNotSupported:
            visit.threads.portal.conversation(visit.person, visit.scope, limit=1)
            raise
        portal = visit.threads.portal
        return Answer(status=201, value=portal.reply(visit.person, visit.scope, new.text, request_id=new.request_id))

    def attach(self, visit: Visit[Client]) -> Answer:
        """Upload one file, where the job allows it (J8)."""
        portal, scope = visit.threads.portal, visit.scope
        if not portal.conversation(visit.person, scope, limit=1).can_upload:
            raise UploadsOff
        with visit.file(NewPortalFile) as (new, upload):
            entry = portal.attach(visit.person, scope, upload.content, name=upload.name, request_id=new.request_id)
        return Answer(status=201, value=entry)

    def mark_read(self, visit: Visit[Client]) -> Answer:
        """Mark read up to an entry (J9)."""
        upto = visit.body(PortalSeen).upto
        changed = visit.threads.portal.mark_read(visit.person, visit.scope, upto=upto)
        return Answer(value=Marked(changed=changed))
