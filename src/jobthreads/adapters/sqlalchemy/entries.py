"""The entries room: threads and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from uuid import UUID

from sqlalchemy import Join, ScalarSelect, Select, bindparam, func, literal_column, select, update

from jobthreads.adapters.sqlalchemy.dialect import Kit, Prepared, Runner
from jobthreads.adapters.sqlalchemy.rows import (
    ENTRY_COLUMNS,
    ENTRY_WIDTH,
    LINE_COLUMNS,
    SEQ,
    THREAD_COLUMNS,
    entries_of,
    entry_values,
    kept_of,
    scope_of,
    thread_of,
    thread_values,
)
from jobthreads.adapters.sqlalchemy.schema import entry, read, thread
from jobthreads.domain.entries import Author, AuthorKind, Entry, EntryKind, KeptEntry
from jobthreads.domain.records import Scope
from jobthreads.domain.threads import MOVING_KINDS, Thread

__all__ = ["EntriesRoom", "EntryStatements"]

TOP = 2**31 - 1
"""Above every `seq` and every showing: where a list begins."""

_KINDS = tuple(f"kind_{i}" for i in range(len(EntryKind)))
"""The parameters for kinds of entries."""

_KEPT_BY_SAVE = (
    "reference",
    "title",
    "client_id",
    "client_name",
    "seq",
    "shown",
    "client_seq",
    "started_at",
    "spoken_seq",
    "spoken_at",
    "conversation_at",
)


class EntryStatements:
    """The room's statements for one dialect."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._feeds: dict[tuple[int, bool, bool], Prepared] = {}
        of_scope = [thread.c.business_id == bindparam("business_id"), thread.c.scope == bindparam("scope")]
        one_thread = select(*THREAD_COLUMNS).where(*of_scope)
        self.lock = kit.prepare(one_thread.with_for_update())
        self.thread = kit.prepare(one_thread)
        self.exists = kit.prepare(select(thread.c.seq).where(*of_scope))
        self.create = kit.prepare(kit.insert_new(thread, "business_id", "scope"))
        self.save = kit.prepare(
            update(thread)
            .where(thread.c.business_id == bindparam("of_business"), thread.c.id == bindparam("of_thread"))
            .values({name: bindparam(name) for name in _KEPT_BY_SAVE})
        )
        self.append = kit.prepare(
            kit.insert_new(entry, "business_id", "author_kind", "author_id", "request_call", "request_id")
        )
        moved = kit.insert(read)
        self.move = kit.prepare(kit.upsert(moved, read, {"newest_seq": kit.new(moved, "newest_seq")}))
        with_thread = self._joined()
        self.replayed = kit.prepare(
            with_thread.where(
                entry.c.business_id == bindparam("business_id"),
                entry.c.author_kind == bindparam("author_kind"),
                entry.c.author_id == bindparam("author_id"),
                entry.c.request_call == bindparam("request_call"),
                entry.c.request_id == bindparam("request_id"),
            )
        )
        self.one = kit.prepare(
            with_thread.where(entry.c.business_id == bindparam("business_id"), entry.c.id == bindparam("id"))
        )
        self.shown = kit.prepare(self._shown())
        self.authors = kit.prepare(
            select(entry.c.author_kind, entry.c.author_id, entry.c.author_name, func.max(entry.c.seq))
            .select_from(self._lines())
            .where(*of_scope)
            .group_by(entry.c.author_kind, entry.c.author_id, entry.c.author_name)
        )

    @staticmethod
    def _lines() -> Join:
        return thread.join(entry, (entry.c.business_id == thread.c.business_id) & (entry.c.thread_id == thread.c.id))

    def _joined(self) -> Select[tuple[object, ...]]:
        return select(*ENTRY_COLUMNS, thread.c.scope).select_from(self._lines())

    def _shown(self) -> Select[tuple[object, ...]]:
        last = entry.alias("last")
        begin = (
            select(last.c.showing)
            .where(
                last.c.business_id == bindparam("business_id"),
                last.c.id == bindparam("after"),
                last.c.thread_id == thread.c.id,
                last.c.shown_to == bindparam("client_id"),
            )
            .scalar_subquery()
        )
        return (
            select(*ENTRY_COLUMNS)
            .select_from(self._lines())
            .where(
                thread.c.business_id == bindparam("business_id"),
                thread.c.scope == bindparam("scope"),
                entry.c.shown_to == bindparam("client_id"),
                entry.c.visibility == "visible",
                entry.c.showing < func.coalesce(begin, literal_column(str(TOP))),
            )
            .order_by(entry.c.showing.desc())
            .limit(bindparam("limit"))
        )

    @staticmethod
    def _id_of_scope() -> ScalarSelect[str]:
        """The thread of a scope, looked up once and first: whoever plans the rest sees one thread's entries."""
        return (
            select(thread.c.id)
            .where(thread.c.business_id == bindparam("business_id"), thread.c.scope == bindparam("scope"))
            .scalar_subquery()
        )

    def feed(self, *, kinds: int, author: bool, visible_only: bool) -> Prepared:
        """The feed's page of so many kinds (0: all) and these filters; built when first asked for."""
        key = (kinds, author, visible_only)
        if key not in self._feeds:
            statement = (
                select(*LINE_COLUMNS)
                .where(
                    entry.c.business_id == bindparam("business_id"),
                    entry.c.thread_id == self._id_of_scope(),
                    entry.c.seq < bindparam("before"),
                )
                .order_by(entry.c.seq.desc())
                .limit(bindparam("limit"))
            )
            if kinds:
                statement = statement.where(entry.c.kind.in_([bindparam(name) for name in _KINDS[:kinds]]))
            if author:
                statement = statement.where(
                    self._kit.beside(entry.c.author_kind) == bindparam("author_kind"),
                    self._kit.beside(entry.c.author_id) == bindparam("author_id"),
                )
            if visible_only:
                statement = statement.where(entry.c.visibility == "visible")
            self._feeds[key] = self._kit.prepare(statement)
        return self._feeds[key]


class EntriesRoom:
    """Threads and entries over one connection."""

    def __init__(self, runner: Runner, statements: EntryStatements) -> None:
        self._run = runner
        self._sql = statements

    def lock(self, business_id: str, scope: Scope) -> Thread | None:
        """The thread, held until the transaction ends."""
        row = self._run.row(self._sql.lock, business_id=business_id, scope=str(scope))
        return thread_of(row) if row else None

    def create(self, thread: Thread) -> Thread:
        """Keep a new thread, or find the one another writer made first."""
        if self._run.is_new(self._sql.create, **thread_values(thread)):
            return thread
        return self.lock(thread.business_id, thread.scope) or thread

    def exists(self, business_id: str, scope: Scope) -> bool:
        """Tell whether the scope has a thread."""
        return self._run.row(self._sql.exists, business_id=business_id, scope=str(scope)) is not None

    def thread(self, business_id: str, scope: Scope) -> Thread | None:
        """The thread, not held."""
        row = self._run.row(self._sql.thread, business_id=business_id, scope=str(scope))
        return thread_of(row) if row else None

    def save(self, thread: Thread) -> None:
        """Keep a held thread's counters and names."""
        values = thread_values(thread)
        kept = {name: values[name] for name in _KEPT_BY_SAVE}
        self._run.write(self._sql.save, of_business=thread.business_id, of_thread=str(thread.id), **kept)

    def append(self, thread: Thread, kept: KeptEntry, *, counted: bool = False) -> bool:
        """Keep one more entry; False if its request made one already."""
        if not self._run.is_new(self._sql.append, **entry_values(thread, kept)):
            return False
        if not counted:
            self.save(thread)
        if kept.showing is not None and kept.entry.kind in MOVING_KINDS:
            self._run.write(
                self._sql.move,
                business_id=thread.business_id,
                client_id=kept.showing.client_id,
                thread_id=str(thread.id),
                newest_seq=kept.entry.seq,
                seen=0,
            )
        return True

    def replayed(self, business_id: str, author: Author, call: str, request_id: str) -> KeptEntry | None:
        """The entry that this request made before."""
        row = self._run.row(
            self._sql.replayed,
            business_id=business_id,
            author_kind=author.kind.value,
            author_id=author.id,
            request_call=call,
            request_id=request_id,
        )
        return kept_of(row, scope_of(row[ENTRY_WIDTH])) if row else None

    def one(self, business_id: str, entry_id: UUID) -> KeptEntry | None:
        """The entry of this id."""
        row = self._run.row(self._sql.one, business_id=business_id, id=str(entry_id))
        return kept_of(row, scope_of(row[ENTRY_WIDTH])) if row else None

    def feed(
        self,
        business_id: str,
        scope: Scope,
        *,
        kinds: Sequence[EntryKind],
        author: Author | None,
        visible_only: bool,
        before: int | None,
        limit: int,
    ) -> tuple[list[Entry], int | None]:
        """Entries by falling `seq`, and where those begin that follow."""
        values: dict[str, object] = {
            "business_id": business_id,
            "scope": str(scope),
            "before": TOP if before is None else min(before, TOP),
            "limit": limit + 1,
        }
        # There are five of them: a list of that length is compared faster than a parameter is taken apart.
        words = set(kinds)
        for i, word in enumerate(words):
            values[_KINDS[i]] = str(word)
        if author is not None:
            values["author_kind"], values["author_id"] = str(author.kind), author.id
        statement = self._sql.feed(kinds=len(words), author=author is not None, visible_only=visible_only)
        rows = self._run.rows(statement, **values)
        following = rows[limit - 1][SEQ] if len(rows) > limit else None
        return entries_of(rows[:limit], repeat(scope)), following

    def authors(self, business_id: str, scope: Scope) -> list[Author]:
        """Who has an entry in this thread, each once, under the newest name; by name, 100 at most."""
        rows = self._run.rows(self._sql.authors, business_id=business_id, scope=str(scope))
        newest: dict[tuple[str, str], Author] = {}
        for kind, author_id, name, _ in sorted(rows, key=lambda row: row[3]):
            newest[kind, author_id] = Author(kind=AuthorKind(kind), id=author_id, name=name)
        return sorted(newest.values(), key=lambda author: author.name.casefold())[:100]

    def shown(
        self, business_id: str, scope: Scope, client_id: str, *, after: UUID | None, limit: int
    ) -> list[KeptEntry]:
        """Entries shown to this client, newest showing first."""
        rows = self._run.rows(
            self._sql.shown,
            business_id=business_id,
            scope=str(scope),
            client_id=client_id,
            after=str(after) if after else "",
            limit=limit,
        )
        return [kept_of(row, scope) for row in rows]
