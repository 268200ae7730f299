"""Files after they are in: shown, hidden and opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Self

from attrs import evolve

from jobthreads import signals
from jobthreads.domain.entries import AuthorKind, Entry, KeptEntry, ScanState, Visibility
from jobthreads.domain.files import Blob
from jobthreads.domain.people import Business, Client
from jobthreads.domain.records import Record
from jobthreads.domain.threads import Thread, may_be_shown
from jobthreads.errors import AttachmentInfected, AttachmentNotReady, NotFound, NotPermitted
from jobthreads.ports import Readable, UnitOfWork
from jobthreads.sentences import gettext as _
from jobthreads.services.attaching import storage_of
from jobthreads.services.ground import Ground
from jobthreads.services.writing import tell_client

__all__ = ["OpenFile", "open_file", "redo", "ring", "set_visibility"]

_PIECE = 1024 * 1024


class OpenFile:
    """A file held open for reading: `name`, `type`, `size` in bytes of the whole, and `read(n)`."""

    def __init__(self, name: str, type_: str, size: int, content: AbstractContextManager[Readable]) -> None:
        self.name = name
        self.type = type_
        self.size = size
        self._content = content
        self._read: Callable[[int], bytes] | None = None

    def __enter__(self) -> Self:
        self._read = self._content.__enter__().read
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._read = None
        self._content.__exit__(kind, error, traceback)

    def read(self, size: int = -1) -> bytes:
        """The next `size` bytes, fewer at the end; all that are left without a size."""
        if self._read is None:
            raise ValueError("Open the file with `with` first.")
        return self._read(size) if size >= 0 else b"".join(iter(partial(self._read, _PIECE), b""))


def open_file(
    ground: Ground, kept: KeptEntry, blob: Blob | None, *, start: int, end: int | None, preview: bool
) -> OpenFile:
    """Open the content of a file whose entry the caller may see, or its preview; raises `NotFound` without one."""
    file = kept.entry.file
    if file is None or blob is None:
        raise NotFound
    if file.state is ScanState.PENDING:
        raise AttachmentNotReady
    if file.state is ScanState.INFECTED:
        raise AttachmentInfected(file_name=file.name)
    storage = storage_of(ground)
    if not preview:
        return OpenFile(file.name, file.type, file.size, storage.open(blob.key, start, end))
    if blob.preview_key is None:
        raise NotFound
    return OpenFile(file.name, "image/jpeg", -1, storage.open(blob.preview_key))


def ring(ground: Ground, record: Record) -> list[str]:
    """The staff whose bell a client's entry rings: everyone whose reach holds the record now (M8)."""
    access = ground.access
    return [person.id for person in ground.directory.team(record.business_id) if access.rings(person, record)]


def set_visibility(
    ground: Ground,
    business: Business,
    record: Record,
    client: Client | None,
    kept: KeptEntry,
    visibility: Visibility,
) -> Entry:
    """Show or hide a file (J6); asked for what it is already, it changes nothing."""
    if kept.entry.file is None:
        raise NotPermitted(
            _("Only files can be shown or hidden."), hint=_("A note is always internal, a reply always visible.")
        )
    with ground.repository.atomic() as work:
        thread = work.entries.lock(business.id, kept.entry.scope)
        present = work.entries.one(business.id, kept.entry.id)
        if thread is None or present is None:
            raise NotFound
        if present.entry.visibility is visibility:
            return present.entry
        changed = evolve(present, entry=evolve(present.entry, visibility=visibility))
        thread, shown = redo(ground, work, thread.known_as(record, client), changed, shown_to=record.client_id)
        mail = tell_client(ground, work, business, client, thread, shown, ground.clock())
        work.after_commit(lambda: _tell(ground, thread, shown, mail))
        return shown.entry


def redo(
    ground: Ground, work: UnitOfWork, thread: Thread, kept: KeptEntry, *, shown_to: str
) -> tuple[Thread, KeptEntry]:
    """Keep an entry whose visibility or state has changed: shown anew, taken back, or neither, as that wants."""
    was = kept.showing
    if may_be_shown(kept.entry) and was is None:
        thread, kept = thread.show(kept, now=ground.clock(), shown_to=shown_to)
    elif was is not None and not may_be_shown(kept.entry):
        thread, kept = thread.hide(kept, work.files.spoken_before(thread, kept.entry.seq))
    work.files.change(thread, kept, was_shown_to=was.client_id if was else None)
    work.entries.save(thread)
    rang = kept.entry.file is not None and kept.entry.file.state is ScanState.CLEAN
    if rang and was is not None and kept.showing is None and kept.entry.author.kind is AuthorKind.CLIENT:
        # An upload that was never clean never rang: to take it out would take another entry's place.
        work.bell.unring(thread, kept)
    return thread, kept


def _tell(ground: Ground, thread: Thread, kept: KeptEntry, mail: bool) -> None:
    signals.tell(signals.visibility_changed, ground.sender, business_id=thread.business_id, entry=kept.entry)
    if mail:
        ground.wake()
