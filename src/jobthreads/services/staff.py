"""The staff door: conversations, the activity feed, and what staff write."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from jobthreads import signals
from jobthreads.domain.entries import Author, Entry, EntryKind, Request, Visibility
from jobthreads.domain.identifiers import check_request_id, one_of
from jobthreads.domain.paging import Page, check_limit, cursor_from, cursor_to
from jobthreads.domain.people import Client, Staff
from jobthreads.domain.records import Record, Scope
from jobthreads.domain.text import message_text
from jobthreads.domain.threads import Conversation, Thread
from jobthreads.errors import (
    InvalidInput,
    JobThreadsError,
    NotFound,
    NotPermitted,
    NotThisClients,
)
from jobthreads.policies.access import Action, Footing, sendable
from jobthreads.sentences import gettext as _
from jobthreads.services.searching import StaffSearch
from jobthreads.services.staff_files import StaffFiles
from jobthreads.services.staff_inbox import StaffInbox
from jobthreads.services.writing import Draft, draft_entry, post

__all__ = ["FeedHeader", "StaffDoor"]


@frozen(kw_only=True)
class FeedHeader:
    """What stands above a job's feed: the record, and what this person may write there.

    `record` and `client` are None once the host no longer gives them. `authors` are those with an entry in the
    thread, as they were last called.
    """

    scope: Scope
    record: Record | None
    client: Client | None
    reference: str
    title: str
    client_name: str
    can_note: bool
    can_reply: bool
    why_not: str | None
    authors: tuple[Author, ...] = ()
    can_attach: bool = False
    can_attach_visible: bool = False
    can_show: bool = False
    can_hide: bool = False


class StaffDoor(StaffInbox, StaffFiles, StaffSearch):
    """What staff call; each call names the actor first, and their business is the business.

    Raises `NotFound` for everything out of the actor's reach (S2), `NotPermitted` for what the role may not do,
    and `PortalDisabled` for messages while the Client Portal is off (M2).
    """

    def start(self, actor: Staff, *, client_id: str, scope: Scope) -> Conversation:
        """Begin the conversation on a record of this client, or open the one there is (M1, M4).

        Raises `NotThisClients` and `QuoteNotSent`.
        """
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, Action.START)
        record, client = footing.record, self._ground.client(actor.business_id, client_id)
        if client is None or record is None:
            raise NotFound
        if record.client_id != client_id:
            raise NotThisClients
        refusal = sendable(record)
        if refusal is not None:
            raise refusal
        with self._ground.repository.atomic() as work:
            thread = work.entries.lock(actor.business_id, scope)
            made = False
            if thread is None:
                new = Thread(
                    business_id=actor.business_id,
                    id=self._ground.new_id(),
                    scope=scope,
                    reference=record.reference,
                    title=record.title,
                    client_id=client_id,
                    client_name=client.name,
                ).start(self._ground.clock())
                thread = work.entries.create(new)
                made = thread.id == new.id
            if not thread.started:
                work.entries.save(thread.known_as(record, client).start(self._ground.clock()))
                made = True
            if made:
                work.after_commit(
                    lambda: signals.tell(
                        signals.thread_started,
                        self._ground.sender,
                        business_id=actor.business_id,
                        scope=scope,
                    )
                )
        return self._conversation(footing, client, actor, cursor=None, limit=50)

    def conversation(self, actor: Staff, scope: Scope, *, cursor: str | None = None, limit: int = 50) -> Conversation:
        """The visible entries of one thread, newest first (M7); empty where nobody has written."""
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, Action.MESSAGES)
        return self._conversation(footing, self._ground.client_of(footing), actor, cursor=cursor, limit=limit)

    def _conversation(
        self, footing: Footing, client: Client | None, actor: Staff, *, cursor: str | None, limit: int
    ) -> Conversation:
        scope, record = footing.scope, footing.record
        with self._ground.repository.reading() as work:
            known = work.entries.thread(actor.business_id, scope) if record is None else None
            entries = work.entries.feed(
                actor.business_id,
                scope,
                kinds=(),
                author=None,
                visible_only=True,
                before=_before(cursor),
                limit=check_limit(limit),
            )
            unread, _ = work.bell.unread_in(actor.business_id, actor.id, scope)
        why_not = self._why_not(footing)
        return Conversation(
            scope=scope,
            record=record,
            client=client,
            reference=record.reference if record else known.reference if known else "",
            title=record.title if record else known.title if known else "",
            client_name=client.name if client else known.client_name if known else "",
            entries=_page(*entries),
            can_reply=why_not is None,
            why_not=why_not.in_full if why_not else None,
            unread=unread,
        )

    def _why_not(self, footing: Footing) -> JobThreadsError | None:
        return self._ground.access.refusal(footing, Action.REPLY) or sendable(footing.record)

    def reply(
        self,
        actor: Staff,
        scope: Scope,
        text: str,
        *,
        request_id: str | None = None,
        if_seen: int | None = None,
    ) -> Entry:
        """Write a customer reply, which starts the thread if nobody has, and queue the client's mail (M6).

        `if_seen` is the newest `seq` the writer saw: `ThreadMoved` is raised if the client has written since.
        Raises `QuoteNotSent`, `EmptyText`, `TextTooLong`, `RequestReused`.
        """
        return self._write(
            actor,
            scope,
            Action.REPLY,
            kind=EntryKind.REPLY,
            visibility=Visibility.VISIBLE,
            text=text,
            request_id=request_id,
            if_seen=if_seen,
        )

    def note(self, actor: Staff, scope: Scope, text: str, *, request_id: str | None = None) -> Entry:
        """Write an internal note on a job: for the business only (J2, J3)."""
        return self._write(
            actor,
            scope,
            Action.NOTE,
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
            text=text,
            request_id=request_id,
            if_seen=None,
        )

    def _write(
        self,
        actor: Staff,
        scope: Scope,
        action: Action,
        *,
        kind: EntryKind,
        visibility: Visibility,
        text: str,
        request_id: str | None,
        if_seen: int | None,
    ) -> Entry:
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, action)
        record = footing.record
        if record is None:
            raise NotPermitted
        request = check_request_id(request_id)
        draft = Draft(
            business=footing.business,
            record=record,
            client=self._ground.client_of(footing),
            entry=draft_entry(
                self._ground,
                scope=scope,
                kind=kind,
                visibility=visibility,
                author=Author.of(actor),
                body=message_text(text),
            ),
            request=Request(call=action.value, id=request) if request else None,
            if_seen=if_seen,
            late_refusal=lambda _: sendable(record) if action is Action.REPLY else None,
        )
        return post(self._ground, draft).entry

    def feed(
        self,
        actor: Staff,
        scope: Scope,
        *,
        kinds: Sequence[EntryKind] = (),
        author: Author | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Entry]:
        """Everything that happened on one job, newest first (J1); of these kinds and this author, if given (J11)."""
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, Action.VIEW)
        with self._ground.repository.reading() as work:
            entries = work.entries.feed(
                actor.business_id,
                scope,
                kinds=[one_of(EntryKind, kind, field="kinds") for kind in kinds],
                author=author,
                visible_only=False,
                before=_before(cursor),
                limit=check_limit(limit),
            )
        return _page(*entries)

    def header(self, actor: Staff, scope: Scope) -> FeedHeader:
        """What stands above the feed: names, what may be written, and who has written."""
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, Action.VIEW)
        record, client = footing.record, self._ground.client_of(footing)
        with self._ground.repository.reading() as work:
            known = work.entries.thread(actor.business_id, scope) if record is None else None
            authors = work.entries.authors(actor.business_id, scope)
        why_not = self._why_not(footing)

        def may(action: Action) -> bool:
            return self._ground.storage is not None and self._ground.access.refusal(footing, action) is None

        return FeedHeader(
            scope=scope,
            record=record,
            client=client,
            reference=record.reference if record else known.reference if known else "",
            title=record.title if record else known.title if known else "",
            client_name=client.name if client else known.client_name if known else "",
            can_note=self._ground.access.refusal(footing, Action.NOTE) is None,
            can_reply=why_not is None,
            why_not=why_not.in_full if why_not else None,
            authors=tuple(authors),
            can_attach=may(Action.ATTACH_INTERNAL),
            can_attach_visible=may(Action.ATTACH_VISIBLE),
            can_show=may(Action.SHOW),
            can_hide=may(Action.HIDE),
        )

    def mark_read(self, actor: Staff, scope: Scope, *, upto: int) -> bool:
        """Leave unread only what the client wrote after the entry numbered `upto`; False if nothing changed."""
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, Action.MESSAGES)
        if not isinstance(upto, int) or isinstance(upto, bool) or not 0 <= upto < 2**63:
            raise InvalidInput(_("The place to read up to is an entry's number."), field="upto")
        changed = False
        while not changed:
            with self._ground.repository.reading() as work:
                unread, newest = work.bell.unread_in(actor.business_id, actor.id, scope)
            if not unread:
                return False
            # False means that a client wrote in between: look again, so that their entry is not taken for read.
            with self._ground.repository.atomic() as work:
                changed = work.bell.read(actor.business_id, actor.id, scope, upto=upto, as_of=newest)
                if changed:
                    work.after_commit(
                        lambda: signals.tell(
                            signals.thread_read,
                            self._ground.sender,
                            business_id=actor.business_id,
                            scope=scope,
                            reader=actor,
                        )
                    )
        return True


def _before(cursor: str | None) -> int | None:
    return int(cursor_from(cursor, int)[0]) if cursor is not None else None


def _page(entries: list[Entry], following: int | None) -> Page[Entry]:
    return Page(items=tuple(entries), next=None if following is None else cursor_to(following))
