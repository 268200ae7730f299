"""The files room: where each file's content lies, who sees it, and what is still to be done with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, delete, literal_column, null, select, update

from jobthreads.adapters.sqlalchemy.dialect import Kit, Runner
from jobthreads.adapters.sqlalchemy.rows import (
    ENTRY_COLUMNS,
    ENTRY_WIDTH,
    file_details,
    kept_of,
    scope_of,
)
from jobthreads.adapters.sqlalchemy.schema import entry, file, read, thread
from jobthreads.adapters.sqlalchemy.words import terms_of
from jobthreads.domain.entries import KeptEntry, ScanState
from jobthreads.domain.files import Blob, FileTask
from jobthreads.domain.threads import Thread
from jobthreads.domain.times import micros, time_of

__all__ = ["FileStatements", "FilesRoom"]

_CHANGING = ("visibility", "showing", "shown_at", "shown_to", "details", "words")


class FileStatements:
    """The room's statements for one dialect. Claims and the sweep look across businesses, by name."""

    def __init__(self, kit: Kit) -> None:
        self.add = kit.prepare(kit.insert(file))
        of_file = [file.c.business_id == bindparam("business_id"), file.c.entry_id == bindparam("entry_id")]
        its_thread = (thread.c.business_id == entry.c.business_id) & (thread.c.id == entry.c.thread_id)
        its_file = (file.c.business_id == entry.c.business_id) & (file.c.entry_id == entry.c.id)
        self.kept = kit.prepare(
            select(*ENTRY_COLUMNS, thread.c.scope, file.c.blob_key, file.c.preview_key)
            .select_from(entry.join(thread, its_thread).outerjoin(file, its_file))
            .where(entry.c.business_id == bindparam("business_id"), entry.c.id == bindparam("entry_id"))
        )
        self.change = kit.prepare(
            update(entry)
            .where(
                entry.c.business_id == bindparam("of_business"),
                entry.c.thread_id == bindparam("of_thread"),
                entry.c.seq == bindparam("of_seq"),
            )
            .values({name: bindparam(name) for name in _CHANGING})
        )
        self.spoken_before = kit.prepare(self._newest_shown())
        self.shown_before = kit.prepare(self._newest_shown().where(entry.c.shown_to == bindparam("client_id")))
        of_mark = [
            read.c.business_id == bindparam("of_business"),
            read.c.client_id == bindparam("of_client"),
            read.c.thread_id == bindparam("of_thread"),
        ]
        self.move_back = kit.prepare(update(read).where(*of_mark).values(newest_seq=bindparam("newest_seq")))
        moved = kit.insert(read)
        self.move = kit.prepare(kit.upsert(moved, read, {"newest_seq": kit.new(moved, "newest_seq")}))
        self.unmark = kit.prepare(delete(read).where(*of_mark))
        self.claim_due = kit.prepare(
            select(file.c.entry_id, file.c.business_id)
            .where(file.c.due_at <= bindparam("now"))
            .order_by(file.c.due_at)
            .limit(bindparam("limit"))
        )
        self.claim = kit.prepare(
            update(file)
            .where(
                file.c.business_id == bindparam("of_business"),
                file.c.entry_id == bindparam("of_entry"),
                file.c.due_at <= bindparam("now"),
            )
            .values(
                due_at=bindparam("until"),
                token=bindparam("token"),
                attempts=file.c.attempts + literal_column("1"),
            )
        )
        self.claim_content = kit.prepare(
            select(*ENTRY_COLUMNS, thread.c.scope, file.c.blob_key, file.c.scan, file.c.preview, file.c.attempts)
            .select_from(file.join(entry, its_file).join(thread, its_thread))
            .where(*of_file)
        )
        mine = [
            file.c.business_id == bindparam("of_business"),
            file.c.entry_id == bindparam("of_entry"),
            file.c.token == bindparam("of_token"),
        ]
        self.settle = kit.prepare(
            update(file)
            .where(*mine)
            .values(
                scan=bindparam("scan"),
                preview=bindparam("preview"),
                preview_key=bindparam("preview_key"),
                due_at=bindparam("later"),
                token=null(),
            )
        )
        self.operator_next_due = kit.prepare(
            select(file.c.due_at).where(file.c.due_at.is_not(None)).order_by(file.c.due_at).limit(literal_column("1"))
        )
        keys = kit.members("keys", words=True)
        self.sweep_used = kit.prepare(
            select(file.c.blob_key)
            .where(file.c.blob_key.in_(keys))
            .union_all(select(file.c.preview_key).where(file.c.preview_key.in_(keys)))
        )

    @staticmethod
    def _newest_shown() -> Select[Any]:
        """The newest visible reply or file of a thread but one: what remains when that one is taken back."""
        return (
            select(*ENTRY_COLUMNS)
            .where(
                entry.c.business_id == bindparam("business_id"),
                entry.c.thread_id == bindparam("thread_id"),
                entry.c.showing.is_not(None),
                entry.c.kind.in_([literal_column("'reply'"), literal_column("'file'")]),
                entry.c.seq != bindparam("seq"),
            )
            .order_by(entry.c.showing.desc())
            .limit(literal_column("1"))
        )


class FilesRoom:
    """Files over one connection."""

    def __init__(self, runner: Runner, statements: FileStatements) -> None:
        self._run = runner
        self._sql = statements

    def add(self, thread: Thread, kept: KeptEntry, blob: Blob, *, due_at: datetime | None) -> None:
        """Keep where a new file's content lies, and when it is to be looked at next."""
        self._run.write(
            self._sql.add,
            business_id=thread.business_id,
            entry_id=str(kept.entry.id),
            thread_id=str(thread.id),
            seq=kept.entry.seq,
            blob_key=blob.key,
            scan=kept.entry.file.state.value if kept.entry.file else ScanState.PENDING.value,
            preview="wanted" if blob.preview_wanted else "none",
            preview_key=None,
            due_at=micros(due_at) if due_at else None,
            token=None,
            attempts=0,
        )

    def kept(self, business_id: str, entry_id: UUID) -> tuple[KeptEntry, Blob | None] | None:
        """The entry of this id, and where its file's content and its preview lie."""
        row = self._run.row(self._sql.kept, business_id=business_id, entry_id=str(entry_id))
        if row is None:
            return None
        scope, key, preview_key = row[ENTRY_WIDTH:]
        return kept_of(row, scope_of(scope)), None if key is None else Blob(key=key, preview_key=preview_key)

    def change(self, thread: Thread, kept: KeptEntry, *, was_shown_to: str | None) -> None:
        """Keep an entry's new visibility, showing and state, and the marks of the client it was taken from."""
        line, showing = kept.entry, kept.showing
        self._run.write(
            self._sql.change,
            of_business=thread.business_id,
            of_thread=str(thread.id),
            of_seq=line.seq,
            visibility=line.visibility.value,
            showing=showing.number if showing else None,
            shown_at=micros(showing.at) if showing else None,
            shown_to=showing.client_id if showing else None,
            details=json.dumps(file_details(line.file), ensure_ascii=False) if line.file else None,
            words=terms_of(thread.business_id, thread.scope, kept),
        )
        if was_shown_to is not None and (showing is None or showing.client_id != was_shown_to):
            self._take_back(thread, line.seq, was_shown_to)
        if showing is not None and was_shown_to is None:
            self._run.write(
                self._sql.move,
                business_id=thread.business_id,
                client_id=showing.client_id,
                thread_id=str(thread.id),
                newest_seq=line.seq,
                seen=0,
            )

    def _take_back(self, thread: Thread, seq: int, client_id: str) -> None:
        of_mark: dict[str, object] = {
            "of_business": thread.business_id,
            "of_client": client_id,
            "of_thread": str(thread.id),
        }
        row = self._run.row(
            self._sql.shown_before,
            business_id=thread.business_id,
            thread_id=str(thread.id),
            seq=seq,
            client_id=client_id,
        )
        if row is None:
            self._run.write(self._sql.unmark, **of_mark)
        else:
            self._run.write(self._sql.move_back, **of_mark, newest_seq=row[1])

    def spoken_before(self, thread: Thread, seq: int) -> KeptEntry | None:
        """The newest visible reply or file of the thread but the one numbered `seq`."""
        row = self._run.row(self._sql.spoken_before, business_id=thread.business_id, thread_id=str(thread.id), seq=seq)
        return kept_of(row, thread.scope) if row else None

    def claim(self, *, now: datetime, until: datetime, limit: int) -> list[FileTask]:
        """Take files that wait for the scanner or a preview, held until `until`."""
        tasks: list[FileTask] = []
        token = str(uuid4())
        for entry_id, business_id in self._run.rows(self._sql.claim_due, now=micros(now), limit=limit):
            taken = self._run.count(
                self._sql.claim,
                of_business=business_id,
                of_entry=entry_id,
                now=micros(now),
                until=micros(until),
                token=token,
            )
            if taken:
                row = self._run.rows(self._sql.claim_content, business_id=business_id, entry_id=entry_id)[0]
                scope, blob_key, scan, preview, attempts = row[ENTRY_WIDTH:]
                tasks.append(
                    FileTask(
                        business_id=business_id,
                        kept=kept_of(row, scope_of(scope)),
                        blob_key=blob_key,
                        token=token,
                        scan_wanted=scan == ScanState.PENDING.value,
                        preview_wanted=preview == "wanted",
                        attempt=attempts,
                    )
                )
        return tasks

    def settle(
        self,
        task: FileTask,
        *,
        state: ScanState,
        preview_key: str | None,
        preview_wanted: bool,
        due_at: datetime | None,
    ) -> bool:
        """Close a claimed task, or put it off to `due_at`; False if the claim was lost meanwhile."""
        changed = self._run.count(
            self._sql.settle,
            of_business=task.business_id,
            of_entry=str(task.kept.entry.id),
            of_token=task.token,
            scan=state.value,
            preview="wanted" if preview_wanted else "made" if preview_key else "none",
            preview_key=preview_key,
            later=micros(due_at) if due_at else None,
        )
        return changed > 0

    def next_due(self) -> datetime | None:
        """When the next file is to be looked at."""
        row = self._run.row(self._sql.operator_next_due)
        return time_of(row[0]) if row else None

    def used(self, keys: Iterable[str]) -> set[str]:
        """Which of these blob keys a file or a preview uses."""
        return {row[0] for row in self._run.rows(self._sql.sweep_used, keys=json.dumps(list(keys)))}
