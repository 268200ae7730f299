"""The marks room: what clients have been shown and have seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, literal_column, or_, select, update

from jobthreads.adapters.sqlalchemy.dialect import Kit, Runner
from jobthreads.adapters.sqlalchemy.rows import ENTRY_COLUMNS, ENTRY_WIDTH, UNREAD_CAP, kept_of, scope_of
from jobthreads.adapters.sqlalchemy.schema import entry, read, thread
from jobthreads.domain.entries import KeptEntry
from jobthreads.domain.records import Scope

__all__ = ["MarkStatements", "MarksRoom"]

_SCOPE, _UNREAD = ENTRY_WIDTH, ENTRY_WIDTH + 1


class MarkStatements:
    """The portal's marks: statements that read only what was shown to one client (S1)."""

    def __init__(self, kit: Kit) -> None:
        news = entry.alias("news")
        unseen: Select[Any] = select(literal_column("1").label("one")).where(
            news.c.business_id == read.c.business_id,
            news.c.thread_id == read.c.thread_id,
            news.c.shown_to == read.c.client_id,
            news.c.showing > read.c.seen,
            news.c.kind.in_([literal_column("'reply'"), literal_column("'file'")]),
            or_(news.c.author_kind != "client", news.c.author_id != read.c.client_id),
        )
        unread = kit.count_up_to(UNREAD_CAP, unseen, read)
        of_client = [read.c.business_id == bindparam("business_id"), read.c.client_id == bindparam("client_id")]
        its_thread = (thread.c.business_id == read.c.business_id) & (thread.c.id == read.c.thread_id)
        its_newest = (
            (entry.c.business_id == read.c.business_id)
            & (entry.c.thread_id == read.c.thread_id)
            & (entry.c.seq == read.c.newest_seq)
        )
        # Most records hold nothing new, which the newest entry tells by itself.
        any_unread = case((entry.c.showing <= read.c.seen, literal_column("0")), else_=unread)
        self.of_client = kit.prepare(
            select(*ENTRY_COLUMNS, thread.c.scope, any_unread)
            .select_from(read.join(thread, its_thread).join(entry, its_newest))
            .where(*of_client)
        )
        self.unread = kit.prepare(
            select(unread)
            .select_from(read.join(thread, its_thread))
            .where(*of_client, thread.c.scope == bindparam("scope"))
        )
        its_entry = (entry.c.business_id == thread.c.business_id) & (entry.c.thread_id == thread.c.id)
        its_mark = (
            (read.c.business_id == thread.c.business_id)
            & (read.c.thread_id == thread.c.id)
            & (read.c.client_id == bindparam("client_id"))
        )
        self.unread_at = kit.prepare(
            select(unread)
            .select_from(thread.join(entry, its_entry).outerjoin(read, its_mark))
            .where(
                thread.c.business_id == bindparam("business_id"),
                thread.c.scope == bindparam("scope"),
                entry.c.id == bindparam("id"),
                entry.c.shown_to == bindparam("client_id"),
            )
        )
        its_id = select(thread.c.id).where(
            thread.c.business_id == bindparam("of_business"), thread.c.scope == bindparam("of_scope")
        )
        showing = (
            select(entry.c.showing)
            .where(
                entry.c.business_id == bindparam("of_business"),
                entry.c.id == bindparam("upto"),
                entry.c.thread_id == read.c.thread_id,
                entry.c.shown_to == bindparam("of_client"),
            )
            .correlate(read)
            .scalar_subquery()
        )
        self.see = kit.prepare(
            update(read)
            .where(
                read.c.business_id == bindparam("of_business"),
                read.c.client_id == bindparam("of_client"),
                read.c.thread_id == its_id.scalar_subquery(),
                read.c.seen < showing,
            )
            .values(seen=showing)
        )


class MarksRoom:
    """Clients' marks over one connection."""

    def __init__(self, runner: Runner, statements: MarkStatements) -> None:
        self._run = runner
        self._sql = statements

    def of_client(self, business_id: str, client_id: str) -> Mapping[Scope, tuple[KeptEntry, int]]:
        """For each scope the newest entry shown to the client, and how many are unread."""
        rows = self._run.rows(self._sql.of_client, business_id=business_id, client_id=client_id)
        marks: dict[Scope, tuple[KeptEntry, int]] = {}
        for row in rows:
            scope = scope_of(row[_SCOPE])
            marks[scope] = kept_of(row, scope), row[_UNREAD]
        return marks

    def unread(self, business_id: str, client_id: str, scope: Scope) -> int:
        """How many replies and files of others the client has not seen here."""
        row = self._run.row(self._sql.unread, business_id=business_id, client_id=client_id, scope=str(scope))
        return int(row[0]) if row else 0

    def unread_at(self, business_id: str, client_id: str, scope: Scope, upto: UUID) -> int | None:
        """The same, if this entry is shown to the client here."""
        row = self._run.row(
            self._sql.unread_at, business_id=business_id, client_id=client_id, scope=str(scope), id=str(upto)
        )
        return int(row[0]) if row else None

    def see(self, business_id: str, client_id: str, scope: Scope, upto: UUID) -> bool:
        """Raise the client's mark to this entry."""
        changed = self._run.count(
            self._sql.see, of_business=business_id, of_client=client_id, of_scope=str(scope), upto=str(upto)
        )
        return changed > 0
