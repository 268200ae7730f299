"""The bell room: notices, which are staff unread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, case, func, literal_column, select, update

from jobthreads.adapters.sqlalchemy.dialect import Kit, Runner
from jobthreads.adapters.sqlalchemy.rows import UNREAD_CAP, reach_value, scope_of
from jobthreads.adapters.sqlalchemy.schema import entry, notice, thread
from jobthreads.domain.entries import EntryKind, KeptEntry
from jobthreads.domain.notifications import Notice
from jobthreads.domain.reach import Reach
from jobthreads.domain.records import Scope
from jobthreads.domain.threads import Thread
from jobthreads.domain.times import micros, time_of

__all__ = ["BellRoom", "BellStatements"]


class BellStatements:
    """The notices' statements for one dialect."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        people = kit.members("staff_ids").subquery("people")
        values = select(
            bindparam("business_id", type_=notice.c.business_id.type),
            people.c.value,
            bindparam("thread_id", type_=notice.c.thread_id.type),
            literal_column("1"),
            bindparam("last_seq", type_=notice.c.last_seq.type),
            bindparam("what", type_=notice.c.what.type),
            bindparam("at", type_=notice.c.at.type),
        ).where(literal_column("1") == literal_column("1"))
        rung = kit.insert_from(notice).from_select([column.name for column in notice.c], values)
        self.ring = kit.prepare(
            kit.upsert(
                rung,
                notice,
                {
                    "unread": notice.c.unread + 1,
                    "last_seq": kit.new(rung, "last_seq"),
                    "what": kit.new(rung, "what"),
                    "at": kit.new(rung, "at"),
                },
            )
        )
        mine = [notice.c.business_id == bindparam("business_id"), notice.c.staff_id == bindparam("staff_id")]
        its_thread = (thread.c.business_id == notice.c.business_id) & (thread.c.id == notice.c.thread_id)
        self.unread_in = kit.prepare(
            select(notice.c.unread, notice.c.last_seq)
            .select_from(notice.join(thread, its_thread))
            .where(*mine, thread.c.scope == bindparam("scope"))
        )
        some: Select[Any] = select(literal_column("1").label("one")).where(*mine, notice.c.unread > literal_column("0"))
        in_reach = kit.among(thread.c.scope, "scopes")
        cap: Any = literal_column(str(UNREAD_CAP))
        self.unread = {
            True: kit.prepare(select(func.count()).select_from(some.limit(cap).subquery("unread"))),
            False: kit.prepare(
                select(func.count()).select_from(
                    some.select_from(notice.join(thread, its_thread)).where(in_reach).limit(cap).subquery("unread")
                )
            ),
        }
        lines = (
            select(
                thread.c.scope,
                thread.c.reference,
                thread.c.title,
                thread.c.client_name,
                notice.c.what,
                notice.c.unread,
                notice.c.at,
            )
            .select_from(notice.join(thread, its_thread))
            .where(*mine, notice.c.unread > literal_column("0"))
            .order_by(notice.c.at.desc(), thread.c.id.desc())
            .limit(bindparam("limit"))
        )
        self.notices = {True: kit.prepare(lines), False: kit.prepare(lines.where(in_reach))}
        later = (
            select(func.count())
            .select_from(entry)
            .where(
                entry.c.business_id == notice.c.business_id,
                entry.c.thread_id == notice.c.thread_id,
                entry.c.author_kind == "client",
                entry.c.visibility == "visible",
                entry.c.seq > bindparam("upto"),
            )
            .scalar_subquery()
        )
        of_person = [
            notice.c.business_id == bindparam("of_business"),
            notice.c.staff_id == bindparam("of_staff"),
        ]
        its_scope = (
            select(thread.c.id)
            .where(thread.c.business_id == bindparam("of_business"), thread.c.scope == bindparam("of_scope"))
            .scalar_subquery()
        )
        # Unread are always the newest ones, so what came before the person was there never comes back.
        self.read = kit.prepare(
            update(notice)
            .where(*of_person, notice.c.thread_id == its_scope, notice.c.last_seq == bindparam("as_of"))
            .values(unread=case((later < notice.c.unread, later), else_=notice.c.unread))
        )
        self.unring = kit.prepare(
            update(notice)
            .where(
                notice.c.business_id == bindparam("of_business"),
                notice.c.thread_id == bindparam("of_thread"),
                notice.c.unread > later,
            )
            .values(unread=notice.c.unread - literal_column("1"))
        )
        self.read_all = {
            True: kit.prepare(
                update(notice)
                .where(*of_person, notice.c.unread > literal_column("0"))
                .values(unread=literal_column("0"))
            ),
            False: kit.prepare(
                update(notice)
                .where(
                    *of_person,
                    notice.c.unread > literal_column("0"),
                    notice.c.thread_id.in_(
                        select(thread.c.id).where(thread.c.business_id == bindparam("of_business"), in_reach)
                    ),
                )
                .values(unread=literal_column("0"))
            ),
        }


class BellRoom:
    """Notices over one connection."""

    def __init__(self, runner: Runner, statements: BellStatements) -> None:
        self._run = runner
        self._sql = statements

    def ring(self, thread: Thread, kept: KeptEntry, staff_ids: Sequence[str]) -> None:
        """Count one more unread client entry for each of these people."""
        self._run.write(
            self._sql.ring,
            business_id=thread.business_id,
            staff_ids=json.dumps(sorted(set(staff_ids))),
            thread_id=str(thread.id),
            last_seq=kept.entry.seq,
            what=kept.entry.kind.value,
            at=micros(kept.entry.at),
        )

    def unring(self, thread: Thread, kept: KeptEntry) -> None:
        """Take a hidden entry out of the unread of whoever has not read it."""
        self._run.write(
            self._sql.unring,
            of_business=thread.business_id,
            of_thread=str(thread.id),
            upto=kept.entry.seq,
        )

    def unread(self, business_id: str, staff_id: str, reach: Reach) -> int:
        """How many threads in reach are unread."""
        values: dict[str, object] = {"business_id": business_id, "staff_id": staff_id}
        everything = reach.scopes is None
        if not everything:
            values["scopes"] = reach_value(reach)
        row = self._run.row(self._sql.unread[everything], **values)
        return int(row[0]) if row else 0

    def unread_in(self, business_id: str, staff_id: str, scope: Scope) -> tuple[int, int]:
        """How many client entries of this thread are unread, and the newest one's number."""
        row = self._run.row(self._sql.unread_in, business_id=business_id, staff_id=staff_id, scope=str(scope))
        return (row[0], row[1]) if row else (0, 0)

    def notices(self, business_id: str, staff_id: str, reach: Reach, limit: int) -> list[Notice]:
        """The unread threads in reach, newest first."""
        values: dict[str, object] = {"business_id": business_id, "staff_id": staff_id, "limit": limit}
        everything = reach.scopes is None
        if not everything:
            values["scopes"] = reach_value(reach)
        return [
            Notice(
                scope=scope_of(scope),
                reference=reference,
                title=title,
                client_name=name,
                what=EntryKind(what),
                count=unread,
                at=time_of(at),
            )
            for scope, reference, title, name, what, unread, at in self._run.rows(
                self._sql.notices[everything], **values
            )
        ]

    def read(self, business_id: str, staff_id: str, scope: Scope, *, upto: int, as_of: int) -> bool:
        """Leave unread only what came after `upto`, if nothing came since `as_of`."""
        changed = self._run.count(
            self._sql.read,
            of_business=business_id,
            of_staff=staff_id,
            of_scope=str(scope),
            upto=min(upto, 2**31 - 1),
            as_of=as_of,
        )
        return changed > 0

    def read_all(self, business_id: str, staff_id: str, reach: Reach) -> bool:
        """Leave nothing in reach unread."""
        values: dict[str, object] = {"of_business": business_id, "of_staff": staff_id}
        everything = reach.scopes is None
        if not everything:
            values["scopes"] = reach_value(reach)
        return self._run.count(self._sql.read_all[everything], **values) > 0
