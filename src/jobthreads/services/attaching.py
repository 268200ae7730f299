"""How a file comes in: judged by its content, stored first and recorded second."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import BinaryIO

from attrs import evolve

from jobthreads import faults
from jobthreads.domain.entries import File, KeptEntry, ScanState
from jobthreads.domain.files import Blob
from jobthreads.errors import JobThreadsError, Misconfigured
from jobthreads.policies.attachments import clean_name
from jobthreads.ports import BlobStorage
from jobthreads.services.ground import Ground
from jobthreads.services.spooling import received
from jobthreads.services.writing import Draft, post, replayed

__all__ = ["attach", "storage_of"]


def attach(ground: Ground, draft: Draft, file: BinaryIO, *, name: str) -> KeptEntry:
    """Judge the file, store it, and write its entry: blob first, row second, so no row is ever without its file.

    Raises an `AttachmentRejected` that says why; nothing is stored then.
    """
    storage, key = storage_of(ground), secrets.token_hex(16)
    with received(file, clean_name(name), ground.attachments.max_bytes, storage=storage, key=key) as whole:
        proven = ground.attachments.judge(whole.content, name=name)
        state = ScanState.CLEAN if ground.scanner is None else ScanState.PENDING
        attached = File(
            name=proven.name,
            size=whole.size,
            type=proven.type.content_type,
            sha256=whole.sha256,
            state=state,
        )
        draft = evolve(draft, entry=evolve(draft.entry, file=attached))
        with ground.repository.reading() as work:
            earlier = replayed(work, draft)
        if earlier is not None:
            return earlier
        whole.content.seek(0)
        storage.put(whole.content, key)
    faults.hit("attach.stored")
    preview = ground.previews is not None and proven.type.picture
    draft = evolve(draft, blob=Blob(key=key, preview_wanted=preview))
    try:
        kept = post(ground, draft)
    except BaseException:
        _drop(storage, key)
        raise
    if kept.entry.id != draft.entry.id:
        # The same request had made an entry meanwhile: that one's file stays, ours goes.
        _drop(storage, key)
    return kept


def storage_of(ground: Ground) -> BlobStorage:
    """The storage, or `Misconfigured` where the host gave none."""
    if ground.storage is None:
        raise Misconfigured("There is no storage for files.", hint='Give JobThreads storage=LocalStorage("var/files").')
    return ground.storage


def _drop(storage: BlobStorage, key: str) -> None:
    # What cannot be removed now is an orphan, and the sweep's.
    with suppress(JobThreadsError):
        storage.delete(key)
