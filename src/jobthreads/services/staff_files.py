"""The part of the staff door that is about files: attached, shown, hidden, opened."""

from __future__ import annotations

from typing import BinaryIO
from uuid import UUID

from jobthreads.domain.entries import Author, Entry, EntryKind, KeptEntry, Request, Visibility
from jobthreads.domain.files import Blob
from jobthreads.domain.identifiers import check_request_id, entry_id_from, one_of
from jobthreads.domain.people import Staff
from jobthreads.domain.records import Scope
from jobthreads.errors import NotFound, NotPermitted
from jobthreads.policies.access import Action, Footing
from jobthreads.sentences import gettext as _
from jobthreads.services.attaching import attach
from jobthreads.services.files import OpenFile, open_file, set_visibility
from jobthreads.services.ground import Ground
from jobthreads.services.writing import Draft, draft_entry

__all__ = ["StaffFiles"]


class StaffFiles:
    """What staff do with files; see `StaffDoor`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def attach(
        self,
        actor: Staff,
        scope: Scope,
        file: BinaryIO,
        *,
        name: str,
        visibility: Visibility,
        request_id: str | None = None,
    ) -> Entry:
        """Attach a file to a job, internal or visible (J5, J6); judged by its content, 25 MB at most.

        Raises `AttachmentsNotSupported` on a quote, and an `AttachmentRejected` that says why.
        """
        visibility = one_of(Visibility, visibility, field="visibility")
        visible = visibility is Visibility.VISIBLE
        footing = self._ground.staff_footing(actor, scope)
        self._ground.require(footing, Action.ATTACH_VISIBLE if visible else Action.ATTACH_INTERNAL)
        record, request = footing.record, check_request_id(request_id)
        if record is None:
            raise NotPermitted
        draft = Draft(
            business=footing.business,
            record=record,
            client=self._ground.client_of(footing),
            entry=draft_entry(
                self._ground,
                scope=scope,
                kind=EntryKind.FILE,
                visibility=visibility,
                author=Author.of(actor),
            ),
            request=Request(call="attach", id=request) if request else None,
            late_refusal=lambda _: None,
        )
        return attach(self._ground, draft, file, name=name).entry

    def set_visibility(self, actor: Staff, entry_id: UUID | str, visibility: Visibility) -> Entry:
        """Show a file to the client, or take it back at once, on every path (J6); shown again, it is new again.

        Raises `NotPermitted` for anything but a file.
        """
        visibility = one_of(Visibility, visibility, field="visibility")
        visible = visibility is Visibility.VISIBLE
        footing, kept, _ = self._file(actor, entry_id, Action.SHOW if visible else Action.HIDE)
        if footing.record is None:
            raise NotPermitted
        return set_visibility(
            self._ground,
            footing.business,
            footing.record,
            self._ground.client_of(footing),
            kept,
            visibility,
        )

    def open_file(
        self,
        actor: Staff,
        entry_id: UUID | str,
        *,
        start: int = 0,
        end: int | None = None,
        preview: bool = False,
    ) -> OpenFile:
        """Open a file's content from byte `start` up to `end`, or its preview; a context manager with `read(n)`.

        Raises `AttachmentNotReady` until the scanner has passed it.
        """
        _, kept, blob = self._file(actor, entry_id, Action.VIEW)
        return open_file(self._ground, kept, blob, start=start, end=end, preview=preview)

    def _file(self, actor: Staff, entry_id: UUID | str, action: Action) -> tuple[Footing, KeptEntry, Blob | None]:
        """The file, if the actor may do this with it; an unknown one and one out of reach are the same answer (S2)."""
        with self._ground.repository.reading() as work:
            found = work.files.kept(actor.business_id, entry_id_from(entry_id))
        if found is None:
            raise NotFound
        kept, blob = found
        footing = self._ground.staff_footing(actor, kept.entry.scope)
        if kept.entry.file is None and self._ground.access.refusal(footing, Action.VIEW) is None:
            raise NotPermitted(
                _("Only files can be shown or hidden."), hint=_("A note is always internal, a reply always visible.")
            )
        self._ground.require(footing, action)
        return footing, kept, blob
