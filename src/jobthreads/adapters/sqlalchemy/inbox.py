"""The inbox room: the threads panel."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from sqlalchemy import Select, bindparam, or_, select

from jobthreads.adapters.sqlalchemy.dialect import Kit, Prepared, Runner
from jobthreads.adapters.sqlalchemy.rows import file_name_of, reach_value, scope_of
from jobthreads.adapters.sqlalchemy.schema import entry, notice, thread
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.threads import ThreadRow

__all__ = ["InboxRoom", "InboxStatements"]

_FAR = (2**63 - 1, "~")
"""After every place in the inbox, newest first: where the list begins."""


class _Row(NamedTuple):
    """A `ThreadRow` as the statement gave it: each part is read when somebody asks for it."""

    scope_text: str
    reference: str
    title: str
    client_id: str
    client_name: str
    at: int
    thread_id: str
    raised: int | None
    body: str | None
    details: str | None

    @property
    def scope(self) -> Scope:
        return scope_of(self.scope_text)

    @property
    def file_name(self) -> str | None:
        return None if self.details is None else file_name_of(self.details)

    @property
    def unread(self) -> int:
        return self.raised or 0

    @property
    def place(self) -> tuple[int, str]:
        return self.at, self.thread_id


_row = partial(tuple.__new__, _Row)


class InboxStatements:
    """The threads panel's statements for one dialect."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._pages: dict[tuple[bool, bool], Prepared] = {}

    def page(self, *, everything: bool, unread_only: bool) -> Prepared:
        """The page with this reach and filter; built when first asked for."""
        key = (everything, unread_only)
        if key not in self._pages:
            self._pages[key] = self._kit.prepare(self._page(everything=everything, unread_only=unread_only))
        return self._pages[key]

    def _page(self, *, everything: bool, unread_only: bool) -> Select[tuple[object, ...]]:
        unread = (
            select(notice.c.unread)
            .where(
                notice.c.business_id == thread.c.business_id,
                notice.c.staff_id == bindparam("staff_id"),
                notice.c.thread_id == thread.c.id,
            )
            .scalar_subquery()
        )
        newest = (
            (entry.c.business_id == thread.c.business_id)
            & (entry.c.thread_id == thread.c.id)
            & (entry.c.seq == thread.c.spoken_seq)
        )
        statement = (
            select(
                thread.c.scope,
                thread.c.reference,
                thread.c.title,
                thread.c.client_id,
                thread.c.client_name,
                thread.c.conversation_at,
                thread.c.id,
                unread,
                entry.c.body,
                entry.c.details,
            )
            .select_from(thread.outerjoin(entry, newest))
            .where(
                thread.c.business_id == bindparam("business_id"),
                thread.c.conversation_at <= bindparam("at"),
                or_(thread.c.conversation_at < bindparam("at"), thread.c.id < bindparam("id")),
            )
            .order_by(thread.c.conversation_at.desc(), thread.c.id.desc())
            .limit(bindparam("limit"))
        )
        if not everything:
            statement = statement.where(self._kit.among(thread.c.scope, "scopes"))
        if unread_only:
            statement = statement.where(unread > 0)
        return statement


class InboxRoom:
    """The threads panel over one connection."""

    def __init__(self, runner: Runner, statements: InboxStatements) -> None:
        self._run = runner
        self._sql = statements

    def rows(
        self,
        business_id: str,
        staff_id: str,
        reach: Reach,
        *,
        unread_only: bool,
        after: tuple[int, str] | None,
        limit: int,
    ) -> list[ThreadRow]:
        """Started threads in reach, newest conversation first."""
        at, last_id = after or _FAR
        values: dict[str, object] = {
            "business_id": business_id,
            "staff_id": staff_id,
            "at": at,
            "id": last_id,
            "limit": limit,
        }
        everything = reach.scopes is None
        if not everything:
            values["scopes"] = reach_value(reach)
        return list(map(_row, self._run.rows(self._sql.page(everything=everything, unread_only=unread_only), **values)))
