"""What a worker does with files: ask the scanner, make the preview."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from io import BytesIO

from attrs import evolve

from jobthreads.domain.entries import AuthorKind, ScanState
from jobthreads.domain.files import FileTask
from jobthreads.domain.scanning import Infected
from jobthreads.policies.access import unsent
from jobthreads.services.attaching import storage_of
from jobthreads.services.files import redo, ring
from jobthreads.services.ground import Ground
from jobthreads.services.spooling import copied
from jobthreads.services.writing import tell_client

__all__ = ["FileWork"]

_CLAIM = 10
_WAIT = timedelta(minutes=1)
_TRIES = 5
"""How often a preview is tried; a scan is tried for ever, since an unscanned file is never clean."""

_log = logging.getLogger("jobthreads")


class FileWork:
    """Scans and previews what waits for it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def run_once(self) -> int:
        """Look at what is due, 10 files at most; how many were taken."""
        ground = self._ground
        if ground.storage is None or (ground.scanner is None and ground.previews is None):
            return 0
        now = ground.clock()
        with ground.repository.atomic() as work:
            tasks = work.files.claim(now=now, until=now + ground.settings.lease, limit=_CLAIM)
        for task in tasks:
            self._do(task)
        return len(tasks)

    def _do(self, task: FileTask) -> None:
        file = task.kept.entry.file
        if file is None:
            return
        state, preview_key, preview_wanted, late = file.state, None, task.preview_wanted, False
        try:
            with copied(storage_of(self._ground), task.blob_key) as content:
                if task.scan_wanted and self._ground.scanner is not None:
                    found = self._ground.scanner.scan(content)
                    state = ScanState.INFECTED if isinstance(found, Infected) else ScanState.CLEAN
                    content.seek(0)
                if task.preview_wanted and state is ScanState.CLEAN and self._ground.previews is not None:
                    made = self._ground.previews(content, file.type)
                    preview_wanted = False
                    if made is not None:
                        preview_key = secrets.token_hex(16)
                        storage_of(self._ground).put(BytesIO(made), preview_key)
        except Exception as trouble:  # noqa: BLE001 - a scanner or storage that is down means waiting, never clean
            _log.warning("File %s waits: %s", task.kept.entry.id, type(trouble).__name__)
            late = task.scan_wanted or task.attempt < _TRIES
        self._settle(task, state, preview_key, preview_wanted=preview_wanted and late, late=late)

    def _settle(
        self, task: FileTask, state: ScanState, preview_key: str | None, *, preview_wanted: bool, late: bool
    ) -> None:
        ground, line = self._ground, task.kept.entry
        business = ground.directory.business(task.business_id)
        record = ground.record(task.business_id, line.scope)
        client = ground.client(task.business_id, record.client_id) if record else None
        people = ring(ground, record) if record else []
        now = ground.clock()
        with ground.repository.atomic() as work:
            thread = work.entries.lock(task.business_id, line.scope)
            kept = work.entries.one(task.business_id, line.id)
            due_at = now + _WAIT if late else None
            settled = work.files.settle(
                task, state=state, preview_key=preview_key, preview_wanted=preview_wanted, due_at=due_at
            )
            if not settled or thread is None or kept is None or kept.entry.file is None:
                return
            if kept.entry.file.state is state:
                return
            changed = evolve(kept, entry=evolve(kept.entry, file=evolve(kept.entry.file, state=state)))
            # A quote that is not sent, or a record that is gone, shows nothing: its client_id decides who would see.
            shown_to = record.client_id if record and not unsent(record) else thread.client_id
            thread, kept = redo(ground, work, thread, changed, shown_to=shown_to)
            if kept.showing is not None and line.author.kind is AuthorKind.CLIENT and people:
                work.bell.ring(thread, kept, people)
            newly_shown = kept.showing is not None and task.kept.showing is None
            if newly_shown and business is not None and tell_client(ground, work, business, client, thread, kept, now):
                work.after_commit(ground.wake)
