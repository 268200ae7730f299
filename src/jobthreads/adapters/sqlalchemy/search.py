"""The search room: entries by their words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Join, Select, and_, bindparam, or_, select

from jobthreads.adapters.sqlalchemy.dialect import Kit, Prepared, Runner
from jobthreads.adapters.sqlalchemy.rows import (
    ENTRY_COLUMNS,
    ENTRY_WIDTH,
    LINE_COLUMNS,
    entries_of,
    kept_of,
    reach_value,
    scope_of,
)
from jobthreads.adapters.sqlalchemy.schema import entry, thread
from jobthreads.adapters.sqlalchemy.words import client_query, entries_that_hold, staff_query
from jobthreads.domain.entries import Author, Entry, EntryKind, KeptEntry
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.search import FoundEntry, Query

__all__ = ["SearchRoom", "SearchStatements"]


class _Found(NamedTuple):
    """A `FoundEntry` as the statement gave it: `LINE_COLUMNS`, then the thread's. Read when somebody asks for it."""

    id: str
    seq: int
    kind: str
    visibility: str
    author_kind: str
    author_id: str
    author_name: str
    at: int
    body: str | None
    details: str | None
    scope_text: str
    reference: str
    title: str
    client_id: str
    client_name: str
    thread_id: str

    @property
    def scope(self) -> Scope:
        return scope_of(self.scope_text)

    @property
    def entry(self) -> Entry:
        return entries_of([self], [self.scope])[0]

    @property
    def place(self) -> tuple[int, str, int]:
        return self.at, self.thread_id, self.seq


_found = partial(tuple.__new__, _Found)
_ITS_THREAD = (entry.c.business_id == thread.c.business_id) & (entry.c.thread_id == thread.c.id)


class SearchStatements:
    """The room's statements for one dialect: who may see it and what it holds, in one (S1)."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._entries: dict[tuple[bool, bool, bool, bool, bool], Prepared] = {}
        self.dialect = kit.name
        found, self._holds = entries_that_hold(kit.name, "asked")
        self._lines = found.join(thread, _ITS_THREAD)
        self.shown = kit.prepare(self._shown())

    def entries(self, *, everything: bool, kinds: bool, author: bool, visible_only: bool, first: bool) -> Prepared:
        """The page of what staff find, with this reach and these filters; built when first asked for."""
        key = (everything, kinds, author, visible_only, first)
        if key not in self._entries:
            # PostgreSQL takes a comparison with a place for narrow, and on the first page it leaves out nothing.
            statement = self._page() if first else self._page().where(self._following())
            if not everything:
                statement = statement.where(self._kit.among(thread.c.scope, "scopes"))
            if kinds:
                statement = statement.where(entry.c.kind.in_(self._kit.members("kinds", words=True)))
            if author:
                statement = statement.where(
                    self._kit.beside(entry.c.author_kind) == bindparam("author_kind"),
                    self._kit.beside(entry.c.author_id) == bindparam("author_id"),
                )
            if visible_only:
                statement = statement.where(entry.c.visibility == "visible")
            self._entries[key] = self._kit.prepare(statement)
        return self._entries[key]

    def _found(self, lines: Join, *columns: Any) -> Select[Any]:
        return (
            select(*columns)
            .select_from(lines)
            .where(entry.c.business_id == bindparam("business_id"), self._holds)
            .limit(bindparam("limit"))
        )

    def _page(self) -> Select[Any]:
        return self._found(
            self._lines,
            *LINE_COLUMNS,
            thread.c.scope,
            thread.c.reference,
            thread.c.title,
            thread.c.client_id,
            thread.c.client_name,
            entry.c.thread_id,
        ).order_by(entry.c.at.desc(), entry.c.thread_id.desc(), entry.c.seq.desc())

    @staticmethod
    def _following() -> ColumnElement[bool]:
        at: Any = bindparam("at")
        last_thread: Any = bindparam("thread_id")
        seq: Any = bindparam("seq")
        same_time = or_(entry.c.thread_id < last_thread, and_(entry.c.thread_id == last_thread, entry.c.seq < seq))
        return and_(entry.c.at <= at, or_(entry.c.at < at, same_time))

    def _shown(self) -> Select[Any]:
        last = entry.alias("last")
        its_last = and_(
            last.c.business_id == bindparam("business_id"),
            last.c.id == bindparam("after"),
            last.c.shown_to == bindparam("client_id"),
        )
        before = or_(
            last.c.id.is_(None),
            entry.c.shown_at < last.c.shown_at,
            and_(
                entry.c.shown_at == last.c.shown_at,
                or_(
                    entry.c.thread_id < last.c.thread_id,
                    and_(entry.c.thread_id == last.c.thread_id, entry.c.showing < last.c.showing),
                ),
            ),
        )
        return (
            self._found(self._lines.outerjoin(last, its_last), *ENTRY_COLUMNS, thread.c.scope)
            .where(
                entry.c.shown_to == bindparam("client_id"),
                entry.c.visibility == "visible",
                self._kit.among(thread.c.scope, "scopes"),
                before,
            )
            .order_by(entry.c.shown_at.desc(), entry.c.thread_id.desc(), entry.c.showing.desc())
        )


class SearchRoom:
    """Search over one connection."""

    def __init__(self, runner: Runner, statements: SearchStatements) -> None:
        self._run = runner
        self._sql = statements

    def entries(
        self,
        business_id: str,
        reach: Reach,
        query: Query,
        *,
        scope: Scope | None,
        kinds: Sequence[EntryKind],
        author: Author | None,
        visible_only: bool,
        after: tuple[int, str, int] | None,
        limit: int,
    ) -> list[FoundEntry]:
        """Entries in reach that hold every word, newest first."""
        within = reach if scope is None else reach.within([scope])
        values: dict[str, object] = {
            "business_id": business_id,
            "asked": staff_query(self._sql.dialect, business_id, query, scope),
            "limit": limit,
        }
        if after is not None:
            values["at"], values["thread_id"], values["seq"] = after
        if within.scopes is not None:
            values["scopes"] = reach_value(within)
        if kinds:
            values["kinds"] = json.dumps([kind.value for kind in kinds])
        if author is not None:
            values |= {"author_kind": author.kind.value, "author_id": author.id}
        statement = self._sql.entries(
            everything=within.scopes is None,
            kinds=bool(kinds),
            author=author is not None,
            visible_only=visible_only,
            first=after is None,
        )
        return list(map(_found, self._run.rows(statement, **values)))

    def shown(
        self,
        business_id: str,
        client_id: str,
        scopes: Iterable[Scope],
        query: Query,
        *,
        authors: bool,
        after: UUID | None,
        limit: int,
    ) -> list[KeptEntry]:
        """Entries shown to this client that say every word there, newest showing first."""
        rows = self._run.rows(
            self._sql.shown,
            business_id=business_id,
            client_id=client_id,
            scopes=reach_value(Reach.records(scopes)),
            asked=client_query(self._sql.dialect, business_id, client_id, query, authors=authors),
            after=str(after) if after else "",
            limit=limit,
        )
        return [kept_of(row, scope_of(row[ENTRY_WIDTH])) for row in rows]
