"""The portal door: what a client sees and writes. Everything it gives is a projection (S1)."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from jobthreads import signals
from jobthreads.domain.entries import Author, EntryKind, KeptEntry, Request, Visibility
from jobthreads.domain.identifiers import check_request_id, entry_id_from
from jobthreads.domain.making import late
from jobthreads.domain.paging import Page, check_limit, cursor_from, cursor_to
from jobthreads.domain.people import Business, Client
from jobthreads.domain.portal import Entrance, LinkPreview, PortalConversation, PortalEntry, PortalRecord
from jobthreads.domain.records import Job, Record, Scope
from jobthreads.domain.search import PortalSearchHit
from jobthreads.domain.text import message_text
from jobthreads.domain.threads import Thread
from jobthreads.errors import JobThreadsError, NotFound, NotPermitted
from jobthreads.policies.access import Action, closed, unsent
from jobthreads.policies.audience import project, snippet
from jobthreads.sentences import gettext as _
from jobthreads.services.attaching import attach
from jobthreads.services.files import OpenFile, open_file, ring
from jobthreads.services.ground import Ground
from jobthreads.services.links import LinkDoor
from jobthreads.services.searching import search_portal
from jobthreads.services.writing import Draft, draft_entry, post

__all__ = ["PortalDoor"]


class PortalDoor:
    """What a client calls, or the portal for them; each call names the client first.

    Raises `NotFound` for every record that is not theirs or not sent to them (M11, S2), and `PortalDisabled` for
    everything while the business's portal is off (M2).
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._links = LinkDoor(ground)

    def records(self, client: Client, *, cursor: str | None = None, limit: int = 50) -> Page[PortalRecord]:
        """The client's jobs and sent quotes: newest visible reply or file first, then the rest (M11, J9)."""
        business = self._open(client)
        check_limit(limit)
        after = str(cursor_from(cursor, str)[0]) if cursor is not None else None
        theirs = self._records(business, client)
        with self._ground.repository.reading() as work:
            marks = work.marks.of_client(business.id, client.id)
        spoken: list[tuple[Scope, Record, PortalEntry, int]] = []
        silent: list[tuple[Scope, Record, None, int]] = []
        for record in theirs:
            scope = record.scope
            kept, unread = marks.get(scope, _NOTHING)
            newest = kept and project(kept, client=client, business=business, settings=self._ground.settings)
            if newest:
                spoken.append((scope, record, newest, unread))
            else:
                silent.append((scope, record, None, 0))
        spoken.sort(key=_newest_at, reverse=True)
        ordered = [*spoken, *silent]
        begin = 0
        if after is not None:
            scopes = [str(scope) for scope, *_rest in ordered]
            begin = scopes.index(after) + 1 if after in scopes else 0
        page = ordered[begin : begin + limit]
        items = late(PortalRecord, _parts_of, *zip(*page, strict=True)) if page else ()
        return Page(items=tuple(items), next=cursor_to(str(page[-1][0])) if begin + limit < len(ordered) else None)

    def search(
        self, client: Client, text: str, *, scope: Scope | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[PortalSearchHit]:
        """Entries shown to this client that hold every word, newest showing first (J12); of one record with `scope`.

        Words are blind to case and accents, and the last may be the beginning of one. Raises `InvalidInput` for a
        text without a word.
        """
        if scope is None:
            business = self._open(client)
            theirs = self._records(business, client)
        else:
            business, record = self._theirs(client, scope)
            theirs = [record]
        return search_portal(self._ground, business, client, theirs, text, cursor=cursor, limit=limit)

    def conversation(
        self,
        client: Client,
        scope: Scope,
        *,
        cursor: str | None = None,
        begin: UUID | str | None = None,
        limit: int = 50,
    ) -> PortalConversation:
        """The entries shown to this client on one job or quote, newest first; from the entry `begin` on, if given.

        From the first one if `begin` is not shown to them here.
        """
        business, record = self._theirs(client, scope)
        after = entry_id_from(str(cursor_from(cursor, str)[0])) if cursor is not None else None
        with self._ground.repository.reading() as work:
            first = work.entries.one(business.id, entry_id_from(begin)) if begin is not None and after is None else None
            if first is not None and first.entry.scope == scope and self._sees(first, client, business):
                after = first.entry.id
            else:
                first = None
            kept = work.entries.shown(business.id, scope, client.id, after=after, limit=check_limit(limit) + 1)
            kept = [first, *kept[:limit]] if first is not None else kept
            unread = work.marks.unread(business.id, client.id, scope)
            thread = None if self._ground.settings.client_may_start else work.entries.thread(business.id, scope)
        shown = [
            entry
            for entry in (
                project(line, client=client, business=business, settings=self._ground.settings) for line in kept
            )
            if entry is not None
        ]
        return PortalConversation(
            scope=scope,
            reference=record.reference,
            title=record.title,
            entries=Page(
                items=tuple(shown[:limit]),
                next=cursor_to(str(shown[limit - 1].id)) if len(shown) > limit else None,
            ),
            can_reply=self._may_write(thread) is None,
            can_upload=self._ground.storage is not None and isinstance(record, Job) and record.client_uploads,
            unread=unread,
        )

    def reply(self, client: Client, scope: Scope, text: str, *, request_id: str | None = None) -> PortalEntry:
        """Write the client's reply, and ring the bell of everyone whose reach holds the record now (M8).

        Raises `EmptyText`, `TextTooLong`, `LimitReached`, `RequestReused`.
        """
        business, record = self._theirs(client, scope)
        request = check_request_id(request_id)
        body = message_text(text)
        draft = Draft(
            business=business,
            record=record,
            client=client,
            entry=draft_entry(
                self._ground,
                scope=scope,
                kind=EntryKind.REPLY,
                visibility=Visibility.VISIBLE,
                author=Author.of(client),
                body=body,
            ),
            request=Request(call="reply", id=request) if request else None,
            late_refusal=self._may_write,
            ring=ring(self._ground, record),
            limit=self._limit("post", client, self._ground.settings.client_posts),
        )
        return self._shown(post(self._ground, draft), client, business)

    def attach(
        self, client: Client, scope: Scope, file: BinaryIO, *, name: str, request_id: str | None = None
    ) -> PortalEntry:
        """Upload a file where the job's pipeline allows it (J8): visible, and judged like staff's.

        Raises `UploadsOff`, `AttachmentsNotSupported` on a quote, `LimitReached`, and an `AttachmentRejected`.
        """
        business, record = self._theirs(client, scope, Action.ATTACH_VISIBLE)
        request = check_request_id(request_id)
        draft = Draft(
            business=business,
            record=record,
            client=client,
            entry=draft_entry(
                self._ground,
                scope=scope,
                kind=EntryKind.FILE,
                visibility=Visibility.VISIBLE,
                author=Author.of(client),
            ),
            request=Request(call="attach", id=request) if request else None,
            late_refusal=self._may_write,
            ring=ring(self._ground, record),
            limit=self._limit("file", client, self._ground.settings.client_files),
        )
        return self._shown(attach(self._ground, draft, file, name=name), client, business)

    def open_file(
        self,
        client: Client,
        entry_id: UUID | str,
        *,
        start: int = 0,
        end: int | None = None,
        preview: bool = False,
    ) -> OpenFile:
        """Open a file that is shown to this client now (J7); a context manager with `read(n)`.

        Raises `NotFound` as soon as it is hidden, and `AttachmentNotReady` for their own upload until it is checked.
        """
        with self._ground.repository.reading() as work:
            found = work.files.kept(client.business_id, entry_id_from(entry_id))
        if found is None:
            raise NotFound
        kept, blob = found
        business, _ = self._theirs(client, kept.entry.scope)
        if self._shown(kept, client, business).file is None:
            raise NotFound
        return open_file(self._ground, kept, blob, start=start, end=end, preview=preview)

    def _sees(self, kept: KeptEntry, client: Client, business: Business) -> bool:
        return project(kept, client=client, business=business, settings=self._ground.settings) is not None

    def _shown(self, kept: KeptEntry, client: Client, business: Business) -> PortalEntry:
        shown = project(kept, client=client, business=business, settings=self._ground.settings)
        if shown is None:
            raise NotFound
        return shown

    @staticmethod
    def _limit(what: str, client: Client, most: int | None) -> tuple[str, int] | None:
        return None if most is None else (f"{what}:{client.id}", most)

    def _may_write(self, thread: Thread | None) -> JobThreadsError | None:
        if self._ground.settings.client_may_start or (thread is not None and thread.started):
            return None
        return NotPermitted(
            _("This conversation has not begun yet."), hint=_("You can answer as soon as you have been written to.")
        )

    def mark_read(self, client: Client, scope: Scope, *, upto: UUID | str) -> bool:
        """Note that the client has seen everything up to this entry; False if they had before (J9)."""
        business, _ = self._theirs(client, scope)
        entry_id = entry_id_from(upto)
        with self._ground.repository.reading() as work:
            unread = work.marks.unread_at(business.id, client.id, scope, entry_id)
        if unread is None:
            raise NotFound
        if not unread:
            return False
        with self._ground.repository.atomic() as work:
            changed = work.marks.see(business.id, client.id, scope, entry_id)
            if changed:
                work.after_commit(
                    lambda: signals.tell(
                        signals.thread_read,
                        self._ground.sender,
                        business_id=business.id,
                        scope=scope,
                        reader=client,
                    )
                )
        return changed

    def preview(self, token: str) -> LinkPreview:
        """What the page behind a mailed link may show; changes nothing. Raises `LinkExpired`, `PortalDisabled`."""
        return self._links.preview(token)

    def enter(self, token: str) -> Entrance:
        """Open a session by a mailed link (M6). Raises `LinkExpired`, `PortalDisabled`."""
        return self._links.enter(token)

    def renew(self, token: str) -> None:
        """Mail a fresh link in place of an expired one; the same silence in every case."""
        self._links.renew(token)

    def revoke(self, client: Client) -> int:
        """End every mailed link of this client, and the sessions they opened; how many were ended."""
        return self._links.revoke(client)

    def client_of(self, session: str) -> Client | None:
        """The client whose session this is, as the host gives them now; None once it is over."""
        return self._links.client_of(session)

    def _records(self, business: Business, client: Client) -> list[Record]:
        """The client's jobs and sent quotes, in the host's order."""
        return [
            record
            for record in self._ground.directory.records_of_client(business.id, client.id)
            if record.business_id == business.id and record.client_id == client.id and not unsent(record)
        ]

    def _open(self, client: Client) -> Business:
        business = self._ground.business(client.business_id)
        if not business.portal_enabled:
            raise closed(business)
        return business

    def _theirs(self, client: Client, scope: Scope, action: Action = Action.MESSAGES) -> tuple[Business, Record]:
        footing = self._ground.client_footing(client, scope)
        refusal = self._ground.access.refusal(footing, action)
        if refusal is not None or footing.record is None:
            raise refusal or NotFound()
        return footing.business, footing.record


_NOTHING = (None, 0)


def _newest_at(row: tuple[Scope, Record, PortalEntry, int]) -> datetime:
    return row[2].at


def _parts_of(scope: Scope, record: Record, newest: PortalEntry | None, unread: int) -> tuple[object, ...]:
    line = snippet(newest.body, newest.file.name if newest.file else None) if newest else ""
    return scope, record.reference, record.title, line, newest.at if newest else None, unread
